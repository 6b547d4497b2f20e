/* Completion: commands, options, arguments, SQL keywords and names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "complete.h"
#include "file.h"

static const char *const leader_options[] = {"--host", "--pod", "--wait=", NULL};
static const char *const all_options[] = {"--dry-run", "--except=", "--only=", NULL};
static const struct complete_arg active_views[] = {{COMPLETE_VIEW_ACTIVE, "NAME", NULL, true}, {0}};
static const struct complete_arg inactive_views[] = {{COMPLETE_VIEW_INACTIVE, "NAME", NULL, true},
                                                     {0}};
static const char *const wait_words[] = {"image", "mv-idle", "nodes", "transactions", NULL};
static const struct complete_arg wait_args[] = {{COMPLETE_WORDS, "WHAT", wait_words, false}, {0}};
static const struct complete_arg file_args[] = {{COMPLETE_FILE, "FILE", NULL, false}, {0}};
static const struct complete_arg database_args[] = {{COMPLETE_DATABASE, "DB", NULL, false}, {0}};

static const struct complete_command commands[] = {
    {"leader", NULL, leader_options, false},
    {"mv inactivate-all", NULL, all_options, false},
    {"mv inactivate", active_views, all_options, false},
    {"mv activate", inactive_views, all_options, false},
    {"mv list", NULL, all_options, false},
    {"backup", file_args, NULL, false},
    {"backup list", NULL, NULL, false},
    {"wait", wait_args, NULL, false},
    {"source", file_args, NULL, true},
    {"use", database_args, NULL, true},
    {"u", database_args, NULL, false},
};

static const char *const active[] = {"sales.daily_top", "sales.it's", "sales.orders mv",
                                     "sales.orders_mv", "sales.\xe9\x94\x80\xe5\x94\xae"};
static const char *const inactive[] = {"sales.old_mv"};
static const char *const databases[] = {"hr", "sales"};
static const char *const names[] = {"evil\033[2J", "orders",      "order-items",
                                    "sales",       "sales.order", "sales.orders"};

static bool give_names(void *ctx, enum complete_kind kind, struct complete_names *ret)
{
    (void)ctx;
    switch (kind) {
    case COMPLETE_VIEW_ACTIVE:
    case COMPLETE_VIEW:
        *ret = (struct complete_names){active, 5};
        return true;
    case COMPLETE_VIEW_INACTIVE:
        *ret = (struct complete_names){inactive, 1};
        return true;
    case COMPLETE_DATABASE:
        *ret = (struct complete_names){databases, 2};
        return true;
    case COMPLETE_NAME: {
        static const char *sorted[6]; /* "order-items" sorts before "orders" */
        static const int order[6] = {0, 2, 1, 3, 4, 5};
        for (int i = 0; i < 6; i++)
            sorted[i] = names[order[i]];
        *ret = (struct complete_names){sorted, 6};
        return true;
    }
    case COMPLETE_NONE:
    case COMPLETE_TEXT:
    case COMPLETE_WORDS:
    case COMPLETE_FILE:
        break;
    }
    return false;
}

static void give_files(void *ctx, const char *prefix, struct strv *ret)
{
    (void)ctx;
    static const char *const files[] = {"back up/", "backups/", "plan.json"};
    for (size_t i = 0; i < 3; i++)
        if (str_starts(files[i], prefix))
            strv_add(ret, files[i]);
}

static struct complete_source source_with(enum scan_open open)
{
    return (struct complete_source){.commands = commands,
                                    .n_commands = sizeof(commands) / sizeof(*commands),
                                    .open = open,
                                    .names = give_names,
                                    .files = give_files};
}

/* The candidates, joined by "|", must replace the text from the `^` of the line on. */
static void check_open(enum scan_open open, const char *marked, const char *expected)
{
    struct complete_source source = source_with(open);
    AUTO_STR line = {0};
    const char *mark = strchr(marked, '^');
    str_addn(&line, marked, (size_t)(mark - marked));
    str_add(&line, mark + 1);
    AUTO_STRV found = {0};
    size_t start = 12345;
    bool any = complete_words(&source, str_text(&line), line.len, &found, &start);
    AUTO_STR joined = {0};
    strv_join(&found, "|", &joined);
    if (strcmp(str_text(&joined), expected) != 0)
        fail_msg("%s: got \"%s\", expected \"%s\"", marked, str_text(&joined), expected);
    assert_int_equal(any, *expected != '\0');
    if (start != (any ? (size_t)(mark - marked) : 12345))
        fail_msg("%s: starts at %zu", marked, start);
}

static void check(const char *marked, const char *expected)
{
    check_open(SCAN_OPEN_NOTHING, marked, expected);
}

static void command_words(void **state)
{
    (void)state;
    check("^\\le", "\\leader");
    check("^\\", "\\backup|\\leader|\\mv|\\source|\\u|\\use|\\wait");
    check("  ^\\m", "\\mv");
    check("\\mv ^ina", "inactivate|inactivate-all");
    check("\\mv   ^inactivate-", "inactivate-all");
    check("\\mv ^", "activate|inactivate|inactivate-all|list");
    check("\\mv ^x", "");
    check("^\\nothing", "");
    check("^\\LE", "");
    check("select 1; ^\\le", "\\leader");
    check("select ';' ; ^\\le", "\\leader");
    check("\\leader; ^\\wa", "\\wait");
    check("select 1\\G ^\\le", "\\leader");
    check("select ^\\le", "");
    check_open(SCAN_OPEN_STATEMENT, "^\\le", "");
    check_open(SCAN_OPEN_SINGLE, "\\le^", "");
    check_open(SCAN_OPEN_SINGLE, "x'; ^\\le", "\\leader");
    check_open(SCAN_OPEN_COMMENT, "x */ ; \\mv ^li", "list");
}

static void options(void **state)
{
    (void)state;
    check("\\leader ^-", "--host|--pod|--wait=");
    check("\\leader ^", "--host|--pod|--wait=");
    check("\\leader --pod ^--", "--host|--wait=");
    check("\\leader --wait=3 ^--w", "");
    check("\\mv inactivate-all ^--e", "--except=");
    check("\\mv inactivate sales.x ^--o", "--only=");
    check("\\nothing ^--", "");
}

static void views(void **state)
{
    (void)state;
    check("\\mv activate ^", "sales.old_mv");
    check("\\mv inactivate ^sales.d", "sales.daily_top");
    check("\\mv inactivate ^sales.o", "'sales.orders mv'|sales.orders_mv");
    check("\\mv inactivate ^'sales.o", "'sales.orders mv'|'sales.orders_mv'");
    check("\\mv inactivate ^\"sales.d", "\"sales.daily_top\"");
    check("\\mv inactivate ^sales.i", "\"sales.it's\"");
    check("\\mv inactivate ^sales.\xe9", "sales.\xe9\x94\x80\xe5\x94\xae");
    check("\\mv inactivate ^sales.orders\\ ", "'sales.orders mv'");
    check("\\mv inactivate 'sales.orders mv' ^sales.o", "sales.orders_mv"); /* named already */
    check("\\mv inactivate --dry-run ^sales.d", "sales.daily_top");
    check("\\mv inactivate ^SALES", "");
}

/* What completion types must be read back as the name itself. */
static void candidates_survive_the_parser(void **state)
{
    (void)state;
    struct complete_source source = source_with(SCAN_OPEN_NOTHING);
    for (int quote = 0; quote < 3; quote++) {
        AUTO_FREE char *line = str_format("\\mv inactivate %.*ssales", quote > 0, &"\0'\""[quote]);
        AUTO_STRV found = {0};
        size_t start;
        assert_true(complete_words(&source, line, strlen(line), &found, &start));
        assert_int_equal(found.n, 5);
        AUTO_STR joined = {0};
        strv_join(&found, " ", &joined);
        AUTO_STRV words = {0};
        assert_true(scan_args(joined.s, &words));
        strv_sort(&words);
        assert_int_equal(words.n, 5);
        for (size_t i = 0; i < 5; i++)
            assert_string_equal(words.v[i], active[i]);
    }
}

static void words_and_files(void **state)
{
    (void)state;
    check("\\wait ^", "image|mv-idle|nodes|transactions");
    check("\\wait ^mv", "mv-idle");
    check("\\wait image ^", "");
    check("\\backup ^", "'back up/'|backups/|list|plan.json");
    check("\\backup ^l", "list");
    check("source ^pl", "plan.json");
    check("SOURCE ^pl", "plan.json");
    check("\\source ^pl", "plan.json");
    check("use ^s", "sales");
    check("\\u ^h", "hr");
}

static void keywords(void **state)
{
    (void)state;
    check("^selec", "select");
    check("^SELEC", "SELECT");
    check("^Selec", "SELECT");
    check("select 1 ^havin", "having");
    check("alter ^materi", "materialized");
    check("select ^", "");
    check("^", "");
    check("select 1 -- ^sel", "");
    check("select 'sel^", "");
    check("select /* sel^", "");
    check("select 1 /* x */ ^havin", "having");
    check_open(SCAN_OPEN_STATEMENT, "^havin", "having");
}

static void sql_names(void **state)
{
    (void)state;
    check("select * from ^", "`order-items`|orders|sales|sales.`order`|sales.orders");
    check("select * from ^sales.", "sales.`order`|sales.orders");
    check("select * from ^`sales`.`orders", "`sales`.`orders`");
    check("select * from ^sales.ord", "sales.`order`|sales.orders");
    check("select * from ^sel", ""); /* no keywords where a name must stand */
    check("select ^sales.orders", "sales.orders");
    check("select x.^", "");
    check("use ^", "hr|sales");
    check("drop database ^h", "hr");
    check("refresh materialized view ^sales.d", "sales.daily_top");
    check("refresh materialized view ^sales.orders ", "");
    check("refresh materialized view ^`sales.orders ", "`sales`.`orders mv`");
    check("select 1; select * from ^hr", "");
    check("select * from ^ev", ""); /* would clear the screen */
}

static void other_delimiters(void **state)
{
    (void)state;
    struct complete_source source = source_with(SCAN_OPEN_NOTHING);
    source.delimiter = "//";
    AUTO_STRV found = {0};
    size_t start;
    const char *line = "select 1; select 2 // \\le";
    assert_true(complete_words(&source, line, strlen(line), &found, &start));
    assert_string_equal(found.v[0], "\\leader");
    line = "select 1; \\le";
    assert_false(complete_words(&source, line, strlen(line), &found, &start));
}

static void nothing_to_complete_with(void **state)
{
    (void)state;
    struct complete_source source = {0};
    AUTO_STRV found = {0};
    size_t start;
    assert_false(complete_words(&source, "\\mv ", 4, &found, &start));
    assert_false(complete_words(&source, "select * from ", 14, &found, &start));
    assert_true(complete_words(&source, "sele", 4, &found, &start));
}

static void check_hint(const char *line, const char *expected)
{
    struct complete_source source = source_with(SCAN_OPEN_NOTHING);
    AUTO_STR hint = {0};
    bool any = complete_hint(&source, line, &hint);
    assert_string_equal(str_text(&hint), expected);
    assert_int_equal(any, *expected != '\0');
}

static void hints(void **state)
{
    (void)state;
    check_hint("\\leader ", "[--host] [--pod] [--wait=…]");
    check_hint("\\leader --pod ", "[--host] [--wait=…]");
    check_hint("\\mv inactivate ", "NAME… [--dry-run] [--except=…] [--only=…]");
    check_hint("\\wait ", "WHAT");
    check_hint("\\wait image ", "");
    check_hint("\\wait", "");
    check_hint("\\mv ", "");
    check_hint("select ", "");
    check_hint("source ", "FILE");
    check_hint("", "");
}

static void files_of_a_directory(void **state)
{
    (void)state;
    char dir[] = "/tmp/belay-complete-XXXXXX";
    assert_non_null(mkdtemp(dir));
    AUTO_FREE char *sub = file_join(dir, "plans");
    AUTO_FREE char *plain = file_join(dir, "plan.json");
    AUTO_FREE char *hidden = file_join(dir, ".plan");
    assert_int_equal(mkdir(sub, 0700), 0);
    assert_true(file_write_atomic(plain, "", 0, 0600, NULL));
    assert_true(file_write_atomic(hidden, "", 0, 0600, NULL));
    AUTO_FREE char *prefix = str_format("%s/pl", dir);
    AUTO_FREE char *all = str_format("%s/", dir);
    AUTO_FREE char *dot = str_format("%s/.", dir);
    AUTO_FREE char *sub_slash = str_format("%s/", sub);
    AUTO_STRV found = {0};
    complete_files(NULL, prefix, &found);
    complete_files(NULL, all, &found);
    complete_files(NULL, dot, &found);
    complete_files(NULL, "/nonexistent/x", &found);
    assert_int_equal(found.n, 5);
    for (size_t i = 0; i < 4; i += 2) {
        assert_string_equal(found.v[i], plain);
        assert_string_equal(found.v[i + 1], sub_slash);
    }
    assert_string_equal(found.v[4], hidden);
    assert_true(file_remove_tree(dir, NULL));
}

/* --- many names ------------------------------------------------------------------------------ */

static struct complete_names many;

static bool give_many(void *ctx, enum complete_kind kind, struct complete_names *ret)
{
    (void)ctx;
    (void)kind;
    *ret = many;
    return true;
}

static void a_hundred_thousand_names_at_once(void **state)
{
    (void)state;
    enum { N = 100000 };
    AUTO_STRV list = {0};
    for (int i = 0; i < N; i++)
        strv_addf(&list, "warehouse_%03d.orders_by_day_%06d", i / 1000, i);
    many = (struct complete_names){(const char *const *)list.v, list.n};
    struct complete_source source = source_with(SCAN_OPEN_NOTHING);
    source.names = give_many;
    const char *line = "\\mv inactivate warehouse_042.orders_by_day_0420";
    AUTO_STRV found = {0};
    size_t start;
    int64_t before = clock_ms();
    for (int i = 0; i < 100; i++) {
        strv_done(&found);
        assert_true(complete_words(&source, line, strlen(line), &found, &start));
    }
    int64_t took = clock_ms() - before;
    assert_int_equal(found.n, 100);
    assert_true(took < 1000); /* 10 ms each, on a slow machine under a sanitizer too */

    strv_done(&found); /* the first ones and the last, so that what all begin with stays right */
    assert_true(complete_words(&source, "\\mv inactivate ", 15, &found, &start));
    assert_int_equal(found.n, COMPLETE_MAX);
    assert_string_equal(found.v[0], list.v[0]);
    assert_string_equal(found.v[COMPLETE_MAX - 1], list.v[N - 1]);

    size_t first;
    assert_int_equal(complete_range(&many, "", &first), N);
    assert_int_equal(complete_range(&many, "warehouse_099", &first), 1000);
    assert_int_equal(first, 99000);
    assert_int_equal(complete_range(&many, "x", &first), 0);
    assert_int_equal(complete_range(&many, "a", &first), 0);
}

static void reserved_words(void **state)
{
    (void)state;
    assert_true(keyword_is_reserved("order", 5));
    assert_true(keyword_is_reserved("ROW_NUMBER", 10));
    assert_true(keyword_is_reserved("Rows", 4));
    assert_true(keyword_is_reserved("decimal128", 10));
    assert_true(keyword_is_reserved("add", 3));
    assert_true(keyword_is_reserved("with", 4));
    assert_false(keyword_is_reserved("orders", 6));
    assert_false(keyword_is_reserved("view", 4));
    assert_false(keyword_is_reserved("", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(command_words),
        cmocka_unit_test(options),
        cmocka_unit_test(views),
        cmocka_unit_test(candidates_survive_the_parser),
        cmocka_unit_test(words_and_files),
        cmocka_unit_test(keywords),
        cmocka_unit_test(sql_names),
        cmocka_unit_test(other_delimiters),
        cmocka_unit_test(nothing_to_complete_with),
        cmocka_unit_test(hints),
        cmocka_unit_test(files_of_a_directory),
        cmocka_unit_test(a_hundred_thousand_names_at_once),
        cmocka_unit_test(reserved_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
