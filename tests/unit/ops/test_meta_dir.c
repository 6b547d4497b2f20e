/* The walk over a directory: order, limits, and files that change under it. */
#include "test_meta_make.h"

#include "meta/dir_walk.h"

struct seen {
    struct str names;
    size_t stop_after; /* 0: never */
    size_t n;
};

static bool note_file(void *ctx, const char *name, int fd, const struct stat *st)
{
    struct seen *seen = ctx;

    assert_true(fd >= 0 && S_ISREG(st->st_mode));
    str_addf(&seen->names, "%s ", name);
    return ++seen->n != seen->stop_after;
}

static bool not_skipped(void *ctx, const char *name)
{
    (void)ctx;
    return strcmp(name, "skipped") != 0;
}

static void walk(const char *dir, struct seen *seen, struct findings *findings)
{
    const struct dir_visitor visitor = {
        .findings = findings, .ctx = seen, .file = note_file, .enter = not_skipped};
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    assert_true(fd >= 0);
    dir_walk(fd, &visitor);
    assert_int_equal(close(fd), 0);
}

static void test_order(void **state)
{
    static const char *const names[] = {"b/2", "a", "b/1", "c/d/e", "B", "skipped/x"};
    char *dir = make_dir();
    struct findings findings = {0};
    struct seen all = {0}, some = {.stop_after = 2};
    (void)state;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        put_file(dir, names[i], "", 0);
    walk(dir, &all, &findings);
    assert_string_equal(str_text(&all.names), "B a b/1 b/2 c/d/e ");
    walk(dir, &some, &findings);
    assert_string_equal(str_text(&some.names), "B a ");
    assert_int_equal(findings.n, 0);
    str_done(&all.names);
    str_done(&some.names);
    drop_dir(dir);
}

static void test_depth(void **state)
{
    char *dir = make_dir();
    struct findings findings = {0};
    struct seen seen = {0};
    AUTO_STR deep = {0};
    (void)state;

    for (size_t i = 0; i < META_DEPTH_MAX + 2; i++)
        str_add(&deep, "d/");
    str_add(&deep, "file");
    put_file(dir, str_text(&deep), "", 0);
    walk(dir, &seen, &findings);
    assert_int_equal(seen.n, 0);
    assert_int_equal(findings.unknown, 1);
    assert_true(found_text(&findings, "too deep"));
    findings_done(&findings);
    drop_dir(dir);
}

static bool count_bytes(void *ctx, const void *data, size_t len)
{
    (void)data;
    *(size_t *)ctx += len;
    return true;
}

static bool refuse(void *ctx, const void *data, size_t len)
{
    (void)ctx;
    (void)data;
    (void)len;
    return false;
}

/* A file that is not what it was when the walk found it is neither whole nor damaged. */
static void test_changing(void **state)
{
    char *dir = make_dir();
    AUTO_FREE char *path = file_join(dir, "f");
    struct findings findings = {0};
    struct stat st;
    size_t bytes = 0;
    (void)state;

    put_file(dir, "f", "12345", 5);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0 && fstat(fd, &st) == 0);
    assert_true(dir_read_file(fd, &st, "f", &findings, count_bytes, &bytes));
    assert_int_equal(bytes, 5);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    assert_false(dir_read_file(fd, &st, "f", &findings, refuse, NULL));
    assert_int_equal(findings.n, 0);
    for (int change = 0; change < 3; change++) {
        struct stat before = st;
        if (change == 0)
            before.st_mtim.tv_nsec ^= 1; /* written since */
        else if (change == 1)
            assert_int_equal(ftruncate(fd, 4), 0);
        else
            assert_int_equal(ftruncate(fd, 6), 0);
        assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
        assert_false(dir_read_file(fd, &before, "f", &findings, count_bytes, &bytes));
        assert_int_equal(findings.unknown, (size_t)change + 1);
    }
    /* fewer bytes than the size says, with the times unchanged */
    assert_true(fstat(fd, &st) == 0);
    assert_int_equal(lseek(fd, 2, SEEK_SET), 2);
    assert_false(dir_read_file(fd, &st, "f", &findings, count_bytes, &bytes));
    assert_int_equal(findings.unknown, 4);
    close(fd);
    findings_done(&findings);
    drop_dir(dir);
}

static void test_read_error(void **state)
{
    struct findings findings = {0};
    struct stat st;
    size_t bytes = 0;
    int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC); /* read() of a directory fails */
    (void)state;

    assert_true(fd >= 0 && fstat(fd, &st) == 0);
    assert_false(dir_read_file(fd, &st, "f", &findings, count_bytes, &bytes));
    assert_int_equal(findings.unknown, 1);
    assert_true(found_text(&findings, "cannot be read"));
    close(fd);
    findings_done(&findings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_changing),
        cmocka_unit_test(test_read_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
