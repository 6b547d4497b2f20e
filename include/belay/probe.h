/*
 * A probe: a question to the cluster that answers yes, no or cannot tell, with its evidence. The
 * kinds are rows of a constant table of the layer above; a probe is a kind and string arguments, so
 * it can be printed, digested, journaled and asked again later. Many probes of one kind, and of kinds
 * that share their `ask`, are asked at once, so that a hundred targets cost one query.
 */
#ifndef BELAY_PROBE_H
#define BELAY_PROBE_H

#include <stdbool.h>
#include <stddef.h>

#include <belay/error.h>
#include <belay/json.h>
#include <belay/list.h>

struct arena;
struct world;

enum answer { ANSWER_NO, ANSWER_YES, ANSWER_CANNOT_TELL };

struct evidence {
    enum answer answer;
    char *text;   /* what was seen, one line, untrusted: escape before showing; owned */
    json_t *data; /* more of it for the journal, or NULL; owned */
    bool vain;    /* a no that waiting does not make a yes: the wait ends at once */
    bool differs; /* with vain: because somebody else changed what the plan had made so */
    enum error_code cause; /* of what cannot be told; ERR_NONE: it just cannot be told */
};

struct probe {
    const struct probe_kind *kind; /* NULL: no probe */
    struct strv args;
    struct arena *arena; /* of its plan: its words are copied there; NULL: they are its own */
};

struct probe_kind {
    const char *name; /* stable: it is in digests and journals */
    /* Asks n probes of this kind, or of any whose ask this is; fills ret[0..n-1] (zeroed before). Only
     * reads. May block. */
    void (*ask)(struct world *world, const struct probe *const *probes, size_t n,
                struct evidence *ret);
    /* Says what yes means, "sales.daily is inactive": appends. */
    void (*say)(const struct probe *probe, struct str *ret);
};

void probe_done(struct probe *probe);
void evidence_done(struct evidence *evidence);

/* Fills an empty probe; the words end with NULL. */
void probe_set(struct probe *probe, const struct probe_kind *kind, ...) __attribute__((sentinel));
/* The same for a probe of a plan; the words live as long as the plan, their vector is copied. */
void probe_lend(struct probe *probe, const struct probe_kind *kind, const char *const *words,
                size_t n);
/* Asks another question with the words of a probe of the same plan, which are shared, and one word
 * more where it is not NULL, which lives as long as the plan. */
void probe_like(struct probe *probe, const struct probe_kind *kind, const struct probe *other,
                const char *more);

/* For kinds: evidence with a formatted text. */
void evidence_set(struct evidence *evidence, enum answer answer, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* For kinds: it cannot be told, because of the error. before: what was seen so far, or NULL. */
void evidence_failed(struct evidence *evidence, const char *before, const struct error *err);

/* Asks one probe; ANSWER_YES for a probe without a kind. evidence_done() afterwards. */
void probe_ask(struct world *world, const struct probe *probe, struct evidence *ret);

/* Asks many, in one call for all kinds that share their `ask`. ret has n zeroed entries. */
void probe_ask_all(struct world *world, const struct probe *const *probes, size_t n,
                   struct evidence *ret);

/* "mv_state(sales.daily, inactive)" for journals; appends. */
void probe_words(const struct probe *probe, struct str *ret);

/* {"args": […], "probe": name} as canonical text; null for none. Appends. */
void probe_canonical(const struct probe *probe, struct str *ret);

#endif
