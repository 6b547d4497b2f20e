/* Metadata that an FE of a release cannot read. */
#ifndef PRACTICE_KUBECTL_FE_READS_H
#define PRACTICE_KUBECTL_FE_READS_H

#include "world.h"

/*
 * Why an FE of that release ends when it reads the metadata of its pod: a newer release wrote it, or
 * the image has no form that it knows. free() it; NULL: it reads it.
 */
char *fe_cannot_read(struct world *w, const char *pod, int release);

#endif
