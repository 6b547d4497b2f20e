/* Settings from the environment: what the classic clients read there, and belay's names, which win. */
#include <mem.h>

#include "option_inside.h"

struct variable {
    const char *name;
    char *value;
    const char *option;
};

static void add(const struct variable *variable, bool classic, struct option_givens *ret)
{
    const struct option_row *row = option_exact(variable->option, strlen(variable->option));
    struct option_origin origin = {.place = variable->name};

    if (classic && !str_starts(variable->name, "MYSQL_")) /* what mariadb 10.11 knows */
        return;
    if (variable->value != NULL && *variable->value != '\0')
        givens_add(ret, row, FORM_PLAIN, variable->value, &origin);
}

void environment_read(const struct settings *settings, struct option_givens *ret)
{
    /* The later one wins. */
    const struct variable variables[] = {
        {"MYSQL_HOST", getenv("MYSQL_HOST"), "host"},
        {"MARIADB_HOST", getenv("MARIADB_HOST"), "host"},
        {"BELAY_HOST", getenv("BELAY_HOST"), "host"},
        {"MYSQL_TCP_PORT", getenv("MYSQL_TCP_PORT"), "port"},
        {"BELAY_TCP_PORT", getenv("BELAY_TCP_PORT"), "port"},
        {"MYSQL_UNIX_PORT", getenv("MYSQL_UNIX_PORT"), "socket"},
        {"BELAY_UNIX_PORT", getenv("BELAY_UNIX_PORT"), "socket"},
        {"MYSQL_PWD", getenv("MYSQL_PWD"), "password"},
        {"BELAY_PWD", getenv("BELAY_PWD"), "password"},
        {"BELAY_USER", getenv("BELAY_USER"), "user"},
        {"BELAY_PROFILE", getenv("BELAY_PROFILE"), "profile"},
    };

    for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
        add(&variables[i], settings->classic, ret);
    /* No child needs them, and whoever may look at our environment finds them gone. */
    for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
        if (!str_equal(variables[i].option, "password") || variables[i].value == NULL)
            continue;
        mem_wipe(variables[i].value, strlen(variables[i].value));
        unsetenv(variables[i].name);
    }
}
