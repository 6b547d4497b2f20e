/* The one table from what went wrong to the exit status. */
#ifndef BELAY_STATUS_H
#define BELAY_STATUS_H

#include <belay/error.h>

int status_of(enum error_code code);

#endif
