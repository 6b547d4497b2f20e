/* Variables of a runbook: :{name} in words, :{'name'} and :{`name`} in SQL. */
#ifndef BELAY_RUNBOOK_VARS_H
#define BELAY_RUNBOOK_VARS_H

#include <stdbool.h>

#include <belay/error.h>
#include <belay/json.h>
#include <belay/list.h>
#include <belay/str.h>

/* A name that a variable may have? */
bool runbook_var_ok(const char *name);

/* NAME=VALUE for variables that are there. ERR_USAGE. */
bool runbook_set_vars(json_t *vars, const struct strv *settings, struct error *err);

/* Appends the text with its variables. ERR_USAGE: there is no such one. */
bool runbook_fill(const char *text, const json_t *vars, struct str *ret, struct error *err);

/* The same in SQL, where each comes as a string or as a name, never bare. */
bool runbook_fill_sql(const char *sql, const json_t *vars, struct str *ret, struct error *err);

#endif
