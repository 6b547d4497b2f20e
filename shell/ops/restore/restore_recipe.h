/*
 * A restore as a plan. Its facts are a JSON object that restore_recipe makes of what was read; the
 * steps, with every kubectl call, script and object in them, are made from that alone. The printed way
 * takes its commands from the same steps (restore_page_step), so the two cannot drift apart.
 */
#ifndef BELAY_RESTORE_RECIPE_H
#define BELAY_RESTORE_RECIPE_H

#include <belay/plan.h>

#include "restore_facts.h"

/* The facts of a plan; keep_image: start with the image of now. New reference. */
json_t *restore_recipe(const struct restore_facts *facts, bool keep_image);

/* Its parts: of frontends that are processes of hosts; what a plan holds of the backup. New references. */
json_t *restore_recipe_hosts(const struct restore_facts *facts);
json_t *restore_backup_json(const struct restore_archive *archive);

/* The steps, without a seal. NULL with the error. Free with plan_free. */
struct plan *restore_recipe_plan(const char *command, const json_t *recipe, struct error *err);

/* The step of that id in any stage, or NULL. */
const struct step *restore_find(const struct plan *plan, const char *id);

/* Ids of steps that are there for each ordinal: "helper 0". free() it. */
char *restore_step_id(const char *what, int64_t ordinal);

#endif
