/* The ledger: what journals of runs, whole, torn, stopped or resumed, fold to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <belay/journal.h>
#include <belay/session.h>
#include <belay/facts.h>
#include <belay/str.h>
#include <belay/views.h>

#include "connect.h"
#include "file.h"
#include "mem.h"

#define ID "1482"

static char base[64];
static struct session *session;

static int setup(void **state)
{
    (void)state;
    struct endpoint entry = {.host = mem_text("127.0.0.1"), .port = 1, .user = mem_text("root")};
    struct session_options options = {.entry = &entry, .no_kube = true, .state_dir = base};

    snprintf(base, sizeof(base), "/tmp/belay-test-XXXXXX");
    assert_non_null(mkdtemp(base));
    session = session_new(&options);
    endpoint_done(&entry);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    session_free(session);
    return !file_remove_tree(base, NULL);
}

/* --- journals by hand ---------------------------------------------------------------------------- */

static struct journal *begin(void)
{
    AUTO_FREE char *dir = session_dir(session, ID, NULL);
    struct journal *journal = journal_create(dir, NULL);

    assert_non_null(journal);
    assert_true(journal_append(journal, json_pack("{s:s}", "type", "run"), NULL));
    return journal;
}

static struct journal *again(const char *run)
{
    AUTO_FREE char *dir = session_dir(session, ID, NULL);
    struct journal *journal = journal_reopen(dir, run, NULL);

    assert_non_null(journal);
    assert_true(journal_append(journal, json_pack("{s:s}", "type", "resume"), NULL));
    return journal;
}

static json_t *before_of(const char *op, const char *key, const char *id)
{
    json_t *before = json_pack("{s:s,s:s}", "op", op, "key", key);

    if (str_starts(op, "view") || str_equal(op, "pause") || str_equal(op, "resume")) {
        AUTO_FREE char *whole = str_format("%s#%s", key, id);
        json_put_str(before, "id", whole);
    } else {
        json_put(before, "values", json_pack("{s:s}", "fe-0", id));
    }
    return before;
}

static void intent(struct journal *journal, const char *op, const char *key, const char *id)
{
    AUTO_FREE char *step = str_format("%s %s", op, key);

    assert_true(journal_append(journal, json_pack("{s:s,s:s,s:o}", "type", "intent", "step", step,
                                                  "before", before_of(op, key, id)), NULL));
}

static void outcome(struct journal *journal, const char *op, const char *key, const char *what)
{
    AUTO_FREE char *step = str_format("%s %s", op, key);
    json_t *record = json_pack("{s:s,s:s,s:s}", "type", "outcome", "step", step, "outcome", what);

    if (str_equal(what, "already"))
        json_put(record, "restores", before_of(op, key, "1"));
    assert_true(journal_append(journal, record, NULL));
}

static void step(struct journal *journal, const char *op, const char *key, const char *id,
                 const char *what)
{
    intent(journal, op, key, id);
    outcome(journal, op, key, what);
}

/* A whole run of one step. */
static char *one_run(const char *op, const char *key, const char *id, const char *what)
{
    struct journal *journal = begin();
    char *run = mem_text(journal_run(journal));

    step(journal, op, key, id, what);
    journal_close(journal);
    return run;
}

static json_t *ledger(void)
{
    AUTO_ERROR err = {0};
    json_t *got = ledger_read(session, ID, &err);

    if (got == NULL)
        fail_msg("%s", err.message);
    return got;
}

/* "" : no entry. */
static void assert_view(const char *id, const char *state, const char *run)
{
    AUTO_JSON *all = ledger();

    assert_string_equal(json_str_at(all, "views", id, "state", NULL), state);
    if (run != NULL)
        assert_string_equal(json_str_at(all, "views", id, "run", NULL), run);
}

/* --- one run ------------------------------------------------------------------------------------ */

static void nothing_yet(void **state)
{
    (void)state;
    AUTO_JSON *all = ledger();

    assert_int_equal(json_object_size(json_object_get(all, "views")), 0);
    assert_int_equal(json_object_size(json_object_get(all, "settings")), 0);
    assert_null(ledger_read(session, "", NULL));
    assert_null(ledger_read(session, "../x", NULL));
}

static void taken_down(void **state)
{
    (void)state;
    AUTO_FREE char *run = one_run("view down", "a.x", "1", "done");
    AUTO_JSON *all = ledger();

    assert_view("a.x#1", "done", run);
    assert_string_equal(json_str_at(all, "views", "a.x#1", "key", NULL), "a.x");
    assert_int_equal(strlen(json_str_at(all, "views", "a.x#1", "at", NULL)), 20);
}

static void an_intent_counts_before_its_outcome(void **state)
{
    (void)state;
    struct journal *journal = begin();

    intent(journal, "view down", "a.x", "1");
    intent(journal, "setting away", "key", "true");
    journal_close(journal); /* a crash after the statement, perhaps */
    assert_view("a.x#1", "intended", NULL);
    AUTO_JSON *all = ledger();
    assert_string_equal(json_str_at(all, "settings", "key", "values", "fe-0", NULL), "true");
}

static void outcomes(void **state)
{
    (void)state;
    struct journal *journal = begin();

    step(journal, "view down", "a.failed", "1", "failed");
    step(journal, "view down", "a.unknown", "2", "unknown");
    outcome(journal, "view down", "a.already", "already"); /* down before: not by belay */
    outcome(journal, "view down", "a.skipped", "skipped");
    step(journal, "view down", "a.twice", "3", "failed");
    step(journal, "view down", "a.twice", "3", "done");
    journal_close(journal);
    assert_view("a.failed#1", "", NULL); /* its proof said no */
    assert_view("a.unknown#2", "intended", NULL);
    assert_view("a.already#1", "", NULL);
    assert_view("a.skipped#1", "", NULL);
    assert_view("a.twice#3", "done", NULL);
}

static void assert_paused(const char *id, const char *state)
{
    AUTO_JSON *all = ledger();

    assert_string_equal(json_str_at(all, "paused", id, "state", NULL), state);
    assert_int_equal(json_object_size(json_object_get(all, "views")), 0);
    assert_int_equal(json_object_size(json_object_get(all, "settings")), 0);
}

/* Pauses stand beside what is down: a view can be both. */
static void paused_and_resumed(void **state)
{
    (void)state;
    struct journal *journal = begin();

    step(journal, "pause", "a.x", "1", "done");
    step(journal, "pause", "a.y", "2", "failed");
    step(journal, "pause", "a.z", "1", "unknown");
    outcome(journal, "pause", "a.already", "already");
    outcome(journal, "pause", "a.gone", "gone");
    journal_close(journal);
    assert_paused("a.x#1", "done");
    assert_paused("a.y#2", "");
    assert_paused("a.z#1", "intended");
    assert_paused("a.already#1", "");
    assert_paused("a.gone#1", "");
    journal = begin();
    step(journal, "resume", "a.x", "1", "failed");
    outcome(journal, "resume", "a.z", "already"); /* its clause was there: it had not been sent */
    journal_close(journal);
    assert_paused("a.x#1", "done");
    assert_paused("a.z#1", "");
    AUTO_FREE char *again = one_run("pause", "a.x", "1", "done"); /* its user gave it another clause */
    AUTO_JSON *all = ledger();
    assert_string_equal(json_str_at(all, "paused", "a.x#1", "run", NULL), again);
    AUTO_FREE char *back = one_run("resume", "a.x", "1", "done");
    assert_paused("a.x#1", "");
}

static void a_torn_last_line(void **state)
{
    (void)state;
    AUTO_FREE char *run = one_run("view down", "a.x", "1", "done");
    AUTO_FREE char *path = str_format("%s/%s/journal-%s.jsonl", base, ID, run);
    AUTO_STR text = {0};

    assert_true(file_read(path, 1 << 20, &text, NULL));
    assert_true(file_write_atomic(path, text.s, text.len - 10, 0600, NULL)); /* its outcome */
    assert_view("a.x#1", "intended", run);
}

static void a_broken_chain_is_an_error(void **state)
{
    (void)state;
    AUTO_FREE char *good = one_run("view down", "a.x", "1", "done");
    AUTO_FREE char *run = one_run("view down", "a.y", "1", "done");
    AUTO_FREE char *path = str_format("%s/%s/journal-%s.jsonl", base, ID, run);
    AUTO_STR text = {0};
    AUTO_ERROR err = {0};

    assert_true(file_read(path, 1 << 20, &text, NULL));
    *strstr(text.s, "a.y") = 'b';
    assert_true(file_write_atomic(path, text.s, text.len, 0600, NULL));
    assert_null(ledger_read(session, ID, &err)); /* nothing is guessed, of no run */
    assert_int_equal(err.code, ERR_VERDICT);
    assert_non_null(strstr(err.where, run));
    assert_null(ledger_read(session, ID, NULL));
}

/* --- several runs ------------------------------------------------------------------------------- */

static void down_and_up(void **state)
{
    (void)state;
    AUTO_FREE char *down = one_run("view down", "a.x", "1", "done");
    AUTO_FREE char *failed = one_run("view up", "a.x", "1", "failed");

    assert_view("a.x#1", "done", down);
    AUTO_FREE char *unknown = one_run("view up", "a.x", "1", "unknown");
    assert_view("a.x#1", "done", down);
    AUTO_FREE char *up = one_run("view up", "a.x", "1", "done");
    assert_view("a.x#1", "", NULL);
    AUTO_FREE char *second = one_run("view down", "a.x", "1", "done");
    assert_view("a.x#1", "done", second); /* down again: by the later run */
}

static void up_by_somebody_else(void **state)
{
    (void)state;
    AUTO_FREE char *down = one_run("view down", "a.x", "1", "done");
    struct journal *journal = begin();

    outcome(journal, "view up", "a.x", "already");
    journal_close(journal);
    assert_view("a.x#1", "", NULL);
    /* Activated by hand, then taken down again: the oldest values are kept. */
    AUTO_FREE char *one = one_run("view down", "a.y", "1", "done");
    AUTO_FREE char *two = one_run("view down", "a.y", "1", "done");
    assert_view("a.y#1", "done", one);
    AUTO_FREE char *three = one_run("view down", "a.y", "1", "failed");
    assert_view("a.y#1", "done", one); /* the later run's failure is not the first one's */
    AUTO_FREE char *open = one_run("view down", "a.z", "1", "unknown");
    AUTO_FREE char *refused = one_run("view down", "a.z", "1", "failed");
    assert_view("a.z#1", "intended", open); /* the first may have taken it down all the same */
}

static void another_view_of_the_same_name(void **state)
{
    (void)state;
    AUTO_FREE char *one = one_run("view down", "a.x", "1", "done");
    AUTO_FREE char *two = one_run("view down", "a.x", "2", "done"); /* dropped and made again */

    assert_view("a.x#1", "done", one); /* kept: nobody put that one back */
    assert_view("a.x#2", "done", two);
    AUTO_FREE char *up = one_run("view up", "a.x", "2", "done");
    assert_view("a.x#1", "done", one);
    assert_view("a.x#2", "", NULL);
}

/* Its entry is the same after a rename: the way up takes it out under whatever name. */
static void a_renamed_view(void **state)
{
    (void)state;
    AUTO_FREE char *down = one_run("view down", "a.x", "1", "done");
    struct journal *journal = begin();

    assert_true(journal_append(journal, json_pack("{s:s,s:s,s:{s:s,s:s,s:s}}", "type", "intent",
                                                  "step", "up", "before", "op", "view up", "key",
                                                  "a.new", "id", "a.x#1"), NULL));
    assert_true(journal_append(journal, json_pack("{s:s,s:s,s:s}", "type", "outcome", "step", "up",
                                                  "outcome", "done"), NULL));
    journal_close(journal);
    assert_view("a.x#1", "", NULL);
}

static void a_run_that_goes_on(void **state)
{
    (void)state;
    struct journal *journal = begin();
    AUTO_FREE char *run = mem_text(journal_run(journal));

    intent(journal, "view down", "a.x", "1"); /* a crash after the statement */
    intent(journal, "view down", "a.y", "1"); /* and one before it */
    journal_close(journal);
    journal = again(run);
    outcome(journal, "view down", "a.x", "already"); /* the proof says yes: it was this run */
    step(journal, "view down", "a.y", "1", "done");
    journal_close(journal);
    assert_view("a.x#1", "done", run);
    assert_view("a.y#1", "done", run);
}

static void already_down_by_an_earlier_run(void **state)
{
    (void)state;
    struct journal *journal = begin();

    intent(journal, "view down", "a.x", "1");
    journal_close(journal);
    journal = begin();
    outcome(journal, "view down", "a.x", "already"); /* of another run: the entry stays as it is */
    journal_close(journal);
    assert_view("a.x#1", "intended", NULL);
}

static void settings(void **state)
{
    (void)state;
    AUTO_FREE char *one = one_run("setting away", "key", "true", "done");
    AUTO_FREE char *two = one_run("setting away", "key", "false", "done");
    AUTO_JSON *away = ledger();

    assert_string_equal(json_str_at(away, "settings", "key", "values", "fe-0", NULL), "true");
    assert_string_equal(json_str_at(away, "settings", "key", "run", NULL), one);
    AUTO_FREE char *failed = one_run("setting back", "key", "true", "failed");
    AUTO_JSON *still = ledger();
    assert_non_null(json_at(still, "settings", "key", NULL));
    AUTO_FREE char *back = one_run("setting back", "key", "true", "done");
    AUTO_JSON *gone = ledger();
    assert_null(json_at(gone, "settings", "key", NULL));
}

static void views_and_settings_of_one_name(void **state)
{
    (void)state;
    AUTO_FREE char *one = one_run("view down", "same.name", "1", "done");
    AUTO_FREE char *two = one_run("setting away", "same.name", "true", "done");
    AUTO_FREE char *three = one_run("setting back", "same.name", "true", "done");

    assert_view("same.name#1", "done", one);
}

/* --- what stands once in the first record ------------------------------------------------------- */

/* A run that took down a.x and a.y, with the facts that it was planned from. */
static char *run_with_facts(const char *id, const char *reason)
{
    AUTO_FREE char *dir = session_dir(session, ID, NULL);
    struct journal *journal = journal_create(dir, NULL);
    AUTO_FREE char *ddl = str_format("CREATE %s", id);
    struct view view = {.id = id, .database = "a", .name = "x", .full = "a.x", .reason = reason,
                        .refresh = "ASYNC", .last_state = "", .last_finished = "then", .ddl = ddl,
                        .clause = "REFRESH ASYNC"};
    struct views views = {.v = mem_array(2, sizeof(view)), .n = 2};
    AUTO_JSON *facts = json_object();
    char *run = mem_text(journal_run(journal));

    static const uint32_t first[] = {0};
    views.v[0] = (struct view){.id = "77", .database = "a", .name = "base", .full = "a.base",
                               .reason = "", .refresh = "ASYNC", .last_state = "",
                               .last_finished = "", .ddl = "", .clause = ""};
    views.v[1] = view;
    strv_add(&views.v[1].bases, "a.base");
    views.v[1].base_at = first;
    json_put(facts, "views", views_facts(&views));
    facts_keep(facts);
    assert_true(journal_append(journal, json_pack("{s:s,s:O}", "type", "run", "facts", facts), NULL));
    views_done(&views);
    assert_true(journal_append(
        journal, json_pack("{s:s,s:s,s:{s:s,s:s,s:s}}", "type", "intent", "step", "s", "before", "op",
                           "view down", "key", "a.x", "id", id), NULL));
    journal_close(journal);
    return run;
}

static void details_of_entries(void **state)
{
    (void)state;
    AUTO_FREE char *one = run_with_facts("1", "first");
    AUTO_FREE char *again = run_with_facts("1", "second"); /* the oldest values are the true ones */
    AUTO_FREE char *other = run_with_facts("2", "other");
    AUTO_JSON *all = ledger();
    AUTO_JSON *wanted = json_pack("{s:s,s:s,s:s}", "1", "", "2", "", "3", "");

    assert_true(ledger_details(session, ID, all, NULL));
    const json_t *entry = json_at(all, "views", "1", NULL);
    assert_string_equal(json_str(entry, "run"), one);
    assert_string_equal(json_str(entry, "reason"), "first");
    assert_string_equal(json_str(entry, "database"), "a");
    assert_string_equal(json_str(entry, "name"), "x");
    assert_string_equal(json_str(entry, "clause"), "REFRESH ASYNC");
    assert_string_equal(json_str(entry, "refresh"), "ASYNC");
    assert_string_equal(json_str(entry, "last_finished"), "then");
    assert_int_equal(strlen(json_str(entry, "digest")), 64);
    assert_string_equal(json_string_value(json_array_get(json_at(entry, "bases", NULL), 0)),
                        "a.base");
    assert_string_equal(json_str_at(all, "views", "2", "reason", NULL), "other");
    assert_true(ledger_definitions(session, ID, all, wanted, NULL));
    assert_string_equal(json_str(wanted, "1"), "CREATE 1");
    assert_string_equal(json_str(wanted, "2"), "CREATE 2");
    assert_string_equal(json_str(wanted, "3"), "");
}

/* A run whose first record holds no facts of views has entries all the same. */
static void entries_without_details(void **state)
{
    (void)state;
    AUTO_FREE char *run = one_run("view down", "a.x", "1", "done");
    AUTO_JSON *all = ledger();

    assert_true(ledger_details(session, ID, all, NULL));
    assert_string_equal(json_str_at(all, "views", "a.x#1", "key", NULL), "a.x");
    assert_null(json_at(all, "views", "a.x#1", "reason", NULL));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(nothing_yet),
        T(taken_down),
        T(an_intent_counts_before_its_outcome),
        T(outcomes),
        T(paused_and_resumed),
        T(a_torn_last_line),
        T(a_broken_chain_is_an_error),
        T(down_and_up),
        T(up_by_somebody_else),
        T(another_view_of_the_same_name),
        T(a_renamed_view),
        T(details_of_entries),
        T(entries_without_details),
        T(a_run_that_goes_on),
        T(already_down_by_an_earlier_run),
        T(settings),
        T(views_and_settings_of_one_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
