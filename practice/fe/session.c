/* Session state and privileges (AuthorizerStmtVisitor.java: which privilege a statement needs). */
#include "session.h"

#include <string.h>
#include <strings.h>

#include <belay/str.h>

#include "mem.h"
#include "world_db.h"
#include "world_release.h"

bool session_use(struct conn *c, const char *catalog, const char *db, struct answer *a)
{
    if (catalog != NULL && !str_equal(catalog, "default_catalog"))
        return answer_error(a, 5078, "42000", "Unknown catalog '%s'", catalog);
    bool builtin = strcasecmp(db, "information_schema") == 0 || strcasecmp(db, "sys") == 0;
    if (!builtin && db_int(world_db(c->server->world), 0,
                           "SELECT count(*) FROM db WHERE name = ?1", "s", db) == 0)
        return answer_error(a, 5501, "3F000", "Unknown database '%s'", db);
    if (!builtin) {
        AUTO_FREE char *object = str_format("DATABASE %s", db);
        if (!session_may_object(c, "ANY", object, a))
            return false;
    }
    free(c->db);
    c->db = mem_text(db);
    return true;
}

static bool listed(const char *list, const char *item)
{
    size_t len = strlen(item);
    for (const char *p = list; p != NULL; p = strchr(p, ',')) {
        p += *p == ',';
        if (strncmp(p, item, len) == 0 && (p[len] == ',' || p[len] == '\0'))
            return true;
    }
    return false;
}

bool session_has_role(const struct conn *c, const char *role)
{
    return listed(c->roles, role);
}

bool session_sees_objects(const struct conn *c)
{
    return session_has_role(c, "root") || session_has_role(c, "db_admin");
}

/* "[cluster_admin, db_admin]" of the granted roles that are (not) active; "NONE". */
static char *role_list(const struct conn *c, bool active)
{
    AUTO_STR text = {0};
    for (const char *p = c->granted; *p != '\0';) {
        size_t len = strcspn(p, ",");
        AUTO_FREE char *role = mem_textn(p, len);
        if (session_has_role(c, role) == active)
            str_addf(&text, "%s%s", text.len == 0 ? "[" : ", ", role);
        p += len + (p[len] == ',');
    }
    str_add(&text, text.len == 0 ? "NONE" : "]");
    return str_take(&text);
}

static bool deny(const struct conn *c, const char *privilege, const char *object, struct answer *a)
{
    AUTO_FREE char *active = role_list(c, true);
    AUTO_FREE char *inactive = role_list(c, false);
    return answer_error(a, 5203, "42000",
                        "Access denied; you need (at least one of) the %s privilege(s) on %s for"
                        " this operation. Please ask the admin to grant permission(s) or try"
                        " activating existing roles using <set [default] role>. Current role(s):"
                        " %s. Inactivated role(s): %s.",
                        privilege, object, active, inactive);
}

bool session_may(const struct conn *c, enum privilege privilege, struct answer *a)
{
    bool root = session_has_role(c, "root");
    bool operate = root || session_has_role(c, "db_admin");
    bool node = root || session_has_role(c, "cluster_admin");
    switch (privilege) {
    case PRIVILEGE_NONE:
        return true;
    case PRIVILEGE_OPERATE:
        return operate || deny(c, "OPERATE", "SYSTEM", a);
    case PRIVILEGE_NODE:
        return node || deny(c, "NODE", "SYSTEM", a);
    case PRIVILEGE_OPERATE_OR_NODE:
        return operate || node || deny(c, "OPERATE OR NODE", "SYSTEM", a);
    case PRIVILEGE_PLUGIN: /* db_admin has all of SYSTEM but NODE and GRANT */
        return operate || deny(c, "PLUGIN", "SYSTEM", a);
    case PRIVILEGE_GRANT:
        return root || session_has_role(c, "user_admin") || deny(c, "GRANT", "SYSTEM", a);
    }
    return false;
}

bool session_sees_view(const struct conn *c, const char *db, const char *view)
{
    return session_sees_objects(c) ||
           db_int(world_db(c->server->world), 0,
                  "SELECT count(*) FROM view_grant WHERE user = ?1 AND db = ?2"
                  " AND (?3 IS NULL OR view = ?3 OR (view = '' AND EXISTS (SELECT 1 FROM object o"
                  "  JOIN db ON db.id = o.db_id WHERE db.name = ?2 AND o.name = ?3"
                  "  AND o.kind = 'MV')))", "sss", c->user, db, view) > 0;
}

/*
 * "MATERIALIZED VIEW m1" or "TABLE m1": granted on that view or on all of its database. The text of
 * the object has no database; a view of that name in any database with a grant will do.
 */
static bool granted(const struct conn *c, const char *privilege, const char *object)
{
    static const char *const kinds[] = {"MATERIALIZED VIEW ", "TABLE ", "DATABASE "};
    const char *name = NULL;
    size_t kind = 0;
    for (; name == NULL && kind < sizeof kinds / sizeof kinds[0]; kind++)
        name = str_starts(object, kinds[kind]) ? object + strlen(kinds[kind]) : NULL;
    if (name == NULL)
        return false;
    if (kind == 3)
        return str_equal(privilege, "ANY") && session_sees_view(c, name, NULL);
    return db_int(world_db(c->server->world), 0,
                  "SELECT count(*) FROM view_grant g JOIN db ON db.name = g.db JOIN object o"
                  " ON o.db_id = db.id AND o.kind = 'MV' AND (g.view = '' OR g.view = o.name)"
                  " WHERE g.user = ?1 AND o.name = ?2 AND (?3 = 'ANY' OR g.privilege = ?3)", "sss",
                  c->user, name, privilege) > 0;
}

bool session_may_object(const struct conn *c, const char *privilege, const char *object,
                        struct answer *a)
{
    return session_sees_objects(c) || granted(c, privilege, object) ||
           deny(c, privilege, object, a);
}

bool session_may_view(const struct conn *c, int64_t id, const char *privilege, const char *object,
                      struct answer *a)
{
    bool lacks = db_int(world_db(c->server->world), 0,
                        "SELECT count(*) FROM revoked WHERE user = ?1 AND object_id = ?2"
                        " AND privilege IN (?3, 'ANY')", "sis", c->user, id, privilege) > 0;
    if (!lacks)
        return session_may_object(c, privilege, object, a);
    return deny(c, privilege, object, a);
}

char *session_identity(const struct conn *c)
{
    return str_format("'%s'@'%%'", c->user);
}

/* "'root'@'127.0.0.1'": where the client is. */
static char *user_at_peer(const struct conn *c)
{
    const char *colon = strrchr(c->peer, ':');
    size_t len = colon == NULL ? strlen(c->peer) : (size_t)(colon - c->peer);
    return str_format("'%s'@'%.*s'", c->user, (int)len, c->peer);
}

char *session_information(const struct conn *c, const char *name)
{
    if (strcasecmp(name, "database") == 0 || strcasecmp(name, "schema") == 0)
        return mem_text(c->db == NULL ? "" : c->db);
    if (strcasecmp(name, "catalog") == 0)
        return mem_text("default_catalog");
    if (strcasecmp(name, "user") == 0 || strcasecmp(name, "session_user") == 0)
        return user_at_peer(c);
    if (strcasecmp(name, "current_user") == 0)
        return session_identity(c);
    AUTO_STR roles = {0};
    for (const char *p = c->roles; *p != '\0'; p++)
        str_add(&roles, *p == ',' ? ", " : (char[]){*p, '\0'});
    return mem_text(roles.len == 0 ? "NONE" : str_text(&roles));
}

char *session_query_id(const struct conn *c)
{
    return str_format("00000000-0000-0000-0000-%012u", (unsigned)c->thread_id);
}

/* Its text is unrecorded. */
char *session_profile(struct conn *c, const char *wanted)
{
    AUTO_FREE char *id = session_query_id(c), *on = session_variable(c, "enable_profile");
    if (!str_equal(wanted, id) || (!str_equal(on, "true") && !str_equal(on, "1")))
        return mem_text("");
    return str_format("Query:\n  Summary:\n     - Query ID: %s\n     - Total: 12ms\n  Planner:\n",
                      id);
}

/* Index of a variable that this session set, -1 for none. */
static ssize_t own(const struct conn *c, const char *name)
{
    for (size_t i = 0; i < c->names.n; i++) {
        if (strcasecmp(c->names.v[i], name) == 0)
            return (ssize_t)i;
    }
    return -1;
}

/* "@@session.x" and "@@x" mean x; "@x" is the user's own and keeps its '@'. */
static const char *bare(const char *name)
{
    if (strncmp(name, "@@", 2) != 0)
        return name;
    name += 2;
    if (strncasecmp(name, "session.", 8) == 0)
        return name + 8;
    return strncasecmp(name, "global.", 7) == 0 ? name + 7 : name;
}

enum variable_kind session_variable_kind(const char *name)
{
    return variable_kind(bare(name));
}

char *session_variable(struct conn *c, const char *name)
{
    name = bare(name);
    ssize_t at = own(c, name);
    if (at >= 0)
        return mem_text(c->values.v[at]);
    return name[0] == '@' ? NULL : variable_value(c->server->world, c->fe_id, name);
}

struct visit {
    struct conn *c;
    void (*visit)(void *, const char *, const char *);
    void *ctx;
};

static void visit_one(void *ctx, const char *name, const char *preset)
{
    struct visit *v = ctx;
    ssize_t at = own(v->c, name);
    v->visit(v->ctx, name, at < 0 ? preset : v->c->values.v[at]);
}

void session_each_variable(struct conn *c, void (*visit)(void *, const char *, const char *),
                           void *ctx)
{
    struct visit v = {.c = c, .visit = visit, .ctx = ctx};
    variable_each(c->server->world, c->fe_id, visit_one, &v);
}

static int release_of(const struct conn *c)
{
    AUTO_FREE char *version = db_text(world_db(c->server->world),
                                      "SELECT version FROM fe WHERE id = ?1", "i", c->fe_id);
    return version == NULL ? 0 : release_number(version);
}

bool session_no_variable(const struct conn *c, const char *name, bool analyzed, struct answer *a)
{
    name = bare(name);
    AUTO_FREE char *similar = variable_similar(release_of(c), name);
    return answer_error(a, 1193, "HY000", "%sUnknown system variable '%s', the most similar"
                        " variables are %s%s",
                        analyzed ? "Getting analyzing error. Detail message: " : "", name, similar,
                        analyzed ? "." : "");
}

bool session_set(struct conn *c, const char *name, const char *value, struct answer *a)
{
    name = bare(name);
    if (name[0] != '@') {
        AUTO_FREE char *preset = variable_value(c->server->world, c->fe_id, name);
        if (preset == NULL && !variable_exists(release_of(c), name))
            return session_no_variable(c, name, release_has(release_of(c), TRAIT_SET_ANALYZED), a);
    }
    ssize_t at = own(c, name);
    if (at < 0) {
        strv_add(&c->names, name);
        strv_add(&c->values, value);
        return true;
    }
    free(c->values.v[at]);
    c->values.v[at] = mem_text(value);
    return true;
}

bool session_set_roles(struct conn *c, const char *value, const struct strv *names,
                       struct answer *a)
{
    AUTO_STR roles = {0};
    if (str_equal(value, "ALL")) {
        str_add(&roles, c->granted);
    } else if (value == NULL) {
        for (size_t i = 0; i < names->n; i++) {
            static const char *const known[] = {"root", "db_admin", "cluster_admin", "user_admin",
                                                "security_admin", "public"};
            bool is_known = false;
            for (size_t k = 0; k < sizeof known / sizeof known[0]; k++)
                is_known |= str_equal(known[k], names->v[i]);
            if (!is_known)
                return answer_error(a, 1064, "HY000", "Getting analyzing error. Detail message:"
                                    " Cannot set role: cannot find role %s!.", names->v[i]);
            if (!listed(c->granted, names->v[i]))
                return answer_error(a, 1064, "HY000", "Role %s is not granted to '%s'@'%%'",
                                    names->v[i], c->user);
            str_addf(&roles, "%s%s", roles.len == 0 ? "" : ",", names->v[i]);
        }
    }
    free(c->roles);
    c->roles = str_take(&roles);
    return true;
}
