/*
 * What is asked about steps before their actions: is the proof yes already, is the target still
 * there, do the needs hold? All of it for a group in one question, and where a group follows, along
 * with the proofs of the one before it, so that a group costs one query and not three.
 */
#ifndef BELAY_CHECKS_H
#define BELAY_CHECKS_H

#include <belay/plan.h>

#define GROUP_MAX 64

struct question {
    const struct probe *probe;
    struct evidence *into; /* the place of its answer */
};

/* Probes that are asked as one. Zero-initialised. */
struct questions {
    struct question *v;
    size_t n, size;
};

/* Both are borrowed until questions_ask. */
void questions_add(struct questions *questions, const struct probe *probe, struct evidence *into);
/* Asks them all, replaces what was in their places, and empties the list. Blocks. */
void questions_ask(struct questions *questions, struct world *world);

/* The answers about one step. Zero-initialised; checks_done() afterwards. */
struct checks {
    const struct step *step; /* NULL: nothing was asked */
    struct evidence proof;   /* not asked for a wait: it is proved by waiting */
    struct evidence target;
    struct evidence *needs;  /* one for each of the step's */
};

void checks_add(struct checks *checks, const struct step *step, struct questions *questions);
void checks_done(struct checks *checks);

/* The steps that come after the group that runs, and what was seen of them at its end. */
struct ahead {
    struct step *const *steps; /* borrowed */
    size_t n;                  /* 0..GROUP_MAX */
    struct checks seen[GROUP_MAX];
    size_t n_seen;
    int64_t at; /* clock_ms() of the answer */
};

/* Asks for the steps that come next together with `questions`; nothing of an earlier answer is kept. */
void ahead_add(struct ahead *ahead, struct questions *questions);
/* What was seen of the step, if it was seen a moment ago and told all: moved to *ret. */
bool ahead_take(struct ahead *ahead, const struct step *step, struct checks *ret);
void ahead_done(struct ahead *ahead);

#endif
