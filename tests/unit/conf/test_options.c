/* The command line against the option table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mem.h"
#include "options.h"

#define MAX_WORDS 24

/* A command line in memory that may be written to, as argv is. */
struct line {
    int argc;
    char *argv[MAX_WORDS + 1];
};

static struct line line_of(const char *const *words)
{
    struct line line = {.argc = 2};

    line.argv[0] = mem_text("belay");
    line.argv[1] = mem_text("--no-defaults"); /* what this machine's files say is no matter here */
    for (; words[line.argc - 2] != NULL; line.argc++)
        line.argv[line.argc] = mem_text(words[line.argc - 2]);
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

    if (!options_parse(line.argc, line.argv, &settings, NULL, &err))
        fail_msg("%s: %s", words[0], err.message);
    line_done(&line);
    return settings;
}

static void assert_refused(const char *const *words, const char *message, const char *hint)
{
    struct settings settings = {0};
    struct line line = line_of(words);
    AUTO_ERROR err = {0};

    if (options_parse(line.argc, line.argv, &settings, NULL, &err))
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
    assert_int_equal(s.port, 9030);
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
    assert_refused(WORDS("--force=yes"), "--force takes 1 or 0, on or off, not \"yes\"", NULL);
    assert_refused(WORDS("--silent=2"), "--silent takes no value", NULL);
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
        assert_true(options_parse(line.argc, line.argv, &settings, NULL, NULL));
        assert_string_equal(settings.password, "hunter2");
        assert_false(settings.ask_password);
        assert_string_equal(settings.database, "sales");
        assert_string_equal(line.argv[2], cases[i].left);
        for (size_t k = strlen(cases[i].left); k < len; k++)
            assert_int_equal(line.argv[2][k], 0); /* to its end, not only its first byte */
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
    s = parse(WORDS("-D", "sales", "web"));
    assert_string_equal(s.database, "web"); /* as in mysql */
    settings_done(&s);
    assert_refused(WORDS("sales", "web"), "one word too many: web", "-e");
    assert_refused(WORDS("--", "--", "web"), "one word too many: web", NULL);
}

static void mistakes(void **state)
{
    (void)state;
    assert_refused(WORDS("--aprove=reversible"), "unknown option: --aprove", "--approve");
    assert_refused(WORDS("--hots", "x"), "unknown option: --hots", "--host");
    assert_refused(WORDS("--qqqqqqqqqqqq"), "unknown option: --qqqqqqqqqqqq", "--help");
    assert_refused(WORDS("--=x"), "unknown option: --", NULL);
    assert_refused(WORDS("-Z"), "unknown option: -Z", "--help");
    assert_refused(WORDS("-BZ"), "unknown option: -Z", NULL);
    assert_refused(WORDS("-\x1b"), "unknown option: -\\x1b", NULL);
    assert_refused(WORDS("--color=blue"), "--color does not know \"blue\"", "auto always never");
    assert_refused(WORDS("-h"), "-h needs a value: HOST", NULL);
    assert_refused(WORDS("--host"), "--host needs a value: HOST", NULL);
    assert_refused(WORDS("-Be"), "-e needs a value: TEXT", NULL);
}

/* --- numbers, signs, prefixes ------------------------------------------------------------------ */

static void numbers(void **state)
{
    (void)state;
    struct settings s = parse(WORDS("--max-allowed-packet=16M", "-P", "0", "--select-limit=2k"));

    assert_int_equal(s.max_allowed_packet, 16 << 20);
    assert_int_equal(s.port, 0);
    assert_int_equal(s.select_limit, 2048);
    assert_int_equal(s.connect_timeout, 10);
    assert_int_equal(s.notes.n, 0);
    settings_done(&s);
    s = parse(WORDS("--max-allowed-packet=1E", "--net-buffer-length=-5", "--select-limit=99999999E"));
    assert_int_equal(s.max_allowed_packet, INT64_C(2) << 30);
    assert_int_equal(s.net_buffer_length, 1024);
    assert_int_equal(s.select_limit, INT64_MAX);
    assert_int_equal(s.notes.n, 2);
    assert_string_equal(s.notes.v[0], "Warning: option 'max-allowed-packet': unsigned value "
                                      "1152921504606846976 adjusted to 2147483648");
    settings_done(&s);
    s = parse(WORDS("--select-limit=5", "--skip-select-limit"));
    assert_int_equal(s.select_limit, 1000);
    settings_done(&s);
    assert_refused(WORDS("-P65536"), "--port wants a number from 0 to 65535, not \"65536\"", NULL);
    assert_refused(WORDS("-P", "90x"), "--port wants a number, not \"90x\"", NULL);
    assert_refused(WORDS("--port="), "--port wants a number, not \"\"", NULL);
    assert_refused(WORDS("--port=0x10"), "--port wants a number, not \"0x10\"", NULL);
}

static void signs(void **state)
{
    (void)state;
    struct settings s = parse(WORDS("--force=0", "--quick=ON", "--enable-raw", "--disable-comments",
                                    "--skip-reconnect", "--loose-table", "--loose-skip-html"));

    assert_true(s.quick && s.raw && s.table);
    assert_false(s.force || s.comments || s.reconnect || !s.no_reconnect || s.html);
    settings_done(&s);
    s = parse(WORDS("--skip_column_names", "--no_auto_rehash", "--auto-rehash", "-L"));
    assert_true(s.no_names);
    assert_false(s.no_auto_rehash || s.line_numbers);
    settings_done(&s);
    s = parse(WORDS("--skip-auto-rehash", "--skip-no-beep", "--skip-skip-line-numbers=1"));
    assert_true(s.no_auto_rehash && s.line_numbers);
    assert_false(s.no_beep);
    settings_done(&s);
    s = parse(WORDS("--pager", "--disable-pager", "--tee=x", "--skip-tee", "--host=x", "--skip-host",
                    "-vv", "--skip-verbose", "-e1", "--skip-execute", "-px", "--skip-password"));
    assert_true(s.no_pager && s.no_tee);
    assert_false(s.pager_on || s.ask_password);
    assert_null(s.tee);
    assert_null(s.host);
    assert_null(s.password);
    assert_int_equal(s.verbose, 0);
    assert_int_equal(s.execute.n, 0);
    settings_done(&s);
    s = parse(WORDS("--no-pager", "--pager=less -S"));
    assert_true(s.pager_on && !s.no_pager);
    assert_string_equal(s.pager, "less -S");
    settings_done(&s);
    s = parse(WORDS("--loose-nosuch", "--loose-nosuch-value=x"));
    assert_int_equal(s.notes.n, 2);
    assert_string_equal(s.notes.v[0], "Warning: belay: unknown option '--loose-nosuch'");
    settings_done(&s);
}

static void lists_of_init_commands(void **state)
{
    (void)state;
    struct settings s = parse(WORDS("--init-command=a", "--init-command=b", "--init-command-add=c"));

    assert_int_equal(s.init_command.n, 2);
    assert_string_equal(s.init_command.v[0], "b");
    assert_string_equal(s.init_command.v[1], "c");
    settings_done(&s);
}

static void prefixes_of_the_classic_names(void **state)
{
    (void)state;
    struct settings s = parse(WORDS("--hos=x", "--skip-column", "--verb", "--loose-rec=0"));

    assert_string_equal(s.host, "x");
    assert_true(s.no_names && s.verbose == 1 && !s.reconnect);
    assert_int_equal(s.notes.n, 4);
    settings_done(&s);
    assert_refused(WORDS("--colu"), "--colu may be --column-names or --column-type-info", "all");
    assert_refused(WORDS("--ver"), "--ver may be --verbose, …, --vertical", NULL);
    assert_refused(WORDS("--prof"), "unknown option: --prof", "--profile"); /* belay's own: in full */
}

static void the_last_source_of_a_password_counts(void **state)
{
    (void)state;
    struct settings s = parse(WORDS("-px", "--password-file=f"));

    assert_null(s.password);
    assert_string_equal(s.password_file, "f");
    settings_done(&s);
    s = parse(WORDS("--password-file=f", "--password-command=c", "-p"));
    assert_true(s.ask_password);
    assert_null(s.password_file);
    assert_null(s.password_command);
    settings_done(&s);
    s = parse(WORDS("-p", "sales"));
    assert_true(s.database_after_password);
    settings_done(&s);
    s = parse(WORDS("-p", "-B", "sales"));
    assert_false(s.database_after_password);
    settings_done(&s);
}

static void refused_with_a_reason(void **state)
{
    (void)state;
    assert_refused(WORDS("--server-public-key-path=x"),
                   "--server-public-key-path is not for belay: libmariadb has no such switch", "TLS");
    assert_refused(WORDS("-o"), "--one-database is not for belay: which statements to leave out "
                   "cannot be told by the last USE", "run the part");
    assert_refused(WORDS("-#d:t"), "--debug is not for belay: belay is built without the trace of "
                   "MySQL", NULL);
    struct settings s = parse(WORDS("-i", "--secure-auth", "--debug-check=1"));
    settings_done(&s);
}

/* --- under the name of a classic client ------------------------------------------------------- */

static struct settings refused_as(const char *name, const char *word, const char *message)
{
    struct settings settings = {0};
    struct line line = line_of(WORDS(word));
    AUTO_ERROR err = {0};

    free(line.argv[0]);
    line.argv[0] = mem_text(name);
    assert_false(options_parse(line.argc, line.argv, &settings, NULL, &err));
    assert_string_equal(err.message, message);
    line_done(&line);
    return settings;
}

/* What mariadb 10.11 says and returns. */
static void errors_of_the_classic_client(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        const char *message;
        int status;
    } cases[] = {{"--xx", "unknown option '--xx'", 2},
                 {"-Z", "unknown option '-Z'", 2},
                 {"--colu", "ambiguous option '--colu' (column-names, column-type-info)", 3},
                 {"--ver", "ambiguous option '--ver' (verbose, vertical)", 3},
                 {"--silent=2", "option '--silent' cannot take an argument", 4},
                 {"--port", "option '--port' requires an argument", 5},
                 {"-h", "option '-h' requires an argument", 5},
                 {"--port=abc", "Error while setting value 'abc' to 'port'", 9},
                 {"--skip-xx", "unknown option '--skip-xx'", 2}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct settings s = refused_as("/usr/bin/mariadb", cases[i].word, cases[i].message);
        assert_true(s.classic);
        assert_true(s.mariadb);
        assert_int_equal(s.classic_status, cases[i].status);
        settings_done(&s);
    }
    struct settings s = refused_as("mysql", "--passwort=hunter2", "unknown variable 'passwort=…'");
    assert_false(s.mariadb);
    settings_done(&s);
    s = refused_as("mysql-belay", "--xx", "unknown option: --xx");
    assert_false(s.classic);
    settings_done(&s);
}

static void check_row(const struct option_row *row, const char *help)
{
    AUTO_FREE char *name = str_format("--%s", row->name);

    assert_non_null(strstr(help, name));
    assert_non_null(row->help);
    assert_true(row->offset < sizeof(struct settings));
    assert_true(row->kind != OPTION_NUMBER || (row->least < row->most && row->value != NULL));
    assert_true((row->answer == OPTION_REFUSED) == (row->instead != NULL));
    assert_true(row->kind != OPTION_NOTHING || row->answer == OPTION_REFUSED ||
                row->answer == OPTION_SILENT);
    assert_ptr_equal(option_exact(row->name, strlen(row->name)), row); /* no name twice */
    if (row->letter != 0)
        assert_ptr_equal(option_letter(row->letter), row);
}

static void the_table_is_sound(void **state)
{
    (void)state;
    AUTO_STR help = {0};
    size_t n = 0;

    assert_true(options_help("all", 96, &help, NULL));
    for (const struct option_row *row = option_next(NULL); row != NULL; row = option_next(row), n++)
        check_row(row, help.s);
    assert_true(n > 100);
    for (const char *at = help.s; *at != '\0'; at = strchr(at, '\n') + 1)
        assert_true(strcspn(at, "\n") <= 100);
}

static void the_short_help_is_short(void **state)
{
    (void)state;
    AUTO_STR help = {0};
    AUTO_STR group = {0};
    AUTO_ERROR err = {0};
    size_t lines = 0;

    assert_true(options_help(NULL, 96, &help, NULL));
    for (const char *at = help.s; *at != '\0'; at = strchr(at, '\n') + 1)
        lines++;
    assert_true(lines < 60);
    assert_non_null(strstr(help.s, "--help=all"));
    assert_true(options_help("guided", 96, &group, NULL));
    assert_non_null(strstr(group.s, "--approve"));
    assert_null(strstr(group.s, "--host"));
    assert_false(options_help("nosuch", 96, &group, &err));
    assert_int_equal(err.code, ERR_USAGE);
    assert_non_null(strstr(err.hint, "guided"));
}

static void nothing_given(void **state)
{
    (void)state;
    struct settings s = {0};
    char name[] = "belay";
    char only[] = "--no-defaults";
    char *argv[] = {name, only, NULL};

    assert_true(options_parse(2, argv, &s, NULL, NULL));
    assert_false(s.classic || s.force || s.batch || s.table);
    assert_true(s.comments && s.line_numbers && s.abort_source_on_error &&
                !s.reconnect && !s.no_reconnect);
    assert_null(s.host);
    settings_done(&s);
}

/* The environment is a source of settings, too. */
static void forget_environment(void)
{
    static const char *const names[] = {"MYSQL_HOST", "MARIADB_HOST", "MYSQL_TCP_PORT",
                                        "MYSQL_UNIX_PORT", "MYSQL_PWD", "BELAY_HOST",
                                        "BELAY_TCP_PORT", "BELAY_UNIX_PORT", "BELAY_PWD",
                                        "BELAY_USER", "BELAY_PROFILE"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        unsetenv(names[i]);
    setenv("HOME", "/nonexistent", 1);
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
        cmocka_unit_test(numbers),
        cmocka_unit_test(signs),
        cmocka_unit_test(lists_of_init_commands),
        cmocka_unit_test(prefixes_of_the_classic_names),
        cmocka_unit_test(the_last_source_of_a_password_counts),
        cmocka_unit_test(refused_with_a_reason),
        cmocka_unit_test(errors_of_the_classic_client),
        cmocka_unit_test(the_table_is_sound),
        cmocka_unit_test(the_short_help_is_short),
        cmocka_unit_test(nothing_given),
    };
    forget_environment();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
