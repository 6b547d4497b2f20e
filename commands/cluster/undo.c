/* \undo: take back what a run did. */
#include <belay/undo.h>

static const struct planner planner = {.gather = undo_command_gather, .plan = undo_command_plan};

static const struct command_arg args[] = {{ARG_RUN, "RUN", false, false},
                                          {ARG_END, NULL, false, false}};

static const struct example examples[] = {
    {"\\undo 12 --dry-run", "what taking run 12 back would send"}, {NULL, NULL}};

const struct command command_undo = {
    .name = "undo",
    .group = GROUP_RUNS,
    .summary = "take back what a run did, newest step first",
    .usage = "\\undo [RUN]",
    .details = "A plan of its own, asked and journaled like any other: the undo of each step that the "
               "run sent, the newest first. Only what is still as the run made it is touched, and "
               "that is asked once more before each step; the rest is left and listed, and so is what "
               "has no undo. A disruptive step that was done and has none "
               "ends it: what came before stays (exit status 8). What the run itself put back is no matter of it. "
               "An \\upgrade is taken back whole: the images and pods of the frontends, then those of the nodes "
               "(to a newer release the nodes first), proved as on the way there, then what was held. Not when the "
               "older release can no more read what the newer one wrote, or the upgrade is over: then it names the "
               "command that leads back (exit status 8). A run that was open is closed with it. Views go by \\mv activate, "
               "\\mv inactivate, \\mv resume and \\mv pause, with the names that the run worked on. "
               "Without RUN it is the newest run that changed something; with several open ones RUN "
               "must be named.",
    .args = args,
    .examples = examples,
    .plan = &planner,
};
