/* Facts → verdict: which rules are asked, in which order their answers are told. */
#include "rules.h"

#include <stdlib.h>
#include <string.h>

/* --- is the rule asked? ------------------------------------------------------------------------- */

enum concern { ASKED, OTHER, UNCLEAR };

static enum concern by_kube(const struct rule *rule, const struct rule_facts *facts,
                            struct str *ret_why)
{
    const json_t *kube = json_object_get(facts->json, "kube");
    const char *kind = json_str(kube, "kind");

    if ((rule->when & RULE_HOSTS) != 0)
        return str_equal(kind, "other") || str_equal(kind, "off") ? ASKED : OTHER;
    if ((rule->when & (RULE_KUBE | RULE_OPERATOR | RULE_PLAIN)) == 0)
        return ASKED;
    if (str_equal(kind, "unread")) {
        str_add(ret_why, json_str(kube, "why"));
        return UNCLEAR;
    }
    if (str_equal(kind, "operator"))
        return (rule->when & RULE_PLAIN) == 0 ? ASKED : OTHER;
    return str_equal(kind, "plain") && (rule->when & RULE_OPERATOR) == 0 ? ASKED : OTHER;
}

static enum concern by_mode(const struct rule *rule, const struct rule_facts *facts)
{
    unsigned modes = rule->when & (RULE_SHARED_DATA | RULE_SHARED_NOTHING);

    if (modes == 0 || modes == (RULE_SHARED_DATA | RULE_SHARED_NOTHING))
        return ASKED;
    if (str_equal(facts->cluster.run_mode, "shared_data"))
        return modes == RULE_SHARED_DATA ? ASKED : OTHER;
    if (str_equal(facts->cluster.run_mode, "shared_nothing"))
        return modes == RULE_SHARED_NOTHING ? ASKED : OTHER;
    return UNCLEAR;
}

static enum concern by_target(const struct rule *rule, const struct rule_facts *facts)
{
    const unsigned ways = RULE_UP | RULE_DOWN | RULE_TO | RULE_MINOR;

    if (!release_known(facts->to))
        return (rule->when & ways) == 0 && release_all(rule->to) ? ASKED : OTHER;
    if (!release_in(rule->to, facts->to))
        return OTHER;
    if (!release_known(facts->from))
        return (rule->when & (RULE_UP | RULE_DOWN | RULE_MINOR)) == 0 ? ASKED : UNCLEAR;
    int way = release_compare(facts->to, facts->from);
    return ((rule->when & RULE_UP) != 0 && way <= 0) || ((rule->when & RULE_DOWN) != 0 && way >= 0) ||
                   ((rule->when & RULE_MINOR) != 0 && release_same_line(facts->from, facts->to))
               ? OTHER
               : ASKED;
}

static enum concern by_release(const struct rule *rule, const struct rule_facts *facts)
{
    if (release_all(rule->from))
        return ASKED;
    if (!release_known(facts->from))
        return UNCLEAR;
    return release_in(rule->from, facts->from) ? ASKED : OTHER;
}

static enum concern concerns(const struct rule *rule, const struct rule_facts *facts,
                             struct str *ret_why)
{
    enum concern release = by_release(rule, facts);
    enum concern target = by_target(rule, facts);
    enum concern mode = by_mode(rule, facts);

    if (release == OTHER || target == OTHER || mode == OTHER)
        return OTHER;
    enum concern kube = by_kube(rule, facts, ret_why);
    if (kube != ASKED)
        return kube;
    if (release == UNCLEAR || target == UNCLEAR)
        str_add(ret_why, "it cannot be told which release runs");
    else if (mode == UNCLEAR)
        str_add(ret_why, "it cannot be told whether this is a shared-data cluster");
    return ret_why->len > 0 ? UNCLEAR : ASKED;
}

/* --- its answer --------------------------------------------------------------------------------- */

/* Why a reading that the rule needs is not there; appends, or nothing. */
static void what_is_unread(const struct rule *rule, const struct rule_facts *facts, struct str *ret)
{
    for (const char *p = rule->needs != NULL ? rule->needs : ""; *p != '\0'; p += *p == ' ') {
        AUTO_FREE char *name = str_format("%.*s", (int)strcspn(p, " "), p);
        p += strlen(name);
        if (rule_read(facts, name) != NULL || ret->len > 0)
            continue;
        const char *why = json_str_at(facts->json, "unread", name, NULL);
        str_addf(ret, "%s", *why != '\0' ? why : "the facts do not hold it");
    }
}

static bool needs(const struct rule *rule, const char *reading)
{
    size_t len = strlen(reading);

    for (const char *p = rule->needs; p != NULL && *p != '\0'; p += strspn(p, " ")) {
        size_t word = strcspn(p, " ");
        if (word == len && strncmp(p, reading, len) == 0)
            return true;
        p += word;
    }
    return false;
}

/* What all is well with on the FEs that answered may be otherwise on one that did not; a fault stays one. */
static void doubt_settings(const struct rule *rule, const struct rule_facts *facts, struct finding *ret)
{
    const char *host;
    json_t *why;

    if (!needs(rule, "settings"))
        return;
    json_object_foreach((json_t *)json_at(rule_read(facts, "settings"), "missing", NULL), host, why)
        found(ret, ANSWER_CANNOT_TELL, "%.*s: %s", RULE_SHORT(host), json_string_value(why));
}

static void ask(const struct rule *rule, const struct rule_facts *facts, struct finding *ret)
{
    AUTO_STR why = {0};

    what_is_unread(rule, facts, &why);
    if (why.len > 0)
        found(ret, ANSWER_CANNOT_TELL, "%s", why.s);
    else if (rule->ask != NULL)
        rule->ask(facts, ret);
    else
        found(ret, ANSWER_NO, "%s to %s", facts->from_text, facts->to_text);
    if (why.len == 0)
        doubt_settings(rule, facts, ret);
}

static const char *answer_name(enum answer answer)
{
    switch (answer) {
    case ANSWER_YES:
        return "yes";
    case ANSWER_NO:
        return "no";
    case ANSWER_CANNOT_TELL:
        break;
    }
    return "cannot tell";
}

static json_t *entry_of(const struct rule *rule, const struct finding *finding, const char *reason)
{
    json_t *entry = json_object();

    json_put_str(entry, "id", rule->id);
    json_put_str(entry, "level", rule_level_name(rule->level));
    json_put_str(entry, "answer", reason != NULL && finding->answer != ANSWER_YES
                                      ? "excluded"
                                      : answer_name(finding->answer));
    json_put_str(entry, "title", rule->title);
    json_put_str(entry, "evidence", str_text(&finding->text));
    json_put_str(entry, "remedy",
                 finding->remedy.len > 0 ? finding->remedy.s : rule->remedy);
    json_put_str(entry, "source", rule->source);
    if (reason != NULL)
        json_put_str(entry, "reason", reason);
    return entry;
}

/* --- in order, counted -------------------------------------------------------------------------- */

/* Where an entry stands: findings by level, each level's doubts behind it, then what is not to count. */
static int place_of(const json_t *entry)
{
    const char *answer = json_str(entry, "answer");
    const char *level = json_str(entry, "level");
    int by_level = str_equal(level, "blocker") ? 0 : str_equal(level, "warning") ? 2 : 4;

    if (str_equal(answer, "excluded"))
        return 6;
    if (str_equal(answer, "yes"))
        return 7;
    return by_level + (str_equal(answer, "cannot tell") ? 1 : 0);
}

static json_t *in_order(json_t *entries)
{
    json_t *sorted = json_array();
    size_t i;
    json_t *entry;

    for (int place = 0; place <= 7; place++) {
        json_array_foreach(entries, i, entry)
        {
            if (place_of(entry) == place)
                json_array_append(sorted, entry);
        }
    }
    return sorted;
}

static void count(json_t *verdict, const char *key)
{
    json_put_int(verdict, key, json_int(verdict, key) + 1);
}

static void count_entry(json_t *verdict, const json_t *entry)
{
    const char *answer = json_str(entry, "answer");
    const char *level = json_str(entry, "level");

    if (str_equal(answer, "yes")) {
        count(verdict, "fine");
    } else if (str_equal(answer, "excluded")) {
        count(verdict, "excluded");
    } else if (str_equal(answer, "cannot tell")) {
        count(verdict, "unknown");
        if (str_equal(level, "blocker"))
            count(verdict, "unknown_blockers");
    } else {
        AUTO_FREE char *key = str_format("%ss", level);
        count(verdict, key);
    }
}

static json_t *judge(const struct rule_facts *facts)
{
    static const char *const counts[] = {"blockers", "warnings", "notes", "unknown", "unknown_blockers",
                                         "fine", "excluded", "other"};
    const json_t *included = json_object_get(facts->json, "included");
    json_t *verdict = json_object();
    AUTO_JSON *entries = json_array();
    const struct rule *rule;

    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
        json_put_int(verdict, counts[i], 0);
    for (size_t i = 0; (rule = rule_at(i, NULL)) != NULL; i++) {
        const json_t *reason = json_at(facts->json, "excluded", rule->id, NULL);
        struct finding finding = {0};
        AUTO_STR why = {0};
        bool wanted = json_object_size(included) == 0 || json_object_get(included, rule->id) != NULL;
        enum concern concern = wanted ? concerns(rule, facts, &why) : OTHER;
        if (concern == OTHER) {
            count(verdict, "other");
            continue;
        }
        if (concern == UNCLEAR)
            found(&finding, ANSWER_CANNOT_TELL, "%s", str_text(&why));
        else
            ask(rule, facts, &finding);
        json_t *entry = entry_of(rule, &finding, json_string_value(reason));
        count_entry(verdict, entry);
        json_array_append_new(entries, entry);
        str_done(&finding.text);
        str_done(&finding.remedy);
    }
    json_put(verdict, "rules", in_order(entries));
    return verdict;
}

json_t *preflight_judge(const json_t *json, const char *to, struct error *err)
{
    struct rule_facts facts = {.json = json};
    const char *target = to != NULL ? to : json_str(json, "to");
    json_t *verdict = NULL;

    if (*target != '\0' && !release_parse(target, &facts.to)) {
        error_set(err, ERR_USAGE, "\"%s\" is not a release", target);
        return NULL;
    }
    if (cluster_from_json(json_object_get(json, "cluster"), &facts.cluster, err)) {
        AUTO_STR from = {0};
        AUTO_STR wanted = {0};
        if (release_parse(facts.cluster.version, &facts.from))
            release_text(facts.from, &from);
        if (release_known(facts.to))
            release_text(facts.to, &wanted);
        facts.from_text = str_text(&from);
        facts.to_text = str_text(&wanted);
        verdict = judge(&facts);
        json_put_str(verdict, "from", facts.from_text);
        json_put_str(verdict, "to", facts.to_text);
    }
    cluster_done(&facts.cluster);
    return verdict;
}
