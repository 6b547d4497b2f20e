/* Facts on their way into a file. */
#ifndef BELAY_FACTS_H
#define BELAY_FACTS_H

#include <belay/json.h>

/*
 * To be called before facts are written to a journal or a plan file: packs the definitions of views
 * in them and notes their digests, once. Facts that are only planned from are spared that. Others
 * stay as they are.
 */
void facts_keep(json_t *facts);

#endif
