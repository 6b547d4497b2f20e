/* Functions of the session and its servers. */
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "expr.h"
#include "world_release.h"

/* The FE prints these in capitals; it alone knows what they are (InformationFunction.java). */
static const char *const INFORMATION[] = {"CONNECTION_ID", "DATABASE", "SCHEMA",  "CURRENT_USER",
                                          "CURRENT_ROLE",  "CATALOG",  "USER",    "SESSION_USER"};

const char *information_name(const char *name)
{
    for (size_t i = 0; i < sizeof INFORMATION / sizeof INFORMATION[0]; i++) {
        if (strcasecmp(INFORMATION[i], name) == 0)
            return INFORMATION[i];
    }
    return NULL;
}

bool expr_information(struct evaluation *e, const struct expr *expr, struct value *ret)
{
    const struct conn *c = e->x->c;
    if (str_equal(expr->name, "connection_id")) {
        *ret = value_whole(TYPE_BIGINT, c->thread_id);
        return true;
    }
    AUTO_FREE char *text = session_information(c, expr->name);
    *ret = value_text(e, TYPE_VARCHAR, text, strlen(text));
    return true;
}

static bool give(const struct function_call *call, const char *text, struct value *ret)
{
    if (text != NULL)
        *ret = value_text(call->e, TYPE_VARCHAR, text, strlen(text));
    return true;
}

static bool f_version(const struct function_call *call, struct value *ret)
{
    AUTO_FREE char *version = session_variable(call->e->x->c, "@@version");
    return give(call, version, ret);
}

/* A BE/CN computes it: its own version. */
static bool f_current_version(const struct function_call *call, struct value *ret)
{
    AUTO_FREE char *version = db_text(call->e->x->db,
                                      "SELECT version FROM node WHERE seen_alive ORDER BY id", "");
    return give(call, version, ret);
}

/* A BE/CN computes it: its own name. */
static bool f_host_name(const struct function_call *call, struct value *ret)
{
    AUTO_FREE char *host = db_text(call->e->x->db,
                                   "SELECT host FROM node WHERE seen_alive ORDER BY id", "");
    return give(call, host, ret);
}

static bool f_uuid(const struct function_call *call, struct value *ret)
{
    unsigned char b[16] = {0};
    if (getrandom(b, sizeof b, 0) != (ssize_t)sizeof b)
        return true;
    b[6] = (unsigned char)((b[6] & 0x0F) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3F) | 0x80);
    AUTO_STR text = {0};
    for (size_t i = 0; i < sizeof b; i++)
        str_addf(&text, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", b[i]);
    return give(call, str_text(&text), ret);
}

/* The time was taken before, without the lock. */
static bool f_sleep(const struct function_call *call, struct value *ret)
{
    (void)call;
    *ret = value_boolean(true);
    return true;
}

static bool f_last_query_id(const struct function_call *call, struct value *ret)
{
    AUTO_FREE char *id = session_query_id(call->e->x->c);
    return give(call, id, ret);
}

static bool f_query_profile(const struct function_call *call, struct value *ret)
{
    const struct value *id = &call->args[0];
    AUTO_FREE char *text = session_profile(call->e->x->c,
                                           type_is_text(&id->type) ? id->text : "");
    return give(call, text, ret);
}

const struct function functions_of_session[] = {
    {"version", 0, 0, true, false, TYPE_VARCHAR, f_version},
    {"current_version", 0, 0, false, false, TYPE_VARCHAR, f_current_version},
    {"host_name", 0, 0, false, false, TYPE_VARCHAR, f_host_name},
    {"uuid", 0, 0, false, false, TYPE_VARCHAR, f_uuid},
    {"sleep", 1, 1, false, false, TYPE_BOOLEAN, f_sleep},
    {"last_query_id", 0, 0, false, false, TYPE_VARCHAR, f_last_query_id},
    {"get_query_profile", 1, 1, true, false, TYPE_VARCHAR, f_query_profile},
    {.name = NULL},
};
