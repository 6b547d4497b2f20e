/* Files: reads with a limit, writes that are whole or did not happen, private directories. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "file.h"

static char root[] = "/tmp/belay-test-file-XXXXXX";

static int make_root(void **state)
{
    (void)state;
    return mkdtemp(root) != NULL ? 0 : -1;
}

static int drop_root(void **state)
{
    (void)state;
    return file_remove_tree(root, NULL) ? 0 : -1;
}

/* A path below the test's own directory; free() it. */
static char *at(const char *name)
{
    return file_join(root, name);
}

static void assert_holds(const char *path, const char *expected)
{
    AUTO_STR text = {0};
    assert_true(file_read(path, 1 << 20, &text, NULL));
    assert_string_equal(str_text(&text), expected);
}

/* Entries of the test's directory: a temporary file that stays behind is seen here. */
static unsigned entries(void)
{
    unsigned n = 0;
    DIR *dir = opendir(root);
    assert_non_null(dir);
    while (readdir(dir) != NULL)
        n++;
    closedir(dir);
    return n - 2;
}

static mode_t mode_of(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 07777;
}

/* --- reading --------------------------------------------------------------------------------- */

static void reads_whole_files_after_what_is_there(void **state)
{
    (void)state;
    AUTO_FREE char *path = at("read");
    AUTO_STR text = {0};
    AUTO_STR big = {0};
    str_pad(&big, 'x', 100000);
    str_add(&big, "end");
    assert_true(file_write_atomic(path, big.s, big.len, 0600, NULL));
    str_add(&text, "before ");
    assert_true(file_read(path, big.len, &text, NULL)); /* exactly the limit */
    assert_int_equal(text.len, 7 + big.len);
    assert_string_equal(text.s + 7, big.s);
}

static void a_file_over_the_limit_is_refused(void **state)
{
    (void)state;
    AUTO_FREE char *path = at("limit");
    AUTO_STR text = {0};
    AUTO_ERROR err = {0};
    assert_true(file_write_atomic(path, "12345", 5, 0600, NULL));
    str_add(&text, "kept");
    assert_false(file_read(path, 4, &text, &err));
    assert_string_equal(text.s, "kept");
    assert_int_equal(err.code, ERR_FAILED);
    assert_non_null(strstr(err.message, "4 bytes"));
    assert_false(file_read("/dev/zero", 1000, &text, &err));
    assert_string_equal(text.s, "kept");
}

static void what_is_missing_is_a_usage_error(void **state)
{
    (void)state;
    AUTO_FREE char *path = at("missing");
    AUTO_STR text = {0};
    AUTO_ERROR err = {0};
    assert_false(file_read(path, 10, &text, &err));
    assert_int_equal(err.code, ERR_USAGE);
    assert_non_null(strstr(err.message, path));
    assert_false(file_read(root, 10, &text, &err)); /* a directory */
    assert_non_null(strstr(err.message, "directory"));
}

static void special_files_do_not_hold_us(void **state)
{
    (void)state;
    AUTO_STR text = {0};
    AUTO_FREE char *path = at("fifo");
    assert_true(file_read("/dev/null", 10, &text, NULL));
    assert_int_equal(mkfifo(path, 0600), 0);
    int64_t before = clock_ms();
    assert_true(file_read(path, 10, &text, NULL)); /* nobody writes: empty, at once */
    assert_true(clock_ms() - before < 5000);
    assert_string_equal(str_text(&text), "");
}

/* As --defaults-file=<(…) of bash: a pipe whose writer takes a moment. */
static void a_pipe_is_read_to_its_end(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        clock_sleep(100, 0);
        _exit(write(ends[1], "late", 4) == 4 ? 0 : 1);
    }
    close(ends[1]);
    AUTO_FREE char *path = str_format("/dev/fd/%d", ends[0]);
    assert_holds(path, "late");
    close(ends[0]);
}

/* --- writing --------------------------------------------------------------------------------- */

static void replaces_in_one_step(void **state)
{
    (void)state;
    AUTO_FREE char *path = at("atomic");
    mode_t before = umask(022);
    assert_true(file_write_atomic(path, "one", 3, 0600, NULL));
    assert_holds(path, "one");
    assert_int_equal(mode_of(path), 0600);
    int old = open(path, O_RDONLY | O_CLOEXEC);
    unsigned n = entries();
    assert_true(file_write_atomic(path, "two", 3, 0666, NULL));
    umask(before);
    assert_holds(path, "two");
    assert_int_equal(mode_of(path), 0644); /* the umask counts */
    assert_int_equal(entries(), n);
    char was[4] = {0};
    assert_int_equal(read(old, was, 3), 3); /* who had it open still reads the old one */
    assert_string_equal(was, "one");
    close(old);
    assert_true(file_write_atomic(path, NULL, 0, 0600, NULL));
    assert_holds(path, "");
}

static void a_link_is_replaced_not_followed(void **state)
{
    (void)state;
    AUTO_FREE char *target = at("target");
    AUTO_FREE char *link = at("link");
    assert_true(file_write_atomic(target, "target", 6, 0600, NULL));
    assert_int_equal(symlink(target, link), 0);
    assert_true(file_write_atomic(link, "new", 3, 0600, NULL));
    assert_holds(target, "target");
    assert_holds(link, "new");
}

/* A file system that runs full amid the write: here by a limit on the size of files. */
static void a_full_disk_leaves_the_old_file(void **state)
{
    (void)state;
    AUTO_FREE char *path = at("full");
    AUTO_STR big = {0};
    AUTO_ERROR err = {0};
    str_pad(&big, 'x', 100000);
    assert_true(file_write_atomic(path, "old", 3, 0600, NULL));
    unsigned n = entries();
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    const struct rlimit small = {.rlim_cur = 5000, .rlim_max = before.rlim_max};
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    bool ok = file_write_atomic(path, big.s, big.len, 0600, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, handler);
    assert_false(ok);
    assert_int_equal(err.code, ERR_OUTPUT);
    assert_non_null(strstr(err.message, path));
    assert_non_null(strstr(err.message, strerror(EFBIG)));
    assert_holds(path, "old");
    assert_int_equal(entries(), n); /* the temporary file is gone */
}

static void a_target_that_cannot_be_replaced(void **state)
{
    (void)state;
    AUTO_ERROR err = {0};
    AUTO_FREE char *dir = at("occupied");
    AUTO_FREE char *below = file_join(dir, "x");
    assert_int_equal(mkdir(dir, 0700), 0);
    unsigned n = entries();
    assert_false(file_write_atomic(dir, "x", 1, 0600, &err)); /* a directory is in the way */
    assert_int_equal(err.code, ERR_OUTPUT);
    assert_int_equal(entries(), n);
    AUTO_FREE char *nowhere = at("nowhere/x");
    assert_false(file_write_atomic(nowhere, "x", 1, 0600, &err));
    assert_int_equal(err.code, ERR_OUTPUT);
    assert_non_null(strstr(err.message, nowhere));
    assert_false(file_exists(below));
}

static void names_without_a_directory(void **state)
{
    (void)state;
    char *cwd = getcwd(NULL, 0);
    assert_non_null(cwd);
    assert_int_equal(chdir(root), 0);
    assert_true(file_write_atomic("bare", "x", 1, 0600, NULL));
    assert_true(file_sync_parent("bare", NULL));
    assert_holds("bare", "x");
    assert_int_equal(chdir(cwd), 0);
    free(cwd);
    assert_true(file_sync_parent("/tmp", NULL));
    assert_true(file_sync_parent("//tmp//", NULL));
}

static void a_full_device_is_an_output_error(void **state)
{
    (void)state;
    AUTO_ERROR err = {0};
    int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_false(file_write_all(fd, "x", 1, "the tee file", &err));
    assert_true(file_write_all(fd, NULL, 0, "the tee file", NULL));
    close(fd);
    assert_int_equal(err.code, ERR_OUTPUT);
    assert_non_null(strstr(err.message, "the tee file"));
    assert_non_null(strstr(err.message, strerror(ENOSPC)));
    assert_false(file_write_all(-1, "x", 1, "nothing", &err));
}

static void tick(int number)
{
    (void)number;
}

/* From here on a call that waits is interrupted every few milliseconds. */
static void interrupt_often(void)
{
    const struct sigaction action = {.sa_handler = tick};
    const struct itimerval often = {{0, 5000}, {0, 5000}};

    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
}

/* A child writes into a pipe that nobody reads from at first. */
static void assert_all_arrives(int flags, bool interrupted)
{
    int ends[2];
    assert_int_equal(pipe2(ends, flags), 0);
    AUTO_STR big = {0};
    str_pad(&big, 'x', 300000);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        close(ends[0]);
        if (interrupted)
            interrupt_often();
        _exit(file_write_all(ends[1], big.s, big.len, "the pipe", NULL) ? 0 : 1);
    }
    close(ends[1]);
    clock_sleep(100, 0);
    AUTO_FREE char *path = str_format("/dev/fd/%d", ends[0]);
    AUTO_STR got = {0};
    assert_true(file_read(path, big.len, &got, NULL));
    close(ends[0]);
    assert_int_equal(got.len, big.len);
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

/* A descriptor that takes a little at a time, and only when the other side has read. */
static void writes_on_when_a_pipe_is_full(void **state)
{
    (void)state;
    assert_all_arrives(O_NONBLOCK, false);
}

static void writes_on_when_a_signal_came(void **state)
{
    (void)state;
    assert_all_arrives(0, true);
    assert_all_arrives(O_NONBLOCK, true);
}

static void new_files_only(void **state)
{
    (void)state;
    AUTO_ERROR err = {0};
    AUTO_FREE char *path = at("created");
    AUTO_FREE char *link = at("dangling");
    int fd = file_create(path, 0600, &err);
    assert_true(fd >= 0);
    assert_int_not_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
    close(fd);
    assert_int_equal(file_create(path, 0600, &err), -1);
    assert_int_equal(err.code, ERR_OUTPUT);
    assert_int_equal(symlink("elsewhere", link), 0);
    assert_int_equal(file_create(link, 0600, &err), -1);
    AUTO_FREE char *elsewhere = at("elsewhere");
    assert_false(file_exists(elsewhere));
}

/* --- directories ----------------------------------------------------------------------------- */

static void private_directories_are_made_with_their_parents(void **state)
{
    (void)state;
    mode_t before = umask(0);
    AUTO_FREE char *a = at("p");
    AUTO_FREE char *path = at("p/q//r/");
    assert_true(file_private_dir(path, NULL));
    umask(before);
    assert_int_equal(mode_of(a), 0700);
    assert_int_equal(mode_of(path), 0700);
    assert_true(file_private_dir(path, NULL)); /* a second time */
}

static void open_directories_are_refused(void **state)
{
    (void)state;
    AUTO_ERROR err = {0};
    AUTO_FREE char *path = at("open");
    assert_int_equal(mkdir(path, 0700), 0);
    static const mode_t modes[] = {0710, 0701, 0750, 0777, 0704};
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        assert_int_equal(chmod(path, modes[i]), 0);
        assert_false(file_private_dir(path, &err));
        assert_int_equal(err.code, ERR_USAGE);
        assert_non_null(strstr(err.hint, "chmod 700"));
    }
    assert_int_equal(chmod(path, 0700), 0);
    assert_true(file_private_dir(path, NULL));
}

static void directories_that_people_keep_may_be_looked_into(void **state)
{
    (void)state;
    AUTO_ERROR err = {0};
    AUTO_FREE char *path = at("kept");
    assert_true(file_own_dir(path, NULL));
    assert_int_equal(mode_of(path), 0700);
    assert_int_equal(chmod(path, 0755), 0);
    assert_true(file_own_dir(path, NULL));
    static const mode_t modes[] = {0775, 0757, 0777};
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        assert_int_equal(chmod(path, modes[i]), 0);
        assert_false(file_own_dir(path, &err));
        assert_non_null(strstr(err.hint, "chmod 755"));
    }
}

static void directories_of_others_are_refused(void **state)
{
    (void)state;
    AUTO_ERROR err = {0};
    if (geteuid() != 0)
        skip(); /* only root can give a directory away */
    AUTO_FREE char *path = at("others");
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(chown(path, 12345, 12345), 0);
    assert_false(file_private_dir(path, &err));
    assert_int_equal(err.code, ERR_USAGE);
    assert_non_null(strstr(err.message, "12345"));
}

static void a_file_is_no_directory(void **state)
{
    (void)state;
    AUTO_ERROR err = {0};
    AUTO_FREE char *path = at("plain");
    AUTO_FREE char *below = at("plain/x");
    assert_true(file_write_atomic(path, "x", 1, 0600, NULL));
    assert_false(file_private_dir(path, &err));
    assert_int_equal(err.code, ERR_OUTPUT);
    assert_false(file_private_dir(below, &err));
    assert_false(file_sync_dir(path, &err));
}

static void trees_go_and_links_are_not_followed(void **state)
{
    (void)state;
    AUTO_FREE char *outside = at("outside");
    AUTO_FREE char *kept = at("outside/kept");
    AUTO_FREE char *tree = at("tree");
    AUTO_FREE char *deep = at("tree/a/b/c");
    AUTO_FREE char *file = at("tree/a/b/c/file");
    AUTO_FREE char *link = at("tree/a/link");
    assert_true(file_private_dir(outside, NULL));
    assert_true(file_write_atomic(kept, "x", 1, 0600, NULL));
    assert_true(file_private_dir(deep, NULL));
    assert_true(file_write_atomic(file, "x", 1, 0400, NULL));
    assert_int_equal(symlink(outside, link), 0);
    assert_true(file_remove_tree(tree, NULL));
    assert_false(file_exists(tree));
    assert_holds(kept, "x");
    assert_true(file_remove_tree(tree, NULL)); /* missing: done */
    assert_int_equal(symlink(outside, tree), 0);
    assert_true(file_remove_tree(tree, NULL)); /* itself a link */
    assert_holds(kept, "x");
}

static void a_tree_too_deep_is_an_error_not_a_crash(void **state)
{
    (void)state;
    AUTO_ERROR err = {0};
    AUTO_FREE char *top = at("deep");
    int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (int i = 0; i < 230; i++) {
        assert_int_equal(mkdirat(fd, "deep", 0700), 0);
        int next = openat(fd, "deep", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        close(fd);
        fd = next;
    }
    close(fd);
    assert_false(file_remove_tree(top, &err));
    assert_int_equal(err.code, ERR_OUTPUT);
    /* by halves it goes */
    AUTO_STR half = {0};
    str_add(&half, root);
    for (int i = 0; i < 100; i++)
        str_add(&half, "/deep");
    assert_true(file_remove_tree(half.s, NULL));
    assert_true(file_remove_tree(top, NULL));
}

/* --- questions and names --------------------------------------------------------------------- */

static void questions(void **state)
{
    (void)state;
    AUTO_FREE char *missing = at("missing");
    assert_true(file_exists(root));
    assert_false(file_exists(missing));
    assert_true(file_free_bytes(root) > 0);
    assert_int_equal(file_free_bytes(missing), -1);
}

static void assert_text(char *take, const char *expected)
{
    assert_string_equal(take, expected);
    free(take);
}

static void names(void **state)
{
    (void)state;
    assert_text(file_join("/a", "b"), "/a/b");
    assert_text(file_join("/a/", "b"), "/a/b");
    assert_text(file_join("", "b"), "b");
    assert_text(file_join("/", "b"), "/b");
    setenv("HOME", "/home/dba", 1);
    assert_text(file_expand_home("~"), "/home/dba");
    assert_text(file_expand_home("~/x/y"), "/home/dba/x/y");
    assert_text(file_expand_home("~other/x"), "~other/x");
    assert_text(file_expand_home("/a/~"), "/a/~");
    assert_text(file_expand_home(""), "");
    setenv("XDG_STATE_HOME", "/var/state", 1);
    assert_text(file_xdg("XDG_STATE_HOME", ".local/state"), "/var/state/belay");
    setenv("XDG_STATE_HOME", "relative", 1); /* to be ignored, says the specification */
    assert_text(file_xdg("XDG_STATE_HOME", ".local/state"), "/home/dba/.local/state/belay");
    unsetenv("XDG_STATE_HOME");
    assert_text(file_xdg("XDG_STATE_HOME", "/.local/state"), "/home/dba/.local/state/belay");
    unsetenv("HOME");
    AUTO_FREE char *home = file_expand_home("~");
    assert_int_equal(home[0], '/');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_whole_files_after_what_is_there),
        cmocka_unit_test(a_file_over_the_limit_is_refused),
        cmocka_unit_test(what_is_missing_is_a_usage_error),
        cmocka_unit_test(special_files_do_not_hold_us),
        cmocka_unit_test(a_pipe_is_read_to_its_end),
        cmocka_unit_test(replaces_in_one_step),
        cmocka_unit_test(a_link_is_replaced_not_followed),
        cmocka_unit_test(a_full_disk_leaves_the_old_file),
        cmocka_unit_test(a_target_that_cannot_be_replaced),
        cmocka_unit_test(names_without_a_directory),
        cmocka_unit_test(a_full_device_is_an_output_error),
        cmocka_unit_test(writes_on_when_a_pipe_is_full),
        cmocka_unit_test(writes_on_when_a_signal_came),
        cmocka_unit_test(new_files_only),
        cmocka_unit_test(private_directories_are_made_with_their_parents),
        cmocka_unit_test(open_directories_are_refused),
        cmocka_unit_test(directories_that_people_keep_may_be_looked_into),
        cmocka_unit_test(directories_of_others_are_refused),
        cmocka_unit_test(a_file_is_no_directory),
        cmocka_unit_test(trees_go_and_links_are_not_followed),
        cmocka_unit_test(a_tree_too_deep_is_an_error_not_a_crash),
        cmocka_unit_test(questions),
        cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, make_root, drop_root);
}
