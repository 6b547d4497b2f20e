/* Names the person whose process this is. */
#include "actor.h"

#include <pwd.h>
#include <unistd.h>

json_t *actor_json(void)
{
    json_t *actor = json_object();
    char host[256] = "";
    const struct passwd *who = getpwuid(getuid());

    gethostname(host, sizeof(host) - 1);
    json_put_str(actor, "user", who != NULL ? who->pw_name : "");
    json_put_int(actor, "uid", getuid());
    json_put_str(actor, "host", host);
    return actor;
}
