/* --debug-info: time and memory that this run took. */
#include <sys/resource.h>

#include <belay/str.h>
#include <clock.h>
#include <text.h>

#include "shell_inside.h"

static double seconds(const struct timeval *time)
{
    return (double)time->tv_sec + (double)time->tv_usec / 1e6;
}

/* my_end() of mysys/my_init.c in MariaDB: the lines that the classic client ends with. */
static void classic(struct sink *sink, const struct rusage *usage)
{
    sink_f(sink, "\nUser time %.2f, System time %.2f\n", seconds(&usage->ru_utime),
           seconds(&usage->ru_stime));
    sink_f(sink, "Maximum resident set size %ld, Integral resident set size %ld\n",
           usage->ru_maxrss, usage->ru_idrss);
    sink_f(sink, "Non-physical pagefaults %ld, Physical pagefaults %ld, Swaps %ld\n",
           usage->ru_minflt, usage->ru_majflt, usage->ru_nswap);
    sink_f(sink, "Blocks in %ld out %ld, Messages in %ld out %ld, Signals %ld\n",
           usage->ru_inblock, usage->ru_oublock, usage->ru_msgrcv, usage->ru_msgsnd,
           usage->ru_nsignals);
    sink_f(sink, "Voluntary context switches %ld, Involuntary context switches %ld\n",
           usage->ru_nvcsw, usage->ru_nivcsw);
}

void usage_show(struct shell *shell)
{
    struct sink *sink = shell->output.err;
    struct rusage usage;
    AUTO_STR memory = {0};
    AUTO_STR count = {0};

    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return;
    sink_flush(shell->output.out, NULL);
    if (shell->settings.classic) {
        classic(sink, &usage);
    } else {
        text_bytes((uint64_t)usage.ru_maxrss * 1024, &memory);
        text_count((size_t)shell->statements, "statement", &count);
        sink_f(sink, "belay: %.3f s, user %.3f s, system %.3f s, memory %s, %s\n",
               (double)(clock_ms() - shell->started_ms) / 1000.0, seconds(&usage.ru_utime),
               seconds(&usage.ru_stime), memory.s, count.s);
    }
    sink_flush(sink, NULL);
}
