/* System variables (SessionVariable.java, GlobalVariable.java): those that clients ask for. */
#ifndef PRACTICE_FE_VARIABLES_H
#define PRACTICE_FE_VARIABLES_H

#include <stdbool.h>
#include <stdint.h>

struct world;

/* The value for sessions of an FE; NULL: no such variable. free() it. */
char *variable_value(struct world *w, int64_t fe_id, const char *name);

/* The Java type of a variable decides that of its column. */
enum variable_kind { VARIABLE_TEXT, VARIABLE_INT, VARIABLE_LONG, VARIABLE_BOOLEAN };
enum variable_kind variable_kind(const char *name);

/* All of them, by name. */
void variable_each(struct world *w, int64_t fe_id,
                   void (*visit)(void *, const char *, const char *), void *ctx);

/* The release has a variable of that name, whether or not its value is known here. */
bool variable_exists(int release, const char *name);

/* "{'a', 'b', 'c'}": the three names that are most similar (VariableMgr.java). free() it. */
char *variable_similar(int release, const char *name);

#endif
