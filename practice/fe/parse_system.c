/* Grammar of ALTER SYSTEM: members and nodes of the cluster, CREATE IMAGE. */
#include "mem.h"
#include "parser.h"
#include "world_release.h"

/* It decides anew at the word after SYSTEM (recorded on 3.4.8 to 4.1.0 for CREATE). */
static bool no_viable_here(struct parser *p)
{
    p->start = p->at - 1;
    return parser_no_viable(p);
}

static bool create_image(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_CREATE_IMAGE;
    if (release_has(p->release, TRAIT_IMAGE_NOT_VIABLE) && !token_is(parser_now(p), "IMAGE"))
        return no_viable_here(p);
    return parser_need(p, "IMAGE");
}

/* 'host:port', … */
static bool endpoints(struct parser *p, bool many, struct stmt *ret)
{
    do {
        char *text = NULL;
        if (!parser_text(p, &text))
            return false;
        strv_take(&ret->list, text);
    } while (many && parser_symbol(p, ","));
    return true;
}

/* FOLLOWER | OBSERVER 'h:p' or BACKEND | COMPUTE NODE 'h:p', …: value says which. */
static bool members(struct parser *p, struct stmt *ret)
{
    static const char *const frontends[] = {"FOLLOWER", "OBSERVER"};
    bool decommission = str_equal(ret->key, "DECOMMISSION");
    ret->kind = STMT_SYSTEM_MEMBERS;
    for (size_t i = 0; !decommission && i < 2; i++) {
        if (parser_word(p, frontends[i])) {
            ret->value = mem_text(frontends[i]);
            return endpoints(p, false, ret);
        }
    }
    if (parser_word(p, "BACKEND"))
        ret->value = mem_text("BE");
    else if (!decommission && parser_word(p, "COMPUTE"))
        ret->value = mem_text("CN");
    else
        return no_viable_here(p);
    if (str_equal(ret->value, "CN") && !parser_need(p, "NODE"))
        return false;
    if (!endpoints(p, true, ret))
        return false;
    ret->force = str_equal(ret->key, "DROP") && parser_word(p, "FORCE");
    return true;
}

/* FRONTEND | BACKEND HOST 'from' TO 'to' */
static bool modify_host(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_SYSTEM_HOST;
    ret->full = parser_word(p, "FRONTEND");
    if (!ret->full && !parser_word(p, "BACKEND"))
        return no_viable_here(p);
    return parser_need(p, "HOST") && parser_text(p, &ret->key) && parser_need(p, "TO") &&
           parser_text(p, &ret->value);
}

bool parse_alter_system(struct parser *p, struct stmt *ret)
{
    static const char *const verbs[] = {"ADD", "DROP", "DECOMMISSION"};
    if (parser_word(p, "CREATE"))
        return create_image(p, ret);
    if (parser_word(p, "MODIFY"))
        return modify_host(p, ret);
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (parser_word(p, verbs[i])) {
            ret->key = mem_text(verbs[i]);
            return members(p, ret);
        }
    }
    return parser_unexpected(p, "<EOF>, ';'");
}
