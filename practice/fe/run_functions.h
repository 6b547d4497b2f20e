/* SQL functions about refresh runs, once for the state's connection. */
#ifndef PRACTICE_FE_RUN_FUNCTIONS_H
#define PRACTICE_FE_RUN_FUNCTIONS_H

#include <stdbool.h>

#include <belay/error.h>

struct server;

/* false with the error set when SQLite refuses one. */
bool run_functions(struct server *s, struct error *err);

#endif
