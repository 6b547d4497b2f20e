/* A verdict for people and programs, and the choice of rules. */
#include <string.h>

#include "rules.h"

/* --- which rules -------------------------------------------------------------------------------- */

static bool known(const char *id, struct error *err)
{
    if (rule_find(id) != NULL)
        return true;
    error_set(err, ERR_USAGE, "there is no rule \"%s\"", id);
    return error_hint(err, "\\preflight --all lists those that are asked; docs/preflight.md has all");
}

static bool exclude_one(json_t *excluded, const char *word, struct error *err)
{
    size_t len = strcspn(word, "=");
    AUTO_FREE char *id = str_format("%.*s", (int)len, word);
    const char *reason = word[len] == '=' ? word + len + 1 : "";

    if (!known(id, err))
        return false;
    if (reason[strspn(reason, " \t")] == '\0') {
        error_set(err, ERR_USAGE, "an exclusion needs a reason, which is recorded");
        return error_hint(err, "--exclude '%s=why it does not matter here'", id);
    }
    json_put_str(excluded, id, reason);
    return true;
}

bool preflight_choose(json_t *facts, const struct strv *include, const struct strv *exclude,
                      struct error *err)
{
    AUTO_JSON *included = json_object();
    AUTO_JSON *excluded = json_object();

    for (size_t i = 0; i < include->n; i++) {
        if (!known(include->v[i], err))
            return false;
        json_put_bool(included, include->v[i], true);
    }
    for (size_t i = 0; i < exclude->n; i++) {
        if (!exclude_one(excluded, exclude->v[i], err))
            return false;
    }
    json_object_set(facts, "included", included);
    json_object_set(facts, "excluded", excluded);
    return true;
}

/* --- what it comes to --------------------------------------------------------------------------- */

/* The ids of the blockers with this answer: "a, b, c"; appends. */
static void ids_of(const json_t *verdict, const char *answer, struct str *ret)
{
    AUTO_STRV ids = {0};
    size_t i;
    json_t *entry;

    json_array_foreach(json_object_get(verdict, "rules"), i, entry)
    {
        if (str_equal(json_str(entry, "answer"), answer) &&
            str_equal(json_str(entry, "level"), "blocker"))
            strv_add(&ids, json_str(entry, "id"));
    }
    strv_join(&ids, ", ", ret);
}

bool preflight_passed(const json_t *verdict, struct error *err)
{
    int64_t blockers = json_int(verdict, "blockers");
    int64_t unknown = json_int(verdict, "unknown_blockers");
    AUTO_STR ids = {0};

    if (blockers > 0) {
        ids_of(verdict, "no", &ids);
        return error_set(err, ERR_VERDICT, "%lld blocker%s: %s", (long long)blockers,
                         blockers == 1 ? "" : "s", str_text(&ids));
    }
    if (unknown > 0) {
        ids_of(verdict, "cannot tell", &ids);
        return error_set(err, ERR_UNKNOWN, "no blocker is seen, but %lld could not be checked: %s",
                         (long long)unknown, str_text(&ids));
    }
    return true;
}

static void part(const json_t *verdict, const char *key, const char *one, const char *many,
                 struct str *ret)
{
    int64_t n = json_int(verdict, key);

    if (n > 0)
        str_addf(ret, "%s%lld %s", ret->len > 0 ? ", " : "", (long long)n, n == 1 ? one : many);
}

void preflight_say(const json_t *verdict, struct str *ret)
{
    AUTO_STR text = {0};

    part(verdict, "blockers", "blocker", "blockers", &text);
    if (text.len == 0)
        str_add(&text, "no blocker");
    part(verdict, "warnings", "warning", "warnings", &text);
    part(verdict, "notes", "note", "notes", &text);
    part(verdict, "unknown", "could not be checked", "could not be checked", &text);
    part(verdict, "excluded", "excluded", "excluded", &text);
    str_add(ret, str_text(&text));
}

void preflight_result(const json_t *verdict, bool all, struct result *ret)
{
    static const char *const columns[] = {"id", "level", "title", "evidence", "remedy", "source",
                                          "answer", "reason"};
    const size_t n = sizeof(columns) / sizeof(columns[0]);
    size_t i;
    json_t *entry;

    for (i = 0; i < n; i++)
        result_column(ret, columns[i], COLUMN_TEXT);
    json_array_foreach(json_object_get(verdict, "rules"), i, entry)
    {
        if (!all && str_equal(json_str(entry, "answer"), "yes"))
            continue;
        size_t row = result_row(ret);
        for (size_t k = 0; k < n; k++)
            result_set_text(ret, row, columns[k], json_str(entry, columns[k]));
    }
}

/* --- for documents ------------------------------------------------------------------------------ */

bool preflight_rule(size_t i, struct rule_text *ret)
{
    const char *subject = NULL;
    const struct rule *rule = rule_at(i, &subject);

    if (rule == NULL)
        return false;
    *ret = (struct rule_text){.id = rule->id, .level = rule_level_name(rule->level),
                              .title = rule->title, .remedy = rule->remedy,
                              .source = rule->source, .subject = subject};
    return true;
}

static void add_range(const char *word, struct release_range range, struct strv *ret)
{
    AUTO_STR text = {0};

    release_range_text(range, &text);
    if (text.len > 0)
        strv_addf(ret, "%s %s", word, text.s);
}

void preflight_rule_when(size_t i, struct str *ret)
{
    static const struct {
        unsigned when;
        const char *says;
    } words[] = {{RULE_UP, "upgrades"},
                 {RULE_DOWN, "downgrades"},
                 {RULE_TO, "with a target"},
                 {RULE_MINOR, "another minor release"},
                 {RULE_SHARED_DATA, "shared-data"},
                 {RULE_SHARED_NOTHING, "shared-nothing"},
                 {RULE_KUBE, "in Kubernetes"},
                 {RULE_OPERATOR, "under the operator"},
                 {RULE_HOSTS, "on hosts"},
                 {RULE_PLAIN, "StatefulSets without the operator"}};
    const struct rule *rule = rule_at(i, NULL);
    AUTO_STRV parts = {0};

    if (rule == NULL)
        return;
    add_range("from", rule->from, &parts);
    add_range("to", rule->to, &parts);
    for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++) {
        if ((rule->when & words[k].when) != 0)
            strv_add(&parts, words[k].says);
    }
    strv_join(&parts, "; ", ret);
}
