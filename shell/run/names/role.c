/* What the FE is that answers: for the prompt. */
#include <belay/str.h>

#include "names.h"
#include "shell_inside.h"

#define FRESH_MS 3000

/*
 * Is this the FE of the connection? Its number is the top byte of the connection's id where releases
 * have one (recorded: Id 2 and connection 33554444 on 4.1.0); else its address tells.
 */
static bool is_ours(const struct shell *shell, const char *frontend)
{
    const struct endpoint *place = connection_endpoint(shell->connection);
    char *end;
    unsigned long id = strtoul(frontend, &end, 10);

    if (id != 0 && connection_id(shell->connection) >> 24 != 0)
        return connection_id(shell->connection) >> 24 == id;
    AUTO_FREE char *address = str_format(" %s:%u ", place->host != NULL ? place->host : "",
                                         place->port);
    return str_starts(end, address);
}

bool names_role(struct shell *shell, struct str *ret)
{
    struct complete_key key = {.kind = COMPLETE_FRONTEND};
    struct complete_names frontends = {0};

    if (shell->connection == NULL)
        return false;
    names_expire(shell, &key, FRESH_MS);
    names_begin(shell);
    if (!names_give(shell, &key, &frontends))
        return false;
    for (size_t i = 0; i < frontends.n; i++) {
        const char *role = strrchr(frontends.v[i], ' ');
        if (role == NULL || !is_ours(shell, frontends.v[i]))
            continue;
        str_add(ret, strcasecmp(role + 1, "LEADER") == 0     ? "leader"
                     : strcasecmp(role + 1, "FOLLOWER") == 0 ? "follower"
                                                             : "observer");
        return true;
    }
    return false;
}
