/* The kinds of faults; where each strikes is in fe/fault.c, kubectl/faults.c, kubectl/pod_faults.c. */
#include "world_fault.h"

#include <stddef.h>

#include "world_db.h"

const struct fault_word fault_words[] = {
    {"fe", "drop-before", "the connection ends, the statement is not executed"},
    {"fe", "drop-after", "it is executed, then the connection ends without an answer"},
    {"fe", "drop-in-rows", "the connection ends amid the rows"},
    {"fe", "hang", "never answers"},
    {"fe", "error", "answers ARG: 1064|HY000|text"},
    {"fe", "slow", "begins ARG milliseconds later"},
    {"fe", "held", "the nodes hold the rows of a query back for ARG milliseconds"},
    {"fe", "leader-moves", "another FE becomes leader just before"},
    {"kubectl", "truncate", "stdout is cut after ARG bytes (half; last-line), status 0"},
    {"kubectl", "truncate-input", "exec's command sees the end of its input after ARG bytes"},
    {"kubectl", "status", "all is done, but the exit status is ARG"},
    {"kubectl", "exit", "nothing is done, the exit status is ARG"},
    {"kubectl", "no-output", "nothing is done, status 0"},
    {"kubectl", "stderr", "ARG is one line more on stderr"},
    {"kubectl", "hang", "until it is killed"},
    {"kubectl", "stall", "all is done and answered, but it does not end"},
    {"kubectl", "die", "all is done and answered, but it is killed"},
    {"kubectl", "drop-after", "it is carried out, but the answer is lost"},
    {"kubectl", "slow", "takes ARG milliseconds longer"},
    {"kubectl", "refuse", "no connection to the API server"},
    {"kubectl", "unauthorized", "the token has expired"},
    {"kubectl", "conflict", "somebody else changes the object just before"},
    {"kubectl", "vanish", "files ARG below the pod's meta directory go just before"},
    {"kubectl", "helm-sync", "the chart's values are put back just after"},
    {"kubectl", "leader-moves", "another FE becomes leader just after"},
    {"pod", "crash", "its process ends at once, and again until the fault is over"},
    {"pod", "missing", "its image cannot be pulled, until the fault is over"},
    {"pod", "slow", "its process is up ARG seconds later"},
    {"pod", "lags", "its FE never catches up with the journal"},
    {"pod", "no-image", "what the leader pushes to its FE stays a .part, until the fault is over"},
    {NULL, NULL, NULL},
};

bool fault_strikes(sqlite3 *db, int64_t id, int64_t after)
{
    if (after > 0) {
        db_run(db, NULL, "UPDATE fault SET after = after - 1 WHERE id = ?1", "i", id);
        return false;
    }
    db_run(db, NULL, "UPDATE fault SET remaining = remaining - 1 WHERE id = ?1 AND remaining > 0",
           "i", id);
    return true;
}
