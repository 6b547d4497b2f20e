/* Runs one group of steps: proof, needs, intent, action, proof, outcome. */
#include <belay/str.h>
#include <clock.h>
#include <kubectl.h>
#include <mem.h>

#include "fence.h"
#include "runner_inside.h"

#define FIRST_WAIT_MS 50
#define LONGEST_WAIT_MS 2000
#define LOGIN_MS 5000 /* an API server whose authenticator restarts answers like one that knows nobody */
#define BUSY_WAIT_MS 250 /* doubled for each attempt */
#define BUSY_ATTEMPTS 5

/* Nothing more is to be sent: a person wants out, or (why) somebody else holds the cluster. */
struct stop {
    bool now;
    struct error why;
};

static bool to_send(const struct turn *turn)
{
    return turn->outcome == OUTCOME_OPEN && !turn->sent;
}

static json_t *record(const char *type, const struct stage *stage, const struct turn *turn)
{
    json_t *object = json_object();

    json_put_str(object, "type", type);
    json_put_str(object, "stage", stage->name);
    json_put_str(object, "step", turn->step->id);
    json_put_str(object, "title", turn->step->title);
    return object;
}

/* Values for the step's slots, each bound once and never again. Appends "bind" records. */
static bool bind_slots(struct runner *runner, const struct stage *stage, struct turn *turn,
                       json_t *records, struct error *err)
{
    for (size_t i = 0; i < turn->step->n_slots; i++) {
        const struct slot *slot = &turn->step->slots[i];
        AUTO_STRV args = {0};
        AUTO_STR value = {0};
        if (json_object_get(runner->bindings, slot->name) != NULL)
            continue;
        for (size_t k = 0; k < slot->args.n; k++) {
            AUTO_STR text = {0};
            slot_fill(slot->args.v[k], runner->bindings, &text);
            strv_add(&args, str_text(&text));
        }
        if (!slot->kind->bind(runner->world, &args, &value, err)) {
            error_prefix(err, "%s: no value for {%s}", turn->step->title, slot->allowed);
            return kube_wants_login(err->message) ? kube_hint_login(err) : false;
        }
        json_put_str(runner->bindings, slot->name, str_text(&value));
        json_t *object = record("bind", stage, turn);
        json_put_str(object, "slot", slot->name);
        json_put_str(object, "value", str_text(&value));
        json_array_append_new(records, object);
    }
    return true;
}

/* It cannot be told: because kubectl failed, where that is the cause. `of` is the evidence. */
static void cannot_tell(struct turn *turn, const struct evidence *of, const char *what)
{
    const char *text = of->text != NULL ? of->text : "no answer";

    error_set(&turn->error, of->cause == ERR_KUBE ? ERR_KUBE : ERR_UNKNOWN, "%s: %s: %s",
              turn->step->title, what, text);
    if (kube_wants_login(text))
        kube_hint_login(&turn->error);
}

/* What a step acts on is gone: it is dropped, or put off, which is no failure. Takes the evidence. */
static void take_target(struct turn *turn, struct evidence *take)
{
    if (take->answer == ANSWER_NO) {
        turn->outcome = turn->step->put_off ? OUTCOME_SKIPPED : OUTCOME_GONE;
        error_done(&turn->error);
        evidence_done(&turn->proof);
        turn->proof = *take;
        return;
    }
    if (take->answer == ANSWER_CANNOT_TELL && !turn->sent) {
        turn->outcome = OUTCOME_FAILED;
        cannot_tell(turn, take, "not sent, because it cannot be told whether it is still there");
    }
    evidence_done(take);
}

/* What a step acts on may have gone between its checks and the statement that failed. */
static void ask_targets_of_failed(struct runner *runner, struct turn *turns, size_t n)
{
    struct questions questions = {0};
    struct evidence *answers = mem_array(n, sizeof(*answers));

    for (size_t i = 0; i < n; i++) {
        const struct turn *turn = &turns[i];
        if (turn->step->target.kind != NULL && turn->sent && !turn->step->put_off &&
            turn->outcome == OUTCOME_FAILED)
            questions_add(&questions, &turn->step->target, &answers[i]);
        else
            answers[i].answer = ANSWER_YES;
    }
    questions_ask(&questions, runner->world);
    for (size_t i = 0; i < n; i++)
        take_target(&turns[i], &answers[i]);
    free(answers);
}

static void judge_need(struct turn *turn, const struct probe *need, const struct evidence *evidence,
                       const json_t *bindings)
{
    AUTO_STR words = {0};
    AUTO_STR filled = {0};
    AUTO_STR what = {0};

    if (evidence->answer == ANSWER_YES)
        return;
    if (need->kind->say != NULL)
        need->kind->say(need, &words);
    slot_fill(str_text(&words), bindings, &filled);
    str_addf(&what, "needed: %s; found", str_text(&filled));
    cannot_tell(turn, evidence, what.s);
    if (evidence->answer == ANSWER_NO)
        turn->error.code = ERR_DRIFT;
    turn->outcome = OUTCOME_FAILED;
}

/* What is already so is not sent; what cannot be asked now could not be proved later either. */
static void judge_checks(struct turn *turn, const json_t *bindings)
{
    struct checks *checks = &turn->checks;

    evidence_done(&turn->proof);
    turn->proof = checks->proof;
    checks->proof = (struct evidence){0};
    if (turn->step->action.kind != ACTION_NONE && turn->step->proof.kind != NULL) {
        if (turn->proof.answer == ANSWER_YES) {
            turn->outcome = OUTCOME_ALREADY;
        } else if (turn->proof.answer == ANSWER_CANNOT_TELL) {
            turn->outcome = OUTCOME_FAILED;
            cannot_tell(turn, &turn->proof, "not sent, because its effect could not be proved");
        }
    }
    if (turn->outcome == OUTCOME_OPEN && turn->step->target.kind != NULL) {
        take_target(turn, &checks->target);
        checks->target = (struct evidence){0};
    }
    if (turn->step->action.kind == ACTION_NONE)
        return;
    for (size_t i = 0; i < turn->step->n_needs && turn->outcome == OUTCOME_OPEN; i++)
        judge_need(turn, &turn->step->needs[i], &checks->needs[i], bindings);
}

static void before_action(struct runner *runner, struct turn *turns, size_t n, struct ahead *ahead)
{
    struct questions questions = {0};

    for (size_t i = 0; i < n; i++) {
        if (!ahead_take(ahead, turns[i].step, &turns[i].checks))
            checks_add(&turns[i].checks, turns[i].step, &questions);
    }
    ahead_done(ahead);
    questions_ask(&questions, runner->world);
    for (size_t i = 0; i < n; i++) {
        judge_checks(&turns[i], runner->bindings);
        checks_done(&turns[i].checks);
    }
}

static bool journal_intents(struct runner *runner, const struct stage *stage, struct turn *turns,
                            size_t n, const json_t *binds, struct error *err)
{
    json_t **records = mem_array(json_array_size(binds) + n, sizeof(*records));
    size_t used = 0;
    json_t *bind;
    size_t at;

    json_array_foreach(binds, at, bind)
        records[used++] = json_incref(bind);
    for (size_t i = 0; i < n; i++) {
        if (!to_send(&turns[i]))
            continue;
        json_t *object = record("intent", stage, &turns[i]);
        json_put(object, "action", action_json(&turns[i].step->action));
        json_put(object, "undo", action_json(&turns[i].step->undo));
        json_put_str(object, "tier", tier_name(turns[i].step->tier));
        json_put_int(object, "attempt", turns[i].attempt);
        json_t *before = step_before(turns[i].step);
        if (before != NULL)
            json_put(object, "before", before);
        records[used++] = object;
    }
    bool ok = used == 0 || journal_append_all(runner->journal, records, used, err);
    free(records);
    if (!ok)
        error_hint(err, "nothing was sent for this step; make room and use \\resume %s",
                   journal_run(runner->journal));
    return ok;
}

static void send_actions(struct runner *runner, const struct permit *permit, struct turn *turns,
                         size_t n, size_t of, struct stop *ret_stop)
{
    for (size_t i = 0; i < n; i++) {
        struct turn *turn = &turns[i];
        if (!to_send(turn))
            continue;
        ret_stop->now = world_stop_wanted(runner->world) || world_leaving(runner->world) ||
                        !fence_before(runner->world->fence, turn->step, &ret_stop->why);
        if (ret_stop->now)
            return;
        if (runner->view->begin != NULL)
            runner->view->begin(runner->view_ctx, turn->step, turn->number, of);
        turn->started = clock_ms();
        turn->sent = true;
        error_done(&turn->error);
        turn->busy = false;
        action_run(runner->world, permit, &turn->step->action, runner->bindings, &turn->unknown,
                   &turn->data, &turn->error);
        if (turn->error.code == ERR_FAILED && runner->world->explain != NULL)
            runner->world->explain(&turn->step->action, &turn->error, &turn->busy, &turn->unknown);
    }
}

/* A server's plain refusal is not waited for, nor what is in vain; everything else gets its time. */
static bool worth_waiting(const struct turn *turn)
{
    return turn->outcome == OUTCOME_OPEN && turn->sent && turn->proof.answer != ANSWER_YES &&
           !turn->proof.vain && (turn->error.code == ERR_NONE || turn->unknown);
}

/* The first wish to stop ends a wait for the world: nothing was sent that must be proved. */
static bool may_stop(const struct runner *runner, const struct turn *turns, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (turns[i].left && turns[i].step->action.kind != ACTION_NONE)
            return false;
    }
    return world_stop_wanted(runner->world);
}

/* The proofs of those that were sent and are not proved yet, and what is to be known of what comes
 * next. */
static void ask_proofs(struct runner *runner, struct turn *turns, size_t n, struct ahead *ahead)
{
    struct questions questions = {0};

    for (size_t i = 0; i < n; i++) {
        if (turns[i].outcome == OUTCOME_OPEN && turns[i].sent &&
            turns[i].proof.answer != ANSWER_YES)
            questions_add(&questions, &turns[i].step->proof, &turns[i].proof);
    }
    if (questions.n > 0)
        ahead_add(ahead, &questions);
    questions_ask(&questions, runner->world);
}

/* true: a person left before the limits ran out. */
static bool wait_for_proofs(struct runner *runner, struct turn *turns, size_t n,
                            struct ahead *ahead)
{
    int64_t started = clock_ms();
    int64_t pause = FIRST_WAIT_MS;

    for (;;) {
        bool waiting = false;
        ask_proofs(runner, turns, n, ahead);
        for (size_t i = 0; i < n; i++) {
            struct turn *turn = &turns[i];
            int64_t ms = clock_ms() - started;
            int64_t dark_ms = kube_wants_login(turn->proof.text) ? LOGIN_MS : turn->step->dark_ms;
            if (turn->proof.answer != ANSWER_CANNOT_TELL)
                turn->told = ms;
            turn->left = worth_waiting(turn) && ms < turn->step->proof_ms &&
                         (dark_ms == 0 || ms - turn->told < dark_ms);
            if (!turn->left)
                continue;
            waiting = true;
            if (runner->view->waiting != NULL)
                runner->view->waiting(runner->view_ctx, turn->step, turn->proof.text, ms);
        }
        if (!waiting || world_leaving(runner->world) || may_stop(runner, turns, n))
            return waiting;
        fence_idle(runner->world->fence);
        clock_sleep(pause, runner->world->leave_fd);
        pause = pause * 2 > LONGEST_WAIT_MS ? LONGEST_WAIT_MS : pause * 2;
    }
}

/* A step without a proof: what its action said is all there is. */
static void judge_unproved(struct turn *turn)
{
    if (turn->error.code == ERR_NONE) {
        turn->outcome = OUTCOME_DONE;
        return;
    }
    turn->outcome = turn->unknown ? OUTCOME_UNKNOWN : OUTCOME_FAILED;
    error_prefix(&turn->error, turn->unknown ? "%s: outcome unknown" : "%s", turn->step->title);
    if (turn->unknown)
        turn->error.code = ERR_UNKNOWN;
}

/* A person left while the proof had time still; a wait stays open, it did nothing. */
static void judge_left(struct turn *turn)
{
    if (turn->step->action.kind == ACTION_NONE)
        return;
    turn->outcome = OUTCOME_UNKNOWN;
    error_set(&turn->error, ERR_STOPPED, "%s: sent, left before it was proved: %s",
              turn->step->title, turn->proof.text != NULL ? turn->proof.text : "no answer");
}

static void judge(struct turn *turn)
{
    if (turn->outcome != OUTCOME_OPEN || !turn->sent)
        return;
    if (turn->step->proof.kind == NULL) {
        judge_unproved(turn);
        return;
    }
    if (turn->left) {
        judge_left(turn);
        return;
    }
    switch (turn->proof.answer) {
    case ANSWER_YES:
        error_done(&turn->error);
        turn->outcome = OUTCOME_DONE;
        return;
    case ANSWER_NO:
        turn->outcome = OUTCOME_FAILED;
        if (turn->step->action.kind == ACTION_NONE)
            error_set(&turn->error, turn->proof.differs ? ERR_DRIFT : ERR_VERDICT, "%s: %s", turn->step->title,
                      turn->proof.text != NULL ? turn->proof.text : "no");
        else if (turn->error.code == ERR_NONE)
            error_set(&turn->error, ERR_VERDICT, "%s: sent, but its proof says no: %s",
                      turn->step->title, turn->proof.text != NULL ? turn->proof.text : "");
        else
            error_prefix(&turn->error, "%s", turn->step->title);
        return;
    case ANSWER_CANNOT_TELL:
        /* A refusal that the server itself gave is known, whatever the proof says. */
        if ((turn->error.code == ERR_FAILED || turn->error.code == ERR_KUBE) && !turn->unknown) {
            turn->outcome = OUTCOME_FAILED;
            error_prefix(&turn->error, "%s", turn->step->title);
            return;
        }
        turn->outcome = OUTCOME_UNKNOWN;
        if (turn->step->action.kind == ACTION_NONE) {
            cannot_tell(turn, &turn->proof, "cannot tell");
            return;
        }
        AUTO_FREE char *said = mem_text(turn->error.message != NULL ? turn->error.message : "");
        error_set(&turn->error, ERR_UNKNOWN, "%s: sent, outcome unknown: %s%s%s", turn->step->title,
                  said, *said != '\0' ? "; " : "",
                  turn->proof.text != NULL ? turn->proof.text : "no answer");
        if (kube_wants_login(turn->error.message))
            kube_hint_login(&turn->error);
        return;
    }
}

/* more: another group's intents follow at once, and make these durable too. */
static bool journal_outcomes(struct runner *runner, const struct stage *stage, struct turn *turns,
                             size_t n, bool more, struct error *err)
{
    json_t *records[GROUP_MAX];
    size_t used = 0;

    for (size_t i = 0; i < n; i++) {
        const struct turn *turn = &turns[i];
        if (turn->outcome == OUTCOME_OPEN)
            continue;
        json_t *object = record("outcome", stage, turn);
        json_put_str(object, "outcome", outcome_name(turn->outcome));
        if (turn->proof.text != NULL)
            json_put_str(object, "evidence", turn->proof.text);
        if (turn->proof.data != NULL)
            json_put(object, "proof", json_incref(turn->proof.data));
        if (turn->data != NULL)
            json_put(object, "data", json_incref(turn->data));
        if (turn->error.code != ERR_NONE)
            json_put_str(object, "error", turn->error.message);
        /* Nothing was sent, so there is no intent that tells what is now (as) it should be. */
        json_t *before = turn->outcome == OUTCOME_ALREADY ? step_before(turn->step) : NULL;
        if (before != NULL)
            json_put(object, "restores", before);
        if (turn->sent)
            json_put_int(object, "ms", clock_ms() - turn->started);
        records[used++] = object;
    }
    return used == 0 || (more ? journal_add_all(runner->journal, records, used, err)
                              : journal_append_all(runner->journal, records, used, err));
}

static void show_ends(struct runner *runner, struct turn *turns, size_t n, size_t of)
{
    for (size_t i = 0; i < n; i++) {
        struct turn *turn = &turns[i];
        if (turn->outcome == OUTCOME_OPEN)
            continue;
        runner_note(runner, turn);
        const char *text = turn->error.code != ERR_NONE ? turn->error.message : turn->proof.text;
        if (runner->view->end != NULL)
            runner->view->end(runner->view_ctx, turn->step, turn->number, of, turn->outcome,
                              text != NULL ? text : "", turn->sent ? clock_ms() - turn->started : 0);
    }
    if (runner->view->ended != NULL)
        runner->view->ended(runner->view_ctx);
}

/*
 * The proof has just said no, and the first send may have been lost on its way: once more; or the
 * server was busy: some more times, each after a longer pause.
 */
static bool send_again(const struct runner *runner, struct turn *turns, size_t n)
{
    int64_t pause = 0;
    bool any = false;

    for (size_t i = 0; i < n; i++) {
        struct turn *turn = &turns[i];
        if (turn->outcome != OUTCOME_OPEN || !turn->sent || turn->proof.answer != ANSWER_NO ||
            turn->step->action.kind != ACTION_SQL ||
            !((turn->unknown && turn->attempt == 1) ||
              (turn->busy && turn->attempt < BUSY_ATTEMPTS)))
            continue;
        if (turn->busy && BUSY_WAIT_MS << (turn->attempt - 1) > pause)
            pause = BUSY_WAIT_MS << (turn->attempt - 1);
        turn->attempt++;
        turn->sent = false;
        any = true;
    }
    if (pause > 0)
        clock_sleep(pause, runner->world->leave_fd);
    return any;
}

/* again: the second round, whose steps were asked a moment ago. */
static bool one_round(struct runner *runner, const struct permit *permit, struct stage *stage,
                      struct turn *turns, size_t n, size_t of, struct ahead *ahead, bool again,
                      struct stop *ret_stop, struct error *err)
{
    AUTO_JSON *binds = json_array();

    for (size_t i = 0; i < n; i++) {
        if (to_send(&turns[i]) && !bind_slots(runner, stage, &turns[i], binds, err))
            return false;
    }
    if (!again)
        before_action(runner, turns, n, ahead);
    if (!journal_intents(runner, stage, turns, n, binds, err))
        return false;
    send_actions(runner, permit, turns, n, of, ret_stop);
    if (wait_for_proofs(runner, turns, n, ahead))
        ret_stop->now = true;
    return true;
}

/* A person stopped or left: where that was, and what is not known of what was sent. */
static bool stopped_at(const struct turn *turns, size_t n, struct error *err)
{
    size_t unknown = 0;
    const struct turn *first = NULL, *open = NULL;

    for (size_t i = 0; i < n; i++) {
        const struct turn *turn = &turns[i];
        if (turn->outcome == OUTCOME_UNKNOWN && unknown++ == 0)
            first = turn;
        if (turn->outcome == OUTCOME_OPEN && open == NULL)
            open = turn;
    }
    if (unknown == 1)
        return error_set(err, ERR_STOPPED, "left after step %zu was sent and before it was proved: "
                         "its outcome is unknown", first->number);
    if (unknown > 1)
        return error_set(err, ERR_STOPPED, "left after %zu steps were sent and before they were proved "
                         "(%zu and later): their outcomes are unknown", unknown, first->number);
    if (open != NULL && open->sent)
        return error_set(err, ERR_STOPPED, "stopped while step %zu waited: nothing was sent for it",
                         open->number);
    if (open != NULL)
        return error_set(err, ERR_STOPPED, "stopped before step %zu", open->number);
    return error_set(err, ERR_STOPPED, "stopped before the next step");
}

/* The rounds of a group, until every step is done or was tried often enough. */
static bool all_rounds(struct runner *runner, const struct permit *permit, struct stage *stage,
                       struct turn *turns, size_t n, size_t of, struct ahead *ahead,
                       struct stop *ret_stop, struct error *err)
{
    if (!one_round(runner, permit, stage, turns, n, of, ahead, false, ret_stop, err))
        return false;
    while (!ret_stop->now && send_again(runner, turns, n)) {
        if (!one_round(runner, permit, stage, turns, n, of, ahead, true, ret_stop, err))
            return false;
    }
    return true;
}

bool group_run(struct runner *runner, const struct permit *permit, struct stage *stage,
               struct turn *turns, size_t n, size_t of, struct ahead *ahead, struct error *err)
{
    struct stop stop = {0};

    for (size_t i = 0; i < n; i++)
        turns[i].attempt = 1;
    bool ok = all_rounds(runner, permit, stage, turns, n, of, ahead, &stop, err);
    if (ok) {
        for (size_t i = 0; i < n; i++)
            judge(&turns[i]);
        ask_targets_of_failed(runner, turns, n);
        ok = journal_outcomes(runner, stage, turns, n, ahead->n > 0 && !stop.now, err);
        show_ends(runner, turns, n, of);
    }
    if (ok && stop.now)
        ok = stop.why.code != ERR_NONE ? error_move(err, &stop.why) : stopped_at(turns, n, err);
    error_done(&stop.why);
    return ok;
}
