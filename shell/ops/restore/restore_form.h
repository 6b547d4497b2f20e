/*
 * The forms of a restore: by which means the metadata gets onto the volumes. One table; the first row
 * that works here is taken unless --form asks for another. A form that is added is a row.
 */
#ifndef BELAY_RESTORE_FORM_H
#define BELAY_RESTORE_FORM_H

#include "restore_facts.h"
#include "restore_page.h"

struct restoring;

struct restore_form {
    const char *name;  /* as --form takes it, and as a recipe holds it */
    const char *title; /* what it is, in a few words */
    const char *good;  /* of the first row: what speaks for it */
    /* Can it be done on this cluster? false: ERR_VERDICT or ERR_UNKNOWN with the reason, a clause
     * without a hint. */
    bool (*works)(const struct restore_facts *facts, struct error *err);
    bool by_set; /* changes the StatefulSet itself, while the operator is kept at 0 */
    bool holds;  /* works in the frontends' own pods, which an init container holds back */
    bool asked; /* never taken unasked */
    /* What only a run of it needs, into the recipe; false: it refuses. NULL: nothing. */
    bool (*gather)(struct session *session, const struct restore_facts *facts, json_t *recipe,
                   struct error *err);
    /* The first lines of its plan, in place of those about the archive; NULL: those. */
    void (*head)(const struct restore_facts *facts, json_t *head);
    /* The steps of its page, after the head. */
    bool (*write)(struct page *page, const struct restore_facts *facts, int64_t now_ms,
                  struct error *err);
    /* The stages of its plan. */
    void (*plan)(struct restoring *m);
};

/* Closed by a row without a name. */
extern const struct restore_form restore_forms[];

/* The form of a recipe; NULL: unknown. */
const struct restore_form *restore_form_of(const json_t *recipe);

/*
 * Fills facts->form and facts->form_why. name: as asked for, or NULL: the first that works, and where
 * none does the first that is for such frontends, whose plan then says what is in its way.
 * ERR_USAGE: no such form. ERR_VERDICT: it cannot be done here; the hint names one that can.
 */
bool restore_form_choose(struct restore_facts *facts, const char *name, struct error *err);

/* "Form", for the page: which one, why, and which others can be done here. */
void restore_form_say(struct page *page, const struct restore_facts *facts);
/* The others that can be done here: "a, b"; appends. */
void restore_form_others(const struct restore_facts *facts, struct str *ret);

#endif
