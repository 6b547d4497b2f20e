/* Probes about a database of belay's own: is it there, and does it hold nothing but belay's? */
#include <belay/list.h>
#include <belay/str.h>
#include <quote.h>

#include "kinds.h"
#include "session_inside.h"

/* 1 there, 0 not, -1 cannot tell (the evidence says why). The list always holds system databases.
 */
static int find(struct session *session, const char *name, struct evidence *ret)
{
    AUTO_RESULT rows = {0};
    AUTO_ERROR err = {0};
    int found = 0;

    if (!session_read(session, NODE_LEADER, "SHOW DATABASES", &rows, &err)) {
        evidence_set(ret, ANSWER_CANNOT_TELL, "%s", err.message);
        return -1;
    }
    if (rows.n_rows == 0) {
        evidence_set(ret, ANSWER_CANNOT_TELL, "the list of databases is empty");
        return -1;
    }
    for (size_t i = 0; i < rows.n_rows; i++)
        found |= str_equal(result_text(&rows, i, "Database"), name);
    return found;
}

static void ask_database(struct world *world, const struct probe *const *probes, size_t n,
                         struct evidence *ret)
{
    for (size_t i = 0; i < n; i++) {
        const char *name = probes[i]->args.v[0];
        int found = find(session_of(world), name, &ret[i]);
        if (found >= 0)
            evidence_set(&ret[i],
                         (found == 1) == str_equal(probes[i]->args.v[1], "there") ? ANSWER_YES
                                                                                  : ANSWER_NO,
                         found == 1 ? "%s is there" : "there is no %s", name);
    }
}

static void say_database(const struct probe *probe, struct str *ret)
{
    str_addf(ret,
             str_equal(probe->args.v[1], "there") ? "database %s is there"
                                                  : "there is no database %s",
             probe->args.v[0]);
}

const struct probe_kind probe_database = {"database", ask_database, say_database};

/* Names of the tables in a database. 1 read, 0 there is no such database, -1 cannot tell. */
static int read_tables(struct session *session, const char *name, struct strv *ret,
                       struct evidence *said)
{
    AUTO_RESULT rows = {0};
    AUTO_ERROR err = {0};
    AUTO_STR quoted = {0};
    int found = find(session, name, said);

    if (found <= 0)
        return found;
    if (!quote_name(name, &quoted, &err) ||
        !session_readf(session, NODE_LEADER, &rows, &err, "SHOW TABLES FROM %s", quoted.s)) {
        evidence_set(said, ANSWER_CANNOT_TELL, "%s", err.message);
        return -1;
    }
    /* The one column is called after the database. */
    for (size_t i = 0; i < rows.n_rows; i++) {
        const char *table = rows.cells[i * rows.n_columns].data;
        strv_add(ret, table != NULL ? table : "NULL");
    }
    return 1;
}

static void ask_table(struct world *world, const struct probe *const *probes, size_t n,
                      struct evidence *ret)
{
    for (size_t i = 0; i < n; i++) {
        AUTO_STRV tables = {0};
        const char *name = probes[i]->args.v[0];
        int found = read_tables(session_of(world), name, &tables, &ret[i]);
        if (found == 0)
            evidence_set(&ret[i], ANSWER_NO, "there is no database %s", name);
        else if (found == 1)
            evidence_set(&ret[i], strv_has(&tables, probes[i]->args.v[1]) ? ANSWER_YES : ANSWER_NO,
                         "%s holds %zu tables", name, tables.n);
    }
}

static void say_table(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "table %s is in %s", probe->args.v[1], probe->args.v[0]);
}

const struct probe_kind probe_table = {"table", ask_table, say_table};

static void ask_ours(struct session *session, const struct probe *probe, struct evidence *ret)
{
    const char *name = probe->args.v[0];
    AUTO_STRV tables = {0};
    int found = read_tables(session, name, &tables, ret);

    if (found < 0)
        return;
    for (size_t i = 0; i < tables.n; i++) {
        if (str_equal(tables.v[i], probe->args.v[1]))
            continue;
        evidence_set(ret, ANSWER_NO, "%s holds %s, which is not belay's", name, tables.v[i]);
        return;
    }
    evidence_set(ret, ANSWER_YES, found == 0 ? "there is no %s" : "%s holds nothing else", name);
}

static void ask_all_ours(struct world *world, const struct probe *const *probes, size_t n,
                         struct evidence *ret)
{
    for (size_t i = 0; i < n; i++)
        ask_ours(session_of(world), probes[i], &ret[i]);
}

static void say_ours(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "database %s holds nothing but belay's table %s", probe->args.v[0],
             probe->args.v[1]);
}

const struct probe_kind probe_database_ours = {"database_ours", ask_all_ours, say_ours};
