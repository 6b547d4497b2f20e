/* The short table that `get` prints without -o. */
#ifndef PRACTICE_KUBECTL_TABLE_H
#define PRACTICE_KUBECTL_TABLE_H

#include "call.h"

void table_print(struct call *call, const struct kind *kind, const json_t *objects);

#endif
