/*
 * The file of a proof: a JSON object a line. First the head, then what was seen, one thing a line, in
 * the order of the kinds and within one kind by the bytes of database, name and part; then what could
 * not be read; a last line with the SHA-256 of all bytes before it. So two of them are compared line by
 * line, however many tables there are. The digest finds accidents, not forgery.
 *
 *   {"at":"…Z","belay":"…","cluster":{…},"kind":"head","release":"3.3.3-312ed45","tables":[…]}
 *   {"db":"sales","id":"10021","kind":"table","name":"orders","type":"OLAP"}
 *   {"kind":"lacks","lacks":{"role":"…"}}
 *   sha256:<64 hex digits>
 */
#ifndef BELAY_OPS_PROOF_FILE_H
#define BELAY_OPS_PROOF_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include <belay/error.h>
#include <belay/json.h>

/* The kinds of things, in the order of a file. */
enum proof_kind {
    PROOF_CLUSTER,
    PROOF_FRONTEND,
    PROOF_NODE,
    PROOF_DATABASE,
    PROOF_TABLE,
    PROOF_SYSTEM_TABLE,
    PROOF_VIEW,       /* asynchronous materialized */
    PROOF_PLAIN_VIEW,
    PROOF_PARTITION,
    PROOF_ROWS,       /* count(*) of a chosen table */
    PROOF_VOLUME,
    PROOF_USER,
    PROOF_ROLE,
    PROOF_SETTING,
    PROOF_LOAD,       /* routine load */
    PROOF_TASK,
    PROOF_PIPE,
    PROOF_QUERY,      /* of the user's own */
    PROOF_KINDS
};

/* Its name in files, "plain view". */
const char *proof_kind_name(enum proof_kind kind);
/* PROOF_KINDS: there is none of that name. */
enum proof_kind proof_kind_of(const char *name);

/* Which of two things of one kind stands first: as strcmp. */
int proof_order(const json_t *a, const json_t *b);

/* --- writing ----------------------------------------------------------------------------------- */

struct proof_writer;

/* Begins with the head; fd stays the caller's, `what` names it in errors. Free with proof_end. */
struct proof_writer *proof_begin(int fd, const char *what, json_t *take_head);

/* Adds one thing. ERR_UNKNOWN: it does not come in order; ERR_OUTPUT. Owns take. */
bool proof_add(struct proof_writer *writer, enum proof_kind kind, json_t *take, struct error *err);

/* A thing to be filled; db and part may be "". New reference. */
json_t *proof_item(const char *db, const char *name, const char *part);

/* Notes that this kind could not be read, or not wholly: what is there of it is not compared. */
void proof_lacks(struct proof_writer *writer, enum proof_kind kind, const char *why);

/* How many things there are of this kind so far. */
size_t proof_written(const struct proof_writer *writer, enum proof_kind kind);

/* Writes the end and syncs it. Frees take also on failure (ERR_OUTPUT). *ret_lacks: new reference. */
bool proof_end(struct proof_writer *take, json_t **ret_lacks, struct error *err);

void proof_drop(struct proof_writer *take); /* without an end; NULL is allowed */

/* --- reading ----------------------------------------------------------------------------------- */

struct proof_reader {
    int fd;         /* the caller's */
    char *path;
    char digest[65];
    json_t *head;
    json_t *lacks;  /* {kind: why} */
    json_t *item;   /* the thing at hand; NULL: there are no more */
    enum proof_kind kind; /* of it; PROOF_KINDS: there are no more */
    struct str *text;
    size_t at;
    bool over;
};

/* Opens a file for proof_open; a pipe is not waited for. -1: ERR_USAGE, with the reason. */
int proof_fd(const char *path, struct error *err);

/*
 * Checks the digest over the whole file and stands at the first thing. ERR_VERDICT: it is damaged, or
 * is none of belay's; ERR_UNKNOWN: of a newer belay. proof_reader_done afterwards.
 */
bool proof_open(int fd, const char *path, struct proof_reader *ret, struct error *err);
bool proof_next(struct proof_reader *reader, struct error *err);
void proof_reader_done(struct proof_reader *reader);

#endif
