/* Rows of table fault with program 'kubectl': what shall go wrong with this call. */
#ifndef PRACTICE_KUBECTL_FAULTS_H
#define PRACTICE_KUBECTL_FAULTS_H

#include "call.h"

void faults_done(struct faults *faults);

/* Takes the faults that match the call (argv by spaces). A hang does not return. */
bool faults_take(struct call *call, const char *argv, struct faults *ret, struct error *err);

#endif
