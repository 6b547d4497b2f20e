/* The history file: what is kept, what is left out, and what damage it survives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <belay/str.h>

#include "file.h"
#include "history.h"

static char dir[64];
static char path[96];

static int make_dir(void **state)
{
    (void)state;
    snprintf(dir, sizeof(dir), "/tmp/belay-history-XXXXXX");
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/history", dir);
    return 0;
}

static int remove_dir(void **state)
{
    (void)state;
    return file_remove_tree(dir, NULL) ? 0 : 1;
}

static void note(struct history *history, const char *statement)
{
    AUTO_ERROR err = {0};
    if (!history_note(history, statement, strlen(statement), &err))
        fail_msg("%s: %s", statement, err.message);
}

static void write_file(const char *text)
{
    assert_true(file_write_atomic(path, text, strlen(text), 0600, NULL));
}

static size_t lines_in_file(void)
{
    AUTO_STR text = {0};
    assert_true(file_read(path, 1 << 30, &text, NULL));
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++)
        n += text.s[i] == '\n';
    return n;
}

static void check_items(const char *const *expected, size_t n)
{
    struct history *history = history_open(path, NULL);
    assert_int_equal(history_count(history), n);
    for (size_t i = 0; i < n; i++)
        assert_string_equal(history_item(history, i), expected[i]);
    assert_null(history_item(history, n));
    history_free(history);
}

#define CHECK_ITEMS(...)                                                                           \
    check_items((const char *const[]){__VA_ARGS__},                                                \
                sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void kept_at_once_and_privately(void **state)
{
    (void)state;
    struct history *history = history_open(path, NULL);
    note(history, "select 1");
    CHECK_ITEMS("select 1"); /* before the first shell ends */
    history_free(history);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);

    assert_int_equal(chmod(path, 0644), 0); /* by an earlier hand */
    history = history_open(path, NULL);
    note(history, "select\n  'a\"b\\'\n  from t");
    history_free(history);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    CHECK_ITEMS("select 1", "select\n  'a\"b\\'\n  from t");
    assert_int_equal(lines_in_file(), 2);
}

static void left_out(void **state)
{
    (void)state;
    struct history *history = history_open(path, "DROP*:*x?z*");
    note(history, "select 1");
    note(history, "select 1");
    note(history, " select 'leading space'");
    note(history, "");
    note(history, "\n\t\n");
    note(history, "create user a IDENTIFIED by 'hunter2'");
    note(history, "set Password = 'hunter2'");
    note(history, "drop table t");
    note(history, "select 'xyz'");
    note(history, "select 'xz'");
    note(history, "select 1");
    history_free(history);
    CHECK_ITEMS("select 1", "select 'xz'", "select 1");
    AUTO_STR text = {0};
    assert_true(file_read(path, 1 << 20, &text, NULL));
    assert_null(strstr(text.s, "hunter2"));
}

static void secrets_are_hidden(void **state)
{
    (void)state;
    struct history *history = history_open(path, NULL);
    note(history, "create storage volume v type = s3 properties "
                  "(\"aws.s3.secret_key\" = \"hunter2\")");
    assert_int_equal(history_count(history), 1);
    assert_null(strstr(history_item(history, 0), "hunter2"));
    assert_non_null(strstr(history_item(history, 0), "aws.s3.secret_key"));
    history_free(history);
    AUTO_STR text = {0};
    assert_true(file_read(path, 1 << 20, &text, NULL));
    assert_null(strstr(text.s, "hunter2"));
    assert_non_null(strstr(text.s, "create storage volume v"));
}

static void too_long_is_left_out(void **state)
{
    (void)state;
    struct history *history = history_open(path, NULL);
    AUTO_STR text = {0};
    str_pad(&text, 'x', HISTORY_ENTRY_MAX + 1);
    note(history, text.s);
    assert_int_equal(history_count(history), 0);
    str_cut(&text, HISTORY_ENTRY_MAX);
    note(history, text.s);
    assert_int_equal(history_count(history), 1);
    history_free(history);
    history = history_open(path, NULL);
    assert_int_equal(history_count(history), 1);
    history_free(history);
}

static void damage_is_skipped(void **state)
{
    (void)state;
    write_file("{\"s\":\"one\",\"t\":1}\n"
               "select 1\n"
               "\n"
               "{\"s\":7}\n"
               "[]\n"
               "{\"s\":\"\"}\n"
               "\xff\xfe\n"
               "{\"t\":1,\"s\":\"two\"}\n"
               "{\"s\":\"torn");
    CHECK_ITEMS("one", "two");
    struct history *history = history_open(path, NULL);
    note(history, "three"); /* must not be glued to the torn record */
    history_free(history);
    CHECK_ITEMS("one", "two", "three");
}

static void a_directory_or_a_fifo_is_no_history(void **state)
{
    (void)state;
    assert_int_equal(mkfifo(path, 0600), 0);
    struct history *history = history_open(path, NULL); /* must not wait for a writer */
    assert_int_equal(history_count(history), 0);
    history_free(history);
}

static void grows_no_further(void **state)
{
    (void)state;
    AUTO_STR text = {0};
    for (int i = 0; i < HISTORY_KEEP * 2; i++)
        str_addf(&text, "{\"s\":\"select %d\",\"t\":1}\n", i);
    write_file(text.s);
    AUTO_FREE char *link = file_join(dir, "link");
    assert_int_equal(symlink(path, link), 0);
    struct history *history = history_open(link, NULL);
    assert_int_equal(history_count(history), HISTORY_KEEP);
    assert_string_equal(history_item(history, 0), "select 5000");
    assert_string_equal(history_item(history, HISTORY_KEEP - 1), "select 9999");
    assert_int_equal(lines_in_file(), HISTORY_KEEP);
    note(history, "select 'new'");
    assert_int_equal(history_count(history), HISTORY_KEEP);
    assert_string_equal(history_item(history, HISTORY_KEEP - 1), "select 'new'");
    history_free(history);
    struct stat st;
    assert_int_equal(lstat(link, &st), 0);
    assert_true(S_ISLNK(st.st_mode)); /* the link is still one */
    assert_int_equal(unlink(link), 0);
    assert_int_equal(lines_in_file(), HISTORY_KEEP + 1);
}

static void two_shells_share_a_file_that_is_trimmed(void **state)
{
    (void)state;
    struct history *history = history_open(path, NULL);
    note(history, "before");
    AUTO_STR text = {0};
    for (int i = 0; i < HISTORY_KEEP * 2; i++)
        str_addf(&text, "{\"s\":\"select %d\",\"t\":1}\n", i);
    write_file(text.s);
    pid_t pid = fork();
    if (pid == 0) {
        history_open(path, NULL);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(lines_in_file(), HISTORY_KEEP);
    note(history, "after");
    history_free(history);
    assert_int_equal(lines_in_file(), HISTORY_KEEP + 1);
}

/* Several writers at once: every record whole. */
static void records_do_not_mix(void **state)
{
    (void)state;
    enum { SHELLS = 4, EACH = 100 };
    pid_t pids[SHELLS];
    for (int shell = 0; shell < SHELLS; shell++) {
        pids[shell] = fork();
        if (pids[shell] == 0) {
            struct history *history = history_open(path, NULL);
            for (int i = 0; i < EACH; i++) {
                AUTO_FREE char *statement = str_format("select %d, %d", shell, i);
                history_note(history, statement, strlen(statement), NULL);
            }
            _exit(0);
        }
    }
    for (int shell = 0; shell < SHELLS; shell++)
        assert_int_equal(waitpid(pids[shell], NULL, 0), pids[shell]);
    struct history *history = history_open(path, NULL);
    assert_int_equal(history_count(history), SHELLS * EACH);
    history_free(history);
}

static void nowhere_to_write(void **state)
{
    (void)state;
    assert_int_equal(symlink("/dev/null", path), 0);
    struct history *history = history_open(path, NULL);
    note(history, "select 1"); /* in silence */
    assert_int_equal(history_count(history), 1);
    history_free(history);
    struct stat st;
    assert_int_equal(stat("/dev/null", &st), 0);
    assert_true(S_ISCHR(st.st_mode));

    AUTO_ERROR err = {0};
    AUTO_FREE char *missing = file_join(dir, "missing/history");
    history = history_open(missing, NULL);
    assert_false(history_note(history, "a", 1, &err)); /* said once */
    assert_int_equal(err.code, ERR_OUTPUT);
    assert_non_null(strstr(err.message, "missing/history"));
    note(history, "b");
    assert_int_equal(history_count(history), 2);
    history_free(history);

    history = history_open(NULL, NULL);
    note(history, "only in memory");
    assert_int_equal(history_count(history), 1);
    history_free(history);
}

static void patterns(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *text;
        bool matches;
    } cases[] = {
        {"*", "", true},
        {"*", "abc", true},
        {"", "", true},
        {"", "a", false},
        {"abc", "ABC", true},
        {"abc", "abcd", false},
        {"a*c", "abbbc", true},
        {"a*c", "abbb", false},
        {"*b*d*", "abcde", true},
        {"?", "\xe9\x94\x80", true},
        {"?", "ab", false},
        {"a?c",
         "a\xc3\xa9"
         "c",
         true},
        {"\\*", "*", true},
        {"\\*", "a", false},
        {"*\\?", "what?", true},
        {"*ab", "aab", true},
        {"*aab*", "aaab", true},
        {"\\", "\\", true},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        bool got = history_matches(cases[i].pattern, strlen(cases[i].pattern), cases[i].text,
                                   strlen(cases[i].text));
        if (got != cases[i].matches)
            fail_msg("%s against %s: %d", cases[i].pattern, cases[i].text, got);
    }
}

#define WITH_DIR(test) cmocka_unit_test_setup_teardown(test, make_dir, remove_dir)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_DIR(kept_at_once_and_privately), WITH_DIR(left_out),
        WITH_DIR(secrets_are_hidden),         WITH_DIR(too_long_is_left_out),
        WITH_DIR(damage_is_skipped),          WITH_DIR(a_directory_or_a_fifo_is_no_history),
        WITH_DIR(grows_no_further),           WITH_DIR(two_shells_share_a_file_that_is_trimmed),
        WITH_DIR(records_do_not_mix),         WITH_DIR(nowhere_to_write),
        cmocka_unit_test(patterns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
