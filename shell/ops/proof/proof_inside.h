/* What the files of a proof share. */
#ifndef BELAY_PROOF_INSIDE_H
#define BELAY_PROOF_INSIDE_H

#include <belay/cluster.h>
#include <belay/list.h>
#include <belay/proof.h>
#include <belay/result.h>
#include <belay/session.h>
#include <belay/str.h>

#include "proof_file.h"

#define PROOF_FORMAT 1
#define PROOF_HEAD "head"
#define PROOF_LACKS "lacks"
#define PROOF_SUM "sha256:"

#define PROOF_DIR "proofs" /* in the cluster's own directory */

/* --- reading the cluster ------------------------------------------------------------------------ */

/* What is read beside what always is. */
struct proof_asked {
    struct strv patterns; /* count the rows of tables whose database.name matches one */
    json_t *counted;      /* or of these: {"database.name": true}; NULL: by the patterns */
    struct strv queries;  /* statements of the user's own */
    int64_t seconds;
};

void proof_asked_done(struct proof_asked *asked);

/* The statements of a file, checked: each only reads. ERR_USAGE, with line. Added. */
bool proof_queries_read(const char *path, struct strv *ret, struct error *err);

struct proof_reading {
    struct session *session;
    struct proof_writer *writer;
    const struct proof_asked *asked;
    const struct cluster *cluster;
    int64_t until;        /* of clock_ms(): afterwards nothing more is asked */
    json_t *count;        /* [[database, name]] whose rows are to be counted; by order of the file */
    json_t *databases;    /* of the catalog, items with an id, in their order; NULL: not read */
    json_t *plain_views;  /* {"database.name": true}: those that the catalog holds */
};

/*
 * Reads everything into a writer that has its head. What cannot be read is noted there; false: the
 * cluster was not reached, a person wants out, or the file cannot be written. Blocks.
 */
bool proof_read(struct proof_reading *reading, struct error *err);

/* Rows of the catalog's list of one database, an item of reading->databases. Blocks. */
bool proof_database_rows(struct proof_reading *reading, const json_t *database, struct result *ret,
                         struct error *err);

/* Parts of it: proof_views.c, proof_plain_views.c, proof_partitions.c, proof_queries.c, proof_rest.c. false as above. */
bool proof_read_catalog(struct proof_reading *reading, struct error *err);
bool proof_read_views(struct proof_reading *reading, struct error *err);
bool proof_read_plain_views(struct proof_reading *reading, struct error *err);
bool proof_read_partitions(struct proof_reading *reading, struct error *err);
bool proof_read_counts(struct proof_reading *reading, struct error *err);
bool proof_read_queries(struct proof_reading *reading, struct error *err);
bool proof_read_volumes(struct proof_reading *reading, struct error *err);
bool proof_read_users(struct proof_reading *reading, struct error *err);
bool proof_read_settings(struct proof_reading *reading, struct error *err);
bool proof_read_work(struct proof_reading *reading, struct error *err);

/*
 * For these: may this kind be asked for still? Notes what it lacks when the time is over. *why (any
 * error of a reading) becomes a lack, unless a person wants out or the file cannot be written: then
 * false.
 */
bool proof_has_time(struct proof_reading *reading, enum proof_kind kind);
bool proof_lack(struct proof_reading *reading, enum proof_kind kind, struct error *why,
                struct error *err);
/* Adds an array of things in their order; gives the array back empty. */
bool proof_add_sorted(struct proof_reading *reading, enum proof_kind kind, json_t *items,
                      struct error *err);

/* The first 16 digits of the SHA-256 of a text. New reference. */
json_t *proof_sum(const char *text, size_t len);

/* What a view's definition is, in parts; the query's white space does not count. New reference. */
json_t *proof_definition(const char *ddl);
json_t *proof_query_sum(const char *query);

/* --- comparing ---------------------------------------------------------------------------------- */

enum proof_class { PROOF_LOST, PROOF_CANNOT_TELL, PROOF_GREW, PROOF_EXPECTED, PROOF_CLASSES };

struct proof_found; /* differences, as many as a person can look at, and how many there are */

struct proof_found *proof_found_new(void);
void proof_found_free(struct proof_found *found);
size_t proof_found_n(const struct proof_found *found, enum proof_class class);
/* class, what, before, after, verdict; the worst first. Adds columns and rows. */
void proof_found_result(const struct proof_found *found, struct result *ret);
/* "2 lost, 5 grew, 6 expected" */
void proof_found_say(const struct proof_found *found, struct str *ret);

/* One difference. what is the kind's thing, or NULL: the kind as a whole. */
void proof_find(struct proof_found *found, enum proof_class class, enum proof_kind kind,
                const json_t *what, const char *before, const char *after, const char *fmt, ...)
    __attribute__((format(printf, 7, 8)));
/* One of many that are told together: only the first is named, and how many. */
void proof_find_many(struct proof_found *found, enum proof_class class, enum proof_kind kind,
                     const json_t *what, const char *says);

struct proof_judging {
    struct proof_found *found;
    const char *release_before;
    const char *release_after;
    bool down;  /* an older release is what was wanted */
    bool wrote; /* something was written between the two, or that cannot be told */
};

/* Judges one thing; one of the two may be NULL: it is gone, or new. */
void proof_judge(struct proof_judging *judging, enum proof_kind kind, const json_t *before,
                 const json_t *after);

/* Compares two files from their first things on. ERR_VERDICT: one is damaged. */
bool proof_compare_files(struct proof_reader *before, struct proof_reader *after, bool down,
                         struct proof_found *ret, struct error *err);

#endif
