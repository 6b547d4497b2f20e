/* Splits a query text into statements and finds each one's rule by its first word. */
#include "parse.h"

#include <string.h>

#include "constants.h"
#include "mem.h"
#include "parser.h"
#include "world_release.h"

/* First words of StarRocks' statements, in the order of its tokens. */
static const char *const STARTS[] = {
    "ADD",       "ADMIN",    "ALTER",   "ANALYZE", "BACKUP",  "BEGIN",   "CACHE",    "CALL",
    "CANCEL",    "CLEAN",    "CLEAR",   "COMMIT",  "CREATE",  "DEALLOCATE", "DELETE", "DESC",
    "DESCRIBE",  "DISABLE",  "DROP",    "ENABLE",  "EXECUTE", "EXPLAIN", "EXPORT",   "GRANT",
    "HELP",      "INSERT",   "INSTALL", "KILL",    "LOAD",    "LOCK",    "PAUSE",    "PREPARE",
    "RECOVER",   "REFRESH",  "RESTORE", "RESUME",  "REVOKE",  "ROLLBACK", "SELECT",  "SET",
    "SHOW",      "START",    "STOP",    "SUBMIT",  "SUSPEND", "SYNC",    "TRACE",    "TRANSLATE",
    "TRUNCATE",  "UNINSTALL", "UNLOCK", "UPDATE",  "USE",     "WITH"};
#define N_STARTS (sizeof STARTS / sizeof STARTS[0])

/* ENABLE and DISABLE begin one on 4.1 alone (recorded). */
static bool starts(size_t i, int release)
{
    return release_has(release, TRAIT_ENABLE_STATEMENT) ||
           (!str_equal(STARTS[i], "ENABLE") && !str_equal(STARTS[i], "DISABLE"));
}

static void stmt_done(struct stmt *s)
{
    free(s->db);
    free(s->name);
    free(s->like);
    free(s->key);
    free(s->value);
    free(s->start);
    free(s->every_unit);
    free(s->partition_by);
    strv_done(&s->parts);
    strv_done(&s->properties);
    constants_free(s->constants);
    strv_done(&s->list);
    strv_done(&s->types);
}

void script_done(struct script *script)
{
    for (size_t i = 0; i < script->n; i++)
        stmt_done(&script->v[i]);
    free(script->v);
    tokens_done(&script->tokens);
    *script = (struct script){0};
}

static bool parse_use(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_USE;
    if (!parser_name(p, &ret->db))
        return false;
    if (!parser_symbol(p, "."))
        return true;
    ret->key = ret->db; /* catalog.db */
    ret->db = NULL;
    return parser_name(p, &ret->db);
}

static bool parse_begin(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_BEGIN;
    parser_word(p, "WORK");
    return true;
}

static bool parse_commit(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_COMMIT;
    ret->full = token_is(&p->tokens->v[p->at - 1], "ROLLBACK");
    parser_word(p, "WORK");
    return true;
}

static bool parse_start(struct parser *p, struct stmt *ret)
{
    ret->kind = STMT_BEGIN;
    if (!parser_need(p, "TRANSACTION"))
        return false;
    return !parser_word(p, "WITH") || (parser_need(p, "CONSISTENT") && parser_need(p, "SNAPSHOT"));
}

static bool parse_sync(struct parser *p, struct stmt *ret)
{
    (void)p;
    ret->kind = STMT_SYNC;
    return true;
}

static const struct {
    const char *word;
    bool (*parse)(struct parser *, struct stmt *);
} RULES[] = {
    {"SELECT", parse_select}, {"WITH", parse_select},   {"SHOW", parse_show},
    {"ADMIN", parse_admin},   {"ALTER", parse_alter},   {"REFRESH", parse_refresh},
    {"CANCEL", parse_cancel}, {"RECOVER", parse_recover}, {"GRANT", parse_grant},
    {"CREATE", parse_create}, {"DROP", parse_drop},
    {"INSERT", parse_insert}, {"SET", parse_set},       {"USE", parse_use},
    {"DESC", parse_desc},     {"DESCRIBE", parse_desc}, {"KILL", parse_kill},
    {"BEGIN", parse_begin},   {"COMMIT", parse_commit}, {"ROLLBACK", parse_commit},
    {"SYNC", parse_sync},     {"START", parse_start},   {"HELP", parse_help},
    {"EXPLAIN", parse_explain}, {"UPDATE", parse_update}, {"DELETE", parse_delete},
    {"TRUNCATE", parse_truncate}, {"LOCK", parse_lock}, {"UNLOCK", parse_unlock},
    {"SUBMIT", parse_submit}, {"PAUSE", parse_routine_load}, {"RESUME", parse_routine_load},
};

static bool parse_one(struct parser *p, bool first, struct stmt *ret)
{
    const struct token *now = parser_now(p);
    for (size_t i = 0; i < sizeof RULES / sizeof RULES[0]; i++) {
        if (!token_is(now, RULES[i].word))
            continue;
        if (!str_equal(RULES[i].word, "SELECT") && !str_equal(RULES[i].word, "WITH"))
            p->at++;
        return RULES[i].parse(p, ret) && parser_end(p);
    }
    const char *words[N_STARTS + 1] = {NULL};
    size_t n = 0;
    for (size_t i = 0; i < N_STARTS; i++) {
        if (!starts(i, p->release))
            continue;
        if (token_is(now, STARTS[i]))
            return parser_no_viable(p); /* real, but not a part of the practice cluster */
        words[n++] = STARTS[i];
    }
    return parser_similar(p, words, first ? "'(', ';'" : "<EOF>, '(', ';'");
}

bool script_parse(const char *text, size_t len, int release, struct script *ret,
                  struct str *ret_error)
{
    tokens_read(text, len, &ret->tokens);
    struct parser p = {.tokens = &ret->tokens, .release = release, .error = ret_error};
    for (;;) {
        ret->v = mem_grow(ret->v, &ret->cap, ret->n + 1, sizeof *ret->v);
        struct stmt *s = &ret->v[ret->n];
        *s = (struct stmt){.kind = STMT_EMPTY, .first = p.at};
        ret->n++;
        p.start = p.at;
        /* A lone ';' is an empty statement; nothing at all is an error. */
        if (!token_symbol(parser_now(&p), ";") && !parse_one(&p, ret->n == 1, s))
            return false;
        s->last = p.at;
        if (!parser_symbol(&p, ";") || parser_now(&p)->kind == TOKEN_END)
            return true;
    }
}
