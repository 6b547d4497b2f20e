/* The journal: durable, chained, locked, numbered; what was tampered with is not believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <belay/journal.h>
#include <belay/str.h>

#include "digest.h"
#include "file.h"

static char dir[64];

static int setup(void **state)
{
    (void)state;
    snprintf(dir, sizeof(dir), "/tmp/belay-test-XXXXXX");
    return mkdtemp(dir) == NULL;
}

static int teardown(void **state)
{
    (void)state;
    return !file_remove_tree(dir, NULL);
}

/* A closed journal of n records {"n": 0…}; its run to be freed. */
static char *make(int n)
{
    AUTO_ERROR err = {0};
    struct journal *journal = journal_create(dir, &err);

    if (journal == NULL)
        fail_msg("%s", err.message);
    for (int i = 0; i < n; i++)
        assert_true(journal_append(journal, json_pack("{s:i}", "n", i), &err));
    char *run = str_format("%s", journal_run(journal));
    journal_close(journal);
    return run;
}

static void text_of(const char *run, struct str *ret)
{
    AUTO_FREE char *path = str_format("%s/journal-%s.jsonl", dir, run);

    assert_true(file_read(path, 1 << 20, ret, NULL));
}

static void put_text(const char *run, const char *text, size_t len)
{
    AUTO_FREE char *path = str_format("%s/journal-%s.jsonl", dir, run);

    assert_true(file_write_atomic(path, text, len, 0600, NULL));
}

/* Is what is there now refused, at that line? */
static void assert_broken(const char *run, unsigned line)
{
    AUTO_ERROR err = {0};
    struct journal_file file = {0};
    AUTO_FREE char *place = str_format("journal-%s.jsonl:%u", run, line);

    assert_false(journal_read(dir, run, &file, &err));
    assert_int_equal(err.code, ERR_VERDICT);
    assert_true(str_ends(err.where, place));
    assert_null(file.records);
    assert_null(journal_reopen(dir, run, NULL)); /* nothing goes on behind a break */
}

static void records_are_chained(void **state)
{
    (void)state;
    AUTO_FREE char *run = make(3);
    AUTO_STR text = {0};
    struct journal_file file = {0};
    char prev[SHA256_HEX] = "0000000000000000000000000000000000000000000000000000000000000000";
    const char *at;
    json_t *record;
    size_t i;

    text_of(run, &text);
    assert_true(journal_read(dir, run, &file, NULL));
    assert_int_equal(json_array_size(file.records), 3);
    assert_false(file.torn);
    at = text.s;
    json_array_foreach(file.records, i, record)
    {
        size_t len = strcspn(at, "\n");
        assert_int_equal(json_int(record, "n"), i);
        assert_int_equal(json_int(record, "seq"), i + 1);
        assert_string_equal(json_str(record, "prev"), prev);
        assert_int_equal(strlen(json_str(record, "at")), 20);
        sha256_hex(at, len, prev);
        at += len + 1;
    }
    assert_string_equal(file.head, prev);
    journal_file_done(&file);
}

static void files_are_private(void **state)
{
    (void)state;
    AUTO_FREE char *run = make(1);
    AUTO_FREE char *path = str_format("%s/journal-%s.jsonl", dir, run);
    struct stat st;

    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(chmod(dir, 0755), 0);
    assert_null(journal_create(dir, NULL)); /* others may look in: refused */
    assert_int_equal(chmod(dir, 0700), 0);
}

static void a_torn_last_line_is_tolerated_once(void **state)
{
    (void)state;
    AUTO_FREE char *run = make(3);
    AUTO_STR text = {0};
    struct journal_file file = {0};
    AUTO_ERROR err = {0};

    text_of(run, &text);
    put_text(run, text.s, text.len - 20);
    assert_true(journal_read(dir, run, &file, &err));
    assert_true(file.torn);
    assert_int_equal(json_array_size(file.records), 2);
    journal_file_done(&file);

    struct journal *journal = journal_reopen(dir, run, &err);
    assert_non_null(journal);
    assert_true(journal_append(journal, json_pack("{s:s}", "type", "resume"), &err));
    assert_true(journal_append(journal, json_pack("{s:s}", "type", "end"), &err));
    journal_close(journal);
    assert_true(journal_read(dir, run, &file, &err));
    assert_false(file.torn);
    assert_int_equal(json_array_size(file.records), 4);
    assert_true(json_flag(json_array_get(file.records, 2), "torn_line_cut"));
    assert_false(json_flag(json_array_get(file.records, 3), "torn_line_cut"));
    journal_file_done(&file);
}

static void only_a_torn_line_is_an_empty_journal(void **state)
{
    (void)state;
    AUTO_FREE char *run = make(1);
    struct journal_file file = {0};

    put_text(run, "{\"n\":", 5);
    assert_true(journal_read(dir, run, &file, NULL));
    assert_true(file.torn);
    assert_int_equal(json_array_size(file.records), 0);
    journal_file_done(&file);
    struct journal *journal = journal_reopen(dir, run, NULL);
    assert_non_null(journal);
    assert_true(journal_append(journal, json_object(), NULL));
    journal_close(journal);
    assert_true(journal_read(dir, run, &file, NULL));
    assert_int_equal(json_array_size(file.records), 1);
    journal_file_done(&file);
}

static void a_changed_byte_breaks_the_chain(void **state)
{
    (void)state;
    AUTO_FREE char *run = make(3);
    AUTO_STR text = {0};

    text_of(run, &text);
    char *n = strstr(text.s, "\"n\":0");
    n[4] = '7'; /* still JSON, another value */
    put_text(run, text.s, text.len);
    assert_broken(run, 2);
    n[4] = '\0';
    put_text(run, text.s, text.len);
    assert_broken(run, 1);
}

static void lines_moved_or_lost(void **state)
{
    (void)state;
    AUTO_FREE char *run = make(3);
    AUTO_STR text = {0};
    AUTO_STR other = {0};

    text_of(run, &text);
    const char *second = strchr(text.s, '\n') + 1;
    const char *third = strchr(second, '\n') + 1;
    str_addn(&other, second, (size_t)(third - second)); /* 2 1 3 */
    str_addn(&other, text.s, (size_t)(second - text.s));
    str_add(&other, third);
    put_text(run, other.s, other.len);
    assert_broken(run, 1);
    str_clear(&other);
    str_addn(&other, text.s, (size_t)(second - text.s)); /* 1 3 */
    str_add(&other, third);
    put_text(run, other.s, other.len);
    assert_broken(run, 2);
    str_clear(&other);
    str_addn(&other, text.s, text.len); /* 1 2 3 3 */
    str_add(&other, third);
    put_text(run, other.s, other.len);
    assert_broken(run, 4);
    str_clear(&other);
    str_addn(&other, text.s, text.len); /* an empty line */
    str_add(&other, "\n");
    put_text(run, other.s, other.len);
    assert_broken(run, 4);
    put_text(run, "[]\n", 3);
    assert_broken(run, 1);
    put_text(run, text.s, text.len);
    struct journal_file file = {0};
    assert_true(journal_read(dir, run, &file, NULL));
    journal_file_done(&file);
}

static void names_of_runs(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "..", "../x", "a/b", "00001-20261124T063605Z.jsonl",
                                      "no such", "99999-20261124T063605Z"};
    struct journal_file file = {0};

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        AUTO_ERROR err = {0};
        assert_false(journal_read(dir, bad[i], &file, &err));
        assert_int_equal(err.code, ERR_USAGE);
        error_done(&err);
        assert_null(journal_reopen(dir, bad[i], &err));
        assert_int_equal(err.code, ERR_USAGE);
    }
}

static void one_writer_at_a_time(void **state)
{
    (void)state;
    AUTO_ERROR err = {0};
    struct journal *journal = journal_create(dir, &err);

    assert_non_null(journal);
    assert_null(journal_reopen(dir, journal_run(journal), &err));
    assert_int_equal(err.code, ERR_LEASE);
    AUTO_FREE char *run = str_format("%s", journal_run(journal));
    journal_close(journal);
    error_done(&err);
    journal = journal_reopen(dir, run, &err);
    assert_non_null(journal);
    journal_close(journal);
}

static void a_link_is_not_followed(void **state)
{
    (void)state;
    AUTO_FREE char *run = make(1);
    AUTO_FREE char *path = str_format("%s/journal-%s.jsonl", dir, run);
    AUTO_FREE char *other = str_format("%s/other", dir);

    assert_int_equal(rename(path, other), 0);
    assert_int_equal(symlink("other", path), 0);
    assert_null(journal_reopen(dir, run, NULL));
}

static void runs_are_numbered(void **state)
{
    (void)state;
    AUTO_STRV runs = {0};
    AUTO_FREE char *odd = str_format("%s/journal-abc.jsonl", dir);
    AUTO_FREE char *late = str_format("%s/journal-00041-20261124T063605Z.jsonl", dir);

    AUTO_FREE char *first = make(1);
    assert_true(str_starts(first, "00001-"));
    assert_true(file_write_atomic(odd, "", 0, 0600, NULL)); /* sorts last, has no number */
    assert_true(file_write_atomic(late, "", 0, 0600, NULL));
    AUTO_FREE char *second = make(1);
    assert_true(str_starts(second, "00042-"));
    journal_list(dir, &runs);
    assert_int_equal(runs.n, 4);
    assert_string_equal(runs.v[0], first);
    assert_string_equal(runs.v[2], second);
    AUTO_STRV none = {0};
    journal_list("/nonexistent/belay", &none);
    assert_int_equal(none.n, 0);
}

/* Two processes that begin runs at the same time, over a change of the second. */
static void no_number_is_given_twice(void **state)
{
    (void)state;
    AUTO_STRV runs = {0};

    for (int i = 0; i < 2; i++) {
        if (fork() != 0)
            continue;
        bool ok = true;
        for (int k = 0; k < 60; k++) {
            struct journal *journal = journal_create(dir, NULL);
            ok = ok && journal != NULL;
            journal_close(journal);
            usleep(20000);
        }
        _exit(ok ? 0 : 1);
    }
    for (int i = 0; i < 2; i++) {
        int status;
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    journal_list(dir, &runs);
    assert_int_equal(runs.n, 120);
    for (size_t i = 0; i < runs.n; i++)
        assert_int_equal(strtoul(runs.v[i], NULL, 10), i + 1);
}

static void nothing_follows_a_failed_write(void **state)
{
    (void)state;
    AUTO_ERROR err = {0};
    struct rlimit limit;
    struct journal *journal = journal_create(dir, NULL);

    signal(SIGXFSZ, SIG_IGN);
    assert_true(journal_append(journal, json_object(), NULL));
    getrlimit(RLIMIT_FSIZE, &limit);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){300, limit.rlim_max});
    bool ok = journal_append(journal, json_pack("{s:s+}", "text", "a long one: ",
                             "0123456789012345678901234567890123456789012345678901234567890123456"
                             "7890123456789012345678901234567890123456789"), &err);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){limit.rlim_max, limit.rlim_max});
    assert_false(ok);
    assert_int_equal(err.code, ERR_OUTPUT);
    assert_false(journal_append(journal, json_object(), &err)); /* although there is room again */
    assert_int_equal(err.code, ERR_OUTPUT);
    AUTO_FREE char *run = str_format("%s", journal_run(journal));
    journal_close(journal);
    struct journal_file file = {0};
    assert_true(journal_read(dir, run, &file, NULL)); /* what came before is whole */
    assert_true(file.torn);
    assert_int_equal(json_array_size(file.records), 1);
    journal_file_done(&file);
}

static void what_a_reader_would_refuse_is_not_written(void **state)
{
    (void)state;
    AUTO_ERROR err = {0};
    struct journal *journal = journal_create(dir, NULL);
    AUTO_FREE char *run = str_format("%s", journal_run(journal));
    struct journal_file file = {0};
    size_t len = (size_t)17 << 20; /* the facts of a large cluster */
    char *text = malloc(len + 1);

    memset(text, 'x', len);
    text[len] = '\0';
    assert_true(journal_append(journal, json_pack("{s:s}", "text", text), &err));
    json_t *list = json_array();
    json_t *one = json_string(text);
    for (int i = 0; i < 16; i++)
        json_array_append(list, one);
    json_decref(one);
    free(text);
    assert_false(journal_append(journal, json_pack("{s:o}", "list", list), &err));
    assert_int_equal(err.code, ERR_OUTPUT);
    journal_close(journal);
    assert_true(journal_read(dir, run, &file, NULL));
    assert_int_equal(json_array_size(file.records), 1);
    journal_file_done(&file);
}

/* --- record by record --------------------------------------------------------------------------- */

struct seen {
    int n;
    size_t whole;
};

static void see(void *ctx, const struct journal_file *file, json_t *record)
{
    struct seen *seen = ctx;

    assert_int_equal(json_int(record, "n"), seen->n++);
    assert_int_equal(file->n, seen->n);
    seen->whole = file->whole;
}

static void visited_in_order(void **state)
{
    (void)state;
    AUTO_FREE char *run = make(3);
    struct seen seen = {0};
    struct journal_file file = {0};
    AUTO_STR text = {0};

    text_of(run, &text);
    put_text(run, text.s, text.len - 5);
    assert_true(journal_each(dir, run, see, &seen, &file, NULL));
    assert_int_equal(seen.n, 2);
    assert_true(file.torn);
    assert_int_equal(text.s[file.whole - 1], '\n');
    assert_null(file.records);
    journal_file_done(&file);
    assert_false(journal_each(dir, "no-such-run", see, &seen, &file, NULL));
}

/* Lines longer than what is read at a time, and many in one part. */
static void long_and_short_lines(void **state)
{
    (void)state;
    struct journal *journal = journal_create(dir, NULL);
    AUTO_STR long_text = {0};
    struct journal_file file = {0};
    int lengths[] = {1000000, 10, 300000, 262144, 5};

    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        str_clear(&long_text);
        str_pad(&long_text, 'x', (size_t)lengths[i]);
        assert_true(journal_append(journal, json_pack("{s:s}", "text", long_text.s), NULL));
        for (int k = 0; k < 50; k++)
            assert_true(journal_append(journal, json_pack("{s:i}", "k", k), NULL));
    }
    AUTO_FREE char *run = str_format("%s", journal_run(journal));
    journal_close(journal);
    assert_true(journal_read(dir, run, &file, NULL));
    assert_int_equal(json_array_size(file.records), 5 * 51);
    assert_int_equal(strlen(json_str(json_array_get(file.records, 51 * 2), "text")), 300000);
    journal_file_done(&file);
    AUTO_JSON *first = journal_first(dir, run, NULL);
    assert_int_equal(strlen(json_str(first, "text")), 1000000);
    assert_true(journal_is_open(dir, run));
}

static json_t *first_seen; /* by keep_first */

static void keep_first(void *ctx, const struct journal_file *file, json_t *record)
{
    (void)ctx;
    if (file->n == 1)
        first_seen = json_incref(record);
}

/* The facts are left out, and nothing else is. */
static void skimmed(void **state)
{
    (void)state;
    static const char *const facts[] = {
        "{\"facts\": [{\"a}]\": \"\\\\\"}, \"\\\"facts\\\":[\", 7], \"type\": \"run\"}",
        "{\"a\": {\"facts\": 1}, \"facts\": {}, \"type\": \"run\"}",
        "{\"args\": [\"\\\"facts\\\":\"], \"facts\": 3, \"type\": \"run\"}",
        "{\"facts\": null, \"type\": \"run\"}",
        "{\"type\": \"run\"}",
    };

    for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
        struct journal *journal = journal_create(dir, NULL);
        AUTO_FREE char *run = str_format("%s", journal_run(journal));
        AUTO_JSON *wanted = json_parse(facts[i], strlen(facts[i]), 1000, NULL);
        struct journal_file file = {0};
        assert_true(journal_append(journal, json_incref(wanted), NULL));
        assert_true(journal_append(journal, json_pack("{s:s}", "facts", "kept"), NULL));
        journal_close(journal);
        first_seen = NULL;
        assert_true(journal_skim(dir, run, keep_first, NULL, &file, NULL));
        assert_int_equal(file.n, 2);
        journal_file_done(&file);
        if (json_object_get(wanted, "facts") != NULL)
            json_put(wanted, "facts", json_null());
        assert_true(json_equal(first_seen, wanted)); /* seq, at and prev among it */
        json_decref(first_seen);
    }
    /* A line that does not end is no record. */
    AUTO_FREE char *run = make(1);
    struct journal_file file = {0};
    AUTO_ERROR err = {0};
    put_text(run, "{\"facts\":[\"x\\\n", strlen("{\"facts\":[\"x\\\n"));
    assert_false(journal_skim(dir, run, NULL, NULL, &file, &err));
    assert_int_equal(err.code, ERR_VERDICT);
}

static void the_first_record_alone(void **state)
{
    (void)state;
    AUTO_FREE char *run = make(2);
    AUTO_FREE char *none = make(0);
    AUTO_ERROR err = {0};
    AUTO_STR text = {0};
    AUTO_JSON *first = journal_first(dir, run, NULL);

    assert_int_equal(json_int(first, "seq"), 1);
    assert_null(journal_first(dir, none, &err));
    assert_int_equal(err.code, ERR_VERDICT);
    assert_null(journal_first(dir, "../x", NULL));
    text_of(run, &text);
    put_text(run, strchr(text.s, '\n') + 1, strlen(strchr(text.s, '\n') + 1));
    assert_null(journal_first(dir, run, NULL)); /* the second is none */
}

static void open_until_it_ended_well(void **state)
{
    (void)state;
    struct journal *journal = journal_create(dir, NULL);
    AUTO_FREE char *run = str_format("%s", journal_run(journal));
    AUTO_FREE char *empty = make(0);
    AUTO_STR text = {0};

    assert_false(journal_is_open(dir, empty)); /* it did nothing */
    assert_false(journal_is_open(dir, "no-such-run"));
    assert_true(journal_append(journal, json_pack("{s:s}", "type", "run"), NULL));
    assert_true(journal_is_open(dir, run));
    assert_true(journal_append(journal, json_pack("{s:s,s:b}", "type", "end", "done", 0), NULL));
    assert_true(journal_is_open(dir, run));
    assert_true(journal_append(journal, json_pack("{s:s}", "type", "resume"), NULL));
    assert_true(journal_is_open(dir, run));
    assert_true(journal_append(journal, json_pack("{s:s,s:b}", "type", "end", "done", 1), NULL));
    assert_false(journal_is_open(dir, run));
    journal_close(journal);
    text_of(run, &text);
    put_text(run, text.s, text.len - 3); /* its end was not durable */
    assert_true(journal_is_open(dir, run));
    put_text(run, text.s, 10);
    assert_false(journal_is_open(dir, run)); /* nor was its beginning: nothing was sent */
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(records_are_chained),
        T(visited_in_order),
        T(long_and_short_lines),
        T(skimmed),
        T(the_first_record_alone),
        T(open_until_it_ended_well),
        T(files_are_private),
        T(a_torn_last_line_is_tolerated_once),
        T(only_a_torn_line_is_an_empty_journal),
        T(a_changed_byte_breaks_the_chain),
        T(lines_moved_or_lost),
        T(names_of_runs),
        T(one_writer_at_a_time),
        T(a_link_is_not_followed),
        T(runs_are_numbered),
        T(no_number_is_given_twice),
        T(nothing_follows_a_failed_write),
        T(what_a_reader_would_refuse_is_not_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
