/*
 * The practice cluster's state: one SQLite file (practice/schema.c describes its tables) under one
 * simulated clock. Both programs, the FE and the kubectl stand-in, open it; each calls
 * world_advance() before it answers, so that whatever was due by then has happened.
 */
#ifndef PRACTICE_WORLD_H
#define PRACTICE_WORLD_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include <belay/error.h>

struct world;

extern const char world_schema[]; /* practice/schema.c */

/* Opens DIR/cluster.db, which must exist. NULL with the error set. Free with world_close. */
struct world *world_open(const char *dir, struct error *err);

/* Creates DIR, DIR/cluster.db and the pods' directories from a scenario; fails when it exists. */
struct world *world_create(const char *dir, const char *scenario, int64_t speed,
                           struct error *err);

bool world_exists(const char *dir);
void world_close(struct world *w);

sqlite3 *world_db(struct world *w);      /* borrowed */
const char *world_dir(struct world *w);  /* borrowed */

/* Simulated milliseconds since 1970. Never goes back, also when the speed changes. */
int64_t world_now_ms(struct world *w);

/* Changes how many simulated seconds pass in a real one (1 to 10000). */
bool world_set_speed(struct world *w, int64_t speed, struct error *err);

/* The clock goes on from where the cluster was left, as if no time had passed since. */
bool world_resume(struct world *w, struct error *err);

/* Brings the state up to now inside one BEGIN IMMEDIATE transaction. */
bool world_advance(struct world *w, struct error *err);

/* For several changes that belong together. world_advance may not be called between them. */
bool world_begin(struct world *w, struct error *err);
bool world_end(struct world *w, bool keep, struct error *err); /* commit, or roll back */

/* Values of table meta. Text is free()d by the caller; missing gives 0 / NULL. */
int64_t world_meta_int(struct world *w, const char *key);
char *world_meta_text(struct world *w, const char *key);
bool world_meta_set_int(struct world *w, const char *key, int64_t value, struct error *err);

/* One journal entry: raises the journal id (and lets a requested roll happen). */
bool world_journal(struct world *w, struct error *err);
/* One entry of starmgr's journal. */
bool world_starmgr_journal(struct world *w, struct error *err);
/* A fresh object id. */
int64_t world_next_id(struct world *w);

/* Puts an event into the queue, due `in_ms` simulated milliseconds from now. */
bool world_schedule(struct world *w, int64_t in_ms, const char *kind, int64_t n, const char *text,
                    struct error *err);

#endif
