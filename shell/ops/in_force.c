/* What is in force by the ledger, and how it comes back: in the reverse order of how it is set. */
#include <belay/in_force.h>

#include <belay/journal.h>
#include <belay/str.h>
#include <belay/writes.h>
#include <text.h>

#include "fe_settings.h"

/* Commands whose run puts back at its end what it set; "stays": but for this. */
static bool comes_back_by_itself(const char *dir, const json_t *entry)
{
    const char *run = json_str(entry, "run");

    if (dir == NULL || json_flag(entry, "stays") || *run == '\0' || !journal_is_open(dir, run))
        return false;
    AUTO_JSON *first = journal_first(dir, run, NULL);
    const char *command = json_str(first, "command");
    return str_equal(command, "upgrade") || str_equal(command, "backup");
}

/* ": \resume R does at its end, \X at once", or ": \X does". */
static void way_back(const char *dir, const json_t *entry, const char *command, const char *does,
                     struct str *ret)
{
    if (comes_back_by_itself(dir, entry))
        str_addf(ret, ": \\resume %s %s at its end, \\%s at once", json_str(entry, "run"), does, command);
    else
        str_addf(ret, ": \\%s %s", command, does);
}

static bool views_are_down(const json_t *ledger)
{
    return json_object_size(json_object_get(ledger, "views")) > 0;
}

/* Which stays off while views are down, and comes back with the last of them. */
static bool waits_for_views(const json_t *ledger, const char *key)
{
    return views_are_down(ledger) && str_equal(key, SETTING_CHECKER);
}

void in_force_settings(const json_t *ledger, const char *dir, struct strv *ret)
{
    const char *key;
    json_t *entry;

    json_object_foreach(json_object_get(ledger, "settings"), key, entry)
    {
        const char *value = setting_wanted(key, entry);
        AUTO_STR text = {0};
        str_addf(&text, "%s was %s%s by run %s, and belay has not put it back yet", key,
                 *value != '\0' ? "set to " : "changed", value, json_str(entry, "run"));
        way_back(dir, entry, waits_for_views(ledger, key) ? "mv activate-all" : "settings back", "does",
                 &text);
        strv_add(ret, text.s);
    }
}

/* One sentence for all of a kind, by the run that did the first of them. */
static void add_views(const json_t *ledger, const char *dir, const char *member, const char *whose,
                      const char *state, const char *command, struct strv *ret)
{
    json_t *entries = json_object_get(ledger, member);
    size_t n = json_object_size(entries);
    const char *id;
    json_t *entry;
    AUTO_STR text = {0};

    json_object_foreach(entries, id, entry)
    {
        str_add(&text, whose);
        text_count(n, "view", &text);
        bool many = n > 1 || *whose != '\0';
        str_addf(&text, " %s %s by run %s", many ? "are" : "is", state, json_str(entry, "run"));
        way_back(dir, entry, command, many ? "puts them back" : "puts it back", &text);
        strv_add(ret, text.s);
        return;
    }
}

void in_force_all(const json_t *ledger, const char *dir, struct strv *ret)
{
    add_views(ledger, dir, "views", "", "down", "mv activate-all", ret);
    writes_held(ledger, ret);
    add_views(ledger, dir, "paused", "the schedules of ", "held", "mv resume-all", ret);
    in_force_settings(ledger, dir, ret);
}

void in_force_commands(const json_t *ledger, struct strv *ret)
{
    const char *key;
    json_t *entry;
    bool settings = false;

    json_object_foreach(json_object_get(ledger, "settings"), key, entry)
        settings = settings || !waits_for_views(ledger, key);
    if (json_object_size(json_object_get(ledger, "works")) > 0)
        strv_add(ret, "writes resume");
    if (json_object_size(json_object_get(ledger, "paused")) > 0)
        strv_add(ret, "mv resume-all");
    if (settings)
        strv_add(ret, "settings back");
}
