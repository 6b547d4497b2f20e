/* Consent by tier: none, y, the cluster's name, the cluster's name and six characters of the digest. */
#include "guard.h"

#include <stdio.h>
#include <strings.h>

static bool same(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

/* A cluster without a name must not make Enter a yes, nor a plan without a digest one that is. */
static bool can_be_named(const struct plan *plan)
{
    return plan->cluster != NULL && plan->cluster[0] != '\0' && strlen(plan->digest) == 64;
}

void guard_question(const struct plan *plan, size_t open, size_t steps, enum tier tier,
                    struct str *ret)
{
    size_t first = plan_no_return(plan);

    switch (tier) {
    case TIER_ADDS:
        str_add(ret, "Go on with ");
        break;
    case TIER_REVERSIBLE:
        str_add(ret, "Reversible. Run ");
        break;
    case TIER_DISRUPTIVE:
        str_add(ret, "Disruptive. Type the cluster's name to run ");
        break;
    case TIER_NO_RETURN:
        if (first > 1)
            str_addf(ret, "No way back from step %zu on. ", first);
        else
            str_add(ret, "No way back from here. ");
        str_addf(ret, "Type the cluster's name, a space and %.6s to run ", plan->digest);
        break;
    }
    if (open < steps)
        str_addf(ret, "the %zu open step%s", open, open == 1 ? "" : "s");
    else
        str_addf(ret, open == 1 ? "this %zu step" : "these %zu steps", open);
    if (tier <= TIER_REVERSIBLE)
        str_add(ret, "? [y]es [e]ach [l]ist all, Enter: no: ");
    else
        str_add(ret, " ([e]ach, [l]ist all, Enter: no): ");
}

/* The whole line that is a yes; appends. Nothing: there is none. */
static void yes_word(const struct plan *plan, enum tier tier, struct str *ret)
{
    if (tier <= TIER_REVERSIBLE)
        str_add(ret, "y");
    else if (can_be_named(plan))
        str_add(ret, plan->cluster);
    if (tier == TIER_NO_RETURN && ret->len > 0)
        str_addf(ret, " %.6s", plan->digest);
}

static bool says_no(const char *line)
{
    return *line == '\0' || strcasecmp(line, "n") == 0 || strcasecmp(line, "no") == 0;
}

enum consent guard_judge(const struct plan *plan, enum tier tier, const char *line)
{
    AUTO_STR word = {0};

    if (same(line, "l"))
        return CONSENT_LIST;
    /* Step by step, each step is consented to with the name again. */
    if (same(line, "e") && tier != TIER_NO_RETURN)
        return CONSENT_EACH;
    yes_word(plan, tier, &word);
    if (word.len > 0 && (same(line, word.s) || (tier <= TIER_REVERSIBLE && same(line, "yes"))))
        return CONSENT_YES;
    return says_no(line) ? CONSENT_NO : CONSENT_UNCLEAR;
}

/* The question once more, below what would have been an answer. */
static void ask_again(const struct plan *plan, enum tier tier, const char *question, struct str *ret)
{
    AUTO_STR word = {0};

    yes_word(plan, tier, &word);
    str_clear(ret);
    if (tier <= TIER_REVERSIBLE)
        str_add(ret, "That is neither yes nor no: y or yes runs it");
    else if (word.len > 0)
        str_addf(ret, "That is neither yes nor no: a yes is %s", word.s);
    else
        str_add(ret, "The plan names no cluster: there is no yes");
    str_addf(ret, ", Enter alone is no.\n%s", question);
}

/* Of all steps, open or not: what was agreed to is the plan. */
static enum tier highest(const struct guard *guard, const struct plan *plan, size_t first,
                         size_t last, size_t *ret_open, size_t *ret_steps)
{
    enum tier tier = TIER_ADDS;

    *ret_open = *ret_steps = 0;
    for (size_t i = first; i <= last && i < plan->n; i++) {
        const struct stage *stage = plan->stages[i];
        *ret_steps += stage->n;
        for (size_t k = 0; k < stage->n; k++) {
            const struct step *step = stage->steps[k];
            *ret_open += json_object_get(guard->outcomes, step->id) == NULL;
            if (step->tier > tier)
                tier = step->tier;
        }
    }
    return tier;
}

#define REVERSIBLE "reversible"
#define DIGEST "sha256:"
#define DIGITS 64

/* "sha256:" and the digits of a digest. */
static bool names_digest(const char *approve)
{
    return str_starts(approve, DIGEST) && strlen(approve) == strlen(DIGEST) + DIGITS &&
           strspn(approve + strlen(DIGEST), "0123456789abcdef") == DIGITS;
}

static bool approved(const struct guard *guard, const struct plan *plan, enum tier tier)
{
    if (guard->approve == NULL)
        return false;
    if (same(guard->approve, REVERSIBLE))
        return tier <= TIER_REVERSIBLE;
    if (!names_digest(guard->approve)) /* also: a plan without a digest is approved by nothing */
        return false;
    const char *digest = guard->approve + strlen(DIGEST);
    if (same(digest, plan->digest))
        return true;
    return guard->is_undo != NULL && guard->is_undo(guard->ctx, plan, digest);
}

static bool no_one_to_ask(const struct plan *plan, enum tier tier, const struct guard *guard,
                          struct error *err)
{
    if (guard->approve != NULL && !same(guard->approve, REVERSIBLE) && !names_digest(guard->approve)) {
        error_set(err, ERR_DECLINED, "not approved: \"%s\" is no approval, which is \"" REVERSIBLE
                  "\", or \"" DIGEST "\" and the %d digits of a plan's digest", guard->approve, DIGITS);
        return error_hint(err, "nothing was sent; this plan is approved by --approve " DIGEST "%s",
                          plan->digest);
    }
    if (guard->approve != NULL && str_starts(guard->approve, DIGEST))
        error_set(err, ERR_DECLINED, "not approved: this plan's digest is sha256:%s, approved was %s",
                  plan->digest, guard->approve);
    else
        error_set(err, ERR_DECLINED, "not approved: this plan %s and there is no terminal to ask "
                  "on", tier == TIER_NO_RETURN ? "has no way back" : tier == TIER_DISRUPTIVE
                                                   ? "is disruptive" : "is reversible");
    return error_hint(err, "nothing was sent; look at the plan with --dry-run, then give "
                      "--approve sha256:%s", plan->digest);
}

/* A name that was typed wrongly at night is told from a no. */
static bool declined(const struct plan *plan, enum tier tier, bool unclear, struct error *err)
{
    AUTO_STR word = {0};

    error_set(err, ERR_DECLINED, "declined: nothing was sent");
    yes_word(plan, tier, &word);
    if (!unclear || word.len == 0)
        return false;
    return error_hint(err, "a yes is %s%s%s", tier <= TIER_REVERSIBLE ? "" : "the cluster's name",
                      tier <= TIER_REVERSIBLE  ? ""
                      : tier == TIER_NO_RETURN ? " and the start of the digest: "
                                               : ": ", word.s);
}

#define ANSWERS 3 /* that are neither yes nor no */
#define LISTS 20

/* Asks until the answer is one. */
static enum consent ask_person(const struct guard *guard, const struct plan *plan, enum tier tier,
                               const char *question, void (*show_all)(void *ctx, const struct plan *plan),
                               void *show_ctx, bool *ret_no_terminal)
{
    AUTO_STR text = {0};
    int unclear = 0;

    str_add(&text, question);
    for (int rounds = 0; rounds < LISTS; rounds++) {
        AUTO_STR line = {0};
        if (!guard->ask(guard->ctx, text.s, &line, ret_no_terminal))
            return *ret_no_terminal ? CONSENT_NO_TERMINAL : CONSENT_NO;
        enum consent consent = guard_judge(plan, tier, str_text(&line));
        if (consent != CONSENT_LIST && consent != CONSENT_UNCLEAR)
            return consent;
        if (consent == CONSENT_UNCLEAR && ++unclear == ANSWERS)
            return consent;
        str_clear(&text);
        str_add(&text, question);
        if (consent == CONSENT_UNCLEAR)
            ask_again(plan, tier, question, &text);
        else if (show_all != NULL)
            show_all(show_ctx, plan);
    }
    return CONSENT_NO;
}

bool guard_permit(const struct guard *guard, const struct plan *plan, size_t first, size_t last,
                  void (*show_all)(void *ctx, const struct plan *plan), void *show_ctx,
                  struct permit *ret, struct error *err)
{
    size_t open = 0;
    size_t steps = 0;
    enum tier tier = highest(guard, plan, first, last, &open, &steps);
    AUTO_STR question = {0};
    bool no_terminal = false;

    *ret = (struct permit){.each = guard->each};
    snprintf(ret->digest, sizeof(ret->digest), "%s", plan->digest);
    if (plan->n > 0)
        snprintf(ret->stage, sizeof(ret->stage), "%s", plan->stages[first]->name);
    bool asks = plan->n > 0 && plan->stages[first]->asks && guard->ask != NULL;
    if (open == 0 || (tier == TIER_ADDS && !asks) || approved(guard, plan, tier))
        return true;
    if (guard->ask == NULL)
        return no_one_to_ask(plan, tier, guard, err);
    guard_question(plan, open, steps, tier, &question);
    ret->asked = true;
    enum consent consent = ask_person(guard, plan, tier, str_text(&question), show_all, show_ctx,
                                      &no_terminal);
    if (consent == CONSENT_NO_TERMINAL)
        return no_one_to_ask(plan, tier, guard, err);
    if (consent != CONSENT_YES && consent != CONSENT_EACH)
        return declined(plan, tier, consent == CONSENT_UNCLEAR, err);
    ret->each = ret->each || consent == CONSENT_EACH;
    return true;
}

int guard_each(const struct guard *guard, const struct plan *plan, const struct step *step,
               const char *words)
{
    AUTO_STR question = {0};
    AUTO_STR word = {0};
    AUTO_STR text = {0};
    bool no_terminal = false;
    const char *by = step->tier == TIER_NO_RETURN   ? "the cluster's name and the start of the digest: run it"
                     : step->tier == TIER_DISRUPTIVE ? "the cluster's name: run it"
                                                     : "[y]es";

    if (guard->ask == NULL)
        return -1;
    yes_word(plan, step->tier, &word);
    str_addf(&question, "%s\n  %s, [n]o: skip it, Enter: stop here: ", words, by);
    str_add(&text, question.s);
    for (int answers = 0; answers < ANSWERS; answers++) {
        AUTO_STR line = {0};
        if (!guard->ask(guard->ctx, text.s, &line, &no_terminal))
            return -1;
        enum consent consent = guard_judge(plan, step->tier, str_text(&line));
        if (consent == CONSENT_YES)
            return 1;
        if (consent == CONSENT_NO)
            return line.len > 0 ? 0 : -1;
        str_clear(&text);
        str_addf(&text, "That is none of these: %s runs it, n skips it, Enter alone stops.\n%s",
                 str_text(&word), question.s);
    }
    return -1;
}
