/*
 * The tee: a file to which everything that a person sees is appended, what they type among it, as
 * the classic client writes it; secrets in typed statements are hidden.
 */
#ifndef BELAY_TEE_H
#define BELAY_TEE_H

#include <stdbool.h>
#include <stddef.h>

#include <belay/error.h>

struct tee; /* opaque */
struct sink;

/*
 * Appends to the file, which is made with mode 0600. terminal: colours and bells are among what it
 * gets, and are left out. NULL with ERR_OUTPUT. Free with tee_close.
 */
struct tee *tee_open(const char *path, bool terminal, struct error *err);
/* Writes what is held. false: something could not be written (ERR_OUTPUT). NULL is allowed. */
bool tee_close(struct tee *tee, struct error *err);

const char *tee_path(const struct tee *tee); /* borrowed */
/* To be given to sink_set_copy; borrowed. */
struct sink *tee_sink(struct tee *tee);

/* A line as typed behind its prompt. Kept until tee_settle, so that a secret on the next line of
 * the statement is seen as one. */
void tee_typed(struct tee *tee, const char *prompt, const char *line, size_t len);
/* The statement or command is whole: what was typed is written. */
void tee_settle(struct tee *tee);

#endif
