/* The sink: what is written arrives whole, the first error is kept, terminals are known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <pty.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <belay/output.h>

#include "mem.h"

static int temp_file(void)
{
    int fd = open("/tmp", O_TMPFILE | O_RDWR, 0600);

    assert_true(fd >= 0);
    return fd;
}

static char *content(int fd)
{
    struct stat st;
    char *text;

    assert_int_equal(fstat(fd, &st), 0);
    text = mem_alloc((size_t)st.st_size + 1);
    assert_int_equal(pread(fd, text, (size_t)st.st_size, 0), st.st_size);
    return text;
}

static void test_buffer(void **state)
{
    int fd = temp_file();
    struct sink *sink = sink_new(fd, "a file");
    struct stat st;

    (void)state;
    sink_text(sink, "a");
    sink_f(sink, "%d-%s", 12, "b");
    sink_write(sink, "\0c", 2);
    sink_foreign(sink, "\x1b[0m\n", 5);
    fstat(fd, &st);
    assert_int_equal(st.st_size, 0); /* nothing before the flush */
    assert_true(sink_flush(sink, NULL));
    fstat(fd, &st);
    assert_int_equal(st.st_size, 12);
    AUTO_FREE char *got = content(fd);
    assert_memory_equal(got, "a12-b\0c\x1b[0m\n", 12);
    assert_false(sink_failed(sink));
    assert_false(sink_is_terminal(sink));
    assert_false(sink_escapes(sink));
    assert_int_equal(sink_columns(sink), 80);
    sink_free(sink);
    close(fd);
}

/* Pieces of every size around the buffer's arrive in order. */
static void test_sizes(void **state)
{
    static const size_t sizes[] = { 1, 65535, 65536, 65537, 10, 65530, 6, 200000, 3 };
    int fd = temp_file();
    struct sink *sink = sink_new(fd, "a file");
    struct str wanted = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t from = wanted.len;

        for (size_t n = 0; n < sizes[i]; n++)
            str_addc(&wanted, (char)('a' + (from + n) % 23));
        sink_write(sink, wanted.s + from, sizes[i]);
    }
    sink_free(sink); /* flushes */
    AUTO_FREE char *got = content(fd);
    assert_string_equal(got, str_text(&wanted));
    str_done(&wanted);
    close(fd);
}

static void test_full(void **state)
{
    int fd = open("/dev/full", O_WRONLY);
    struct sink *sink = sink_new(fd, "standard output");
    AUTO_ERROR err = { 0 };

    (void)state;
    assert_true(sink_flush(sink, NULL)); /* nothing written, nothing failed */
    sink_text(sink, "x");
    assert_false(sink_failed(sink));
    assert_false(sink_flush(sink, &err));
    assert_true(sink_failed(sink));
    assert_int_equal(err.code, ERR_OUTPUT);
    assert_non_null(strstr(err.message, "standard output"));
    assert_non_null(strstr(err.message, strerror(ENOSPC)));
    sink_text(sink, "more");
    close(fd);
    error_done(&err);
    assert_false(sink_flush(sink, &err)); /* the first error, not EBADF */
    assert_non_null(strstr(err.message, strerror(ENOSPC)));
    sink_free(sink);
}

static void test_full_without_flush(void **state)
{
    int fd = open("/dev/full", O_WRONLY);
    struct sink *sink = sink_new(fd, "x");

    (void)state;
    for (int i = 0; i < 70000; i++)
        sink_write(sink, "y", 1);
    assert_true(sink_failed(sink));
    sink_free(sink);
    close(fd);
}

static void test_closed(void **state)
{
    int fd = temp_file();
    struct sink *sink;
    AUTO_ERROR err = { 0 };

    (void)state;
    close(fd);
    sink = sink_new(fd, "x");
    sink_text(sink, "y");
    assert_false(sink_flush(sink, &err));
    assert_non_null(strstr(err.message, strerror(EBADF)));
    sink_free(sink);
}

static void test_broken_pipe(void **state)
{
    int fds[2];
    struct sink *sink;
    AUTO_ERROR err = { 0 };

    (void)state;
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe(fds), 0);
    close(fds[0]);
    sink = sink_new(fds[1], "x");
    sink_text(sink, "y");
    assert_false(sink_flush(sink, &err));
    assert_non_null(strstr(err.message, strerror(EPIPE)));
    sink_free(sink);
    close(fds[1]);
}

struct reader {
    int fd;
    pthread_t writer;
    size_t n;
    uint64_t sum;
};

static void on_signal(int number)
{
    (void)number;
}

/* Reads slowly, and interrupts the writer all the time. */
static void *read_slowly(void *arg)
{
    struct reader *reader = arg;
    unsigned char buffer[3001];
    ssize_t n;

    while ((n = read(reader->fd, buffer, sizeof buffer)) > 0) {
        for (ssize_t i = 0; i < n; i++)
            reader->sum = reader->sum * 31 + buffer[i];
        reader->n += (size_t)n;
        pthread_kill(reader->writer, SIGUSR1);
    }
    return NULL;
}

static void check_slow(bool blocking)
{
    struct sigaction action = { .sa_handler = on_signal }; /* no SA_RESTART: write gets EINTR */
    struct reader reader = { .writer = pthread_self() };
    struct sink *sink;
    pthread_t thread;
    uint64_t sum = 0;
    size_t wanted = 0;
    int fds[2];

    sigaction(SIGUSR1, &action, NULL);
    assert_int_equal(pipe(fds), 0);
    if (!blocking)
        fcntl(fds[1], F_SETFL, O_NONBLOCK);
    reader.fd = fds[0];
    pthread_create(&thread, NULL, read_slowly, &reader);
    sink = sink_new(fds[1], "a pipe");
    for (int i = 0; i < 20000; i++) {
        char line[64];
        int len = snprintf(line, sizeof line, "line %d of what is written\n", i);

        sink_write(sink, line, (size_t)len);
        for (int at = 0; at < len; at++)
            sum = sum * 31 + (unsigned char)line[at];
        wanted += (size_t)len;
    }
    assert_true(sink_flush(sink, NULL));
    sink_free(sink);
    close(fds[1]);
    pthread_join(thread, NULL);
    close(fds[0]);
    assert_int_equal(reader.n, wanted);
    assert_true(reader.sum == sum);
}

static void test_interrupted(void **state)
{
    (void)state;
    check_slow(true);
}

static void test_nonblocking(void **state)
{
    (void)state;
    check_slow(false);
}

static void test_copy(void **state)
{
    int fd = temp_file();
    int full = open("/dev/full", O_WRONLY);
    struct sink *tee = sink_new(fd, "tee");
    struct sink *sink = sink_new(full, "out");

    (void)state;
    sink_text(sink, "before ");
    sink_set_copy(sink, tee);
    sink_text(sink, "during ");
    sink_flush(sink, NULL);
    sink_text(sink, "failed "); /* an error here does not stop the copy */
    sink_set_copy(sink, NULL);
    sink_text(sink, "after");
    assert_true(sink_flush(tee, NULL));
    AUTO_FREE char *got = content(fd);
    assert_string_equal(got, "during failed ");
    sink_free(sink);
    sink_free(tee);
    close(fd);
    close(full);
}

static void test_terminal(void **state)
{
    struct winsize size = { .ws_row = 24, .ws_col = 123 };
    struct termios raw;
    char got[256] = { 0 };
    int master;
    int slave;
    int fd = temp_file();
    struct sink *sink;
    struct sink *file = sink_new(fd, "x");

    (void)state;
    assert_int_equal(openpty(&master, &slave, NULL, NULL, &size), 0);
    tcgetattr(slave, &raw);
    cfmakeraw(&raw);
    tcsetattr(slave, TCSANOW, &raw);
    sink = sink_new(slave, "a terminal");
    assert_true(sink_is_terminal(sink));
    assert_true(sink_escapes(sink));
    assert_int_equal(sink_columns(sink), 123);
    assert_false(sink_colour(sink));
    sink_set_colour(sink, true);
    assert_true(sink_colour(sink));
    sink_text(sink, "\x1b[1m");
    sink_foreign(sink, "\x1b]0;evil\a\n", 10);
    assert_true(sink_flush(sink, NULL));
    assert_true(read(master, got, sizeof got - 1) > 0);
    assert_string_equal(got, "\x1b[1m\\e]0;evil\\x07\\n");
    size.ws_col = 0; /* a terminal that does not say */
    ioctl(slave, TIOCSWINSZ, &size);
    assert_int_equal(sink_columns(sink), 80);
    assert_false(sink_escapes(file));
    sink_set_copy(file, sink);
    assert_true(sink_escapes(file)); /* its copy is a terminal */
    sink_free(file);
    sink_free(sink);
    close(fd);
    close(master);
    close(slave);
}

static void test_take_back(void **state)
{
    int fds[2];
    char got[64] = "";

    (void)state;
    assert_int_equal(pipe(fds), 0);
    struct sink *sink = sink_new(fds[1], "a pipe");
    sink_text(sink, "kept ");
    struct sink_mark mark = sink_mark(sink);
    sink_text(sink, "taken back");
    assert_true(sink_take_back(sink, mark));
    sink_text(sink, "and more");
    assert_true(sink_flush(sink, NULL));
    assert_false(sink_take_back(sink, mark)); /* written: too late */
    assert_int_equal(read(fds[0], got, sizeof got - 1), 13);
    assert_string_equal(got, "kept and more");
    sink_free(sink);
    close(fds[0]);
    close(fds[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_take_back),
        cmocka_unit_test(test_buffer),      cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_full),        cmocka_unit_test(test_full_without_flush),
        cmocka_unit_test(test_closed),      cmocka_unit_test(test_broken_pipe),
        cmocka_unit_test(test_interrupted), cmocka_unit_test(test_nonblocking),
        cmocka_unit_test(test_copy),        cmocka_unit_test(test_terminal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
