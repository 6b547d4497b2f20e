/* Shared by the writer and the reader of journals. */
#ifndef BELAY_JOURNAL_INSIDE_H
#define BELAY_JOURNAL_INSIDE_H

#include <belay/journal.h>
#include <belay/str.h>

#define MAX_JOURNAL ((size_t)512 << 20)
#define MAX_LINE ((size_t)256 << 20) /* the first record holds the facts: all views of a cluster */
#define JOURNAL_PREFIX "journal-"
#define JOURNAL_SUFFIX ".jsonl"

/* What "prev" of the first record says. */
extern const char journal_first_prev[65];

/* DIR/journal-<run>.jsonl; free() it. */
char *journal_path(const char *dir, const char *run);
/* Is it a name that a run can have? */
bool journal_run_ok(const char *run);

/* The text of one record with its facts taken out (null); appends. false: it is written otherwise. */
bool journal_without_facts(const char *text, size_t len, struct str *ret);

#endif
