/*
 * The journal of one run: what was intended and what was then observed. JSON lines, one write and
 * one fdatasync for each or for those of a group, chained by SHA-256: each record holds the digest of the line before it.
 * Intent is durable before its effect. If a write or a sync fails, nothing more is done: the page
 * may be marked clean although it never reached the disk.
 *
 * Exactly one incomplete last line is tolerated when a journal is read, and it is reported.
 */
#ifndef BELAY_JOURNAL_H
#define BELAY_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>

#include <belay/error.h>
#include <belay/json.h>
#include <belay/list.h>

struct journal; /* open for writing; holds a lock */

/*
 * Creates DIR/journal-<run>.jsonl (0600) and locks it; its id is the next number in the directory and
 * the time, "00007-20261124T063605Z". NULL with ERR_OUTPUT when it cannot be made durable. Free with
 * journal_close.
 */
struct journal *journal_create(const char *dir, struct error *err);

/*
 * Opens an existing one to go on: checks the chain, cuts a torn last line off (and says so in the
 * next record). ERR_LEASE when another process holds it.
 */
struct journal *journal_reopen(const char *dir, const char *run, struct error *err);
void journal_close(struct journal *journal);
/* Closes it and removes the file: of a run that was refused before anything was sent. */
void journal_discard(struct journal *take);

/* Its id. Borrowed. */
const char *journal_run(const struct journal *journal);

/* Adds "seq", "at", "prev" to the record, writes it, syncs. false (ERR_OUTPUT): stop before the
 * effect. Blocks for as long as the disk takes. */
bool journal_append(struct journal *journal, json_t *take, struct error *err);

/*
 * Ends an open run that nobody will go on with: its last record says who closed it, and why. What it
 * recorded stays. ERR_LEASE when another process holds it, ERR_OUTPUT. Blocks for the disk.
 */
bool journal_end_by_hand(const char *dir, const char *run, const char *reason, struct error *err);

/* Several records with one sync, for a group. Takes the references of the array's values. */
bool journal_append_all(struct journal *journal, json_t **records, size_t n, struct error *err);

/*
 * The same without a sync, for outcomes that other records follow at once: they are durable with
 * those. If the machine stops before, the intents are there and the cluster is asked.
 */
bool journal_add_all(struct journal *journal, json_t **records, size_t n, struct error *err);

struct journal_file {
    char *run;
    char *path;
    json_t *records;  /* array of objects, in order; NULL after journal_each() */
    size_t n;         /* whole records */
    size_t whole;     /* bytes of them */
    bool torn;        /* the last line was incomplete and is none of them */
    char head[65];    /* digest of the last whole line */
};

/*
 * Reads and verifies a whole journal. false: ERR_VERDICT with the line where the chain breaks, or
 * ERR_USAGE when there is no such run. journal_file_done() afterwards.
 */
bool journal_read(const char *dir, const char *run, struct journal_file *ret, struct error *err);

/* What is done with one record; the file says how far it is whole. The record is borrowed. */
typedef void journal_visit(void *ctx, const struct journal_file *file, json_t *record);
/* The same, record by record, none of them kept: a journal may hold a hundred thousand views. What
 * was visited before the chain breaks is not to be believed. visit NULL: it is only verified. */
bool journal_each(const char *dir, const char *run, journal_visit *visit, void *ctx,
                  struct journal_file *ret, struct error *err);

/* The same without the facts of the first record, which may take more memory than all that is wanted. */
bool journal_skim(const char *dir, const char *run, journal_visit *visit, void *ctx,
                  struct journal_file *ret, struct error *err);

/* The first record alone, the rest of the chain not looked at. New reference, NULL with the error. */
json_t *journal_first(const char *dir, const char *run, struct error *err);

/* Did the run neither end well nor be closed by hand? By its last record alone, the chain not looked at. */
bool journal_is_open(const char *dir, const char *run);

void journal_file_done(struct journal_file *file);

/* Does a process on this machine work on the run now? */
bool journal_is_held(const char *dir, const char *run);

/*
 * The run that a person means: its whole name, or its number alone ("12", "00012"). A name that is no
 * run's comes back as it is, for the error of who reads it. free() it.
 */
char *journal_find(const char *dir, const char *typed);

/* Runs in the directory, oldest first. A missing directory is an empty list. */
void journal_list(const char *dir, struct strv *ret_runs);

#endif
