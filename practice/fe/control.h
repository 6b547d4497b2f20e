/* The control verbs: what `\practice` and tests ask of a cluster directory from outside. */
#ifndef PRACTICE_FE_CONTROL_H
#define PRACTICE_FE_CONTROL_H

#include <stdbool.h>

#include <belay/error.h>

struct world;

/* What a person sees of the cluster: plain text on stdout. */
bool control_status(struct world *w, struct error *err);

struct control_fault {
    const char *kind, *match, *arg, *program;
    long times;
};
/* kind "clear" drops all faults. */
bool control_fault(struct world *w, const struct control_fault *fault, struct error *err);

/* Lists the kinds of faults, on stdout. */
void control_list_faults(void);

/* Something happens now; the list says what there is. */
void control_list_events(void);
bool control_event(struct world *w, const char *name, struct error *err);

/* start-fe, stop-fe: what bin/start_fe.sh and bin/stop_fe.sh of a host do (kubectl/hosts.h). */
bool control_process(struct world *w, const char *verb, const char *pod, const char *helper,
                     struct error *err);

#endif
