/* Before a restore is planned: what refuses it, and what is told. */
#ifndef BELAY_RESTORE_RUN_H
#define BELAY_RESTORE_RUN_H

#include "restore_facts.h"

/*
 * false: ERR_VERDICT with the reason, before anything is sent: another cluster's backup, one that is
 * not whole, another run mode, a newer release than the frontends start with (image), missing claims,
 * an operator that does not run. ERR_USAGE: these frontends are not in Kubernetes.
 */
bool restore_refuse(const struct restore_facts *facts, const char *image, struct error *err);

/* Lines for the top of the plan's page: an array of texts. New reference. */
json_t *restore_head_lines(const struct restore_facts *facts, const char *image);
/* One more of them: "Label    text". */
void head_add(json_t *head, const char *label, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Is the object Helm's, or Argo CD's, by its labels and annotations? */
bool restore_by_helm(const struct restore_facts *facts);
bool restore_by_argo(const struct restore_facts *facts);

#endif
