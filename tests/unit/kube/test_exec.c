/*
 * Checked exec against a kubectl that is a shell script: the wrapping really runs with sh; what is
 * cut, mixed up or late is not believed, whatever the exit status.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <belay/list.h>

#include "clock.h"
#include "digest.h"
#include "exec.h"
#include "fake_kubectl.h"

static const struct exec_target target = {"fe-0", "fe"};

/* --- small answers ---------------------------------------------------------------------------- */

static void assert_text(const char *script, const char *expected, int expected_status)
{
    struct kube *kube = fake_kube("run \"$@\"");
    AUTO_STR got = {0};
    AUTO_ERROR err = {0};
    int status = -1;

    if (!exec_text(kube, target, script, NULL, 0, &got, &status, &err))
        fail_msg("%s: %s", script, err.message);
    assert_string_equal(str_text(&got), expected);
    assert_int_equal(got.len, strlen(expected));
    assert_int_equal(status, expected_status);
    assert_int_equal(fake_calls(), 1);
    kube_free(kube);
    fake_teardown(NULL);
    fake_setup(NULL);
}

static void what_scripts_say(void **state)
{
    (void)state;
    assert_text("echo one; echo two", "one\ntwo\n", 0);
    assert_text("printf 'no newline'", "no newline", 0);
    assert_text("printf 'x'", "x", 0);
    assert_text("printf 'end\\n\\n\\n'", "end\n\n\n", 0);
    assert_text(":", "", 0);
    assert_text("false", "", 1);
    assert_text("echo no >&2; (exit 127)", "no\n", 127);
    assert_text("printf '\\345\\272\\223'", "\xe5\xba\x93", 0);
    assert_text("echo BELAY-END 0 0", "BELAY-END 0 0\n", 0);
    assert_text("echo a # a comment at the end", "a\n", 0);
}

static void an_exit_ends_only_the_script(void **state)
{
    (void)state;
    assert_text("echo x; exit 3", "x\n", 3);
    assert_text("printf x; exit 0; echo never", "x", 0);
    assert_text("set -e; echo a; false; echo never", "a\n", 1);
}

static void parameters_are_never_pasted(void **state)
{
    (void)state;
    struct kube *kube = fake_kube("run \"$@\"");
    AUTO_STRV params = {0};
    AUTO_STR got = {0};
    AUTO_STR words = {0};
    int status = -1;

    strv_add(&params, "a b");
    strv_add(&params, "$(echo bad); `echo bad`");
    strv_add(&params, "--help");
    strv_add(&params, "");
    assert_true(exec_text(kube, target, "for p in \"$@\"; do echo \"<$p>\"; done", &params, 0, &got,
                          &status, NULL));
    assert_string_equal(got.s, "<a b>\n<$(echo bad); `echo bad`>\n<--help>\n<>\n");
    fake_file("words", &words);
    assert_true(str_starts(words.s, "--context=ctx\n--namespace=sr\nexec\n-i\nfe-0\n-c\nfe\n--\nsh\n"
                                    "-s\n--\n"));
    assert_null(strstr(words.s, "echo \"<")); /* the script travels on stdin */
    kube_free(kube);
}

/* An answer that is not whole: asked once more, then cannot be told. */
static void assert_not_whole(const char *does)
{
    struct kube *kube = fake_kube(does);
    AUTO_STR got = {0};
    AUTO_ERROR err = {0};
    int status = -7;

    assert_false(exec_text(kube, target, "echo hello; (exit 127)", NULL, 0, &got, &status, &err));
    assert_int_equal(err.code, ERR_UNKNOWN);
    assert_int_equal(fake_calls(), 2);
    assert_string_equal(str_text(&got), "");
    assert_int_equal(status, -7);
    kube_free(kube);
    fake_teardown(NULL);
    fake_setup(NULL);
}

static void what_is_cut_is_not_believed(void **state)
{
    (void)state;
    /* "hello\n\nBELAY-END <32> 6 127\n" is 56 bytes */
    assert_not_whole("run \"$@\" | head -c 0");
    assert_not_whole("run \"$@\" | head -c 3");
    assert_not_whole("run \"$@\" | head -c 7");
    assert_not_whole("run \"$@\" | head -c 40");
    assert_not_whole("run \"$@\" | head -c 51");
    assert_not_whole("run \"$@\" | head -c 54"); /* "12" of "127" */
    assert_not_whole("run \"$@\" | head -c 55"); /* all but the line's end */
}

static void what_is_not_this_answer_is_not_believed(void **state)
{
    (void)state;
    assert_not_whole("run \"$@\" | sed 's/\\(BELAY-END \\).\\{8\\}/\\100000000/'"); /* another nonce */
    assert_not_whole("run \"$@\" | sed 's/hello/hell/'");
    assert_not_whole("printf more; run \"$@\"");
    assert_not_whole("echo hello");
}

static void a_second_answer_that_is_whole_counts(void **state)
{
    (void)state;
    struct kube *kube = fake_kube("if [ -e $dir/once ]; then run \"$@\"; else :>$dir/once; fi");
    AUTO_STR got = {0};
    int status = -1;

    assert_true(exec_text(kube, target, "echo hello", NULL, 0, &got, &status, NULL));
    assert_string_equal(got.s, "hello\n");
    assert_int_equal(fake_calls(), 2);
    kube_free(kube);
}

static void a_whole_answer_counts_whatever_kubectl_says(void **state)
{
    (void)state;
    struct kube *kube = fake_kube("run \"$@\"; echo noise >&2; exit 1");
    AUTO_STR got = {0};
    int status = -1;

    assert_true(exec_text(kube, target, "echo hello", NULL, 0, &got, &status, NULL));
    assert_string_equal(got.s, "hello\n");
    assert_int_equal(status, 0);
    kube_free(kube);
}

static void kubectl_that_fails(void **state)
{
    (void)state;
    struct kube *kube = fake_kube("echo 'Error from server (NotFound): pods \"fe-0\"' >&2; exit 1");
    AUTO_STR got = {0};
    AUTO_ERROR err = {0};
    int status = -1;

    assert_false(exec_text(kube, target, "echo", NULL, 0, &got, &status, &err));
    assert_int_equal(err.code, ERR_KUBE);
    assert_non_null(strstr(err.message, "NotFound"));
    assert_int_equal(fake_calls(), 1); /* a refusal is not asked again */
    kube_free(kube);
    kube = fake_kube("sleep 30");
    assert_false(exec_text(kube, target, "echo", NULL, 200, &got, &status, &err));
    assert_int_equal(err.code, ERR_KUBE);
    kube_free(kube);
}

static void targets_are_checked(void **state)
{
    (void)state;
    static const struct exec_target bad[] = {
        {"--help", "fe"}, {"fe-0", "-x"}, {"", "fe"}, {"a/b", "fe"}, {"fe-0", "f e"}};
    struct kube *kube = fake_kube("run \"$@\"");
    AUTO_STR got = {0};
    struct exec_stream_end end;
    int status;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(exec_text(kube, bad[i], "echo", NULL, 0, &got, &status, NULL));
        assert_false(exec_stream(kube, bad[i], "echo", NULL, 0, NULL, NULL, &end, NULL));
    }
    assert_int_equal(fake_calls(), 0);
    kube_free(kube);
}

/* --- streams ---------------------------------------------------------------------------------- */

struct taken {
    struct str data;
    size_t refuse_after; /* 0: takes all */
};

static bool take(void *ctx, const void *data, size_t len, struct error *err)
{
    struct taken *taken = ctx;

    str_addn(&taken->data, data, len);
    if (taken->refuse_after > 0 && taken->data.len >= taken->refuse_after)
        return error_set(err, ERR_OUTPUT, "the disk is full");
    return true;
}

/* Runs it; true: it was judged whole. */
static bool stream(const char *does, const char *body, struct taken *taken,
                   struct exec_stream_end *end)
{
    struct kube *kube = fake_kube(does);
    AUTO_ERROR err = {0};

    if (!exec_stream(kube, target, body, NULL, 20000, take, taken, end, &err))
        fail_msg("%s: %s", does, err.message);
    assert_int_equal(end->bytes, taken->data.len);
    char sum[SHA256_HEX];
    sha256_hex(str_text(&taken->data), taken->data.len, sum);
    assert_string_equal(end->sha256, sum);
    assert_int_equal(end->whole, end->why == NULL);
    kube_free(kube);
    return end->whole;
}

static void whole_streams(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        size_t bytes;
    } cases[] = {{":", 0},
                 {"printf x", 1},
                 {"printf '\\n'", 1},
                 {"printf '\\000\\377\\n\\n'", 4},
                 {"head -c 255 /dev/zero", 255},
                 {"head -c 256 /dev/zero", 256},
                 {"head -c 257 /dev/zero", 257},
                 {"seq 1 200000", 1288895},
                 {"head -c 3000001 /dev/urandom", 3000001},
                 {"printf 'a'; sleep 0.2; printf 'b'", 2}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct taken taken = {0};
        struct exec_stream_end end;
        if (!stream("run \"$@\"", cases[i].body, &taken, &end))
            fail_msg("%s: %s", cases[i].body, end.why);
        assert_int_equal(end.bytes, cases[i].bytes);
        assert_int_equal(end.told_bytes, cases[i].bytes);
        assert_string_equal(end.told_sha256, end.sha256);
        str_done(&taken.data);
    }
}

static void assert_damaged(const char *does, const char *body, const char *why)
{
    struct taken taken = {0};
    struct exec_stream_end end;

    assert_false(stream(does, body, &taken, &end));
    if (strstr(end.why, why) == NULL)
        fail_msg("%s: %s, not %s", does, end.why, why);
    free(end.why);
    str_done(&taken.data);
}

static void streams_that_are_not_whole(void **state)
{
    (void)state;
    static const char ten[] = "seq 1 10000";

    assert_damaged("run \"$@\" | head -c 1000", ten, "no end mark: cut after 1000 bytes");
    assert_damaged("run \"$@\" | head -c 0", ten, "no end mark: cut after 0 bytes");
    assert_damaged("run \"$@\" | head -c -1", ten, "no end mark"); /* the last newline */
    assert_damaged("run \"$@\" | head -c -40", ten, "end mark");
    assert_damaged("run \"$@\" | sed 's/^5000$/5001/'", ten, "digest");
    assert_damaged("run \"$@\" | sed 's/^5000$/500/'", ten, "48894 bytes, 48893 arrived");
    assert_damaged("run \"$@\" | sed 's/\\(BELAY-END \\).\\{8\\}/\\100000000/'", ten, "no end mark");
    assert_damaged("run \"$@\" | head -c 1000; exit 0", ten, "exit status was 0");
    assert_damaged("echo gone >&2; exit 1", ten, "exit status was 1");
}

static void a_command_that_fails_in_the_pod(void **state)
{
    (void)state;
    assert_damaged("run \"$@\"", "echo part; echo 'tar: no such file' >&2; false",
                   "failed (exit status 1): tar: no such file");
    assert_damaged("run \"$@\"", "echo part; exit 3", "failed (exit status 3)");
}

static void a_whole_stream_counts_whatever_kubectl_says(void **state)
{
    (void)state;
    struct taken taken = {0};
    struct exec_stream_end end;

    assert_true(stream("run \"$@\"; echo noise >&2; exit 1", "seq 1 100", &taken, &end));
    str_done(&taken.data);
}

static void stream_parameters(void **state)
{
    (void)state;
    struct kube *kube = fake_kube("run \"$@\"");
    struct taken taken = {0};
    struct exec_stream_end end;
    AUTO_STRV params = {0};

    strv_add(&params, "a b");
    strv_add(&params, "$(id)");
    assert_true(exec_stream(kube, target, "printf '<%s>' \"$@\"", &params, 0, take, &taken, &end,
                            NULL));
    assert_true(end.whole);
    assert_string_equal(taken.data.s, "<a b><$(id)>");
    str_done(&taken.data);
    kube_free(kube);
}

static void a_stream_that_hangs_ends(void **state)
{
    (void)state;
    struct kube *kube = fake_kube("echo begin; sleep 30");
    struct taken taken = {0};
    struct exec_stream_end end;
    AUTO_ERROR err = {0};
    int64_t started = clock_ms();

    assert_false(exec_stream(kube, target, ":", NULL, 300, take, &taken, &end, &err));
    assert_int_equal(err.code, ERR_KUBE);
    assert_true(clock_ms() - started < 10000);
    str_done(&taken.data);
    kube_free(kube);
}

static void a_sink_that_refuses_ends_it(void **state)
{
    (void)state;
    struct kube *kube = fake_kube("run \"$@\"");
    struct taken taken = {.refuse_after = 5000};
    struct exec_stream_end end;
    AUTO_ERROR err = {0};

    assert_false(exec_stream(kube, target, "yes", NULL, 0, take, &taken, &end, &err));
    assert_int_equal(err.code, ERR_OUTPUT);
    assert_string_equal(err.message, "the disk is full");
    str_done(&taken.data);
    kube_free(kube);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, fake_setup, fake_teardown)
    const struct CMUnitTest tests[] = {
        T(what_scripts_say),
        T(an_exit_ends_only_the_script),
        T(parameters_are_never_pasted),
        T(what_is_cut_is_not_believed),
        T(what_is_not_this_answer_is_not_believed),
        T(a_second_answer_that_is_whole_counts),
        T(a_whole_answer_counts_whatever_kubectl_says),
        T(kubectl_that_fails),
        T(targets_are_checked),
        T(whole_streams),
        T(streams_that_are_not_whole),
        T(a_command_that_fails_in_the_pod),
        T(a_whole_stream_counts_whatever_kubectl_says),
        T(stream_parameters),
        T(a_stream_that_hangs_ends),
        T(a_sink_that_refuses_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
