/* kubectl located, its context pinned, run with words; names and words of Kubernetes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include <belay/list.h>

#include "clock.h"
#include "fake_kubectl.h"
#include "forward.h"
#include "mem.h"
#include "process.h"

/* --- words ------------------------------------------------------------------------------------ */

static void words_are_quoted_as_a_shell_needs(void **state)
{
    (void)state;
    AUTO_STRV words = {0};
    AUTO_STR text = {0};
    static const char *const all[] = {"get",  "pods/kube-fe-0", "a b",     "",      "it's", "$HOME",
                                      "`id`", "a;b",            "*",       "~",     "a\nb", "\\",
                                      "\"",   "-l",             "k=v,x=y", "\xc3\xa9", "!x", "#"};

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        strv_add(&words, all[i]);
    kube_words(&words, &text);
    assert_string_equal(text.s, "get pods/kube-fe-0 'a b' '' 'it'\\''s' '$HOME' '`id`' 'a;b' '*' '~' "
                                "'a\nb' '\\' '\"' -l k=v,x=y '\xc3\xa9' '!x' '#'");

    /* A real shell agrees. */
    AUTO_FREE char *line = str_format("printf '%%s|' %s", text.s);
    AUTO_PROCESS_END end = {0};
    AUTO_STR expected = {0};
    struct process_job job = {.argv = (const char *const[]){"/bin/sh", "-c", line, NULL}};
    assert_true(process_run(&job, &end, NULL));
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        str_addf(&expected, "%s|", all[i]);
    assert_string_equal(str_text(&end.out), expected.s);
}

static void no_words_give_nothing(void **state)
{
    (void)state;
    struct strv words = {0};
    AUTO_STR text = {0};

    kube_words(&words, &text);
    assert_string_equal(str_text(&text), "");
}

static void names(void **state)
{
    (void)state;
    AUTO_STR label = {0};
    AUTO_STR longest = {0};
    static const char *const good[] = {"a", "0", "kube-starrocks-fe-0", "a.b", "a-b.c-d", "1.2.3"};
    static const char *const bad[] = {"",    "-a",  "a-",  "-",   ".",   "..",  "a..b", ".a",
                                      "a.",  "a-.b", "a.-b", "A",  "aB",  "a_b", "a/b", "a b",
                                      "a\n", "--all", "a;b", "\xc3\xa9", "a\xe9", "../../etc"};

    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        if (!kube_name_ok(good[i]))
            fail_msg("\"%s\" is a name", good[i]);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (kube_name_ok(bad[i]))
            fail_msg("\"%s\" is no name", bad[i]);
    }
    assert_false(kube_name_ok(NULL));
    str_pad(&label, 'a', 63);
    assert_true(kube_name_ok(label.s));
    str_addf(&longest, "%s.%s.%s.%s", label.s, label.s, label.s, label.s);
    str_cut(&longest, 253);
    assert_true(kube_name_ok(longest.s));
    str_addc(&longest, 'a');
    assert_false(kube_name_ok(longest.s));
    str_addc(&label, 'a');
    assert_false(kube_name_ok(label.s));
}

/* --- located ---------------------------------------------------------------------------------- */

static void found_on_path(void **state)
{
    (void)state;
    AUTO_FREE char *old = mem_text(getenv("PATH"));
    AUTO_FREE char *path = str_format("relative:.:/nonexistent::%s:/usr/bin:/bin", fake_dir);
    struct kube_config config = {.context = "ctx", .ns = "sr"};
    AUTO_ERROR err = {0};

    fake_kubectl("exit 0");
    setenv("PATH", path, 1);
    struct kube *kube = kube_open(&config, &err);
    setenv("PATH", old, 1);
    assert_non_null(kube);
    AUTO_FREE char *expected = file_join(fake_dir, "kubectl");
    assert_string_equal(kube_path(kube), expected);
    assert_string_equal(kube_context(kube), "ctx");
    assert_string_equal(kube_namespace(kube), "sr");
    kube_free(kube);
}

static void absent(void **state)
{
    (void)state;
    AUTO_FREE char *old = mem_text(getenv("PATH"));
    AUTO_FREE char *cwd = getcwd(NULL, 0);
    struct kube_config config = {.context = "ctx", .ns = "sr"};
    AUTO_ERROR err = {0};

    /* A relative entry of PATH is never followed. */
    fake_kubectl("exit 0");
    assert_int_equal(chdir(fake_dir), 0);
    setenv("PATH", ".:/nonexistent", 1);
    assert_null(kube_open(&config, &err));
    unsetenv("PATH");
    assert_null(kube_open(&config, NULL));
    setenv("PATH", old, 1);
    assert_int_equal(chdir(cwd), 0);
    assert_int_equal(err.code, ERR_KUBE);
    assert_non_null(strstr(err.hint, "--kubectl"));
}

static void a_path_that_is_no_program(void **state)
{
    (void)state;
    AUTO_FREE char *plain = file_join(fake_dir, "plain");
    const char *const paths[] = {plain, fake_dir, "/nonexistent/kubectl", ""};

    assert_true(file_write_atomic(plain, "x", 1, 0600, NULL));
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        AUTO_ERROR err = {0};
        struct kube_config config = {.kubectl = paths[i], .context = "ctx", .ns = "sr"};
        assert_null(kube_open(&config, &err));
        assert_int_equal(err.code, ERR_KUBE);
    }
}

static void context_and_namespace_are_pinned(void **state)
{
    (void)state;
    AUTO_STRV args = {0};
    AUTO_STRV argv = {0};
    AUTO_STR line = {0};
    AUTO_ERROR err = {0};
    struct kube_config config = {.kubeconfig = "/a b/config"};

    config.kubectl = fake_kubectl("case \"$*\" in\n"
                                  "*current-context) echo prod;;\n"
                                  "*'--context=prod config view'*) echo sr-ns;;\n"
                                  "*) echo \"no: $*\" >&2; exit 1;;\n"
                                  "esac");
    struct kube *kube = kube_open(&config, &err);
    if (kube == NULL)
        fail_msg("%s", err.message);
    strv_add(&args, "get");
    kube_argv(kube, &args, &argv);
    kube_words(&argv, &line);
    AUTO_FREE char *expected = str_format("%s '--kubeconfig=/a b/config' --context=prod "
                                          "--namespace=sr-ns get", config.kubectl);
    assert_string_equal(line.s, expected);
    kube_free(kube);
}

static void a_context_without_a_namespace(void **state)
{
    (void)state;
    struct kube_config config = {.context = "ctx"};

    config.kubectl = fake_kubectl("exit 0");
    struct kube *kube = kube_open(&config, NULL);
    assert_non_null(kube);
    assert_string_equal(kube_namespace(kube), "default");
    kube_free(kube);
    config.ns = "--all-namespaces";
    AUTO_ERROR err = {0};
    assert_null(kube_open(&config, &err));
    assert_int_equal(err.code, ERR_KUBE);
    error_done(&err);
    config = (struct kube_config){.kubectl = fake_kubectl("echo 'error: current-context is not set'"
                                                          " >&2; exit 1")};
    assert_null(kube_open(&config, &err));
    assert_non_null(strstr(err.message, "current-context is not set"));
    assert_non_null(strstr(err.hint, "--no-kube"));
    config = (struct kube_config){.kubectl = fake_kubectl("exit 0")}; /* an empty name is none */
    assert_null(kube_open(&config, &err));
    assert_int_equal(err.code, ERR_KUBE);
    assert_non_null(strstr(err.message, "names no current context"));
}

/* --- run -------------------------------------------------------------------------------------- */

static void status_and_stderr(void **state)
{
    (void)state;
    struct kube *kube = fake_kube("cat; echo 'W1124 warning' >&2; echo 'Error from server' >&2\n"
                                  "echo >&2; exit 3");
    AUTO_STRV args = {0};
    AUTO_STR out = {0};
    AUTO_ERROR err = {0};

    strv_add(&args, "apply");
    assert_false(kube_run(kube, &args, "text", 0, &out, NULL, &err));
    assert_int_equal(err.code, ERR_KUBE);
    assert_string_equal(err.message, "kubectl apply: Error from server (exit status 3)");
    assert_string_equal(str_text(&out), "");
    kube_free(kube);
    kube = fake_kube("cat; echo note >&2");
    AUTO_STR warnings = {0};
    assert_true(kube_run(kube, &args, "text", 0, &out, &warnings, &err));
    assert_string_equal(out.s, "text");
    assert_string_equal(warnings.s, "note\n");
    kube_free(kube);
    kube = fake_kube("exit 1");
    assert_false(kube_run(kube, &args, NULL, 0, NULL, NULL, &err));
    assert_string_equal(err.message, "kubectl apply: failed without a message (exit status 1)");
    kube_free(kube);
}

static void a_call_that_hangs_ends(void **state)
{
    (void)state;
    struct kube *kube = fake_kube("sleep 30");
    AUTO_STRV args = {0};
    AUTO_ERROR err = {0};
    int64_t started = clock_ms();

    strv_add(&args, "get");
    assert_false(kube_run(kube, &args, NULL, 200, NULL, NULL, &err));
    assert_int_equal(err.code, ERR_KUBE);
    assert_non_null(strstr(err.message, "did not answer in time"));
    assert_true(clock_ms() - started < 10000);
    kube_free(kube);
}

static void a_person_leaves(void **state)
{
    (void)state;
    int wake[2];
    struct kube_config config = {.kubectl = fake_kubectl("sleep 30"), .context = "ctx", .ns = "sr"};
    AUTO_STRV args = {0};
    AUTO_ERROR err = {0};

    assert_int_equal(pipe(wake), 0);
    config.wake_fd = wake[0];
    struct kube *kube = kube_open(&config, NULL);
    assert_int_equal(write(wake[1], "x", 1), 1);
    assert_false(kube_run(kube, &args, NULL, 0, NULL, NULL, &err));
    assert_int_equal(err.code, ERR_STOPPED);
    kube_free(kube);
    close(wake[0]);
    close(wake[1]);
}

static void the_environment_holds_no_secrets(void **state)
{
    (void)state;
    AUTO_STR out = {0};
    AUTO_STRV args = {0};

    setenv("MYSQL_PWD", "hunter2", 1);
    setenv("LC_ALL", "de_DE.UTF-8", 1);
    setenv("LD_PRELOAD_X", "x", 1);
    struct kube *kube = fake_kube("env");
    assert_true(kube_run(kube, &args, NULL, 0, &out, NULL, NULL));
    unsetenv("MYSQL_PWD");
    unsetenv("LC_ALL");
    unsetenv("LD_PRELOAD_X");
    assert_null(strstr(out.s, "hunter2"));
    assert_null(strstr(out.s, "LD_PRELOAD_X"));
    assert_non_null(strstr(out.s, "LC_ALL=C\n"));
    assert_non_null(strstr(out.s, "PATH="));
    kube_free(kube);
}

static void objects_as_json(void **state)
{
    (void)state;
    json_t *got = NULL;
    AUTO_STR words = {0};
    AUTO_ERROR err = {0};
    struct kube *kube = fake_kube("echo '{\"kind\":\"Pod\"}'");

    assert_true(kube_get(kube, "pods", "fe-0", "a=b", &got, &err));
    assert_string_equal(json_str(got, "kind"), "Pod");
    json_decref(got);
    fake_file("words", &words);
    assert_string_equal(words.s, "--context=ctx\n--namespace=sr\nget\npods\nfe-0\n--selector=a=b\n"
                                 "--output=json\n--request-timeout=15s\n");
    kube_free(kube);
    kube = fake_kube("echo 'Error from server (NotFound): pods \"none\" not found' >&2; exit 1");
    assert_true(kube_get(kube, "pods", "none", NULL, &got, &err));
    assert_true(json_is_null(got));
    got = NULL;
    assert_false(kube_get(kube, "pods", "other", NULL, &got, NULL)); /* of whom it says nothing */
    kube_free(kube);
    kube = fake_kube("echo 'Error from server (NotFound): namespaces \"sr\" not found' >&2; exit 1");
    assert_true(kube_get(kube, "pods", "none", NULL, &got, &err));
    assert_true(json_is_null(got));
    got = NULL;
    kube_free(kube);
    kube = fake_kube("exit 0"); /* an empty answer is none */
    assert_false(kube_get(kube, "pods", "none", NULL, &got, &err));
    assert_false(kube_get(kube, "pods", NULL, NULL, &got, &err));
    assert_int_equal(err.code, ERR_KUBE);
    kube_free(kube);
    kube = fake_kube("echo '{\"kind\":\"P'"); /* cut, and status 0 */
    assert_false(kube_get(kube, "pods", NULL, NULL, &got, &err));
    assert_int_equal(err.code, ERR_KUBE);
    assert_non_null(strstr(err.message, "gave no whole JSON"));
    assert_null(got);
    assert_false(kube_get(kube, "pods", NULL, NULL, &got, NULL));
    kube_free(kube);
}

static void may_i(void **state)
{
    (void)state;
    static const struct {
        const char *does;
        int expected;
    } cases[] = {{"echo yes", 1},
                 {"echo no; exit 1", 0},
                 {"echo 'no - no RBAC policy matched'; exit 1", 0},
                 {"echo yes; exit 1", -1},
                 {"echo 'Warning: resource' >&2; echo yes", 1},
                 {"echo 'error: unreachable' >&2; exit 1", -1},
                 {"exit 0", -1}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct kube *kube = fake_kube(cases[i].does);
        assert_int_equal(kube_can(kube, "create", "pods", "exec"), cases[i].expected);
        kube_free(kube);
    }
}

/* --- port-forward ----------------------------------------------------------------------------- */

static void a_forward_says_its_port(void **state)
{
    (void)state;
    AUTO_ERROR err = {0};
    AUTO_STR words = {0};
    setenv("MYSQL_PWD", "hunter2", 1);
    struct kube *kube = fake_kube("echo 'Forwarding from 127.0.0.1:45678 -> 9030'\n"
                                  "env >$dir/env; cat >/dev/null; sleep 30");
    struct forward *forward = forward_start(kube, "fe-0", 9030, &err);

    unsetenv("MYSQL_PWD");
    if (forward == NULL)
        fail_msg("%s", err.message);
    assert_int_equal(forward_port(forward), 45678);
    assert_true(forward_alive(forward));
    fake_file("words", &words);
    assert_string_equal(words.s, "--context=ctx\n--namespace=sr\nport-forward\npod/fe-0\n:9030\n"
                                 "--address=127.0.0.1\n");
    for (int i = 0; i < 100; i++) {
        str_clear(&words);
        fake_file("env", &words);
        if (words.len > 0)
            break;
        clock_sleep(20, 0);
    }
    assert_true(words.len > 0);
    assert_null(strstr(words.s, "hunter2"));
    assert_non_null(strstr(words.s, "LC_ALL=C\n"));
    forward_stop(forward);
    forward_stop(NULL);
    kube_free(kube);
}

static void a_forward_that_fails(void **state)
{
    (void)state;
    static const char *const does[] = {"exit 1", "echo 'Forwarding from 127.0.0.1:0 -> 1'; sleep 9",
                                       "echo 'Forwarding from [::1]:4 -> 9030'; sleep 9",
                                       "echo 'Forwarding from 127.0.0.1:99999 -> 9030'; sleep 9"};

    for (size_t i = 0; i < sizeof(does) / sizeof(does[0]); i++) {
        AUTO_ERROR err = {0};
        struct kube *kube = fake_kube(does[i]);
        assert_null(forward_start(kube, "fe-0", 9030, &err));
        assert_int_equal(err.code, ERR_KUBE);
        assert_true(str_starts(err.message, "cannot reach fe-0 through kubectl port-forward"));
        assert_null(forward_start(kube, "fe-0", 9030, NULL));
        assert_null(forward_start(kube, "--help", 9030, NULL));
        kube_free(kube);
    }
}

/* What the API server says no to was not done; what it does not say may have been. */
static void refusals(void **state)
{
    (void)state;
    static const struct {
        const char *message;
        bool refused;
        int code;
    } rows[] = {
        {"kubectl patch: The request is invalid: the server rejected our request due to an error in "
         "our request (exit status 1)", true, ERR_DRIFT},
        {"kubectl create: Error from server (AlreadyExists): error when creating \"STDIN\": pods \"x\" "
         "already exists (exit status 1)", true, ERR_KUBE},
        {"kubectl delete: Error from server (Conflict): the UID in the precondition does not match "
         "(exit status 1)", true, ERR_KUBE},
        {"kubectl patch: Error from server (Timeout): the server was unable to return a response "
         "(exit status 1)", false, ERR_KUBE},
        {"kubectl patch: The StatefulSet \"x\" is invalid: spec.replicas: Invalid value: -1: must be "
         "greater than or equal to 0 (exit status 1)", true, ERR_KUBE},
        {"kubectl scale: error: no objects passed to scale statefulsets.apps \"x\" not found "
         "(exit status 1)", true, ERR_KUBE},
        {"kubectl patch did not answer in time", false, ERR_KUBE},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        AUTO_ERROR err = {0};
        error_set(&err, ERR_KUBE, "%s", rows[i].message);
        assert_int_equal(kube_refused(&err), rows[i].refused);
        assert_int_equal(err.code, rows[i].code);
    }
    AUTO_ERROR none = {0};
    assert_false(kube_refused(&none));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, fake_setup, fake_teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_quoted_as_a_shell_needs),
        cmocka_unit_test(no_words_give_nothing),
        cmocka_unit_test(names),
        cmocka_unit_test(refusals),
        T(found_on_path),
        T(absent),
        T(a_path_that_is_no_program),
        T(context_and_namespace_are_pinned),
        T(a_context_without_a_namespace),
        T(status_and_stderr),
        T(a_call_that_hangs_ends),
        T(a_person_leaves),
        T(the_environment_holds_no_secrets),
        T(objects_as_json),
        T(may_i),
        T(a_forward_says_its_port),
        T(a_forward_that_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
