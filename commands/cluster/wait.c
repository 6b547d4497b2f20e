/* \wait: until the cluster is so. */
#include <time.h>

#include <belay/command.h>
#include <belay/str.h>
#include <belay/upgrade.h>

#define TIMEOUT_S 600

static bool run(struct session *session, const struct command_input *input, struct output *output,
                struct error *err)
{
    struct wait *wait = wait_new(session, input_arg(input, 0), (uint64_t)input_number(input, "from", 0), err);
    long limit_s = input_number(input, "timeout", TIMEOUT_S);
    const struct timespec second = {1, 0};
    time_t begun = time(NULL);
    AUTO_STR before = {0};

    if (wait != NULL && *wait_aim(wait) != '\0')
        output_note(output, "waiting for %s", wait_aim(wait));
    while (wait != NULL) {
        AUTO_STR seen = {0};
        int answer = wait_ask(wait, &seen);
        if (answer == 1) {
            output_note(output, "%s", str_text(&seen));
            wait_free(wait);
            return true;
        }
        if (time(NULL) - begun >= limit_s) {
            error_set(err, ERR_UNKNOWN, "not so within %ld s: %s", limit_s, str_text(&seen));
            break;
        }
        if (!str_equal(str_text(&seen), str_text(&before)))
            output_note(output, "waiting: %s", str_text(&seen));
        str_clear(&before);
        str_add(&before, str_text(&seen));
        if (nanosleep(&second, NULL) != 0) { /* ^C */
            error_set(err, ERR_STOPPED, "stopped while waiting: %s", str_text(&seen));
            break;
        }
    }
    wait_free(wait);
    return false;
}

static const struct command_arg args[] = {{ARG_TEXT, "WHAT", true, false}, {ARG_END, NULL, false, false}};

static const struct command_option options[] = {
    {ARG_NUMBER, "from", "image: one of this journal id or later will do, also one that is there"},
    {ARG_NUMBER, "timeout", "seconds to wait at most; default: 600"},
    {ARG_END, NULL, NULL},
};

static const struct example examples[] = {
    {"\\wait nodes --timeout 300", "every FE, BE and CN is alive, and one FE leads"},
    {"\\wait mv-idle", "no refresh of a materialized view runs"},
    {NULL, NULL},
};

const struct command command_wait = {
    .name = "wait",
    .group = GROUP_CLUSTER,
    .summary = "until the cluster is so, or a time is over",
    .usage = "\\wait image|mv-idle|transactions|nodes [--timeout SECONDS] [--from ID]",
    .details = "image: an image newer than the one of now is whole on the leader's disk (after ALTER SYSTEM "
               "CREATE IMAGE, which it does not send; \\image does both), or of --from, if one is there. mv-idle: no refresh runs or waits. "
               "transactions: none runs. nodes: every FE, BE and CN is alive and one FE leads. What is seen is "
               "told when it changes. Exit status 9 when it is not so in time, or cannot be told.",
    .args = args,
    .options = options,
    .examples = examples,
    .run = run,
};
