/* Objects in SQLite: one row each, the whole object as JSON. */
#include "store.h"

#include <inttypes.h>

#include "clock.h"
#include "digest.h"
#include "world_db.h"

#define OBJECT_MAX (4 << 20)

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS k8s_object (" /* what the API server holds */
    "  resource TEXT NOT NULL,"               /* pods, statefulsets.apps, … */
    "  namespace TEXT NOT NULL,"              /* '' for cluster-scoped kinds */
    "  name TEXT NOT NULL,"
    "  json TEXT NOT NULL,"
    "  PRIMARY KEY (resource, namespace, name));"
    "CREATE TABLE IF NOT EXISTS k8s_counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL);"
    "INSERT OR IGNORE INTO k8s_counter VALUES ('resourceVersion', 290);"
    "CREATE TABLE IF NOT EXISTS k8s_pod (" /* what the kubelet does with a pod */
    "  namespace TEXT NOT NULL, name TEXT NOT NULL,"
    "  state TEXT NOT NULL,"   /* starting, running, stopping, broken */
    "  due_ms INTEGER NOT NULL," /* when starting or stopping ends */
    "  component TEXT NOT NULL DEFAULT ''," /* fe, be, cn, or '' */
    "  PRIMARY KEY (namespace, name));"
    "CREATE TABLE IF NOT EXISTS k8s_revision (" /* pod templates: ControllerRevisions */
    "  name TEXT PRIMARY KEY, template TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS rbac (" /* granted rights; no row, no right */
    "  user TEXT NOT NULL,"
    "  verb TEXT NOT NULL,"     /* get, list, create, patch, … */
    "  resource TEXT NOT NULL," /* pods, pods/exec, starrocksclusters.starrocks.com, … */
    "  PRIMARY KEY (user, verb, resource));"
    "CREATE TABLE IF NOT EXISTS kubectl_log (" /* every call; rc NULL while it runs */
    "  id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, argv TEXT NOT NULL, rc INTEGER);";

bool store_setup(sqlite3 *db, struct error *err)
{
    return db_script(db, err, schema);
}

static const char *scope(const struct kind *kind, const char *ns)
{
    return kind->namespaced && ns ? ns : "";
}

json_t *store_get(sqlite3 *db, const struct kind *kind, const char *ns, const char *name)
{
    AUTO_FREE char *resource = kind_resource(kind);
    AUTO_FREE char *text = db_text(db,
                                   "SELECT json FROM k8s_object WHERE resource = ?1"
                                   " AND namespace = ?2 AND name = ?3",
                                   "sss", resource, scope(kind, ns), name);
    return text ? json_parse(text, strlen(text), OBJECT_MAX, NULL) : NULL;
}

json_t *store_list(sqlite3 *db, const struct kind *kind, const char *ns)
{
    return store_list_with(db, kind, ns, NULL);
}

json_t *store_list_with(sqlite3 *db, const struct kind *kind, const char *ns, const char *value)
{
    AUTO_FREE char *resource = kind_resource(kind);
    AUTO_FREE char *quoted = value ? str_format("\"%s\"", value) : NULL;
    json_t *list = json_array();
    AUTO_STMT *row = db_prepare(db, NULL,
                                "SELECT json FROM k8s_object WHERE resource = ?1"
                                " AND (?2 IS NULL OR namespace = ?2)"
                                " AND (?3 IS NULL OR instr(json, ?3)) ORDER BY namespace, name",
                                "sss", resource, kind->namespaced ? ns : NULL, quoted);
    while (row && sqlite3_step(row) == SQLITE_ROW) {
        const char *text = db_column(row, 0);
        json_t *object = json_parse(text, strlen(text), OBJECT_MAX, NULL);
        if (object)
            json_array_append_new(list, object);
    }
    return list;
}

void store_uid(char ret[37])
{
    char hex[33];
    random_hex(hex, 32);
    hex[12] = '4';
    hex[16] = "89ab"[(unsigned char)hex[16] % 4];
    snprintf(ret, 37, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

json_t *store_time(int64_t ms)
{
    char text[CLOCK_TEXT];
    clock_utc(ms, text);
    return json_string(text);
}

static json_t *next_version(sqlite3 *db)
{
    db_run(db, NULL, "UPDATE k8s_counter SET value = value + 1 WHERE name = 'resourceVersion'", "");
    int64_t value =
        db_int(db, 0, "SELECT value FROM k8s_counter WHERE name = 'resourceVersion'", "");
    AUTO_FREE char *text = str_format("%" PRId64, value);
    return json_string(text);
}

static json_t *metadata_of(json_t *object)
{
    json_t *metadata = json_object_get(object, "metadata");
    if (!json_is_object(metadata)) {
        metadata = json_object();
        json_object_set_new(object, "metadata", metadata);
    }
    return metadata;
}

static bool write_object(sqlite3 *db, const struct kind *kind, const json_t *object,
                         struct error *err)
{
    AUTO_FREE char *resource = kind_resource(kind);
    AUTO_FREE char *text = json_canonical(object);
    const char *ns = json_str_at(object, "metadata", "namespace", NULL);
    return db_run(db, err, "INSERT OR REPLACE INTO k8s_object VALUES (?1, ?2, ?3, ?4)", "ssss",
                  resource, scope(kind, ns), json_str_at(object, "metadata", "name", NULL), text);
}

bool store_create(sqlite3 *db, const struct kind *kind, json_t *object, int64_t now_ms,
                  struct error *err)
{
    char uid[37];
    store_uid(uid);
    json_t *metadata = metadata_of(object);
    json_put_str(metadata, "uid", uid);
    json_put(metadata, "creationTimestamp", store_time(now_ms));
    json_put(metadata, "resourceVersion", next_version(db));
    bool counted = json_object_get(object, "spec") && strcmp(kind->plural, "pods") != 0 &&
                   strcmp(kind->plural, "leases") != 0 && strcmp(kind->plural, "services") != 0 &&
                   strcmp(kind->plural, "persistentvolumeclaims") != 0;
    if (counted)
        json_put_int(metadata, "generation", 1);
    return write_object(db, kind, object, err);
}

/* The object without metadata and status, and without anything when it has no generation. */
static json_t *desired_part(const json_t *object)
{
    json_t *part = json_copy((json_t *)object);
    json_object_del(part, "metadata");
    json_object_del(part, "status");
    return part;
}

bool store_update(sqlite3 *db, const struct kind *kind, json_t *object, struct error *err)
{
    const char *ns = json_str_at(object, "metadata", "namespace", NULL);
    AUTO_JSON *old = store_get(db, kind, ns, json_str_at(object, "metadata", "name", NULL));
    if (!old || json_equal(old, object))
        return true;
    json_t *metadata = metadata_of(object);
    AUTO_JSON *before = desired_part(old);
    AUTO_JSON *after = desired_part(object);
    int64_t generation = json_int(json_object_get(old, "metadata"), "generation");
    if (generation > 0)
        json_put_int(metadata, "generation", generation + !json_equal(before, after));
    json_put(metadata, "resourceVersion", next_version(db));
    return write_object(db, kind, object, err);
}

bool store_delete(sqlite3 *db, const struct kind *kind, const char *ns, const char *name,
                  struct error *err)
{
    AUTO_FREE char *resource = kind_resource(kind);
    json_decref(next_version(db));
    return db_run(db, err,
                  "DELETE FROM k8s_object WHERE resource = ?1 AND namespace = ?2 AND name = ?3",
                  "sss", resource, scope(kind, ns), name);
}

bool store_event(sqlite3 *db, const json_t *about, const char *type, const char *reason,
                 const char *message, int64_t now_ms, struct error *err)
{
    char suffix[17];
    random_hex(suffix, 16);
    const char *name = json_str_at(about, "metadata", "name", NULL);
    const char *ns = json_str_at(about, "metadata", "namespace", NULL);
    AUTO_FREE char *event_name = str_format("%s.%s", name, suffix);
    json_t *when = store_time(now_ms);
    AUTO_JSON *event = json_pack(
        "{s:s,s:s,s:{s:s,s:s},s:{s:s,s:s,s:s,s:s,s:s},s:s,s:s,s:s,s:i,s:O,s:O,s:{s:s}}",
        "apiVersion", "v1", "kind", "Event", "metadata", "name", event_name, "namespace", ns,
        "involvedObject", "apiVersion", json_str(about, "apiVersion"), "kind",
        json_str(about, "kind"), "name", name, "namespace", ns, "uid",
        json_str_at(about, "metadata", "uid", NULL), "type", type, "reason", reason, "message",
        message, "count", 1, "firstTimestamp", when, "lastTimestamp", when, "source", "component",
        "practice");
    json_decref(when);
    return store_create(db, kind_find("events"), event, now_ms, err);
}
