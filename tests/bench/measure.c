/*
 * Runs a program and writes what it took into a file: user and system time in microseconds, peak
 * memory in KiB, wall time in microseconds, exit status. A program of its own because what a child
 * used before its exec counts too, and this one is small.
 *
 *   bench_measure FILE PROGRAM ARGUMENT…
 */
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static long long micro(struct timeval time)
{
    return time.tv_sec * 1000000LL + time.tv_usec;
}

int main(int argc, char **argv)
{
    struct timespec before;
    struct timespec after;
    struct rusage usage;
    int status;
    pid_t pid;
    FILE *file;

    if (argc < 3)
        return 2;
    clock_gettime(CLOCK_MONOTONIC, &before);
    pid = fork();
    if (pid < 0)
        return 1;
    if (pid == 0) {
        execvp(argv[2], argv + 2);
        _exit(127);
    }
    if (wait4(pid, &status, 0, &usage) != pid)
        return 1;
    clock_gettime(CLOCK_MONOTONIC, &after);
    file = fopen(argv[1], "w");
    if (file == NULL)
        return 1;
    fprintf(file, "%lld %lld %ld %lld %d\n", micro(usage.ru_utime), micro(usage.ru_stime),
            usage.ru_maxrss,
            (after.tv_sec - before.tv_sec) * 1000000LL + (after.tv_nsec - before.tv_nsec) / 1000,
            WIFEXITED(status) ? WEXITSTATUS(status) : 128);
    return fclose(file) == 0 ? 0 : 1;
}
