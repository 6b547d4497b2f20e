/* Facts by hand for the tests of the planners. Include after cmocka.h. */
#ifndef BELAY_TEST_FACTS_H
#define BELAY_TEST_FACTS_H

#include <belay/str.h>
#include <belay/views.h>

#include "mem.h"

/* Three frontends, the second leads; no views yet. */
static inline json_t *facts_new(const char *version)
{
    json_t *frontends = json_array();
    json_t *checker = json_object();

    for (int i = 0; i < 3; i++) {
        AUTO_FREE char *host = str_format("kube-starrocks-fe-%d.kube-starrocks-fe-search.sr.svc", i);
        AUTO_FREE char *pod = str_format("kube-starrocks-fe-%d", i);
        json_array_append_new(frontends,
                              json_pack("{s:s,s:s,s:s,s:s,s:i,s:s,s:b,s:i,s:s}", "name", pod, "host",
                                        host, "pod", pod, "namespace", "sr", "query_port", 9030,
                                        "role", i == 1 ? "LEADER" : "FOLLOWER", "alive", 1,
                                        "journal_id", 128004 + i, "version", version));
        json_put_str(checker, host, "true");
    }
    return json_pack("{s:{s:s,s:s,s:s,s:s,s:i,s:o,s:[]},s:{s:[],s:i},s:{s:{},s:{}},s:o,s:{},s:{}}",
                     "cluster", "id", "1482", "name", "kube-starrocks", "version", version,
                     "run_mode", "shared_data", "leader", 1, "frontends", frontends, "nodes",
                     "views", "views", "synchronous", 0, "ledger", "views", "settings", "checker",
                     checker, "checker_unread", "lasting");
}

struct fact {
    const char *database;
    const char *name;
    const char *id;
    const char *reason; /* NULL: active */
    const char *refresh; /* NULL: ASYNC */
    const char *clause;  /* NULL: REFRESH ASYNC EVERY … */
    const char *bases;  /* database.name, separated by a comma; NULL: none */
    int level;
};

/* Adds a view; they are added in the order of database.name. */
static inline json_t *facts_view(json_t *facts, struct fact fact)
{
    json_t *bases = json_array();
    AUTO_FREE char *list = mem_text(fact.bases != NULL ? fact.bases : "");
    char *save = NULL;

    for (char *b = strtok_r(list, ",", &save); b != NULL; b = strtok_r(NULL, ",", &save))
        json_array_append_new(bases, json_string(b));
    json_t *view = json_pack("{s:b,s:o,s:[s],s:i}", "active", fact.reason == NULL, "bases", bases,
                             "tables", "sales.orders", "level", fact.level);
    json_put_str(view, "id", fact.id);
    json_put_str(view, "database", fact.database);
    json_put_str(view, "name", fact.name);
    json_put_str(view, "reason", fact.reason != NULL ? fact.reason : "");
    json_put_str(view, "refresh", fact.refresh != NULL ? fact.refresh : "ASYNC");
    json_put_str(view, "clause", fact.clause != NULL ? fact.clause
                                                     : "REFRESH ASYNC EVERY(INTERVAL 1 HOUR)");
    json_array_append_new(json_object_get(json_object_get(facts, "views"), "views"), view);
    return view;
}

/* belay took it down in run 7. */
static inline void facts_ledger(json_t *facts, const char *full, const char *id)
{
    json_put(json_object_get(json_object_get(facts, "ledger"), "views"), id,
             json_pack("{s:s,s:s,s:s,s:s}", "key", full, "id", id, "run", "00007-x", "state",
                       "done"));
}

/* … or not. */
static inline void facts_unledger(json_t *facts, const char *id)
{
    json_object_del(json_object_get(json_object_get(facts, "ledger"), "views"), id);
}

/* What each FE has of it now. */
static inline void facts_checker_now(json_t *facts, const char *value)
{
    json_t *checker = json_object_get(facts, "checker");
    const char *host;
    json_t *old;
    void *next;

    json_object_foreach_safe(checker, next, host, old)
        json_put_str(checker, host, value);
}

/* … and the FE's own activation with it, which was this before. */
static inline void facts_checker_away(json_t *facts, const char *value)
{
    json_t *values = json_object();
    const char *host;
    json_t *old;

    json_object_foreach(json_object_get(facts, "checker"), host, old)
        json_put_str(values, host, value);
    json_put(json_object_get(json_object_get(facts, "ledger"), "settings"),
             "enable_mv_automatic_active_check",
             json_pack("{s:o,s:s}", "values", values, "run", "00007-x"));
    facts_checker_now(facts, "false");
}

/*
 * a.base ← a.mid ← a.top, a.base ← b.other; a.alone, MANUAL. All active, or all down by belay.
 */
static inline json_t *facts_tree(const char *version, bool down)
{
    static const char by_user[] = REASON_USER;
    const char *reason = down ? by_user : NULL;
    const struct fact views[] = {
        {"a", "alone", "5", reason, "MANUAL", "REFRESH MANUAL", NULL, 0},
        {"a", "base", "1", reason, NULL, NULL, NULL, 0},
        {"a", "mid", "2", reason, NULL, NULL, "a.base", 1},
        {"a", "top", "3", reason, NULL, NULL, "a.mid", 2},
        {"b", "other", "4", reason, NULL, NULL, "a.base", 1},
    };
    json_t *facts = facts_new(version);

    for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++) {
        AUTO_FREE char *full = str_format("%s.%s", views[i].database, views[i].name);
        facts_view(facts, views[i]);
        if (down)
            facts_ledger(facts, full, views[i].id);
    }
    if (down)
        facts_checker_away(facts, "true");
    return facts;
}

/* Where these views are in the table, those that are not there one past its end. New reference. */
static inline json_t *facts_places(const json_t *views, const json_t *names)
{
    json_t *places = json_array();
    size_t i;
    json_t *name;

    json_array_foreach(names, i, name)
    {
        size_t place = 0;
        for (; place < json_array_size(views); place++) {
            const json_t *view = json_array_get(views, place);
            AUTO_FREE char *full = str_format("%s.%s", json_str(view, "database"),
                                              json_str(view, "name"));
            if (str_equal(full, json_string_value(name)))
                break;
        }
        json_array_append_new(places, json_integer((json_int_t)place));
    }
    return places;
}

/* The facts with their views as views_facts() gives them: column by column. New reference. */
static inline json_t *facts_whole(const json_t *facts)
{
    static const char *const columns[] = {"id",     "database", "name",  "full",   "active",
                                          "reason", "refresh",  "clause", "digest", "bases",
                                          "tables", "level",    "last_finished", "notes", "flag_unknown"};
    json_t *whole = json_deep_copy(facts);
    json_t *views = json_object_get(whole, "views");
    json_t *table;
    json_t *view;
    size_t i;

    if (views == NULL)
        return whole;
    table = json_object();
    for (size_t k = 0; k < sizeof(columns) / sizeof(columns[0]); k++)
        json_put(table, columns[k], json_array());
    json_array_foreach(json_object_get(views, "views"), i, view)
    {
        AUTO_FREE char *full = str_format("%s.%s", json_str(view, "database"),
                                          json_str(view, "name"));
        json_put_str(view, "full", full);
        json_put(view, "bases", facts_places(json_object_get(views, "views"),
                                             json_object_get(view, "bases")));
        for (size_t k = 0; k < sizeof(columns) / sizeof(columns[0]); k++) {
            json_t *value = json_object_get(view, columns[k]);
            json_array_append_new(json_object_get(table, columns[k]),
                                  value != NULL ? json_incref(value) : json_null());
        }
    }
    json_object_del(views, "views");
    json_put(views, "columns", table);
    return whole;
}

/* The plan holds nothing of the facts, as one made again from a journal. */
static inline struct plan *plan_made(bool up, const json_t *facts,
                                     const struct view_choice *choice, struct error *err)
{
    static const struct view_choice all = {0};
    AUTO_JSON *whole = facts_whole(facts);

    return up ? views_plan_up("mv activate-all", whole, choice ? choice : &all, err)
              : views_plan_down("mv inactivate-all", whole, choice ? choice : &all, err);
}

static inline struct plan *plan_of(bool up, const json_t *facts, const struct view_choice *choice)
{
    AUTO_ERROR err = {0};
    struct plan *plan = plan_made(up, facts, choice, &err);

    if (plan == NULL)
        fail_msg("%s", err.message);
    plan_seal(plan);
    return plan;
}

/* No plan: this error. */
static inline void assert_no_plan(bool up, const json_t *facts, const struct view_choice *choice,
                                  enum error_code code, const char *part)
{
    AUTO_ERROR err = {0};
    struct plan *plan = plan_made(up, facts, choice, &err);

    assert_null(plan);
    if (err.code != code || strstr(err.message, part) == NULL)
        fail_msg("code %d: %s", err.code, err.message);
}

/* "inactivate a.top, inactivate a.mid": the ids of a stage in order; "-" when there is none. */
static inline char *steps_of(const struct plan *plan, const char *stage)
{
    AUTO_STR text = {0};

    for (size_t i = 0; i < plan->n; i++) {
        if (!str_equal(plan->stages[i]->name, stage))
            continue;
        for (size_t k = 0; k < plan->stages[i]->n; k++)
            str_addf(&text, "%s%s", text.len > 0 ? ", " : "", plan->stages[i]->steps[k]->id);
        return str_take(&text);
    }
    return mem_text("-");
}

static inline void assert_steps(const struct plan *plan, const char *stage, const char *expected)
{
    AUTO_FREE char *ids = steps_of(plan, stage);

    assert_string_equal(ids, expected);
}

static inline const struct step *step_of(const struct plan *plan, const char *id)
{
    for (size_t i = 0; i < plan->n; i++) {
        const struct step *step = stage_find(plan->stages[i], id);
        if (step != NULL)
            return step;
    }
    fail_msg("there is no step %s", id);
    return NULL;
}

static inline void assert_after(const struct plan *plan, const char *id, const char *expected)
{
    AUTO_STR text = {0};

    strv_join(&step_of(plan, id)->after, ", ", &text);
    assert_string_equal(str_text(&text), expected);
}

/* Is a line of these that begins so? */
static inline bool has_line(const struct strv *lines, const char *begin)
{
    for (size_t i = 0; i < lines->n; i++) {
        if (str_starts(lines->v[i], begin))
            return true;
    }
    return false;
}

static inline bool has_final(const struct plan *plan, const char *words)
{
    for (size_t i = 0; i < plan->n_final; i++) {
        AUTO_STR text = {0};
        probe_words(&plan->final[i], &text);
        if (str_equal(text.s, words))
            return true;
    }
    return false;
}

static inline void assert_before(const struct step *step, const char *member, const char *text)
{
    AUTO_JSON *before = step_before(step);

    assert_string_equal(json_str(before, member), text);
}

#endif
