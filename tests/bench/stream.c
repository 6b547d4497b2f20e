/*
 * The two ends that tests/bench/stream compares.
 *
 *   bench_stream take KUBECTL COMMAND FILE   exec_stream of the command's output into a new file, with
 *                                            nonce, byte count and digests; prints {"seconds", "bytes"}
 *   bench_stream pipe BYTES                  standard input to standard output, at most so many bytes
 *                                            a second; 0: as fast as it goes
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <belay/list.h>
#include <exec.h>
#include <file.h>

#define FRAME 32768 /* what kubectl and the API server pass on at once */

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static bool keep(void *ctx, const void *data, size_t len, struct error *err)
{
    return file_write_all(*(const int *)ctx, data, len, "the copy", err);
}

static int take(const char *kubectl, const char *command, const char *path)
{
    const struct kube_config config = {.kubectl = kubectl, .context = "c", .ns = "n"};
    struct exec_target target = {"fe-0", "fe"};
    struct exec_stream_end end = {0};
    AUTO_ERROR err = {0};
    struct kube *kube = kube_open(&config, &err);
    int64_t started = now_ns();
    int fd = kube != NULL ? file_create(path, 0600, &err) : -1;
    bool ok = fd >= 0 && exec_stream(kube, target, command, NULL, 0, keep, &fd, &end, &err);

    if (!ok || !end.whole)
        fprintf(stderr, "bench_stream: %s\n", ok ? end.why : err.message);
    else
        printf("{\"seconds\": %.6f, \"bytes\": %" PRIu64 "}\n", (double)(now_ns() - started) / 1e9,
               end.bytes);
    if (fd >= 0)
        close(fd);
    free(end.why);
    kube_free(kube);
    return ok && end.whole ? 0 : 1;
}

static void sleep_until(int64_t at)
{
    const struct timespec time = {.tv_sec = (time_t)(at / 1000000000), .tv_nsec = at % 1000000000};

    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == EINTR)
        continue;
}

/* A frame leaves when the ones before it are through; idle time is not made up for. */
static int pass(int64_t rate)
{
    static char frame[FRAME];
    int64_t free_at = now_ns();
    ssize_t n;

    while ((n = read(STDIN_FILENO, frame, sizeof frame)) > 0) {
        if (!file_write_all(STDOUT_FILENO, frame, (size_t)n, "stdout", NULL))
            return 1;
        if (rate == 0)
            continue;
        int64_t now = now_ns();
        free_at = (free_at > now - 1000000 ? free_at : now) + n * 1000000000 / rate;
        if (free_at > now)
            sleep_until(free_at);
    }
    return n < 0;
}

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "take") == 0)
        return take(argv[2], argv[3], argv[4]);
    if (argc == 3 && strcmp(argv[1], "pipe") == 0)
        return pass(strtoll(argv[2], NULL, 10));
    return 2;
}
