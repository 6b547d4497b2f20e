/*
 * The rules of preflight: each has a case that it finds fault with and one that it does not. A case is
 * the facts of a healthy cluster (preflight_facts.json) with one edit; preflight_cases.json holds them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <belay/preflight.h>
#include <belay/str.h>

#include "file.h"
#include "rules/rules.h"

static json_t *base;
static json_t *cases;

static json_t *load(const char *name)
{
    AUTO_FREE char *path = str_format("%s/%s", TEST_DATA, name);
    json_error_t why;
    json_t *json = json_load_file(path, JSON_REJECT_DUPLICATES, &why);

    if (json == NULL)
        fail_msg("%s:%d: %s", path, why.line, why.text);
    return json;
}

static int read_files(void **state)
{
    (void)state;
    base = load("preflight_facts.json");
    cases = load("preflight_cases.json");
    return 0;
}

static int drop_files(void **state)
{
    (void)state;
    json_decref(base);
    json_decref(cases);
    return 0;
}

/* --- edits -------------------------------------------------------------------------------------- */

static json_t *step_down(json_t *at, const json_t *step)
{
    return json_is_string(step) ? json_object_get(at, json_string_value(step))
                                : json_array_get(at, (size_t)json_integer_value(step));
}

/* [[path…], value]: sets a member or an element, null takes it away. */
static void edit(json_t *facts, const json_t *change)
{
    const json_t *path = json_array_get(change, 0);
    json_t *value = json_array_get(change, 1);
    size_t n = json_array_size(path);
    json_t *at = facts;

    assert_true(n > 0 && json_array_size(change) == 2);
    for (size_t i = 0; i + 1 < n; i++) {
        at = step_down(at, json_array_get(path, i));
        if (at == NULL)
            fail_msg("no such path: %s", json_dumps(path, JSON_COMPACT));
    }
    const json_t *last = json_array_get(path, n - 1);
    if (json_is_null(value))
        assert_int_equal(json_is_string(last)
                             ? json_object_del(at, json_string_value(last))
                             : json_array_remove(at, (size_t)json_integer_value(last)), 0);
    else if (json_is_string(last))
        json_object_set(at, json_string_value(last), value);
    else if ((size_t)json_integer_value(last) == json_array_size(at))
        json_array_append(at, value);
    else
        assert_int_equal(json_array_set(at, (size_t)json_integer_value(last), value), 0);
}

/* The facts of a case; new reference. */
static json_t *facts_of(const json_t *one)
{
    json_t *facts = json_deep_copy(base);
    size_t i;
    json_t *change;

    json_put_str(facts, "to", json_str(one, "to"));
    json_array_foreach(json_object_get(one, "edits"), i, change)
        edit(facts, change);
    return facts;
}

static const json_t *entry_of(const json_t *verdict, const char *id)
{
    size_t i;
    json_t *entry;

    json_array_foreach(json_object_get(verdict, "rules"), i, entry)
    {
        if (strcmp(json_str(entry, "id"), id) == 0)
            return entry;
    }
    return NULL;
}

/* "no", "yes", "cannot tell"; "other": the rule was not asked. */
static void judged(const json_t *one, const json_t *facts)
{
    AUTO_ERROR err = {0};
    AUTO_JSON *verdict = preflight_judge(facts, NULL, &err);
    const char *rule = json_str(one, "rule");

    if (verdict == NULL)
        fail_msg("%s: %s", rule, err.message);
    const json_t *entry = entry_of(verdict, rule);
    const char *answer = entry == NULL ? "other" : json_str(entry, "answer");
    if (strcmp(answer, json_str(one, "answer")) != 0)
        fail_msg("%s: %s, not %s: %s\n  %s", rule, answer, json_str(one, "answer"),
                 json_str(entry, "evidence"), json_dumps(one, JSON_COMPACT));
    if (strstr(json_str(entry, "evidence"), json_str(one, "evidence")) == NULL ||
        strstr(json_str(entry, "remedy"), json_str(one, "remedy")) == NULL)
        fail_msg("%s: \"%s\" / \"%s\"", rule, json_str(entry, "evidence"), json_str(entry, "remedy"));
    if (*json_str(one, "without") != '\0' &&
        strstr(json_str(entry, "evidence"), json_str(one, "without")) != NULL)
        fail_msg("%s: \"%s\"", rule, json_str(entry, "evidence"));
}

static void each_case_is_answered_so(void **state)
{
    size_t i;
    json_t *one;

    (void)state;
    json_array_foreach(cases, i, one)
    {
        AUTO_JSON *facts = facts_of(one);
        if (rule_find(json_str(one, "rule")) == NULL)
            fail_msg("there is no rule %s", json_str(one, "rule"));
        judged(one, facts);
    }
}

static bool has_case(const char *rule, bool no)
{
    size_t i;
    json_t *one;

    json_array_foreach(cases, i, one)
    {
        if (strcmp(json_str(one, "rule"), rule) == 0 &&
            (strcmp(json_str(one, "answer"), "no") == 0) == no)
            return true;
    }
    return false;
}

static void each_rule_has_both_cases(void **state)
{
    const struct rule *rule;

    (void)state;
    for (size_t i = 0; (rule = rule_at(i, NULL)) != NULL; i++) {
        if (!has_case(rule->id, true))
            fail_msg("%s: preflight_cases.json has no case that triggers it", rule->id);
        if (!has_case(rule->id, false))
            fail_msg("%s: preflight_cases.json has no case that does not", rule->id);
    }
}

/* --- readings ----------------------------------------------------------------------------------- */

/* Every case of every rule again, without one of the readings that the rule needs. */
static void what_is_unread_is_never_taken_for_good(void **state)
{
    size_t i;
    json_t *one;

    (void)state;
    json_array_foreach(cases, i, one)
    {
        const struct rule *rule = rule_find(json_str(one, "rule"));
        AUTO_FREE char *needs = str_format("%s", rule->needs != NULL ? rule->needs : "");
        char *save = NULL;
        if (strcmp(json_str(one, "answer"), "other") == 0)
            continue;
        for (char *name = strtok_r(needs, " ", &save); name != NULL;
             name = strtok_r(NULL, " ", &save)) {
            AUTO_JSON *facts = facts_of(one);
            AUTO_JSON *wanted = json_pack("{s:s,s:s,s:s}", "rule", rule->id, "answer", "cannot tell",
                                          "evidence", "the pipe burst");
            json_object_del(json_object_get(facts, "read"), name);
            json_put_str(json_object_get(facts, "unread"), name, "the pipe burst");
            judged(wanted, facts);
        }
    }
}

/* --- the table ---------------------------------------------------------------------------------- */

static void the_table_is_whole(void **state)
{
    const struct rule *rule;

    (void)state;
    for (size_t i = 0; (rule = rule_at(i, NULL)) != NULL; i++) {
        for (const char *p = rule->id; *p != '\0'; p++)
            assert_true((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || *p == '-');
        if (rule_find(rule->id) != rule)
            fail_msg("two rules are called %s", rule->id);
        if (strlen(rule->title) > 72 || *rule->title == '\0' || *rule->remedy == '\0' ||
            *rule->source == '\0')
            fail_msg("%s: a title of at most 72, a remedy and a source", rule->id);
    }
}

/* --- choice and verdict ------------------------------------------------------------------------- */

static void exclusions(void **state)
{
    AUTO_JSON *facts = json_deep_copy(base);
    AUTO_STRV none = {0};
    AUTO_STRV bare = {0};
    AUTO_STRV good = {0};
    AUTO_STRV unknown = {0};
    AUTO_ERROR err = {0};

    (void)state;
    strv_add(&bare, "fe-alive= ");
    strv_add(&unknown, "fe-aliv=x");
    strv_add(&good, "fe-alive=it is being moved");
    assert_false(preflight_choose(facts, &none, &bare, &err));
    assert_int_equal(err.code, ERR_USAGE);
    assert_non_null(strstr(err.message, "needs a reason"));
    assert_false(preflight_choose(facts, &none, &unknown, &err));
    assert_non_null(strstr(err.message, "no rule \"fe-aliv\""));

    json_object_set_new(json_array_get(json_object_get(json_object_get(facts, "cluster"), "frontends"), 2),
                        "alive", json_false());
    AUTO_JSON *first = preflight_judge(facts, NULL, &err);
    assert_int_equal(json_int(first, "blockers"), 1);
    assert_string_equal(json_str(json_array_get(json_object_get(first, "rules"), 0), "id"), "fe-alive");
    assert_false(preflight_passed(first, &err));
    assert_int_equal(err.code, ERR_VERDICT);
    assert_string_equal(err.message, "1 blocker: fe-alive");

    assert_true(preflight_choose(facts, &none, &good, &err));
    AUTO_JSON *second = preflight_judge(facts, NULL, &err);
    const json_t *entry = entry_of(second, "fe-alive");
    assert_string_equal(json_str(entry, "answer"), "excluded");
    assert_string_equal(json_str(entry, "reason"), "it is being moved");
    assert_int_equal(json_int(second, "blockers"), 0);
    assert_int_equal(json_int(second, "excluded"), 1);
    assert_true(preflight_passed(second, &err));
}

static void only_what_is_included(void **state)
{
    AUTO_JSON *facts = json_deep_copy(base);
    AUTO_STRV none = {0};
    AUTO_STRV two = {0};
    AUTO_ERROR err = {0};

    (void)state;
    strv_add(&two, "leader");
    strv_add(&two, "fe-alive");
    assert_true(preflight_choose(facts, &two, &none, &err));
    AUTO_JSON *verdict = preflight_judge(facts, NULL, &err);
    assert_int_equal(json_int(verdict, "fine"), 2);
    assert_int_equal(json_array_size(json_object_get(verdict, "rules")), 2);
}

static void a_blocker_in_doubt_bars(void **state)
{
    AUTO_JSON *facts = json_deep_copy(base);
    AUTO_ERROR err = {0};

    (void)state;
    json_object_del(json_object_get(facts, "read"), "clocks");
    json_put_str(json_object_get(facts, "unread"), "clocks", "denied");
    AUTO_JSON *verdict = preflight_judge(facts, NULL, &err);
    assert_false(preflight_passed(verdict, &err));
    assert_int_equal(err.code, ERR_UNKNOWN);
    assert_string_equal(err.message, "no blocker is seen, but 1 could not be checked: clocks");
}

/* Blockers stand first, each level's doubts behind its findings, what holds at the end. */
static void in_the_order_in_which_it_is_read(void **state)
{
    static const char *const ids[] = {"meta-claims", "clocks", "resource-healthy", "fe-spread",
                                      "owner-apply", "disruption-budget", "fe-alive", "leader"};
    AUTO_JSON *facts = json_deep_copy(base);
    AUTO_STRV include = {0};
    AUTO_STRV exclude = {0};
    AUTO_ERROR err = {0};
    size_t i;
    json_t *entry;

    (void)state;
    for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
        strv_add(&include, ids[i]);
    strv_add(&exclude, "fe-alive=it is being moved");
    assert_true(preflight_choose(facts, &include, &exclude, &err));
    AUTO_JSON *changes = json_pack("[[[s,s,i,s],s],[[s,s,i,s],b],[[s,s,s],s],[[s,s,s],{s:s}]]", "read",
                                   "claims", 7, "phase", "Pending", "cluster", "frontends", 0, "alive",
                                   0, "read", "resource", "phase", "failed", "read", "resource",
                                   "annotations", "kubectl.kubernetes.io/last-applied-configuration", "");
    json_array_foreach(changes, i, entry)
        edit(facts, entry);
    json_object_del(json_object_get(facts, "read"), "clocks");
    json_object_del(json_object_get(facts, "read"), "pods");
    json_object_del(json_object_get(facts, "read"), "budgets");
    AUTO_JSON *verdict = preflight_judge(facts, NULL, &err);
    json_array_foreach(json_object_get(verdict, "rules"), i, entry)
        assert_string_equal(json_str(entry, "id"), ids[i]);
    assert_int_equal(i, sizeof(ids) / sizeof(ids[0]));
    assert_int_equal(json_int(verdict, "unknown"), 3);
    assert_int_equal(json_int(verdict, "unknown_blockers"), 1);
}

/* The facts of the healthy cluster bring up no blocker, whatever the way. */
static void a_healthy_cluster_passes(void **state)
{
    static const char *const targets[] = {"", "3.3.3", "3.3.9", "3.4.8"};

    (void)state;
    for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        AUTO_ERROR err = {0};
        AUTO_JSON *verdict = preflight_judge(base, targets[i], &err);
        AUTO_STR text = {0};
        if (!preflight_passed(verdict, &err))
            fail_msg("to %s: %s", targets[i], err.message);
        preflight_say(verdict, &text);
        assert_true(str_starts(str_text(&text), "no blocker"));
    }
}

static void what_is_no_release(void **state)
{
    AUTO_ERROR err = {0};

    (void)state;
    assert_null(preflight_judge(base, "latest", &err));
    assert_int_equal(err.code, ERR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_whole),
        cmocka_unit_test(each_rule_has_both_cases),
        cmocka_unit_test(each_case_is_answered_so),
        cmocka_unit_test(what_is_unread_is_never_taken_for_good),
        cmocka_unit_test(exclusions),
        cmocka_unit_test(only_what_is_included),
        cmocka_unit_test(a_blocker_in_doubt_bars),
        cmocka_unit_test(in_the_order_in_which_it_is_read),
        cmocka_unit_test(a_healthy_cluster_passes),
        cmocka_unit_test(what_is_no_release),
    };
    return cmocka_run_group_tests(tests, read_files, drop_files);
}
