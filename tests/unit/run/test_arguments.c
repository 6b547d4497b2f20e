/* The words of a command against its tables; commands found by their exact names only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <belay/command.h>
#include <belay/str.h>

#include "shell_inside.h"

static bool run_nothing(struct session *session, const struct command_input *input,
                        struct output *output, struct error *err)
{
    (void)session;
    (void)input;
    (void)output;
    (void)err;
    return true;
}

static struct plan *plan_nothing(const json_t *facts, const struct command_input *input,
                                 struct error *err)
{
    (void)facts;
    (void)input;
    (void)err;
    return NULL;
}

static const struct planner planner = {.plan = plan_nothing};
static const struct command_arg views[] = {{ARG_VIEW, "NAME…", true, true},
                                           {ARG_END, NULL, false, false}};
static const struct command_arg one_file[] = {{ARG_FILE, "FILE", false, false},
                                              {ARG_END, NULL, false, false}};
static const struct command_arg rest[] = {{ARG_REST, "TEXT", true, false},
                                          {ARG_END, NULL, false, false}};
static const struct command_option waits[] = {{ARG_NUMBER, "wait", "seconds"},
                                              {ARG_FLAG, "pod", "one word"},
                                              {ARG_PATTERN, "only", "pattern"},
                                              {ARG_END, NULL, NULL}};

static const struct command leader = {.name = "leader", .usage = "\\leader", .options = waits,
                                      .args = one_file, .run = run_nothing};
static const struct command down = {.name = "mv inactivate", .usage = "\\mv inactivate NAME…",
                                    .args = views, .plan = &planner};
static const struct command echo = {.name = "echo", .usage = "\\echo TEXT", .args = rest,
                                    .run = run_nothing};

/* This program's commands. */
const struct command *const command_table[] = {&leader, &down, &echo, NULL};

static void assert_taken(const struct command *command, const char *text, const char *args,
                         const char *options)
{
    struct command_input input = {0};
    AUTO_STR got_args = {0};
    AUTO_STR got = {0};
    AUTO_ERROR err = {0};

    if (!input_parse(command, text, &input, &err))
        fail_msg("%s: %s", text, err.message);
    strv_join(&input.args, "|", &got_args);
    for (size_t i = 0; i < input.names.n; i++)
        str_addf(&got, "%s%s=%s", i > 0 ? "|" : "", input.names.v[i], input.values.v[i]);
    assert_string_equal(str_text(&got_args), args);
    assert_string_equal(str_text(&got), options);
    input_done(&input);
}

static void assert_refused(const struct command *command, const char *text, const char *message)
{
    struct command_input input = {0};
    AUTO_ERROR err = {0};

    if (input_parse(command, text, &input, &err))
        fail_msg("%s was taken", text);
    assert_int_equal(err.code, ERR_USAGE);
    assert_string_equal(err.message, message);
    assert_null(input.args.v); /* nothing is left behind */
}

/* The hint as well. */
static void assert_hint(const struct command *command, const char *text, const char *hint)
{
    struct command_input input = {0};
    AUTO_ERROR err = {0};

    assert_false(input_parse(command, text, &input, &err));
    assert_string_equal(err.hint, hint);
}

static void a_result_does_not_go_elsewhere_by_a_word(void **state)
{
    (void)state;
    assert_hint(&leader, "a b", "usage: \\leader");
    assert_hint(&leader, "a | cat", "usage: \\leader\n\\g before it sends the result elsewhere: "
                "\\g > FILE, \\g | COMMAND");
    assert_hint(&leader, "a >b", "usage: \\leader\n\\g before it sends the result elsewhere: "
                "\\g > FILE, \\g | COMMAND");
}

static void words_that_are_taken(void **state)
{
    (void)state;
    assert_taken(&leader, "", "", "");
    assert_taken(&leader, "--wait 5 --pod", "", "wait=5|pod=");
    assert_taken(&leader, "--wait=5", "", "wait=5");
    assert_taken(&leader, "--only=", "", "only=");
    assert_taken(&leader, "--only --pod", "", "only=--pod"); /* a value, whatever it looks like */
    assert_taken(&leader, "x --pod", "x", "pod=");
    assert_taken(&leader, "-- --pod", "--pod", "");
    assert_taken(&leader, "-x", "-x", "");
    assert_taken(&down, "a.b 'c.d e' \"f.g\"", "a.b|c.d e|f.g", "");
    assert_taken(&down, "a.b --dry-run --approve reversible", "a.b", "dry-run=|approve=reversible");
    assert_taken(&echo, "it's --all as typed", "it's --all as typed", "");
}

static void words_that_are_refused(void **state)
{
    (void)state;
    assert_refused(&leader, "--pods", "\\leader has no option --pods");
    assert_refused(&leader, "--po", "\\leader has no option --po");
    assert_refused(&leader, "--pod=1", "--pod takes no value");
    assert_refused(&leader, "--wait", "--wait needs a value");
    assert_refused(&leader, "--wait x", "--wait wants a number, not \"x\"");
    assert_refused(&leader, "--wait=-1", "--wait wants a number, not \"-1\"");
    assert_refused(&leader, "--wait=", "--wait wants a number, not \"\"");
    assert_refused(&leader, "--wait=99999999999999", "--wait wants a number, not \"99999999999999\"");
    assert_refused(&leader, "a b", "\\leader: one word too many: b");
    assert_refused(&leader, "--dry-run", "\\leader has no option --dry-run"); /* it has no plan */
    assert_refused(&down, "", "\\mv inactivate needs NAME…");
    assert_refused(&down, "--dry-run", "\\mv inactivate needs NAME…");
    assert_refused(&down, "'a.b", "\\mv inactivate: a quote is not closed");
    assert_refused(&echo, "", "\\echo needs TEXT");
}

static void options_are_looked_up(void **state)
{
    (void)state;
    struct command_input input = {0};

    assert_true(input_parse(&leader, "--wait 60 x", &input, NULL));
    assert_int_equal(input_number(&input, "wait", 5), 60);
    assert_int_equal(input_number(&input, "other", 5), 5);
    assert_true(input_flag(&input, "wait"));
    assert_false(input_flag(&input, "pod"));
    assert_null(input_option(&input, "pod"));
    assert_string_equal(input_arg(&input, 0), "x");
    assert_null(input_arg(&input, 1));
    input_done(&input);
}

static void exact_names_only(void **state)
{
    (void)state;
    assert_ptr_equal(dispatch_find("leader"), &leader);
    assert_ptr_equal(dispatch_find("mv inactivate"), &down);
    assert_null(dispatch_find("lead"));
    assert_null(dispatch_find("Leader"));
    assert_null(dispatch_find("mv"));
    assert_null(dispatch_find("mv inactivate-all"));
    assert_null(dispatch_find(""));
}

/* What a journal or a saved plan recorded; somebody may have edited it. */
static void recorded_words(void **state)
{
    (void)state;
    AUTO_JSON *good = json_pack("[s,s]", "--wait", "5");
    AUTO_JSON *bad = json_pack("[s,i]", "--wait", 5);
    struct command_input input = {0};
    AUTO_ERROR err = {0};

    assert_true(input_parse_recorded(&leader, good, &input, &err));
    assert_int_equal(input_number(&input, "wait", 0), 5);
    input_done(&input);
    assert_false(input_parse_recorded(&leader, bad, &input, &err));
    assert_int_equal(err.code, ERR_VERDICT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_that_are_taken),
        cmocka_unit_test(a_result_does_not_go_elsewhere_by_a_word),
        cmocka_unit_test(words_that_are_refused),
        cmocka_unit_test(options_are_looked_up),
        cmocka_unit_test(recorded_words),
        cmocka_unit_test(exact_names_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
