/* \mv ledger: what belay took down or paused, when, from which state, and whether it is still there. */
#include <string.h>

#include <belay/command.h>
#include <belay/in_force.h>
#include <belay/str.h>
#include <belay/views.h>

struct reading {
    struct cluster cluster;
    json_t *ledger;
    struct views views; /* as they are now */
    bool views_known;
    json_t *places;     /* id → place in views */
};

static void reading_done(struct reading *reading)
{
    cluster_done(&reading->cluster);
    json_decref(reading->ledger);
    views_done(&reading->views);
    json_decref(reading->places);
}

/* The views are read only to tell what has become of them: not being able to is no error here. */
static bool read_all(struct session *session, struct reading *ret, struct error *err)
{
    *ret = (struct reading){.places = json_object()};
    if (!cluster_read(session, false, &ret->cluster, err))
        return false;
    ret->ledger = ledger_read(session, ret->cluster.id, err);
    if (ret->ledger == NULL || !ledger_details(session, ret->cluster.id, ret->ledger, err))
        return false;
    if (json_object_size(json_object_get(ret->ledger, "views")) == 0 &&
        json_object_size(json_object_get(ret->ledger, "paused")) == 0)
        return true;
    ret->views_known = views_read(session, false, &ret->views, NULL);
    for (size_t i = 0; i < ret->views.n; i++)
        json_put_int(ret->places, ret->views.v[i].id, (int64_t)i);
    return true;
}

/* What has become of the view of an entry: "" when it is there under its name. */
static void become(const struct reading *reading, const json_t *entry, struct str *ret)
{
    const json_t *place = json_object_get(reading->places, json_str(entry, "id"));

    if (!reading->views_known) {
        str_add(ret, "cannot tell");
    } else if (place == NULL) {
        str_add(ret, "its view is gone");
    } else {
        const struct view *view = &reading->views.v[json_integer_value(place)];
        if (!str_equal(view->full, json_str(entry, "key")))
            str_addf(ret, "renamed: %s", view->full);
    }
}

static void add_entries(const struct reading *reading, const char *member, const char *what,
                        struct result *ret)
{
    static const char *const texts[][2] = {{"database", "database"}, {"name", "name"}, {"id", "id"},
                                           {"reason", "reason"}, {"refresh", "clause"}, {"at", "at"},
                                           {"run", "run"}, {"state", "state"}};
    const char *key;
    json_t *entry;

    json_object_foreach(json_object_get(reading->ledger, member), key, entry)
    {
        size_t row = result_row(ret);
        AUTO_STR now = {0};
        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
            result_set_text(ret, row, texts[i][0], json_str(entry, texts[i][1]));
        become(reading, entry, &now);
        result_set_text(ret, row, "active", json_flag(entry, "active") ? "true" : "false");
        result_set_text(ret, row, "what", what);
        result_set_text(ret, row, "now", str_text(&now));
    }
}

static bool run(struct session *session, const struct command_input *input, struct output *output,
                struct error *err)
{
    static const char *const columns[] = {"database", "name", "what", "id", "active", "reason",
                                          "refresh", "at", "run", "state", "now"};
    struct reading reading;
    AUTO_RESULT result = {0};
    AUTO_STRV temporary = {0};

    (void)input;
    bool ok = read_all(session, &reading, err);
    for (size_t i = 0; ok && i < sizeof(columns) / sizeof(columns[0]); i++)
        result_column(&result, columns[i],
                      strcmp(columns[i], "reason") == 0 || strcmp(columns[i], "refresh") == 0 ||
                              strcmp(columns[i], "run") == 0 || strcmp(columns[i], "at") == 0
                          ? COLUMN_WORDS
                          : COLUMN_TEXT);
    if (ok) {
        add_entries(&reading, "views", "down", &result);
        add_entries(&reading, "paused", "paused", &result);
        output_show(output, &result);
        if (result.n_rows == 0)
            output_note(output, "No view is down or paused by belay.");
        AUTO_FREE char *dir = session_dir_to_read(session, reading.cluster.id, NULL);
        in_force_settings(reading.ledger, dir, &temporary);
        for (size_t i = 0; i < temporary.n; i++)
            output_note(output, "temporary: %s", temporary.v[i]);
    }
    reading_done(&reading);
    return ok;
}

/* The entry of this name; of several, made one after the other, the one whose view is there. */
static const json_t *entry_named(const struct reading *reading, const char *name)
{
    const json_t *found = NULL;
    const char *id;
    json_t *entry;

    json_object_foreach(json_object_get(reading->ledger, "views"), id, entry)
    {
        const json_t *place = json_object_get(reading->places, id);
        bool is_now = place != NULL &&
                      str_equal(reading->views.v[json_integer_value(place)].full, name);
        if (is_now)
            return entry;
        if (str_equal(json_str(entry, "key"), name))
            found = entry;
    }
    return found;
}

static bool show_definition(struct session *session, const struct reading *reading,
                            const char *name, struct output *output, struct error *err)
{
    const json_t *entry = entry_named(reading, name);
    AUTO_STR now = {0};
    AUTO_STR safe = {0};

    if (entry == NULL) {
        error_set(err, ERR_USAGE, "belay did not take down %s", name);
        return error_hint(err, "\\mv ledger lists what it took down");
    }
    AUTO_JSON *wanted = json_object();
    json_put_str(wanted, json_str(entry, "id"), "");
    if (!ledger_definitions(session, reading->cluster.id, reading->ledger, wanted, err))
        return false;
    const char *ddl = json_str(wanted, json_str(entry, "id"));
    if (*ddl == '\0')
        return error_set(err, ERR_UNKNOWN, "the definition of %s was not recorded by run %s", name,
                         json_str(entry, "run"));
    become(reading, entry, &now);
    output_note(output, "%s (id %s) as it was when run %s took it down%s%s", json_str(entry, "key"),
                json_str(entry, "id"), json_str(entry, "run"), now.len > 0 ? "; " : "",
                str_text(&now));
    escape_block(ddl, strlen(ddl), &safe);
    sink_f(output->out, "%s\n", str_text(&safe));
    return true;
}

static bool show(struct session *session, const struct command_input *input, struct output *output,
                 struct error *err)
{
    struct reading reading;

    if (input_arg(input, 0) == NULL)
        return run(session, input, output, err);
    bool ok = read_all(session, &reading, err) &&
              show_definition(session, &reading, input_arg(input, 0), output, err);
    reading_done(&reading);
    return ok;
}

const struct command command_mv_ledger = {
    .name = "mv ledger",
    .group = GROUP_VIEWS,
    .summary = "what belay took down or paused, from which state",
    .usage = "\\mv ledger",
    .details = "A fold of the journals of this cluster. \\mv activate-all works through what is down, "
               "\\mv resume-all through what is paused; refresh is the clause that comes back. A view "
               "is told by its id: now says whether it was renamed since, or is gone. An entry whose "
               "view is gone is kept, and applied to no other view of its name.",
    .run = run,
};

static const struct command_arg names[] = {{ARG_VIEW, "DATABASE.NAME", false, false},
                                           {ARG_END, NULL, false, false}};

const struct command command_mv_ledger_show = {
    .name = "mv ledger show",
    .group = GROUP_VIEWS,
    .summary = "the same; with a name, its definition as it was then",
    .usage = "\\mv ledger show [DATABASE.NAME]",
    .details = "The name that the view has now or had when it was taken down.",
    .args = names,
    .run = show,
};
