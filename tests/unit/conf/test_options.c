/* The command line against the option table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mem.h"
#include "options.h"

#define MAX_WORDS 16

/* A command line in memory that may be written to, as argv is. */
struct line {
    int argc;
    char *argv[MAX_WORDS + 1];
};

static struct line line_of(const char *const *words)
{
    struct line line = {.argc = 1};

    line.argv[0] = mem_text("belay");
    for (; words[line.argc - 1] != NULL; line.argc++)
        line.argv[line.argc] = mem_text(words[line.argc - 1]);
    return line;
}

static void line_done(struct line *line)
{
    for (int i = 0; i < line->argc; i++)
        free(line->argv[i]);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static struct settings parse(const char *const *words)
{
    struct settings settings = {0};
    struct line line = line_of(words);
    AUTO_ERROR err = {0};

    if (!options_parse(line.argc, line.argv, &settings, &err))
        fail_msg("%s: %s", words[0], err.message);
    line_done(&line);
    return settings;
}

static void assert_refused(const char *const *words, const char *message, const char *hint)
{
    struct settings settings = {0};
    struct line line = line_of(words);
    AUTO_ERROR err = {0};

    if (options_parse(line.argc, line.argv, &settings, &err))
        fail_msg("%s was taken", words[0]);
    assert_int_equal(err.code, ERR_USAGE);
    assert_string_equal(err.message, message);
    if (hint != NULL && (err.hint == NULL || strstr(err.hint, hint) == NULL))
        fail_msg("%s: hint %s", words[0], err.hint);
    settings_done(&settings);
    line_done(&line);
}

static void values_in_every_form(void **state)
{
    (void)state;
    const char *const *const lines[] = {
        WORDS("-h", "fe-0"), WORDS("-hfe-0"), WORDS("--host", "fe-0"), WORDS("--host=fe-0"),
        WORDS("--host=other", "-h", "fe-0"), WORDS("-Bhfe-0"), WORDS("-Bh", "fe-0")};

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct settings s = parse(lines[i]);
        assert_string_equal(s.host, "fe-0");
        assert_null(s.database);
        settings_done(&s);
        assert_null(s.host);
    }
    struct settings s = parse(WORDS("--host=", "-u", "--port", "--socket=a=b", "-P9030"));
    assert_string_equal(s.host, "");
    assert_string_equal(s.user, "--port"); /* the next word, whatever it is */
    assert_string_equal(s.socket, "a=b");
    assert_string_equal(s.port, "9030");
    settings_done(&s);
}

static void flags(void **state)
{
    (void)state;
    struct settings s = parse(WORDS("-Bt", "-NrE", "--force", "--dry-run", "--no-kube"));

    assert_true(s.batch && s.table && s.no_names && s.raw && s.vertical && s.force && s.dry_run &&
                s.no_kube);
    assert_false(s.quick || s.each || s.allow_shell || s.allow_commands || s.help);
    settings_done(&s);
    s = parse(WORDS("--force", "--skip-force", "--skip-column-names"));
    assert_false(s.force);
    assert_true(s.no_names);
    settings_done(&s);
    s = parse(WORDS("--skip-skip-column-names", "-s", "--silent", "-ss"));
    assert_false(s.no_names);
    assert_int_equal(s.silent, 4);
    settings_done(&s);
    assert_refused(WORDS("--force=1"), "--force takes no value", NULL);
    assert_refused(WORDS("--silent=2"), "--silent takes no value", NULL);
    assert_refused(WORDS("--skip-force=0"), "--force takes no value", NULL);
}

static void the_last_word_about_tls_counts(void **state)
{
    (void)state;
    struct settings s = parse(WORDS("--skip-ssl"));

    assert_true(s.skip_ssl && !s.ssl);
    settings_done(&s);
    s = parse(WORDS("--skip-ssl", "--ssl"));
    assert_true(!s.skip_ssl && s.ssl);
    settings_done(&s);
    s = parse(WORDS("--ssl", "--skip-ssl"));
    assert_true(s.skip_ssl && !s.ssl);
    settings_done(&s);
}

static void several_units(void **state)
{
    (void)state;
    struct settings s = parse(WORDS("-e", "SELECT 1", "-eSELECT 2", "--execute=SELECT 3",
                                    "--execute", "-e"));

    assert_int_equal(s.execute.n, 4);
    assert_string_equal(s.execute.v[0], "SELECT 1");
    assert_string_equal(s.execute.v[1], "SELECT 2");
    assert_string_equal(s.execute.v[2], "SELECT 3");
    assert_string_equal(s.execute.v[3], "-e");
    settings_done(&s);
}

/* --- passwords -------------------------------------------------------------------------------- */

static void passwords_are_wiped(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        const char *left;
    } cases[] = {{"-phunter2", "-p"}, {"--password=hunter2", "--password="}, {"-Bphunter2", "-Bp"}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct settings settings = {0};
        struct line line = line_of(WORDS(cases[i].word, "sales"));
        size_t len = strlen(cases[i].word);
        assert_true(options_parse(line.argc, line.argv, &settings, NULL));
        assert_string_equal(settings.password, "hunter2");
        assert_false(settings.ask_password);
        assert_string_equal(settings.database, "sales");
        assert_string_equal(line.argv[1], cases[i].left);
        for (size_t k = strlen(cases[i].left); k < len; k++)
            assert_int_equal(line.argv[1][k], 0); /* to its end, not only its first byte */
        settings_done(&settings);
        assert_null(settings.password);
        line_done(&line);
    }
}

static void passwords_that_are_asked_for(void **state)
{
    (void)state;
    struct settings s = parse(WORDS("-p", "sales"));

    assert_true(s.ask_password);
    assert_null(s.password);
    assert_string_equal(s.database, "sales"); /* a value only glued, as in mysql */
    settings_done(&s);
    s = parse(WORDS("--password", "sales"));
    assert_true(s.ask_password);
    assert_string_equal(s.database, "sales");
    settings_done(&s);
    s = parse(WORDS("-phunter2", "-p"));
    assert_true(s.ask_password);
    assert_null(s.password);
    settings_done(&s);
    s = parse(WORDS("-p", "-phunter2"));
    assert_false(s.ask_password);
    assert_string_equal(s.password, "hunter2");
    settings_done(&s);
    s = parse(WORDS("--password="));
    assert_false(s.ask_password);
    assert_string_equal(s.password, "");
    settings_done(&s);
}

static void a_mistyped_password_is_not_repeated(void **state)
{
    (void)state;
    assert_refused(WORDS("--passwort=hunter2"), "unknown option: --passwort", "--password");
    assert_refused(WORDS("--pass=hunter2"), "unknown option: --pass", NULL); /* nothing is cut short */
}

/* --- practice, words, mistakes ---------------------------------------------------------------- */

static void a_scenario_is_glued(void **state)
{
    (void)state;
    struct settings s = parse(WORDS("--practice"));

    assert_true(s.practice);
    assert_null(s.scenario);
    settings_done(&s);
    s = parse(WORDS("--practice=3.5.16"));
    assert_true(s.practice);
    assert_string_equal(s.scenario, "3.5.16");
    settings_done(&s);
    s = parse(WORDS("--practice", "3.5.16"));
    assert_true(s.practice);
    assert_null(s.scenario);
    assert_string_equal(s.database, "3.5.16");
    settings_done(&s);
}

static void words(void **state)
{
    (void)state;
    struct settings s = parse(WORDS("sales", "-B"));

    assert_string_equal(s.database, "sales");
    assert_true(s.batch); /* options may follow */
    settings_done(&s);
    s = parse(WORDS("--", "-B"));
    assert_string_equal(s.database, "-B");
    assert_false(s.batch);
    settings_done(&s);
    s = parse(WORDS("-"));
    assert_string_equal(s.database, "-");
    settings_done(&s);
    s = parse(WORDS("--"));
    assert_null(s.database);
    settings_done(&s);
    assert_refused(WORDS("sales", "web"), "one word too many: web", "-e");
    assert_refused(WORDS("-D", "sales", "web"), "one word too many: web", NULL);
    assert_refused(WORDS("--", "--", "web"), "one word too many: web", NULL);
}

static void mistakes(void **state)
{
    (void)state;
    assert_refused(WORDS("--aprove=reversible"), "unknown option: --aprove", "--approve");
    assert_refused(WORDS("--hots", "x"), "unknown option: --hots", "--host");
    assert_refused(WORDS("--hos=x"), "unknown option: --hos", "--host"); /* no prefixes */
    assert_refused(WORDS("--qqqqqqqqqqqq"), "unknown option: --qqqqqqqqqqqq", "--help");
    assert_refused(WORDS("--skip-host"), "unknown option: --skip-host", NULL);
    assert_refused(WORDS("--skip-"), "unknown option: --skip-", NULL);
    assert_refused(WORDS("--=x"), "unknown option: --", NULL);
    assert_refused(WORDS("--HOST=x"), "unknown option: --HOST", NULL);
    assert_refused(WORDS("-Z"), "unknown option: -Z", "--help");
    assert_refused(WORDS("-BZ"), "unknown option: -Z", NULL);
    assert_refused(WORDS("-h"), "-h needs a value: HOST", NULL);
    assert_refused(WORDS("--host"), "--host needs a value: HOST", NULL);
    assert_refused(WORDS("-Be"), "-e needs a value: TEXT", NULL);
}

static void the_table_is_sound(void **state)
{
    (void)state;
    size_t n;
    const struct option_row *table = option_table(&n);
    AUTO_STR help = {0};

    options_help(&help);
    for (size_t i = 0; i < n; i++) {
        AUTO_FREE char *name = str_format("--%s", table[i].name);
        assert_non_null(strstr(help.s, name));
        assert_non_null(table[i].help);
        assert_true(table[i].offset < sizeof(struct settings));
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(table[i].name, table[k].name);
            assert_true(table[i].letter == 0 || table[i].letter != table[k].letter);
            assert_int_not_equal(table[i].offset, table[k].offset);
        }
    }
    for (const char *at = help.s; *at != '\0'; at = strchr(at, '\n') + 1)
        assert_true(strcspn(at, "\n") <= 100);
}

static void nothing_given(void **state)
{
    (void)state;
    static const struct settings none = {0};
    struct settings s = {0};
    char *argv[] = {NULL, NULL};

    assert_true(options_parse(0, argv, &s, NULL));
    assert_true(options_parse(1, argv, &s, NULL));
    assert_memory_equal(&s, &none, sizeof(s));
    settings_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_in_every_form),
        cmocka_unit_test(flags),
        cmocka_unit_test(the_last_word_about_tls_counts),
        cmocka_unit_test(several_units),
        cmocka_unit_test(passwords_are_wiped),
        cmocka_unit_test(passwords_that_are_asked_for),
        cmocka_unit_test(a_mistyped_password_is_not_repeated),
        cmocka_unit_test(a_scenario_is_glued),
        cmocka_unit_test(words),
        cmocka_unit_test(mistakes),
        cmocka_unit_test(the_table_is_sound),
        cmocka_unit_test(nothing_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
