/* Users and what they may. */
#include <stdlib.h>
#include <string.h>

#include "exec.h"
#include "mem.h"
#include "world_release.h"

static bool is_user(struct exec *x, const char *name)
{
    if (db_int(x->db, 0, "SELECT count(*) FROM user WHERE name = ?1", "s", name) > 0)
        return true;
    return answer_error(x->a, 1064, "HY000", "Getting analyzing error. Detail message: cannot find"
                                             " user '%s'@'%%'!.", name);
}

bool exec_create_user(struct exec *x)
{
    AUTO_ERROR err = {0};
    if (db_int(x->db, 0, "SELECT count(*) FROM user WHERE name = ?1", "s", x->s->name) > 0)
        return answer_error(x->a, 1064, "HY000", "Operation CREATE USER failed for '%s'@'%%' : user"
                                                 " already exists", x->s->name); /* unrecorded */
    return (db_run(x->db, &err, "INSERT INTO user (name, password, active_on_login)"
                                " VALUES (?1, ?2, 0)", "ss", x->s->name, x->s->value) &&
            world_journal(x->w, &err)) ||
           exec_failed(x, &err);
}

bool exec_drop_user(struct exec *x)
{
    AUTO_ERROR err = {0};
    if (db_int(x->db, 0, "SELECT count(*) FROM user WHERE name = ?1", "s", x->s->name) == 0)
        return x->s->if_exists ||
               answer_error(x->a, 1064, "HY000", "Getting analyzing error. Detail message:"
                            " Operation DROP USER failed for '%s'@'%%' : user not exists.",
                            x->s->name); /* from AuthenticationAnalyzer.java, unrecorded */
    return (db_run(x->db, &err, "DELETE FROM user WHERE name = ?1", "s", x->s->name) &&
            db_run(x->db, &err, "DELETE FROM view_grant WHERE user = ?1", "s", x->s->name) &&
            db_run(x->db, &err, "DELETE FROM revoked WHERE user = ?1", "s", x->s->name) &&
            world_journal(x->w, &err)) ||
           exec_failed(x, &err);
}

/* Recorded: roles are listed in the order in which StarRocks makes them. */
static bool grant_roles(struct exec *x)
{
    static const char *const roles[] = {"root", "db_admin", "cluster_admin", "user_admin",
                                        "public", "security_admin"};
    AUTO_ERROR err = {0};
    AUTO_STR all = {0};
    AUTO_FREE char *had = db_text(x->db, "SELECT ',' || roles || ',' FROM user WHERE name = ?1",
                                  "s", x->s->name);
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        AUTO_FREE char *between = str_format(",%s,", roles[i]);
        if (strstr(had, between) != NULL || strv_has(&x->s->list, roles[i]))
            str_addf(&all, "%s%s", all.len == 0 ? "" : ",", roles[i]);
    }
    return (db_run(x->db, &err, "UPDATE user SET roles = ?2 WHERE name = ?1", "ss", x->s->name,
                   str_text(&all)) &&
            world_journal(x->w, &err)) ||
           exec_failed(x, &err);
}

bool exec_grant(struct exec *x)
{
    AUTO_ERROR err = {0};
    if (!is_user(x, x->s->name))
        return false;
    if (x->s->db == NULL)
        return grant_roles(x);
    for (size_t i = 0; i < x->s->list.n; i++) {
        if (!db_run(x->db, &err,
                    "INSERT OR IGNORE INTO view_grant VALUES (?1, upper(?2), ?3, ?4)", "ssss",
                    x->s->name, x->s->list.v[i], x->s->db, x->s->full ? "" : x->s->key))
            return exec_failed(x, &err);
    }
    return world_journal(x->w, &err) || exec_failed(x, &err);
}

bool exec_default_role(struct exec *x)
{
    AUTO_ERROR err = {0};
    return is_user(x, x->s->name) &&
           ((db_run(x->db, &err, "UPDATE user SET active_on_login = 1 WHERE name = ?1", "s",
                    x->s->name) &&
             world_journal(x->w, &err)) ||
            exec_failed(x, &err));
}

bool exec_set_property(struct exec *x)
{
    AUTO_ERROR err = {0};
    if (!is_user(x, x->s->name))
        return false;
    if (!str_equal(x->s->key, "max_user_connections"))
        return answer_error(x->a, 1064, "HY000", "Unknown user property(%s)", x->s->key);
    return (db_run(x->db, &err, "UPDATE user SET max_connections = ?2 WHERE name = ?1", "si",
                   x->s->name, (int64_t)strtol(x->s->value, NULL, 10)) &&
            world_journal(x->w, &err)) ||
           exec_failed(x, &err);
}

bool exec_show_property(struct exec *x)
{
    if (!is_user(x, x->s->name))
        return false;
    AUTO_FREE char *limit = db_text(x->db, "SELECT max_connections FROM user WHERE name = ?1", "s",
                                    x->s->name);
    const char *const rows[][2] = {{"max_user_connections", limit},
                                   {"catalog", "default_catalog"},
                                   {"database", ""}};
    answer_columns(x->a, "Key,Value", CELL_STRING,
                   release_has(x->release, TRAIT_SCHEMA_ANSWERS) ? 192 : 90);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        answer_cell(x->a, rows[i][0]);
        answer_cell(x->a, rows[i][1]);
    }
    return true;
}

bool exec_show_users(struct exec *x)
{
    if (!session_may(x->c, PRIVILEGE_GRANT, x->a))
        return false;
    answer_column(x->a, "User", CELL_STRING, 150);
    AUTO_STMT *row = db_prepare(x->db, NULL, "SELECT '''' || name || '''@''%''' FROM user"
                                             " ORDER BY name <> 'root', rowid", "");
    while (row != NULL && sqlite3_step(row) == SQLITE_ROW)
        answer_cell(x->a, db_column(row, 0));
    return true;
}

/* Grants on views, one row each with its privileges by name. */
static void show_view_grants(struct exec *x, const char *user, const char *identity)
{
    AUTO_STMT *row = db_prepare(
        x->db, NULL,
        "SELECT db, view, group_concat(privilege, ', ') FROM (SELECT * FROM view_grant"
        " WHERE user = ?1 ORDER BY instr('ALTER REFRESH DROP SELECT', privilege))"
        " GROUP BY db, view ORDER BY view", "s", user);
    while (row != NULL && sqlite3_step(row) == SQLITE_ROW) {
        AUTO_STR text = {0};
        str_addf(&text, "GRANT %s ON ", db_column(row, 2));
        if (db_column(row, 1)[0] == '\0')
            str_addf(&text, "ALL MATERIALIZED VIEWS IN DATABASE %s", db_column(row, 0));
        else
            str_addf(&text, "MATERIALIZED VIEW %s.%s", db_column(row, 0), db_column(row, 1));
        str_addf(&text, " TO USER %s", identity);
        answer_cell(x->a, identity);
        answer_cell(x->a, "default_catalog");
        answer_cell(x->a, str_text(&text));
    }
}

bool exec_show_grants(struct exec *x)
{
    const char *user = x->s->name == NULL ? x->c->user : x->s->name;
    if (!str_equal(user, x->c->user) && !session_may(x->c, PRIVILEGE_GRANT, x->a))
        return false;
    AUTO_FREE char *roles = db_text(x->db, "SELECT roles FROM user WHERE name = ?1", "s", user);
    if (roles == NULL)
        return is_user(x, user);
    answer_column(x->a, "UserIdentity", CELL_STRING, 300);
    answer_columns(x->a, "Catalog,Grants", CELL_STRING, 1200);
    AUTO_FREE char *identity = str_format("'%s'@'%%'", user);
    AUTO_STR text = {0};
    for (const char *p = roles; *p != '\0';) {
        size_t len = strcspn(p, ",");
        str_addf(&text, "%s'%.*s'", text.len == 0 ? "GRANT " : ", ", (int)len, p);
        p += len + (p[len] == ',');
    }
    if (text.len > 0) {
        str_addf(&text, " TO %s", identity);
        answer_cell(x->a, identity);
        answer_cell(x->a, NULL);
        answer_cell(x->a, str_text(&text));
    }
    show_view_grants(x, user, identity);
    return true;
}
