/*
 * Consent: the only code that makes a permit, the right to run one stage of one plan in this
 * process. A person said yes on the controlling terminal, or a digest was approved beforehand.
 * There is no blanket yes.
 */
#ifndef BELAY_GUARD_H
#define BELAY_GUARD_H

#include <stdbool.h>

#include <belay/error.h>
#include <belay/plan.h>
#include <belay/str.h>

struct permit {
    char digest[65]; /* of the plan */
    char stage[64];  /* name of the stage it is for */
    bool each;       /* every step is asked for on its own */
    bool asked;      /* a person said yes; else none was needed or it was approved before */
};

enum consent {
    CONSENT_NO, /* Enter, n or no */
    CONSENT_YES,
    CONSENT_EACH,
    CONSENT_LIST,
    CONSENT_UNCLEAR, /* none of these: asked once more */
    CONSENT_NO_TERMINAL
};

/*
 * Asks on the controlling terminal and returns the whole line as typed (no newline). false: no
 * answer that counts (EOF, ^C, time-out, over-long, control characters, …); *ret_no_terminal says
 * that there is nobody to ask.
 */
typedef bool guard_ask(void *ctx, const char *question, struct str *ret_line, bool *ret_no_terminal);

struct guard {
    guard_ask *ask;      /* NULL: batch, nobody to ask */
    void *ctx;
    const char *approve; /* "reversible", "sha256:…", or NULL */
    /* Is this plan the recorded undo of the run approved by that digest, and free of cost? */
    bool (*is_undo)(void *ctx, const struct plan *plan, const char *digest);
    bool each;           /* --each */
    const json_t *outcomes; /* step id → outcome name, of what was run before; borrowed, may be NULL */
};

/* The question for this tier, without the plan's page: appends. open of the steps are still to run. */
void guard_question(const struct plan *plan, size_t open, size_t steps, enum tier tier,
                    struct str *ret);

/* What a typed line means for this tier. A yes is strict equality, no trimming. */
enum consent guard_judge(const struct plan *plan, enum tier tier, const char *line);

/*
 * Gets consent for the steps of stages first..last (inclusive) that have no outcome yet; where there is
 * none, nobody is asked. show_all is called when the
 * person asks for the whole list. An answer that is neither yes nor no is told what would be one, and
 * asked for again, three answers in all. true: a permit. false: ERR_DECLINED, nothing was sent.
 */
bool guard_permit(const struct guard *guard, const struct plan *plan, size_t first, size_t last,
                  void (*show_all)(void *ctx, const struct plan *plan), void *show_ctx,
                  struct permit *ret, struct error *err);

/*
 * For a permit with each: asks for one step at its own tier (the cluster's name for a disruptive
 * one). words is what it does, escaped. 1 yes, 0 no (skip it), -1 stop here.
 */
int guard_each(const struct guard *guard, const struct plan *plan, const struct step *step,
               const char *words);

#endif
