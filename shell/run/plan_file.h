/* Saved plans: command, words, facts and digest in one file. */
#ifndef BELAY_PLAN_FILE_H
#define BELAY_PLAN_FILE_H

#include <stdbool.h>

#include <belay/error.h>
#include <belay/json.h>
#include <belay/plan.h>

struct command;

/* Writes the plan (0600). ERR_OUTPUT. */
bool plan_file_save(const char *path, const struct plan *plan, const json_t *facts,
                    struct error *err);

/* Reads one and checks its form. New reference; NULL with the error. */
json_t *plan_file_read(const char *path, struct error *err);

/* The plan that the file's own facts give. Free with plan_free. */
struct plan *plan_file_plan(const json_t *file, struct error *err);

#endif
