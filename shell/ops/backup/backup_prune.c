/*
 * The plan that removes old backups. Only backups that were read byte by byte and proved count as
 * kept, so that a damaged one never pushes out a good one; what cannot be told is left alone.
 */
#include <inttypes.h>
#include <string.h>

#include <arena.h>
#include <belay/cluster.h>
#include <belay/str.h>
#include <clock.h>
#include <file.h>
#include <mem.h>
#include <text.h>
#include <utf8.h>

#include "backup_list.h"
#include "backup_needed.h"
#include "cluster_plan.h"
#include "kinds.h"

#define DAY_MS ((int64_t)24 * 3600000)
#define HOUR_MS ((int64_t)3600000)
#define REMOVE_MS 5000

/* --- facts ------------------------------------------------------------------------------------ */

static const char *stage_name(enum backup_stage stage)
{
    return stage == BACKUP_STAGE_MADE ? "made" : stage == BACKUP_STAGE_HALF ? "half" : "going";
}

/* The name it has, or had before its removal began. */
static char *path_of(const struct backup_shelf *shelf, const struct backup_found *found)
{
    AUTO_FREE char *path = file_join(shelf->dir, found->name);

    return mem_textn(path, strlen(path) -
                               (found->stage == BACKUP_STAGE_GOING ? strlen(BACKUP_GOING) : 0));
}

/* Why nobody may remove it; NULL: nothing is against it. A made one that a run needs is told by
 * "run". */
static const char *reason(const struct backup_shelf *shelf, const struct backup_found *found,
                          const char *cluster_id, const char *run, bool dead)
{
    const struct backup_verdict *verdict = &found->verdict;
    int64_t now = clock_unix_ms();
    AUTO_FREE char *path = path_of(shelf, found);

    if (verdict->cluster_id == NULL || *verdict->cluster_id == '\0')
        return "it cannot be told of which cluster it is";
    if (!str_equal(verdict->cluster_id, cluster_id))
        return "of another cluster";
    if (*found->mark == '\0')
        return "the file that says whose it is cannot be read";
    if (found->stage == BACKUP_STAGE_GOING && backup_is_dir(path))
        return "being removed, while another has its name";
    if (found->stage == BACKUP_STAGE_MADE && verdict->state == BACKUP_CANNOT_TELL)
        return "it cannot be told whether it is whole";
    if (found->stage == BACKUP_STAGE_MADE && found->made_ms == 0)
        return "its manifest does not say when it was made";
    if (found->stage == BACKUP_STAGE_MADE && found->made_ms > now + DAY_MS)
        return "made in the future, by its manifest: it cannot be told which is older";
    /* A run of another machine leaves no journal here. */
    if (found->stage == BACKUP_STAGE_HALF && *run != '\0' && !dead)
        return "half-written, and its run works on it now";
    if (found->stage == BACKUP_STAGE_HALF && *run == '\0' && found->touched_ms > now - HOUR_MS)
        return "half-written within the last hour: somebody may be making it";
    return NULL;
}

static bool add_fact(struct session *session, const struct backup_shelf *shelf,
                     const struct backup_found *found, const char *cluster_id, json_t *ret,
                     struct error *err)
{
    AUTO_FREE char *path = path_of(shelf, found);
    AUTO_STR run = {0};
    AUTO_STR size = {0};
    bool dead = false;
    json_t *fact;

    if (!backup_needed_by(session, cluster_id, path, &run, &dead, err))
        return false;
    const char *why = reason(shelf, found, cluster_id, str_text(&run), dead);
    if (!utf8_valid(path, strlen(path)))
        why = "its name is no UTF-8"; /* so it cannot be written into a plan */
    text_bytes(found->disk, &size);
    fact = json_object();
    json_put_str(fact, "name", found->name);
    json_put_str(fact, "path", path);
    json_put_str(fact, "stage", stage_name(found->stage));
    json_put_str(fact, "state", backup_state_name(found->verdict.state));
    json_put_str(fact, "mark", found->mark);
    json_put_str(fact, "made", found->verdict.made != NULL ? found->verdict.made : "");
    json_put_int(fact, "image", (int64_t)found->verdict.image_id);
    json_put_str(fact, "size", str_text(&size));
    json_put_str(fact, "run", str_text(&run));
    json_put_str(fact, "why", why != NULL ? why : "");
    json_array_append_new(ret, fact);
    return true;
}

bool backup_prune_gather(struct session *session, const char *dir, json_t **ret, struct error *err)
{
    struct cluster cluster = {.leader = -1};
    struct backup_shelf shelf = {0};
    json_t *facts = json_array();

    bool ok = cluster_read(session, false, &cluster, err) &&
              backup_shelf_read(dir, false, &shelf, err);
    for (size_t i = 0; ok && i < shelf.n; i++)
        ok = add_fact(session, &shelf, &shelf.v[i], cluster.id, facts, err);
    if (ok) {
        *ret = json_object();
        json_put(*ret, "cluster", cluster_json(&cluster));
        json_put(*ret, "backups", json_incref(facts));
    }
    json_decref(facts);
    backup_shelf_done(&shelf);
    cluster_done(&cluster);
    return ok;
}

/* --- plan ------------------------------------------------------------------------------------- */

struct pruning {
    struct plan *plan;
    const char *cluster_id;
    size_t keep;
    bool partial;
    json_t *kept; /* array of borrowed-by-reference facts */
};

/* "proved  image 128004  made 2026-11-24T06:36:05Z  1.6 MiB" */
static void describe(const json_t *fact, struct str *ret)
{
    const char *stage = json_str(fact, "stage");

    str_add(ret, str_equal(stage, "made")   ? json_str(fact, "state")
                 : str_equal(stage, "half") ? "half-written"
                                            : "being removed");
    if (json_int(fact, "image") > 0)
        str_addf(ret, "  image %" PRId64, json_int(fact, "image"));
    if (*json_str(fact, "made") != '\0')
        str_addf(ret, "  made %s", json_str(fact, "made"));
    str_addf(ret, "  %s", json_str(fact, "size"));
    if (str_equal(stage, "half") && *json_str(fact, "run") != '\0')
        str_addf(ret, "  run %s made it and cannot go on then", json_str(fact, "run"));
}

static void leave(struct pruning *pruning, const json_t *fact, const char *why)
{
    strv_addf(&pruning->plan->left, "%s: %s", json_str(fact, "name"), why);
}

static void keep(struct pruning *pruning, json_t *fact)
{
    AUTO_STR text = {0};

    describe(fact, &text);
    strv_addf(&pruning->plan->head, "Kept     %s  %s", json_str(fact, "name"), text.s);
    json_array_append(pruning->kept, fact);
}

/* What an open run needs is not removed, and neither is anything else: first that run. */
static bool is_free(const json_t *fact, struct error *err)
{
    const char *run = json_str(fact, "run");

    if (*run == '\0' || !str_equal(json_str(fact, "stage"), "made"))
        return true;
    error_set(err, ERR_DRIFT, "run %s is open and names %s: nothing was removed", run,
              json_str(fact, "path"));
    return error_hint(err, "\\resume %s goes on with it; \\journal show %s tells what it is", run,
                      run);
}

static bool drop(struct pruning *pruning, struct stage *stage, const json_t *fact,
                 struct error *err)
{
    const char *path = json_str(fact, "path");
    AUTO_FREE char *id = str_format("remove %s", json_str(fact, "name"));
    AUTO_STR note = {0};
    size_t i;
    json_t *kept;

    if (!is_free(fact, err))
        return false;
    describe(fact, &note);
    struct step *step = stage_step(stage, TIER_NO_RETURN, id, id);
    step->note = arena_text(step->arena, str_text(&note));
    action_act(&step->action, &act_backup_remove, path, json_str(fact, "mark"), NULL);
    probe_set(step_need(step), &probe_backup_still, path, json_str(fact, "mark"), NULL);
    probe_set(step_need(step), &probe_backup_unneeded, path, pruning->cluster_id, NULL);
    json_array_foreach(pruning->kept, i, kept)
        probe_set(step_need(step), &probe_backup_still, json_str(kept, "path"),
                  json_str(kept, "mark"), NULL);
    probe_set(&step->proof, &probe_backup_gone, path, NULL);
    step->proof_ms = REMOVE_MS;
    probe_set(plan_final_of(pruning->plan, step->id), &probe_backup_gone, path, NULL);
    return true;
}

/* One backup, newest first. */
static bool decide(struct pruning *pruning, struct stage *stage, json_t *fact, struct error *err)
{
    bool proved = str_equal(json_str(fact, "state"), backup_state_name(BACKUP_PROVED));

    if (*json_str(fact, "why") != '\0') {
        leave(pruning, fact, json_str(fact, "why"));
        return true;
    }
    if (!str_equal(json_str(fact, "stage"), "made")) {
        if (pruning->partial)
            return drop(pruning, stage, fact, err);
        leave(pruning, fact, str_equal(json_str(fact, "stage"), "half")
                                 ? "half-written: --partial removes it"
                                 : "its removal was cut short: --partial removes the rest");
        return true;
    }
    if (json_array_size(pruning->kept) >= pruning->keep)
        return drop(pruning, stage, fact, err);
    if (proved)
        keep(pruning, fact);
    else
        leave(pruning, fact, "damaged, but newer than what is kept: \\backup verify tells");
    return true;
}

/* Where something goes, what is kept is read once more. */
static void prove_kept(const struct pruning *pruning)
{
    json_t *fact;
    size_t i;

    json_array_foreach(pruning->kept, i, fact)
        probe_set(plan_final(pruning->plan), &probe_backup_proved, json_str(fact, "path"), NULL);
}

struct plan *backup_prune_plan(const char *command, const json_t *facts, size_t keep_n,
                               bool partial, struct error *err)
{
    struct plan *plan = cluster_plan(command, facts, err);
    struct pruning pruning = {.plan = plan,
                              .cluster_id = json_str_at(facts, "cluster", "id", NULL),
                              .keep = keep_n,
                              .partial = partial};
    bool ok = plan != NULL;
    json_t *fact;
    size_t i;

    if (!ok)
        return NULL;
    pruning.kept = json_array();
    struct stage *stage = plan_stage(plan, "remove", FAIL_STOPS);
    json_array_foreach(json_object_get(facts, "backups"), i, fact)
        ok = ok && decide(&pruning, stage, fact, err);
    if (ok && json_array_size(pruning.kept) < keep_n)
        strv_addf(&plan->head, "Note     %zu of %zu wanted proved backups are here",
                  json_array_size(pruning.kept), keep_n);
    if (stage->n > 0)
        prove_kept(&pruning);
    json_decref(pruning.kept);
    if (ok)
        return plan;
    plan_free(plan);
    return NULL;
}
