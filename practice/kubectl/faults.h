/* Rows of table fault with program 'kubectl': what shall go wrong with this call. */
#ifndef PRACTICE_KUBECTL_FAULTS_H
#define PRACTICE_KUBECTL_FAULTS_H

#include "call.h"

void faults_done(struct faults *faults);

/* Takes the faults that match the call (argv by spaces). A hang does not return. */
bool faults_take(struct call *call, const char *argv, struct faults *ret, struct error *err);

/* What faults make happen in the cluster once the verb has run. */
void faults_after(struct call *call);

/* Sleeps until somebody kills us. Ends with the parent, so that no test leaves us behind. */
_Noreturn void faults_hang(void);

/* The length that a fault of kind truncate leaves of an output that is known whole. */
size_t faults_cut(const struct faults *faults, const struct str *out);

#endif
