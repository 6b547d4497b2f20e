/* What else than a restore would go back to the release of the backup. */
#ifndef BELAY_RESTORE_INSTEAD_H
#define BELAY_RESTORE_INSTEAD_H

#include "restore_facts.h"

/* A clause without its end, for people; NULL: the backup is of the release that runs, or one of the two
 * is not known. free() it. */
char *restore_instead(const struct restore_facts *facts);

#endif
