/* A proof as part of a plan: a step that takes it, and a last question that compares. */
#include <fcntl.h>
#include <unistd.h>

#include <clock.h>
#include <file.h>
#include <mem.h>

#include "kinds.h"
#include "session_inside.h"
#include "proof_files.h"

#define TAKEN_MS 5000
#define DOWN "down"
#define UP "up"

/* --- the file ----------------------------------------------------------------------------------- */

/* args: the cluster's id */
static bool bind_file(struct world *world, const struct strv *args, struct str *ret, struct error *err)
{
    AUTO_FREE char *dir = proof_files_dir(session_of(world), args->v[0], err);

    if (dir == NULL)
        return false;
    proof_files_name(dir, ret);
    return true;
}

const struct slot_kind slot_proof_file = {"proof_file", bind_file};

/* args: file, pattern… */
static bool take(struct world *world, const struct permit *permit, const struct strv *args,
                 bool *ret_unknown, json_t **ret_data, struct error *err)
{
    AUTO_STRV patterns = {0};
    AUTO_JSON *lacks = NULL;
    AUTO_STR path = {0};
    AUTO_STR sum = {0};

    (void)permit;
    (void)ret_unknown;
    for (size_t i = 1; i < args->n; i++)
        strv_add(&patterns, args->v[i]);
    struct proof_wants wants = {.tables = &patterns};
    if (!proof_take(session_of(world), &wants, args->v[0], &path, &sum, &lacks, err))
        return false;
    *ret_data = json_object();
    json_put_str(*ret_data, "file", path.s);
    json_put_str(*ret_data, "holds", str_text(&sum));
    json_put(*ret_data, "lacks", json_incref(lacks));
    return true;
}

static void say_take(const struct strv *args, struct str *ret)
{
    str_addf(ret, "write down what the cluster is: %s", args->v[0]);
}

const struct act_kind act_proof_take = {"proof_take", ACTION_LOCAL, take, say_take};

/* --- proof_taken: file ---------------------------------------------------------------------------- */

static void ask_taken(struct world *world, const struct probe *const *probes, size_t n,
                      struct evidence *ret)
{
    (void)world;
    for (size_t i = 0; i < n; i++) {
        const char *path = probes[i]->args.v[0];
        struct proof_reader reader = {.fd = -1};
        AUTO_ERROR err = {0};
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
            evidence_set(&ret[i], ANSWER_NO, "not there yet");
        else if (!proof_open(fd, path, &reader, &err))
            evidence_set(&ret[i], ANSWER_NO, "%s", err.message);
        else
            evidence_set(&ret[i], ANSWER_YES, "%s", path);
        proof_reader_done(&reader);
        if (fd >= 0)
            close(fd);
    }
}

static void say_taken(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s is whole", probe->args.v[0]);
}

const struct probe_kind probe_proof_taken = {"proof_taken", ask_taken, say_taken};

/* --- proof_holds: file, "up" or "down" ------------------------------------------------------------ */

#define SHOWN 3

/* "2 lost, 1 expected: table sales.orders: it is gone; …" */
static char *worst(const struct proof_found *found)
{
    AUTO_RESULT rows = {0};
    AUTO_STR text = {0};

    proof_found_result(found, &rows);
    proof_found_say(found, &text);
    for (size_t i = 0; i < rows.n_rows && i < SHOWN; i++) {
        const char *class = result_text(&rows, i, "class");
        if (str_equal(class, "grew") || str_equal(class, "expected"))
            break;
        str_addf(&text, "%s %s: %s", i == 0 ? ":" : ";", result_text(&rows, i, "what"),
                 result_text(&rows, i, "verdict"));
    }
    return str_take(&text);
}

static void ask_holds_one(struct world *world, const struct probe *probe, struct evidence *ret)
{
    struct proof_options options = {.down = str_equal(probe->args.v[1], DOWN)};
    AUTO_ERROR err = {0};
    struct proof_found *found =
        proof_compare_now(session_of(world), probe->args.v[0], &options, &err);


    if (found == NULL) {
        evidence_set(ret, ANSWER_CANNOT_TELL, "%s", err.message);
        return;
    }
    AUTO_FREE char *text = worst(found);
    enum answer answer = proof_found_n(found, PROOF_LOST) > 0          ? ANSWER_NO
                         : proof_found_n(found, PROOF_CANNOT_TELL) > 0 ? ANSWER_CANNOT_TELL
                                                                       : ANSWER_YES;
    evidence_set(ret, answer, "%s", text);
    ret->vain = answer == ANSWER_NO; /* what is lost does not come back by waiting */
    proof_found_free(found);
}

static void ask_holds(struct world *world, const struct probe *const *probes, size_t n,
                      struct evidence *ret)
{
    for (size_t i = 0; i < n; i++)
        ask_holds_one(world, probes[i], &ret[i]);
}

static void say_holds(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "nothing of %s is lost", probe->args.v[0]);
}

const struct probe_kind probe_proof_holds = {"proof_holds", ask_holds, say_holds};

/* --- in a plan ---------------------------------------------------------------------------------- */

void proof_gather(const struct proof_wants *wants, json_t *facts)
{
    json_t *proof = json_object();
    json_t *tables = json_array();

    for (size_t i = 0; wants->tables != NULL && i < wants->tables->n; i++)
        json_add_str(tables, wants->tables->v[i]);
    json_put(proof, "tables", tables);
    json_put_bool(proof, "down", wants->down);
    json_put(facts, "proof", proof);
}

void proof_add_take(struct plan *plan, const json_t *facts)
{
    const json_t *patterns = json_at(facts, "proof", "tables", NULL);
    struct stage *stage = plan_stage(plan, "proof", FAIL_STOPS);
    struct step *step = stage_step(stage, TIER_ADDS, "take proof",
                                   "what the cluster is, written down to compare afterwards");
    json_t *pattern;
    size_t i;

    step_slot(step, "proof", "a new file in the cluster's own directory", &slot_proof_file,
              json_str_at(facts, "cluster", "id", NULL), NULL);
    action_act(&step->action, &act_proof_take, "{proof}", NULL);
    json_array_foreach((json_t *)patterns, i, pattern)
        strv_add(&step->action.args, json_string_value(pattern));
    probe_set(&step->proof, &probe_proof_taken, "{proof}", NULL);
    step->proof_ms = TAKEN_MS;
}

void proof_add_compare(struct plan *plan, const json_t *facts)
{
    bool down = json_flag(json_object_get(facts, "proof"), "down");

    probe_set(plan_final(plan), &probe_proof_holds, "{proof}", down ? DOWN : UP, NULL);
}
