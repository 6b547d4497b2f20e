/* Probes with a test of their own: the first cell of a query, what a JSONPath finds in an object. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <belay/pattern.h>
#include <text.h>

#include "kinds.h"
#include "session_inside.h"

#define SHOWN 120

static bool number_of(const char *text, long long *ret)
{
    char *end;

    errno = 0;
    *ret = strtoll(text, &end, 10);
    return errno == 0 && end != text && *end == '\0';
}

static enum answer holds(const char *test, const char *wanted, const char *seen)
{
    long long least;
    long long number;

    if (str_equal(test, "equals"))
        return str_equal(seen, wanted) ? ANSWER_YES : ANSWER_NO;
    if (str_equal(test, "at_least"))
        return !number_of(seen, &number) || !number_of(wanted, &least) ? ANSWER_CANNOT_TELL
               : number >= least                                      ? ANSWER_YES
                                                                      : ANSWER_NO;
    struct pattern *pattern = pattern_new(wanted, NULL);
    if (pattern == NULL)
        return ANSWER_CANNOT_TELL;
    bool found = pattern_match(pattern, seen, strlen(seen));
    pattern_free(pattern);
    return found ? ANSWER_YES : ANSWER_NO;
}

static void judge(const char *test, const char *wanted, const char *seen, struct evidence *ret)
{
    size_t n = strnlen(seen, SHOWN);

    while (n == SHOWN && n > 0 && ((unsigned char)seen[n] & 0xC0) == 0x80) /* not amid a letter */
        n--;
    evidence_set(ret, holds(test, wanted, seen), "%s%.*s%s", n == 0 ? "nothing" : "", (int)n, seen,
                 seen[n] != '\0' ? "…" : "");
}

/* --- SQL: where, statement, column or "", test, value --------------------------------------------- */

static void ask_query(struct session *session, const struct strv *args, struct evidence *ret)
{
    const char *column = args->v[2];
    AUTO_RESULT rows = {0};
    AUTO_ERROR err = {0};

    if (!session_read(session, args->v[0], args->v[1], &rows, &err)) {
        evidence_set(ret, ANSWER_CANNOT_TELL, "%s", err.message);
        return;
    }
    if (str_equal(args->v[3], "rows")) {
        long long wanted;
        AUTO_STR count = {0};
        text_count(rows.n_rows, "row", &count);
        evidence_set(ret, number_of(args->v[4], &wanted) && (long long)rows.n_rows == wanted ? ANSWER_YES
                                                                                            : ANSWER_NO,
                     "%s", count.s);
        return;
    }
    if (rows.n_columns == 0 || (*column != '\0' && result_find(&rows, column) < 0)) {
        evidence_set(ret, ANSWER_CANNOT_TELL, *column != '\0' ? "the answer has no column %s"
                                                              : "the answer has no columns%s", column);
        return;
    }
    if (rows.n_rows == 0) {
        evidence_set(ret, ANSWER_NO, "no row");
        return;
    }
    const char *first = rows.cells[0].data;
    judge(args->v[3], args->v[4],
          *column != '\0' ? result_text(&rows, 0, column) : first != NULL ? first : "NULL", ret);
}

static void ask_sql(struct world *world, const struct probe *const *probes, size_t n,
                    struct evidence *ret)
{
    for (size_t i = 0; i < n; i++)
        ask_query(session_of(world), &probes[i]->args, &ret[i]);
}

static void say_test(const char *test, const char *value, struct str *ret)
{
    if (str_equal(test, "rows")) {
        str_add(ret, " gives ");
        text_count(strtoul(value, NULL, 10), "row", ret);
        return;
    }
    str_addf(ret, " %s %s",
             str_equal(test, "equals")     ? "is"
             : str_equal(test, "at_least") ? "is at least"
                                           : "matches",
             *value != '\0' ? value : "nothing");
}

static void say_sql(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s%s%s", probe->args.v[1], *probe->args.v[2] != '\0' ? ", " : "", probe->args.v[2]);
    say_test(probe->args.v[3], probe->args.v[4], ret);
}

const struct probe_kind probe_runbook_sql = {"runbook_sql", ask_sql, say_sql};

/* --- kubectl: JSONPath, test, value, words… -------------------------------------------------------- */

#define WORDS 3

static void ask_object(struct world *world, const struct strv *args, struct evidence *ret)
{
    AUTO_STRV words = {0};
    AUTO_STR seen = {0};
    AUTO_ERROR err = {0};
    struct kube *kube = session_kube(session_of(world), &err);

    for (size_t i = WORDS; i < args->n; i++)
        strv_add(&words, args->v[i]);
    strv_add(&words, "--ignore-not-found"); /* what is not there has nothing at any path */
    strv_add(&words, "-o");
    strv_addf(&words, "jsonpath=%s", args->v[0]);
    if (kube == NULL || !kube_run(kube, &words, NULL, 0, &seen, NULL, &err)) {
        evidence_set(ret, ANSWER_CANNOT_TELL, "%s", err.message);
        return;
    }
    judge(args->v[1], args->v[2], str_text(&seen), ret);
}

static void ask_kubectl(struct world *world, const struct probe *const *probes, size_t n,
                        struct evidence *ret)
{
    for (size_t i = 0; i < n; i++)
        ask_object(world, &probes[i]->args, &ret[i]);
}

static void say_kubectl(const struct probe *probe, struct str *ret)
{
    for (size_t i = WORDS + 1; i < probe->args.n; i++)
        str_addf(ret, "%s ", probe->args.v[i]);
    str_add(ret, probe->args.v[0]);
    say_test(probe->args.v[1], probe->args.v[2], ret);
}

const struct probe_kind probe_runbook_kubectl = {"runbook_kubectl", ask_kubectl, say_kubectl};
