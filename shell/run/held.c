/* Lock file, journal and Lease, in this order; and back. */
#include "held.h"

#include <unistd.h>

#include <belay/facts.h>
#include <belay/str.h>
#include <digest.h>
#include <hold.h>
#include <lease_place.h>
#include <mem.h>
#include <world.h>

#include "shell_inside.h"

#define NONCE_DIGITS 32

/* A new journal with its first record, or the earlier one with a record that we go on. */
static struct journal *open_journal(struct held *held, const char *dir, const char *consent,
                                    struct error *err)
{
    struct journal *journal = held->earlier != NULL ? journal_reopen(dir, held->earlier, err)
                                                    : journal_create(dir, err);
    char nonce[NONCE_DIGITS + 1];

    if (journal == NULL) {
        error_prefix(err, "no journal, so nothing was sent");
        return NULL;
    }
    if (held->earlier == NULL)
        facts_keep(held->facts);
    json_t *record = runner_first_record(held->plan, journal_run(journal), held->facts, consent);
    if (held->earlier != NULL) {
        json_put_str(record, "type", "resume");
        json_object_del(record, "facts");
    }
    random_hex(nonce, NONCE_DIGITS);
    held->nonce = mem_text(nonce);
    json_put_str(record, "nonce", nonce);
    if (journal_append(journal, record, err))
        return journal;
    journal_close(journal);
    return NULL;
}

static struct fence_config config_of(struct held *held, const char *dir)
{
    return (struct fence_config){.world = session_world(held->shell->session),
                                 .place = held->why_not == NULL ? &held->place : NULL,
                                 .why_not = held->why_not,
                                 .dir = dir,
                                 .nonce = held->nonce,
                                 .ask = held->ask,
                                 .note = held->note,
                                 .ctx = held->ctx};
}

bool held_look(struct held *held, struct error *err)
{
    struct session *session = held->shell->session;
    AUTO_STR why = {0};

    held->lock = -1;
    held->fenced = fence_wanted(session_world(session), held->plan);
    if (!held->fenced)
        return true;
    if (!lease_place_of_plan(session, held->plan, &held->place, &why)) {
        held->why_not = str_take(&why);
        return true;
    }
    AUTO_FREE char *dir = session_dir_to_read(session, json_str(held->plan->identity, "id"), err);
    const struct fence_config config = config_of(held, dir);
    return dir != NULL && fence_look(&config, err);
}

static bool take_lease(struct held *held, const char *dir, struct journal *journal,
                       struct error *err)
{
    struct world *world = session_world(held->shell->session);
    const struct fence_config config = config_of(held, dir);

    world->fence = fence_take(&config, journal, err);
    return world->fence != NULL;
}

/* Refused before anything was sent: a new run leaves nothing, an earlier one stays as open as it was. */
static void refuse(const struct held *held, struct journal *journal, struct error *err)
{
    if (held->earlier == NULL) {
        journal_discard(journal);
        return;
    }
    AUTO_FREE char *open = str_format("run %s stays open: \\resume %s goes on with it", held->earlier,
                                      held->earlier);
    error_hint_too(err, open);
    json_t *record = json_object();
    json_put_str(record, "type", "end");
    json_put_bool(record, "done", false);
    json_put_str(record, "error", err->message);
    json_put_int(record, "code", err->code);
    journal_append(journal, record, NULL);
    journal_close(journal);
}

struct journal *held_open(struct held *held, const char *consent, struct error *err)
{
    struct session *session = held->shell->session;

    held->dir = session_dir(session, json_str(held->plan->identity, "id"), err);
    held->lock = held->dir != NULL ? hold_take(held->dir, held->plan->command, err) : -1;
    if (held->lock < 0)
        return NULL;
    struct journal *journal = open_journal(held, held->dir, consent, err);
    held->shell->run_begun = held->shell->run_begun || journal != NULL;
    if (journal == NULL || !held->fenced || take_lease(held, held->dir, journal, err))
        return journal;
    refuse(held, journal, err);
    return NULL;
}

void held_close(struct held *held, struct journal *journal, bool keep)
{
    struct world *world = session_world(held->shell->session);
    AUTO_ERROR err = {0};

    if (!fence_end(world->fence, keep, &err)) {
        AUTO_FREE char *text = str_format("Lease: it could not be given back (%s); it expires in %d s",
                                          err.message, LEASE_SECONDS);
        held->note(held->ctx, text);
    }
    world->fence = NULL;
    journal_close(journal);
    if (held->lock >= 0)
        close(held->lock);
    held->lock = -1;
    lease_place_done(&held->place);
    free(held->why_not);
    free(held->nonce);
    free(held->dir);
    held->why_not = held->nonce = held->dir = NULL;
}
