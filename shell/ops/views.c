/* Reads the views of all databases at the leader, with a second source for the list itself. */
#include <belay/views.h>

#include <ctype.h>

#include <belay/str.h>
#include <digest.h>
#include <mem.h>
#include <quote.h>

#define MAX_VIEWS 200000

void views_done(struct views *views)
{
    for (size_t i = 0; i < views->n; i++) {
        struct view *v = &views->v[i];
        char *owned[] = {v->id,         v->database,      v->name, v->full,   v->reason, v->refresh,
                         v->last_state, v->last_finished, v->ddl,  v->clause, v->ledger};
        for (size_t k = 0; k < sizeof(owned) / sizeof(owned[0]); k++)
            free(owned[k]);
        strv_done(&v->bases);
        strv_done(&v->tables);
    }
    free(views->v);
    *views = (struct views){0};
}

static int by_full(const void *a, const void *b)
{
    return strcmp(((const struct view *)a)->full, ((const struct view *)b)->full);
}

struct view *views_find(const struct views *views, const char *full)
{
    struct view key = {.full = (char *)full};

    return views->n == 0 ? NULL : bsearch(&key, views->v, views->n, sizeof(key), by_full);
}

static const char *text(const struct result *rows, size_t row, const char *column)
{
    const char *value = result_text(rows, row, column);

    return strcasecmp(value, "NULL") == 0 || strcmp(value, "\\N") == 0 ? "" : value;
}

static void add_view(struct views *views, size_t *cap, const char *database,
                     const struct result *rows, size_t row)
{
    views->v = mem_grow(views->v, cap, views->n + 1, sizeof(*views->v));
    struct view *view = &views->v[views->n++];
    *view = (struct view){
        .id = mem_text(text(rows, row, "id")),
        .database = mem_text(database),
        .name = mem_text(text(rows, row, "name")),
        .active = strcasecmp(text(rows, row, "is_active"), "true") == 0,
        .reason = mem_text(text(rows, row, "inactive_reason")),
        .refresh = mem_text(text(rows, row, "refresh_type")),
        .last_state = mem_text(text(rows, row, "last_refresh_state")),
        .last_finished = mem_text(text(rows, row, "last_refresh_finished_time")),
        .ddl = mem_text(""),
        .clause = mem_text(""),
        .ledger = mem_text(""),
    };
    view->full = str_format("%s.%s", view->database, view->name);
    if (view->active) {
        free(view->reason);
        view->reason = mem_text("");
    }
}

static bool is_system(const char *database)
{
    return str_equal(database, "information_schema") || str_equal(database, "sys");
}

/* Names of the views that the catalog itself knows: needs no node, needs OPERATE. */
static bool read_proc(struct session *session, const char *db_id, const char *database,
                      struct strv *ret, struct error *err)
{
    AUTO_RESULT rows = {0};

    if (*db_id == '\0' || strspn(db_id, "0123456789") != strlen(db_id))
        return error_set(err, ERR_UNKNOWN, "database %s has no usable id", database);
    if (!session_readf(session, NODE_LEADER, &rows, err, "SHOW PROC '/dbs/%s'", db_id))
        return false;
    for (size_t i = 0; i < rows.n_rows; i++) {
        if (str_ends(result_text(&rows, i, "Type"), "MATERIALIZED_VIEW"))
            strv_add(ret, result_text(&rows, i, "TableName"));
    }
    strv_sort(ret);
    return true;
}

/* Both lists must name the same views; the first difference is shown. */
static bool same_names(const char *database, const struct strv *proc, const struct views *views,
                       size_t from, struct error *err)
{
    AUTO_STRV listed = {0};

    for (size_t i = from; i < views->n; i++)
        strv_add(&listed, views->v[i].name);
    strv_sort(&listed);
    for (size_t i = 0; i < proc->n || i < listed.n; i++) {
        const char *a = i < proc->n ? proc->v[i] : NULL;
        const char *b = i < listed.n ? listed.v[i] : NULL;
        if (str_equal(a, b))
            continue;
        error_set(err, ERR_UNKNOWN, "cannot tell which views there are: database %s holds %zu, "
                  "SHOW MATERIALIZED VIEWS lists %zu (first difference: %s)", database, proc->n,
                  listed.n, a != NULL ? a : b);
        return error_hint(err, "is a compute node alive (\\nodes)? may this user see every view? "
                          "An empty list is never believed");
    }
    return true;
}

static bool read_database(struct session *session, const char *db_id, const char *database,
                          struct views *views, size_t *cap, struct error *err)
{
    AUTO_STRV proc = {0};
    AUTO_RESULT rows = {0};
    AUTO_STR quoted = {0};
    size_t from = views->n;

    if (!quote_name(database, &quoted, err) || !read_proc(session, db_id, database, &proc, err))
        return false;
    if (!session_readf(session, NODE_LEADER, &rows, err, "SHOW MATERIALIZED VIEWS FROM %s",
                       quoted.s)) {
        error_prefix(err, "cannot tell which views database %s has", database);
        err->code = err->code == ERR_CONNECTION ? ERR_CONNECTION : ERR_UNKNOWN;
        return error_hint(err, "up to 3.5 this list needs a live compute node: see \\nodes");
    }
    for (size_t i = 0; i < rows.n_rows; i++) {
        if (str_equal(text(&rows, i, "refresh_type"), "ROLLUP"))
            views->n_sync++;
        else
            add_view(views, cap, database, &rows, i);
    }
    if (views->n > MAX_VIEWS)
        return error_set(err, ERR_UNKNOWN, "more than %d views", MAX_VIEWS);
    return same_names(database, &proc, views, from, err);
}

static bool read_ddl(struct session *session, struct view *view, struct error *err)
{
    AUTO_RESULT rows = {0};
    AUTO_STR name = {0};
    AUTO_STR clause = {0};

    if (!quote_name2(view->database, view->name, &name, err) ||
        !session_readf(session, NODE_LEADER, &rows, err, "SHOW CREATE MATERIALIZED VIEW %s",
                       name.s))
        return error_prefix(err, "cannot read the definition of %s", view->full);
    const char *ddl = result_text(&rows, 0, "Create Materialized View");
    ddl_refresh_clause(ddl, &clause); /* none: it stays unknown, and only what needs it says so */
    free(view->ddl);
    free(view->clause);
    view->ddl = mem_text(ddl);
    view->clause = str_take(&clause);
    return true;
}

static bool read_lineage(struct session *session, struct views *views, struct error *err)
{
    AUTO_RESULT rows = {0};

    if (views->n == 0)
        return true;
    if (!session_read(session, NODE_LEADER,
                      "SELECT object_database, object_name, ref_object_database, ref_object_name, "
                      "ref_object_catalog, ref_object_type FROM sys.object_dependencies",
                      &rows, err)) {
        error_prefix(err, "cannot tell which view stands on which");
        if (err->code == ERR_FAILED)
            err->code = ERR_UNKNOWN;
        return error_hint(err, "sys.object_dependencies needs a live compute node (\\nodes) and "
                          "StarRocks 3.1 or later");
    }
    return lineage_fill(views, &rows, err);
}

bool views_read(struct session *session, bool with_ddl, struct views *ret, struct error *err)
{
    AUTO_RESULT databases = {0};
    size_t cap = 0;
    bool ok = true;

    *ret = (struct views){0};
    session_forget(session, NODE_LEADER); /* it may be another one by now */
    if (!session_read(session, NODE_LEADER, "SHOW PROC '/dbs'", &databases, err)) {
        error_prefix(err, "cannot tell which databases there are");
        if (err->code != ERR_FAILED) /* not reached: a privilege would not help */
            return false;
        err->code = ERR_UNKNOWN;
        return error_hint(err, "SHOW PROC needs the OPERATE privilege (role db_admin)");
    }
    for (size_t i = 0; ok && i < databases.n_rows; i++) {
        const char *name = text(&databases, i, "DbName");
        if (!is_system(name))
            ok = read_database(session, text(&databases, i, "DbId"), name, ret, &cap, err);
    }
    if (ok && ret->n > 0)
        qsort(ret->v, ret->n, sizeof(*ret->v), by_full);
    ok = ok && read_lineage(session, ret, err);
    for (size_t i = 0; ok && with_ddl && i < ret->n; i++)
        ok = read_ddl(session, &ret->v[i], err);
    if (!ok)
        views_done(ret);
    return ok;
}

static json_t *list_json(const struct strv *list)
{
    json_t *array = json_array();

    for (size_t i = 0; i < list->n; i++)
        json_array_append_new(array, json_string(list->v[i]));
    return array;
}

json_t *views_json(const struct views *views)
{
    json_t *object = json_object();
    json_t *array = json_array();

    for (size_t i = 0; i < views->n; i++) {
        const struct view *v = &views->v[i];
        json_t *one = json_object();
        json_put_str(one, "id", v->id);
        json_put_str(one, "database", v->database);
        json_put_str(one, "name", v->name);
        json_put_bool(one, "active", v->active);
        json_put_str(one, "reason", v->reason);
        json_put_str(one, "refresh", v->refresh);
        json_put_str(one, "last_state", v->last_state);
        json_put_str(one, "last_finished", v->last_finished);
        json_put_str(one, "ddl", v->ddl);
        json_put_str(one, "clause", v->clause);
        json_put(one, "bases", list_json(&v->bases));
        json_put(one, "tables", list_json(&v->tables));
        json_put_int(one, "level", v->level);
        json_array_append_new(array, one);
    }
    json_put(object, "views", array);
    json_put_int(object, "synchronous", (int64_t)views->n_sync);
    return object;
}

static void list_from_json(const json_t *array, struct strv *ret)
{
    json_t *word;
    size_t i;

    json_array_foreach(array, i, word)
        strv_add(ret, json_is_string(word) ? json_string_value(word) : "");
}

/* Facts from a file may have been changed: what is relied on later is looked at here. */
static bool is_sound(const struct views *views, struct error *err)
{
    for (size_t i = 0; i < views->n; i++) {
        const struct view *v = &views->v[i];
        bool ok = v->level < views->n && (i == 0 || by_full(v - 1, v) < 0);
        for (size_t k = 0; ok && k < v->bases.n; k++) {
            const struct view *base = views_find(views, v->bases.v[k]);
            ok = base != NULL && base->level < v->level;
        }
        if (!ok)
            return error_set(err, ERR_VERDICT, "the recorded facts about view %s are damaged",
                             v->full);
    }
    return true;
}

bool views_from_json(const json_t *json, struct views *ret, struct error *err)
{
    const json_t *array = json_object_get(json, "views");
    json_t *one;
    size_t i;

    *ret = (struct views){0};
    if (!json_is_array(array))
        return error_set(err, ERR_VERDICT, "the recorded facts hold no views");
    ret->n = json_array_size(array);
    ret->n_sync = (size_t)json_int(json, "synchronous");
    ret->v = mem_array(ret->n, sizeof(*ret->v));
    json_array_foreach(array, i, one)
    {
        struct view *v = &ret->v[i];
        v->id = mem_text(json_str(one, "id"));
        v->database = mem_text(json_str(one, "database"));
        v->name = mem_text(json_str(one, "name"));
        v->full = str_format("%s.%s", v->database, v->name);
        v->active = json_flag(one, "active");
        v->reason = mem_text(json_str(one, "reason"));
        v->refresh = mem_text(json_str(one, "refresh"));
        v->last_state = mem_text(json_str(one, "last_state"));
        v->last_finished = mem_text(json_str(one, "last_finished"));
        v->ddl = mem_text(json_str(one, "ddl"));
        v->clause = mem_text(json_str(one, "clause"));
        v->ledger = mem_text("");
        v->level = (unsigned)json_int(one, "level");
        list_from_json(json_object_get(one, "bases"), &v->bases);
        list_from_json(json_object_get(one, "tables"), &v->tables);
    }
    if (is_sound(ret, err))
        return true;
    views_done(ret);
    return false;
}
