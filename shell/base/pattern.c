/* Regular expressions by pcre2, within limits. */
#include <belay/pattern.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "mem.h"

#define PATTERN_MAX 4096   /* bytes of a pattern */
#define STEPS_MAX 500000   /* of one match: some tens of milliseconds */
#define HEAP_MAX_KIB 16384 /* of one match */

struct pattern {
    pcre2_code *code;
    pcre2_match_context *limits;
};

struct pattern *pattern_new(const char *text, struct error *err)
{
    if (strlen(text) > PATTERN_MAX) {
        error_set(err, ERR_USAGE, "a pattern of more than %d bytes", PATTERN_MAX);
        return NULL;
    }
    int problem;
    size_t at;
    /* Text that is not UTF-8 is searched too: what is invalid in it matches nothing. */
    pcre2_code *code =
        pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED,
                      PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C,
                      &problem, &at, NULL);
    if (code == NULL) {
        unsigned char why[160];
        pcre2_get_error_message(problem, why, sizeof why);
        error_set(err, ERR_USAGE, "not a regular expression: \"%s\": %s, at byte %zu", text,
                  (const char *)why, at + 1);
        return NULL;
    }
    struct pattern *pattern = mem_alloc(sizeof *pattern);
    pattern->code = code;
    pattern->limits = pcre2_match_context_create(NULL);
    if (pattern->limits == NULL)
        mem_fatal("out of memory");
    pcre2_set_match_limit(pattern->limits, STEPS_MAX);
    pcre2_set_depth_limit(pattern->limits, STEPS_MAX);
    pcre2_set_heap_limit(pattern->limits, HEAP_MAX_KIB);
    return pattern;
}

void pattern_free(struct pattern *pattern)
{
    if (pattern == NULL)
        return;
    pcre2_match_context_free(pattern->limits);
    pcre2_code_free(pattern->code);
    free(pattern);
}

bool pattern_match(const struct pattern *pattern, const char *text, size_t len)
{
    pcre2_match_data *found = pcre2_match_data_create(1, NULL);
    if (found == NULL)
        mem_fatal("out of memory");
    int rc = pcre2_match(pattern->code, (PCRE2_SPTR)(text != NULL ? text : ""), len, 0, 0, found,
                         pattern->limits);
    pcre2_match_data_free(found);
    return rc >= 0;
}
