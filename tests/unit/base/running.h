/* What the tests of process_run share; include it after cmocka.h. */
#ifndef BELAY_TEST_RUNNING_H
#define BELAY_TEST_RUNNING_H

#include <fcntl.h>

#include <belay/str.h>

#include "process.h"

#define SH(script) ((const char *const[]){"/bin/sh", "-c", (script), NULL})

/* Runs a job that must start and end, and gives its end. */
static inline void run_job(const struct process_job *job, struct process_end *ret)
{
    AUTO_ERROR err = {0};
    if (!process_run(job, ret, &err))
        fail_msg("%s", err.message);
}

static inline void assert_out(const char *script, const char *expected)
{
    AUTO_PROCESS_END end = {0};
    run_job(&(struct process_job){.argv = SH(script), .total_ms = 20000}, &end);
    assert_string_equal(str_text(&end.out), expected);
    assert_int_equal(end.status, 0);
}

static inline unsigned open_descriptors(void)
{
    unsigned n = 0;
    for (int fd = 0; fd < 1024; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

#endif
