/* Judges what a runbook may do: statements, argument vectors of kubectl, probes by name. */
#include "runbook_check.h"

#include <stdlib.h>
#include <string.h>

#include <classify.h>
#include <redact.h>
#include <text.h>
#include <token.h>

#include "kinds.h"

/* --- secrets: what a plan says stays in its file, the journal and the report ---------------------- */

static bool tells_secret(const char *sql, struct str *ret_why)
{
    AUTO_STR hidden = {0};

    if (!sql_redact(sql, strlen(sql), &hidden))
        return false;
    str_add(ret_why, "it holds a password or a key, and journal and report keep what a plan says: send it by hand");
    return true;
}

/* "secret", "pods,secrets", "secrets/x", "secret.v1." */
static bool names_secrets(const struct strv *words, struct str *ret_why)
{
    for (size_t i = 1; i < words->n; i++) {
        for (const char *p = words->v[i]; *p != '\0'; p += strcspn(p, ","), p += *p == ',') {
            size_t len = strcspn(p, ",/.");
            if (strncasecmp(p, "secrets", len) != 0 || (len != 6 && len != 7))
                continue;
            str_add(ret_why, "Secrets are not for a runbook: journal and report keep what a plan says and finds");
            return true;
        }
    }
    return false;
}

/* An object whose kind is Secret, in YAML or JSON, wherever it stands in the text. */
static bool holds_secret(const char *text, struct str *ret_why)
{
    for (const char *p = strcasestr(text, "kind"); p != NULL; p = strcasestr(p + 4, "kind")) {
        const char *value = p + 4 + strspn(p + 4, "\"' \t\r\n");
        if (*value != ':')
            continue;
        value += 1 + strspn(value + 1, "\"' \t\r\n");
        size_t len = strcspn(value, "\"' \t\r\n,}");
        if (len != 6 || strncasecmp(value, "secret", len) != 0)
            continue;
        str_add(ret_why, "its input is a Secret, and journal and report keep what a plan says: apply it by hand");
        return true;
    }
    return false;
}

/* --- SQL ---------------------------------------------------------------------------------------- */

static bool is_one(const char *sql, struct str *ret_why)
{
    struct tokens tokens = token_start(sql, strlen(sql));
    struct tokens statement;
    size_t n = 0;

    while (token_split(&tokens, &statement))
        n++;
    if (n == 1)
        return true;
    str_add(ret_why, n == 0 ? "there is no statement" : "a step is one statement, and these are more");
    return false;
}

bool runbook_sql_ok(const char *sql, bool has_undo, enum tier *ret_tier, struct str *ret_why)
{
    if (!is_one(sql, ret_why) || tells_secret(sql, ret_why))
        return false;
    switch (sql_classify(sql, strlen(sql))) {
    case SQL_READS:
        str_add(ret_why, "it only reads: what is asked belongs in needs or proof");
        return false;
    case SQL_SESSION:
        str_add(ret_why, "it is for the session, which no other step shares");
        return false;
    case SQL_CHANGES:
        *ret_tier = has_undo ? TIER_REVERSIBLE : TIER_DISRUPTIVE;
        return true;
    case SQL_DESTROYS:
        *ret_tier = TIER_NO_RETURN;
        return true;
    }
    return false;
}

bool runbook_query_ok(const char *sql, struct str *ret_why)
{
    if (!is_one(sql, ret_why) || tells_secret(sql, ret_why))
        return false;
    if (sql_classify(sql, strlen(sql)) == SQL_READS)
        return true;
    str_add(ret_why, "a probe only reads: SELECT or SHOW");
    return false;
}

/* --- kubectl ------------------------------------------------------------------------------------ */

/* Options by comma, with their "=" where they take a value. What is not listed is not taken: among it
 * everything that leads to another cluster, namespace, user or file. */
static const struct verb {
    const char *verb;
    const char *subs; /* the word behind it, by comma; NULL: any */
    const char *options;
    enum tier tier;
    bool input; /* takes the text of `input` by "-f -", and nothing else */
} verbs[] = {
    {"annotate", NULL, "--overwrite", TIER_REVERSIBLE, false},
    {"label", NULL, "--overwrite", TIER_REVERSIBLE, false},
    {"scale", NULL, "--replicas=,--current-replicas=", TIER_DISRUPTIVE, false},
    {"patch", NULL, "--type=,--patch=,--subresource=", TIER_DISRUPTIVE, false},
    {"rollout", "restart,pause,resume,undo", "--to-revision=", TIER_DISRUPTIVE, false},
    {"set", "image,env,resources", "--limits=,--requests=,--containers=", TIER_DISRUPTIVE, false},
    {"cordon", NULL, "", TIER_DISRUPTIVE, false},
    {"uncordon", NULL, "", TIER_DISRUPTIVE, false},
    {"apply", NULL, "--server-side", TIER_DISRUPTIVE, true},
    {"create", NULL, "", TIER_DISRUPTIVE, true},
    {"delete", NULL, "--grace-period=,--wait=", TIER_NO_RETURN, false},
};

static const struct verb *find_verb(const char *word, struct str *ret_why)
{
    const char *names[sizeof(verbs) / sizeof(verbs[0])];
    size_t n = sizeof(verbs) / sizeof(verbs[0]);

    for (size_t i = 0; i < n; i++) {
        names[i] = verbs[i].verb;
        if (str_equal(word, verbs[i].verb))
            return &verbs[i];
    }
    const char *nearest = text_nearest(word, names, n);
    str_addf(ret_why, "a runbook may not use kubectl %s", word);
    if (nearest != NULL)
        str_addf(ret_why, "; did you mean %s?", nearest);
    return NULL;
}

static bool in_list(const char *list, const char *word, size_t len)
{
    for (const char *p = list; *p != '\0'; p += strcspn(p, ","), p += *p == ',') {
        if (strcspn(p, ",") == len && strncmp(p, word, len) == 0)
            return true;
    }
    return false;
}

static bool words_ok(const struct strv *words, struct str *ret_why)
{
    for (size_t i = 0; i < words->n; i++) {
        if (*words->v[i] == '\0') {
            str_addf(ret_why, "word %zu is empty", i + 1);
            return false;
        }
        for (const char *p = words->v[i]; *p != '\0'; p++) {
            if ((unsigned char)*p < ' ' || *p == 127) {
                str_addf(ret_why, "word %zu has a control character", i + 1);
                return false;
            }
        }
    }
    return true;
}

static bool options_ok(const struct verb *verb, const struct strv *words, struct str *ret_why)
{
    for (size_t i = 1; i < words->n; i++) {
        const char *word = words->v[i];
        const char *equals = strchr(word, '=');
        size_t len = equals != NULL ? (size_t)(equals - word) + 1 : strlen(word);
        if (*word != '-')
            continue;
        if (verb->input && (str_equal(word, "-f") || str_equal(word, "-")))
            continue;
        if (in_list(verb->options, word, len))
            continue;
        str_addf(ret_why, "kubectl %s does not take %.*s in a runbook", verb->verb,
                 (int)(len - (equals != NULL)), word);
        if (*verb->options != '\0')
            str_addf(ret_why, " (only %s)", verb->options);
        return false;
    }
    return true;
}

/* A pod that its controller makes again is no loss that lasts. */
static bool is_of_pods(const struct strv *words)
{
    for (size_t i = 1; i < words->n; i++) {
        const char *word = words->v[i];
        if (*word == '-')
            continue;
        if (str_equal(word, "pod") || str_equal(word, "pods"))
            return true; /* the words behind it are names */
        if (!str_starts(word, "pod/") && !str_starts(word, "pods/"))
            return false;
    }
    return true;
}

bool runbook_kubectl_ok(const struct strv *words, bool has_undo, const char *input, enum tier *ret_tier,
                        struct str *ret_why)
{
    if (!words_ok(words, ret_why) || names_secrets(words, ret_why))
        return false;
    const struct verb *verb = find_verb(words->v[0], ret_why);
    if (verb == NULL || !options_ok(verb, words, ret_why))
        return false;
    if (input != NULL && holds_secret(input, ret_why))
        return false;
    if (verb->input != (input != NULL) ||
        (verb->input && !(words->n >= 3 && str_equal(words->v[1], "-f") && str_equal(words->v[2], "-")))) {
        str_addf(ret_why, verb->input ? "kubectl %s is [%s, -f, \"-\"], with its text as input"
                                      : "kubectl %s takes no input%s", verb->verb,
                 verb->input ? verb->verb : "");
        return false;
    }
    if (words->n < 2 || (verb->subs != NULL && !in_list(verb->subs, words->v[1], strlen(words->v[1])))) {
        str_addf(ret_why, "kubectl %s needs %s%s behind it", verb->verb,
                 verb->subs != NULL ? "one of " : "what it is about",
                 verb->subs != NULL ? verb->subs : "");
        return false;
    }
    *ret_tier = verb->tier == TIER_NO_RETURN && is_of_pods(words)     ? TIER_DISRUPTIVE
                : verb->tier == TIER_REVERSIBLE && !has_undo ? TIER_DISRUPTIVE
                                                              : verb->tier;
    return true;
}

bool runbook_get_ok(const struct strv *words, struct str *ret_why)
{
    if (!words_ok(words, ret_why) || names_secrets(words, ret_why))
        return false;
    if (words->n < 2 || !str_equal(words->v[0], "get")) {
        str_add(ret_why, "a probe of kubectl is [get, KIND, NAME] or [get, KIND/NAME]");
        return false;
    }
    for (size_t i = 1; i < words->n; i++) {
        if (*words->v[i] != '-')
            continue;
        str_addf(ret_why, "a probe of kubectl takes no options: %s", words->v[i]);
        return false;
    }
    return true;
}

/* --- probes by name ------------------------------------------------------------------------------ */

static const struct named {
    const struct probe_kind *kind;
    size_t least, most;
    const char *args;
} probes[] = {
    {&probe_setting, 3, 64, "KEY, VALUE, FE…"},
    {&probe_leader_is, 1, 1, "FE"},
    {&probe_database, 2, 2, "NAME, there or gone"},
    {&probe_table, 2, 2, "DATABASE, NAME"},
    {&probe_work_over, 1, 1, "a kind that \\writes lists"},
    {&probe_refresh_idle, 1, 64, "TASK…"},
    {&probe_pod_ready, 2, 2, "NAME, uid that it must not have or \"\""},
    {&probe_pod_gone, 1, 1, "NAME"},
};

const struct probe_kind *runbook_probe(const char *name, size_t n_args, struct str *ret_why)
{
    const char *names[sizeof(probes) / sizeof(probes[0])];
    size_t n = sizeof(probes) / sizeof(probes[0]);

    for (size_t i = 0; i < n; i++) {
        names[i] = probes[i].kind->name;
        if (!str_equal(probes[i].kind->name, name))
            continue;
        if (n_args >= probes[i].least && n_args <= probes[i].most)
            return probes[i].kind;
        str_addf(ret_why, "%s takes %s: %zu given", name, probes[i].args, n_args);
        return NULL;
    }
    const char *nearest = text_nearest(name, names, n);
    str_addf(ret_why, "there is no probe %s", name);
    if (nearest != NULL)
        str_addf(ret_why, "; did you mean %s?", nearest);
    return NULL;
}
