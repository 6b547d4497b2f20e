/* What still writes to a cluster. How each kind is listed stands in know/writes.c. */
#include <belay/writes.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <belay/str.h>
#include <mem.h>
#include <quote.h>
#include <release.h>
#include <world.h>
#include <writes.h>

#include "session_inside.h"
#include "writes_jobs.h"

#define MAX_NAMES 5

struct reading {
    struct session *session;
    bool waiting;    /* only what ends by itself: no refreshes of views, which have a plan of their own */
    json_t *kinds;   /* kind → {"n", "names"}, in the order they were met */
    json_t *unknown; /* [{"kind", "why"}] */
    json_t *ended;   /* database → how many transactions ended there */
};

static json_t *kind_of(struct reading *reading, const char *kind)
{
    json_t *found = json_object_get(reading->kinds, kind);

    if (found == NULL) {
        found = json_object();
        json_put(found, "names", json_array());
        json_put_int(found, "n", 0);
        json_put(reading->kinds, kind, found);
    }
    return found;
}

static void count(struct reading *reading, const char *kind, int64_t n, const char *name)
{
    json_t *found = kind_of(reading, kind);
    json_t *names = json_object_get(found, "names");

    json_put_int(found, "n", json_int(found, "n") + n);
    if (name != NULL && *name != '\0' && json_array_size(names) < MAX_NAMES)
        json_add_str(names, name);
}

static void cannot_tell(struct reading *reading, const char *kind, const char *why)
{
    json_t *entry = json_object();

    json_put_str(entry, "kind", kind);
    json_put_str(entry, "why", why);
    json_array_append_new(reading->unknown, entry);
}

/* --- a row is a piece of work ------------------------------------------------------------------ */

static bool is_idle(const struct writes_list *list, const char *value)
{
    if (list->idle != NULL)
        return writes_in(list->idle, value);
    return isdigit((unsigned char)*value); /* a time: it is over. "", NULL, \N: it is not */
}

static bool is_of_view(const struct result *rows, size_t row)
{
    return str_starts(result_text(rows, row, "TASK_NAME"), "mv-");
}

static void name_of(const struct writes_list *list, const struct result *rows, size_t row,
                    struct str *ret)
{
    for (size_t i = 0; i < 2 && list->names[i] != NULL; i++) {
        if (ret->len > 0)
            str_addc(ret, '.');
        str_add(ret, result_text(rows, row, list->names[i]));
    }
}

static void take_rows(struct reading *reading, const struct writes_list *list,
                      const struct result *rows)
{
    kind_of(reading, list->kind);
    for (size_t i = 0; i < rows->n_rows; i++) {
        AUTO_STR name = {0};
        if (list->state != NULL && is_idle(list, result_text(rows, i, list->state)))
            continue;
        if (reading->waiting && is_of_view(rows, i))
            continue;
        name_of(list, rows, i, &name);
        count(reading, list->kind, 1, str_text(&name));
    }
}

static bool read_rows(struct reading *reading, const struct writes_list *list, struct error *err)
{
    AUTO_RESULT rows = {0};

    if (!session_read(reading->session, NODE_LEADER, list->sql, &rows, err))
        return false;
    take_rows(reading, list, &rows);
    return true;
}

static bool read_numbers(struct reading *reading, const struct writes_list *list, struct error *err)
{
    AUTO_RESULT rows = {0};

    if (!session_read(reading->session, NODE_LEADER, list->sql, &rows, err))
        return false;
    kind_of(reading, list->kind);
    for (size_t i = 0; i < rows.n_rows; i++) {
        if (writes_in(reading->waiting ? list->moving : list->idle, result_text(&rows, i, "Item")))
            count(reading, list->kind, strtoll(result_text(&rows, i, "Number"), NULL, 10), NULL);
    }
    return true;
}

/* --- by database ------------------------------------------------------------------------------- */

static bool read_proc(struct reading *reading, struct result *ret, struct error *err, const char *root,
                      const char *id, const char *rest)
{
    AUTO_FREE char *path = str_format("%s%s%s%s", root, *id != '\0' ? "/" : "", id, rest);
    AUTO_STR sql = {0};

    str_add(&sql, "SHOW PROC ");
    return quote_text(path, &sql, err) &&
           session_read(reading->session, NODE_LEADER, sql.s, ret, err);
}

/* What runs in one database by name and source; ret_n: how many rows there were. */
static bool name_transactions(struct reading *reading, const char *database, const char *id,
                              int64_t *ret_n, struct error *err)
{
    AUTO_RESULT rows = {0};

    if (!read_proc(reading, &rows, err, "/transactions", id, "/running"))
        return false;
    for (size_t i = 0; i < rows.n_rows; i++) {
        const char *source = result_text(&rows, i, "LoadJobSourceType");
        const char *kind = reading->waiting && str_equal(source, "MV_REFRESH") ? NULL
                                                                               : writes_of_source(source);
        AUTO_FREE char *name = str_format("%s: %s", database, result_text(&rows, i, "Label"));
        if (kind != NULL)
            count(reading, kind, 1, name);
    }
    *ret_n = (int64_t)rows.n_rows;
    return true;
}

/* The number is of all; the list ends after 2000 (fe-core TransProcDir). */
static bool read_transactions(struct reading *reading, const struct writes_list *list,
                              const char *database, const char *id, struct error *err)
{
    AUTO_RESULT rows = {0};
    int64_t listed = 0;
    int64_t all = 0;

    if (!read_proc(reading, &rows, err, "/transactions", id, ""))
        return false;
    kind_of(reading, list->kind);
    for (size_t i = 0; i < rows.n_rows; i++) {
        int64_t number = strtoll(result_text(&rows, i, "Number"), NULL, 10);
        if (str_equal(result_text(&rows, i, "State"), "running"))
            all = number;
        else
            json_put_int(reading->ended, database, number);
    }
    if (all > 0 && !name_transactions(reading, database, id, &listed, err))
        return false;
    if (all > listed)
        count(reading, list->kind, all - listed, NULL);
    return true;
}

static bool read_jobs(struct reading *reading, const struct writes_list *list, const char *database,
                      const char *id, struct error *err)
{
    AUTO_RESULT rows = {0};

    (void)list;
    if (!read_proc(reading, &rows, err, "/jobs", id, ""))
        return false;
    for (size_t i = 0; i < rows.n_rows; i++) {
        const char *type = result_text(&rows, i, "JobType");
        int64_t n = strtoll(result_text(&rows, i, "Pending"), NULL, 10) +
                    strtoll(result_text(&rows, i, "Running"), NULL, 10);
        AUTO_FREE char *name = str_format("%s: %s", database, type);
        count(reading, writes_of_job(type), n, n > 0 ? name : NULL);
    }
    return true;
}

static bool read_database(struct reading *reading, const struct writes_list *list,
                          const char *database, const char *id, struct error *err)
{
    AUTO_RESULT rows = {0};
    AUTO_STR sql = {0};

    (void)id;
    str_add(&sql, list->sql);
    if (!quote_name(database, &sql, err) ||
        !session_read(reading->session, NODE_LEADER, sql.s, &rows, err))
        return false;
    take_rows(reading, list, &rows);
    return true;
}

/* Of databases that come and go meanwhile one can be gone when it is asked for: that says nothing of
 * the others, and is told. */
static bool each_database(struct reading *reading, const struct writes_list *list, const char *root,
                          bool (*one)(struct reading *, const struct writes_list *, const char *,
                                      const char *, struct error *),
                          struct error *err)
{
    AUTO_RESULT databases = {0};

    if (!read_proc(reading, &databases, err, root, "", ""))
        return false;
    for (size_t i = 0; i < databases.n_rows; i++) {
        const char *name = result_text(&databases, i, "DbName");
        AUTO_ERROR why = {0};
        if (one(reading, list, name, result_text(&databases, i, "DbId"), &why))
            continue;
        if (why.code != ERR_FAILED)
            return error_move(err, &why);
        AUTO_FREE char *text = str_format("%s: %s", name, why.message);
        cannot_tell(reading, list->kind, text);
    }
    return true;
}

static bool read_list(struct reading *reading, const struct writes_list *list, struct error *err)
{
    switch (list->how) {
    case WRITES_ROWS:
        return read_rows(reading, list, err);
    case WRITES_BY_DATABASE:
        return each_database(reading, list, "/jobs", read_database, err);
    case WRITES_TRANSACTIONS:
        return each_database(reading, list, "/transactions", read_transactions, err);
    case WRITES_JOBS:
        return each_database(reading, list, "/jobs", read_jobs, err);
    case WRITES_NUMBERS:
        return read_numbers(reading, list, err);
    }
    return true;
}

/* --- all --------------------------------------------------------------------------------------- */

static bool is_unknown(const struct reading *reading, const char *kind)
{
    size_t i;
    json_t *entry;

    json_array_foreach(reading->unknown, i, entry)
    {
        if (str_equal(json_str(entry, "kind"), kind))
            return true;
    }
    return false;
}

static json_t *reading_json(const struct reading *reading)
{
    json_t *json = json_object();
    json_t *writes = json_array();
    json_t *idle = json_array();
    const char *kind;
    json_t *entry;

    json_object_foreach(reading->kinds, kind, entry)
    {
        if (json_int(entry, "n") == 0) {
            if (!is_unknown(reading, kind))
                json_add_str(idle, kind);
            continue;
        }
        json_put_str(entry, "kind", kind);
        json_array_append(writes, entry);
    }
    json_put(json, "writes", writes);
    json_put(json, "idle", idle);
    json_put(json, "unknown", json_incref(reading->unknown));
    json_put(json, "ended", json_incref(reading->ended));
    return json;
}

/* Reads one list, or says why not. Once the leader cannot be reached the others are not tried: each
 * would wait as long. false: a person wants out. */
static bool read_or_say(struct reading *reading, const struct writes_list *list, struct error *lost,
                        struct error *err)
{
    AUTO_ERROR why = {0};

    if (world_leaving(session_world(reading->session)))
        return error_set(err, ERR_STOPPED, "interrupted");
    if (lost->code == ERR_NONE && read_list(reading, list, &why))
        return true;
    if (why.code == ERR_STOPPED)
        return error_move(err, &why);
    cannot_tell(reading, list->kind, lost->code != ERR_NONE ? lost->message : why.message);
    if (why.code == ERR_CONNECTION)
        error_move(lost, &why);
    return true;
}

static void reading_start(struct reading *reading, struct session *session)
{
    *reading = (struct reading){.session = session};
    reading->kinds = json_object();
    reading->unknown = json_array();
    reading->ended = json_object();
}

static json_t *reading_end(struct reading *reading, bool ok)
{
    json_t *json = ok ? reading_json(reading) : NULL;

    json_decref(reading->kinds);
    json_decref(reading->unknown);
    json_decref(reading->ended);
    return json;
}

json_t *writes_read(struct session *session, const struct cluster *cluster, struct error *err)
{
    bool shared_data = str_equal(cluster->run_mode, "shared_data");
    struct reading reading;
    struct release release = {0};
    AUTO_ERROR lost = {0};
    unsigned n;
    const struct writes_list *lists = writes_lists(&n);
    bool ok = true;

    reading_start(&reading, session);
    release_parse(cluster->version, &release);
    for (unsigned i = 0; ok && i < n; i++) {
        if (writes_applies(&lists[i], release, shared_data))
            ok = read_or_say(&reading, &lists[i], &lost, err);
    }
    return reading_end(&reading, ok);
}

json_t *writes_awaited(struct session *session, const struct writes_list *list, struct error *err)
{
    struct reading reading;
    AUTO_ERROR lost = {0};

    reading_start(&reading, session);
    reading.waiting = true;
    return reading_end(&reading, read_or_say(&reading, list, &lost, err));
}

void writes_between(const json_t *before, const json_t *after, struct strv *ret)
{
    const char *database;
    json_t *number;

    json_object_foreach(json_object_get(after, "ended"), database, number)
    {
        int64_t n = json_integer_value(number) - json_int(json_object_get(before, "ended"), database);
        if (n > 0)
            strv_addf(ret, "%lld transactions ended in %s", (long long)n, database);
    }
}

/* --- for people -------------------------------------------------------------------------------- */

static void which(const json_t *entry, struct str *ret)
{
    const json_t *names = json_object_get(entry, "names");
    size_t i;
    json_t *name;

    json_array_foreach((json_t *)names, i, name)
        str_addf(ret, "%s%s", i > 0 ? ", " : "", json_string_value(name));
    if (i > 0 && json_int(entry, "n") > (int64_t)i)
        str_add(ret, ", …");
}

void writes_say(const json_t *writes, struct strv *ret)
{
    size_t i;
    json_t *entry;

    json_array_foreach(json_object_get(writes, "writes"), i, entry)
    {
        AUTO_STR names = {0};
        which(entry, &names);
        strv_addf(ret, names.len > 0 ? "%s: %lld (%s)" : "%s: %lld%s", json_str(entry, "kind"),
                  (long long)json_int(entry, "n"), str_text(&names));
    }
    json_array_foreach(json_object_get(writes, "unknown"), i, entry)
        strv_addf(ret, "cannot tell %s: %s", json_str(entry, "kind"), json_str(entry, "why"));
}

void writes_result(const json_t *writes, struct result *ret)
{
    static const char *const columns[] = {"kind", "n", "which", "error"};
    size_t i;
    json_t *entry;

    for (i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        result_column(ret, columns[i], i == 1 ? COLUMN_NUMBER : COLUMN_TEXT);
    json_array_foreach(json_object_get(writes, "writes"), i, entry)
    {
        size_t row = result_row(ret);
        AUTO_STR names = {0};
        which(entry, &names);
        result_set_text(ret, row, "kind", json_str(entry, "kind"));
        result_set_f(ret, row, "n", "%lld", (long long)json_int(entry, "n"));
        result_set_text(ret, row, "which", str_text(&names));
        result_set_text(ret, row, "error", "");
    }
    json_array_foreach(json_object_get(writes, "unknown"), i, entry)
    {
        size_t row = result_row(ret);
        result_set_text(ret, row, "kind", json_str(entry, "kind"));
        result_set_text(ret, row, "which", "");
        result_set_text(ret, row, "error", json_str(entry, "why"));
    }
    json_array_foreach(json_object_get(writes, "idle"), i, entry)
    {
        size_t row = result_row(ret);
        result_set_text(ret, row, "kind", json_string_value(entry));
        result_set_text(ret, row, "n", "0");
        result_set_text(ret, row, "which", "");
        result_set_text(ret, row, "error", "");
    }
}
