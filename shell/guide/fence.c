/* Takes, renews and gives back the Lease of a run. */
#include "fence.h"

#include <inttypes.h>

#include <belay/str.h>
#include <clock.h>
#include <kubectl.h>
#include <lease.h>
#include <mem.h>

#include "actor.h"
#include "world.h"

#define AGAIN_MS 15000      /* a quarter of a Lease's time */
#define LOOK_MS 1000        /* as for what is asked about steps: checks.c */
#define WATCH_STEP_MS 2000
#define LONGEST_WATCH_S 600
/* Nobody takes over what was renewed so lately, by any clock that runs true within a tenth. */
#define SURE_MS ((int64_t)LEASE_SECONDS * 900)

struct fence {
    struct fence_config config;
    char *holder;
    char *run;
    bool held;          /* there is a Lease, and it was ours when last looked */
    struct lease lease;
    int64_t renewed_at; /* clock_ms() when the renewal that succeeded last was sent */
    int64_t tried_at;
    struct error lost;  /* not ERR_NONE: another holds it */
};

static void note(const struct fence *fence, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void note(const struct fence *fence, const char *fmt, ...)
{
    AUTO_STR text = {0};
    va_list ap;

    va_start(ap, fmt);
    str_vaddf(&text, fmt, ap);
    va_end(ap);
    fence->config.note(fence->config.ctx, str_text(&text));
}

/* Does the action leave the cluster as it is? */
static bool stays_here(const struct world *world, const struct action *action)
{
    for (size_t i = 0; world->here != NULL && world->here[i] != NULL; i++) {
        if (action->act == world->here[i])
            return true;
    }
    return action->kind == ACTION_NONE;
}

bool fence_wanted(const struct world *world, const struct plan *plan)
{
    for (size_t i = 0; i < plan->n; i++) {
        for (size_t k = 0; k < plan->stages[i]->n; k++) {
            const struct step *step = plan->stages[i]->steps[k];
            if (step->tier != TIER_ADDS && !stays_here(world, &step->action))
                return true;
        }
    }
    return false;
}

/* --- who holds it -------------------------------------------------------------------------------- */

static void add_age(const struct lease_place *place, const struct lease *lease, struct str *ret)
{
    int64_t renewed = lease_time_ms(lease->renewed);

    if (!place->clock_known || renewed < 0)
        return;
    int64_t ago = clock_unix_ms() + place->ahead_ms - renewed;
    str_add(ret, ", renewed ");
    clock_age(ago > 0 ? ago : 0, ret);
    str_add(ret, " ago");
}

static enum lease_end refused(const struct lease_place *place, const struct lease *lease,
                              bool expired, struct error *err)
{
    AUTO_STR age = {0};

    add_age(place, lease, &age);
    error_set(err, ERR_LEASE, "another operator holds this cluster: %s%s", lease->holder,
              str_text(&age));
    if (expired)
        error_hint(err, "nothing was sent; if nobody works on that run any more, the same command at "
                   "a terminal asks whether to take it over");
    else
        error_hint(err, "nothing was sent; \\lease shows it. It can be taken over when it was not "
                   "renewed for %" PRId64 " s", lease->seconds);
    return LEASE_OTHER;
}

static bool same_lease(const struct lease *a, const struct lease *b)
{
    return str_equal(a->uid, b->uid) && str_equal(a->holder, b->holder) &&
           a->transitions == b->transitions;
}

/* A renewal was refused: who has it now? Fills fence->lost; where it is still ours, the API failed. */
static bool look(struct fence *fence, struct error *err)
{
    struct lease now = {0};
    bool there = false;
    bool told = lease_read(fence->config.place, &now, &there, err);
    bool ours = told && there && same_lease(&now, &fence->lease);

    if (ours) {
        error_set(err, ERR_KUBE, "the Lease %s could not be renewed, although it is ours",
                  fence->config.place->name);
    } else if (told) {
        if (there)
            error_set(&fence->lost, ERR_LEASE, "%s holds this cluster now, since %s",
                      now.holder, now.acquired);
        else
            error_set(&fence->lost, ERR_LEASE, "the Lease %s of this run was removed",
                      fence->config.place->name);
        error_hint(&fence->lost, "nothing was sent for this step; speak with them before \\resume %s",
                   fence->run);
        fence->held = false;
        error_copy(err, &fence->lost);
    }
    lease_done(&now);
    return false;
}

static bool renew(struct fence *fence, struct error *err)
{
    fence->tried_at = clock_ms();
    int64_t sent = fence->tried_at;
    switch (lease_renew(fence->config.place, &fence->lease, err)) {
    case LEASE_HELD:
        fence->renewed_at = sent;
        return true;
    case LEASE_OTHER:
        return look(fence, err);
    case LEASE_FORBIDDEN:
    case LEASE_FAILED:
        return false;
    }
    return false;
}

static const char again[] = "again"; /* its own from before */

/* --- taking it ----------------------------------------------------------------------------------- */

/* Whether a process of this state directory wrote the nonce, for its run or to go on with it. */
struct search {
    const char *nonce;
    bool found;
};

static void search_record(void *ctx, const struct journal_file *file, json_t *record)
{
    struct search *search = ctx;
    const char *type = json_str(record, "type");

    (void)file;
    if (str_equal(type, "import")) /* what stands above was written elsewhere */
        search->found = false;
    else if (str_equal(type, "run") || str_equal(type, "resume"))
        search->found = search->found || str_equal(json_str(record, "nonce"), search->nonce);
}

bool fence_is_of(const char *dir, const struct lease *lease)
{
    struct search search = {.nonce = lease->nonce};
    struct journal_file file = {0};

    if (lease->nonce[0] == '\0')
        return false;
    bool read = journal_skim(dir, lease->run, search_record, &search, &file, NULL);
    journal_file_done(&file);
    return read && search.found;
}

/* Made by this very process, whose answer was lost? */
static bool is_mine(const struct lease_claim *claim, const struct lease *lease)
{
    return str_equal(lease->holder, claim->holder) && claim->nonce[0] != '\0' &&
           str_equal(lease->nonce, claim->nonce);
}

/*
 * No clock of the server's: two machines' clocks are no basis, so we watch for as long as it lasts
 * whether it is renewed. false: it was, or somebody left.
 */
static bool watch(const struct fence *fence, const struct lease *shown)
{
    AUTO_FREE char *what = str_format("watching for %" PRId64 " s whether %s still renews its Lease",
                                      shown->seconds, shown->holder);
    int64_t until = clock_ms() + shown->seconds * 1000;

    if (shown->seconds < 1 || shown->seconds > LONGEST_WATCH_S)
        return false;
    for (;;) {
        struct lease now = {0};
        bool there = false;
        world_progress(fence->config.world, 0, 0, what);
        int64_t left = until - clock_ms();
        clock_sleep(left < WATCH_STEP_MS ? left : WATCH_STEP_MS, fence->config.world->leave_fd);
        if (world_leaving(fence->config.world) || world_stop_wanted(fence->config.world))
            return false;
        bool still = lease_read(fence->config.place, &now, &there, NULL) && there &&
                     same_lease(&now, shown) && str_equal(now.renewed, shown->renewed);
        lease_done(&now);
        if (!still)
            return false;
        if (clock_ms() >= until)
            return true;
    }
}

/* The person who typed the name of the holder takes it over. */
static bool typed(const struct fence *fence, const struct lease *shown)
{
    AUTO_STR question = {0};
    AUTO_STR line = {0};
    bool no_terminal = false;

    str_addf(&question, "%s holds this cluster", shown->holder);
    add_age(fence->config.place, shown, &question);
    str_addf(&question, "; its time has run out.\nIf nobody works on that run any more, it can be taken "
             "over: should it go on all the same, it stops before its next step.\nType %s to take it "
             "over, Enter: no:", shown->holder);
    return fence->config.ask(fence->config.ctx, str_text(&question), &line, &no_terminal) &&
           shown->holder[0] != '\0' && str_equal(str_text(&line), shown->holder);
}

static enum lease_end take_over(struct fence *fence, const struct lease_claim *claim,
                                struct lease *shown, struct error *err)
{
    AUTO_ERROR why = {0};
    enum lease_end end = lease_take_over(fence->config.place, claim, shown, &why);

    if (end == LEASE_OTHER) {
        error_set(err, ERR_LEASE, "%s was there first, or somebody else: the Lease changed meanwhile",
                  shown->holder);
        error_hint(err, "nothing was sent; \\lease shows who holds it");
    } else if (end != LEASE_HELD) {
        error_move(err, &why);
    }
    return end;
}

/* There is one: ours from before, left by a run from here, or another operator's. */
static enum lease_end take_existing(struct fence *fence, const struct lease_claim *claim,
                                    struct lease *shown, const char **ret_how, struct error *err)
{
    struct fence_config *config = &fence->config;
    bool ours = fence_is_of(config->dir, shown); /* its lock file is ours: nobody works on it */

    *ret_how = again;
    if (ours && str_equal(shown->holder, claim->holder))
        return lease_renew(config->place, shown, err);
    *ret_how = "from a run of this machine";
    if (ours)
        return take_over(fence, claim, shown, err);
    *ret_how = "taken over";
    bool known = config->place->clock_known;
    bool expired = known && lease_left_ms(config->place, shown) < 0;
    if (config->ask == NULL || (known && !expired))
        return refused(config->place, shown, expired, err);
    if (!known && !watch(fence, shown))
        return refused(config->place, shown, false, err);
    if (!typed(fence, shown)) {
        refused(config->place, shown, true, err);
        error_hint(err, "nothing was sent");
        return LEASE_OTHER;
    }
    return take_over(fence, claim, shown, err);
}

bool fence_look(const struct fence_config *config, struct error *err)
{
    struct lease lease = {0};
    bool there = false;
    bool free_to_go = true;

    if (config->place != NULL && lease_read(config->place, &lease, &there, NULL) && there &&
        !fence_is_of(config->dir, &lease)) {
        lease_ask_clock(config->place);
        if (config->place->clock_known && lease_left_ms(config->place, &lease) >= 0) {
            refused(config->place, &lease, false, err);
            free_to_go = false;
        }
    }
    lease_done(&lease);
    return free_to_go;
}

/* Made, or had of who has it. *ret_from: whose it was when it was another's, to be freed. */
static enum lease_end get(struct fence *fence, const struct lease_claim *claim, const char **ret_how,
                          char **ret_from, struct error *err)
{
    struct lease_place *place = fence->config.place;
    enum lease_end end = LEASE_OTHER;

    if (!place->clock_known)
        lease_ask_clock(place);
    /* Twice: it may go away between the two calls. */
    for (int rounds = 0; rounds < 2; rounds++) {
        bool there = false;
        *ret_how = "made";
        end = lease_create(place, claim, &fence->lease, err);
        if (end == LEASE_HELD || end == LEASE_FORBIDDEN)
            return end;
        lease_done(&fence->lease);
        if (!lease_read(place, &fence->lease, &there, end == LEASE_OTHER ? err : NULL))
            return LEASE_FAILED;
        if (end == LEASE_FAILED) /* its answer may have been lost on the way */
            return there && is_mine(claim, &fence->lease) ? LEASE_HELD : LEASE_FAILED;
        if (!there)
            continue;
        AUTO_FREE char *from = mem_text(fence->lease.holder);
        end = take_existing(fence, claim, &fence->lease, ret_how, err);
        if (end == LEASE_HELD && !str_equal(*ret_how, again))
            *ret_from = mem_text(from);
        return end;
    }
    return end;
}

static bool keep_record(struct fence *fence, struct journal *journal, const char *how,
                        const char *from, const char *why, struct error *err)
{
    json_t *record = json_object();

    json_put_str(record, "type", "lease");
    json_put_str(record, "how", how);
    if (why != NULL)
        json_put_str(record, "why", why);
    if (fence->held) {
        json_put_str(record, "name", fence->config.place->name);
        json_put_str(record, "namespace", fence->config.place->ns);
        json_put_str(record, "uid", fence->lease.uid);
        json_put_str(record, "holder", fence->lease.holder);
        json_put_int(record, "transitions", fence->lease.transitions);
    }
    if (from != NULL)
        json_put_str(record, "from", from);
    return journal_append(journal, record, err);
}

static bool without(struct fence *fence, struct journal *journal, const char *why, struct error *err)
{
    note(fence, "Lock: only a second operator on this machine is kept out: %s", why);
    return keep_record(fence, journal, "none", NULL, why, err);
}

static bool take(struct fence *fence, struct journal *journal, struct error *err)
{
    const struct lease_claim claim = {.holder = fence->holder, .run = fence->run,
                                      .nonce = fence->config.nonce};
    const char *how = NULL;
    AUTO_FREE char *from = NULL;
    AUTO_ERROR why = {0};

    if (fence->config.place == NULL)
        return without(fence, journal, fence->config.why_not, err);
    int64_t sent = clock_ms();
    switch (get(fence, &claim, &how, &from, &why)) {
    case LEASE_HELD:
        break;
    case LEASE_FORBIDDEN: {
        AUTO_FREE char *text = str_format("Leases are forbidden here (%s)", why.message);
        return without(fence, journal, text, err);
    }
    case LEASE_FAILED:
        error_prefix(&why, "the Lease of this cluster cannot be had, so nothing was sent");
        if (!kube_wants_login(why.message))
            error_hint(&why, "mend the way to Kubernetes; with --no-kube belay works by SQL alone, and "
                       "nothing keeps a second operator out");
        return error_move(err, &why);
    case LEASE_OTHER:
        if (why.code != ERR_LEASE) { /* it came and went while we looked */
            error_set(&why, ERR_LEASE, "the Lease %s changed while it was taken",
                      fence->config.place->name);
            error_hint(&why, "nothing was sent; \\lease shows who holds it");
        }
        return error_move(err, &why);
    }
    fence->held = true;
    fence->renewed_at = fence->tried_at = sent;
    if (from != NULL)
        note(fence, "Lease: taken over from %s, whose run stops before its next step", from);
    return keep_record(fence, journal, how, from, NULL, err);
}

struct fence *fence_take(const struct fence_config *config, struct journal *journal,
                         struct error *err)
{
    struct fence *fence = mem_alloc(sizeof(*fence));
    AUTO_JSON *actor = actor_json();

    fence->config = *config;
    fence->run = mem_text(journal_run(journal));
    fence->holder = str_format("%s@%s/%s", json_str(actor, "user"), json_str(actor, "host"),
                               fence->run);
    if (take(fence, journal, err))
        return fence;
    fence_end(fence, false, NULL);
    return NULL;
}

/* --- while it is held ---------------------------------------------------------------------------- */

bool fence_before(struct fence *fence, const struct step *step, struct error *err)
{
    bool sql = step->action.kind == ACTION_SQL;
    AUTO_ERROR why = {0};

    if (fence == NULL || step->action.kind == ACTION_NONE)
        return true;
    if (fence->lost.code != ERR_NONE) {
        error_copy(err, &fence->lost);
        return false;
    }
    if (!fence->held || stays_here(fence->config.world, &step->action))
        return true;
    bool hard = step->tier >= TIER_DISRUPTIVE;
    if (sql && (hard ? clock_ms() - fence->renewed_at < LOOK_MS
                     : clock_ms() - fence->tried_at < AGAIN_MS))
        return true;
    if (renew(fence, &why))
        return true;
    /* By its time nobody can have taken it over; a statement is not fenced by it in any case. */
    if (sql && why.code == ERR_KUBE && clock_ms() - fence->renewed_at < SURE_MS)
        return true;
    if (why.code == ERR_KUBE && (!sql || hard)) {
        error_prefix(&why, "%s: not sent, because it cannot be told who holds this cluster",
                     step->title);
        if (!kube_wants_login(why.message))
            error_hint(&why, "mend the way to Kubernetes, then \\resume %s", fence->run);
        return error_move(err, &why);
    }
    return why.code == ERR_KUBE || error_move(err, &why);
}

void fence_idle(struct fence *fence)
{
    if (fence != NULL && fence->held && clock_ms() - fence->tried_at >= AGAIN_MS)
        renew(fence, NULL);
}

/* A renewal without an answer may have changed its version: then it is looked at once more. */
static bool give_back(struct fence *fence, struct error *err)
{
    struct lease now = {0};
    bool there = false;

    enum lease_end end = lease_release(fence->config.place, &fence->lease, err);
    if (end == LEASE_OTHER && lease_read(fence->config.place, &now, &there, NULL)) {
        /* Gone, or another's: it is not ours to give. */
        end = there && same_lease(&now, &fence->lease)
                  ? lease_release(fence->config.place, &now, err) : LEASE_HELD;
        lease_done(&now);
    }
    return end == LEASE_HELD;
}

bool fence_end(struct fence *fence, bool keep, struct error *err)
{
    bool ok = true;

    if (fence == NULL)
        return true;
    if (fence->held && !keep)
        ok = give_back(fence, err);
    lease_done(&fence->lease);
    error_done(&fence->lost);
    free(fence->holder);
    free(fence->run);
    free(fence);
    return ok;
}
