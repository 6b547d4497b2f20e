/*
 * What was known of the views in the ledger when they were taken down. It stands once in the first
 * record of their run, durable before the first statement, and not again with each intent.
 */
#include <belay/views.h>

#include <belay/journal.h>
#include <belay/str.h>

/* The names of bases, of which the facts have the places. New reference. */
static json_t *names_of(const json_t *columns, const json_t *places)
{
    json_t *names = json_array();
    size_t i;
    json_t *place;

    json_array_foreach(places, i, place)
        json_array_append(names, json_array_get(json_object_get(columns, "full"),
                                                (size_t)json_integer_value(place)));
    return names;
}

/* Adds what each column has at this place to an entry; what the intent itself recorded is kept. */
static void add_cells(json_t *entry, json_t *columns, size_t place)
{
    const char *key;
    json_t *column;

    json_object_foreach(columns, key, column)
    {
        json_t *value = json_array_get(column, place);
        if (value == NULL || json_object_get(entry, key) != NULL)
            continue;
        json_object_set_new(entry, key, str_equal(key, "bases") ? names_of(columns, value)
                                                                : json_incref(value));
    }
}

static void add_facts(json_t *entries, const char *run, const json_t *views)
{
    json_t *columns = json_object_get(views, "columns");
    size_t i;
    json_t *id;

    json_array_foreach(json_object_get(columns, "id"), i, id)
    {
        const char *key = json_string_value(id);
        json_t *entry = key != NULL ? json_object_get(entries, key) : NULL;
        if (entry != NULL && str_equal(json_str(entry, "run"), run))
            add_cells(entry, columns, i);
    }
}

/* The runs that these entries come from: {run: true}. New reference. */
static json_t *runs_of(const json_t *entries)
{
    json_t *runs = json_object();
    const char *key;
    json_t *entry;

    json_object_foreach((json_t *)entries, key, entry)
        json_put_bool(runs, json_str(entry, "run"), true);
    return runs;
}

/* Those of the wanted ids whose entry is of this run. New reference. */
static json_t *wanted_of(const json_t *entries, const char *run, const json_t *wanted)
{
    json_t *ids = json_object();
    const char *id;
    json_t *value;

    json_object_foreach((json_t *)wanted, id, value)
    {
        if (str_equal(json_str(json_object_get(entries, id), "run"), run))
            json_object_set(ids, id, value);
    }
    return ids;
}

/* The first record of each run of the ledger: into its entries, or, where definitions are wanted, of
 * those ids alone: a run that has none of them is not read. */
static bool read_runs(struct session *session, const char *cluster_id, const json_t *ledger,
                      json_t *wanted, struct error *err)
{
    json_t *entries = json_object_get(ledger, "views");
    AUTO_FREE char *dir = session_dir_to_read(session, cluster_id, err);
    AUTO_JSON *runs = runs_of(entries);
    const char *run;
    json_t *flag;

    if (dir == NULL)
        return false;
    json_object_foreach(runs, run, flag)
    {
        AUTO_JSON *ids = wanted != NULL ? wanted_of(entries, run, wanted) : NULL;
        if (wanted != NULL && json_object_size(ids) == 0)
            continue;
        AUTO_JSON *first = journal_first(dir, run, err);
        const json_t *views = json_at(first, "facts", "views", NULL);
        if (first == NULL || (wanted != NULL && !views_definitions(views, ids, err)))
            return false;
        if (wanted != NULL)
            json_object_update(wanted, ids);
        else
            add_facts(entries, run, views);
    }
    return true;
}

bool ledger_details(struct session *session, const char *cluster_id, json_t *ledger,
                    struct error *err)
{
    return read_runs(session, cluster_id, ledger, NULL, err);
}

bool ledger_definitions(struct session *session, const char *cluster_id, const json_t *ledger,
                        json_t *wanted, struct error *err)
{
    return read_runs(session, cluster_id, ledger, wanted, err);
}
