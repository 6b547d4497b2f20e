/* Completion: commands, options, arguments, SQL keywords and names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "complete.h"
#include "file.h"
#include "scan.h"

static const char *const leader_options[] = {"--host", "--pod", "--wait=", NULL};
static const char *const restore_options[] = {"--form=", "--form=helper-pod", "--form=by-hand",
                                              "--keep-image", NULL};
static const char *const all_options[] = {"--dry-run", "--except=", "--only=", NULL};
static const struct complete_arg active_views[] = {{COMPLETE_VIEW_ACTIVE, "NAME", NULL, true}, {0}};
static const struct complete_arg inactive_views[] = {{COMPLETE_VIEW_INACTIVE, "NAME", NULL, true},
                                                     {0}};
static const char *const wait_words[] = {"image", "mv-idle", "nodes", "transactions", NULL};
static const struct complete_arg wait_args[] = {{COMPLETE_WORDS, "WHAT", wait_words, false}, {0}};
static const struct complete_arg file_args[] = {{COMPLETE_FILE, "FILE", NULL, false}, {0}};
static const struct complete_arg database_args[] = {{COMPLETE_DATABASE, "DB", NULL, false}, {0}};

static const struct complete_arg command_args[] = {{COMPLETE_COMMAND, "COMMAND", NULL, true}, {0}};
static const struct complete_arg path_args[] = {{COMPLETE_PATH, "NAME", NULL, false}, {0}};

static const struct complete_command commands[] = {
    {.name = "leader", .options = leader_options},
    {.name = "restore", .options = restore_options},
    {.name = "mv inactivate-all", .options = all_options},
    {.name = "mv inactivate", .args = active_views, .options = all_options},
    {.name = "mv activate", .args = inactive_views, .options = all_options},
    {.name = "mv list", .options = all_options},
    {.name = "backup", .args = file_args},
    {.name = "backup list"},
    {.name = "wait", .args = wait_args},
    {.name = "source", .args = file_args, .bare = true},
    {.name = "use", .args = database_args, .bare = true},
    {.name = "u", .args = database_args, .letter = true},
    {.name = "help", .args = command_args, .bare = true},
    {.name = "describe", .args = path_args},
};

/* The server: what is listed under each key, "catalog/database/table" with "-" for none. */
static const struct {
    enum complete_kind kind;
    const char *key;
    const char *names[6]; /* sorted by bytes */
} server[] = {
    {COMPLETE_VIEW_ACTIVE, "-/-/-",
     {"sales.daily_top", "sales.it's", "sales.orders mv", "sales.orders_mv",
      "sales.\xe9\x94\x80\xe5\x94\xae"}},
    {COMPLETE_VIEW, "-/-/-", {"sales.daily_top", "sales.orders mv"}},
    {COMPLETE_VIEW_INACTIVE, "-/-/-", {"sales.old_mv"}},
    {COMPLETE_CATALOG, "-/-/-", {"default_catalog", "hive"}},
    {COMPLETE_DATABASE, "-/-/-", {"evil\033[2J", "hr", "sales"}},
    {COMPLETE_DATABASE, "hive/-/-", {"lake"}},
    {COMPLETE_TABLE, "-/sales/-", {"evil\033[2J", "order", "order-items", "orders"}},
    {COMPLETE_TABLE, "-/hr/-", {"people"}},
    {COMPLETE_TABLE, "hive/lake/-", {"events"}},
    {COMPLETE_MV, "-/sales/-", {"daily_top", "orders mv"}},
    {COMPLETE_COLUMN, "-/sales/orders", {"Amount", "order", "order_id"}},
    {COMPLETE_COLUMN, "-/hr/people", {"name", "person_id"}},
    {COMPLETE_COLUMN, "hive/lake/events", {"event_time"}},
    {COMPLETE_VARIABLE, "-/-/-", {"pipeline_dop", "query_mem_limit", "query_timeout"}},
    {COMPLETE_USER, "-/-/-", {"'joe'@'%'", "'root'@'%'"}},
    {COMPLETE_ROLE, "-/-/-", {"db_admin", "root"}},
    {COMPLETE_PROC, "-///-", {"dbs", "frontends"}},
    {COMPLETE_PROC, "-//dbs/-", {"10008", "20009"}},
    {COMPLETE_WAREHOUSE, "-/-/-", {"default_warehouse"}},
};

static size_t n_of(const char *const *names)
{
    size_t n = 0;
    while (n < 6 && names[n] != NULL)
        n++;
    return n;
}

static bool give_names(void *ctx, const struct complete_key *key, struct complete_names *ret)
{
    (void)ctx;
    AUTO_FREE char *text = str_format("%s/%s/%s", key->catalog == NULL ? "-" : key->catalog,
                                      key->database == NULL ? "-" : key->database,
                                      key->table == NULL ? "-" : key->table);
    for (size_t i = 0; i < sizeof(server) / sizeof(*server); i++) {
        if (server[i].kind != key->kind || strcmp(server[i].key, text) != 0)
            continue;
        *ret = (struct complete_names){server[i].names, n_of(server[i].names)};
        return true;
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

static struct complete_source source_with(const char *pending)
{
    return (struct complete_source){.commands = commands,
                                    .n_commands = sizeof(commands) / sizeof(*commands),
                                    .pending = pending,
                                    .database = "sales",
                                    .names = give_names,
                                    .files = give_files};
}

/*
 * The candidates, joined by "|", must replace the text from the `^` of the line on. The cursor is at
 * the `~`, or at the end. pending: the lines before, when they began a statement.
 */
static void check_open(const char *pending, const char *marked, const char *expected)
{
    struct complete_source source = source_with(pending);
    AUTO_STR line = {0};
    const char *mark = strchr(marked, '^');
    str_addn(&line, marked, (size_t)(mark - marked));
    const char *tilde = strchr(mark, '~');
    if (tilde == NULL)
        tilde = marked + strlen(marked);
    str_addn(&line, mark + 1, (size_t)(tilde - mark) - 1);
    size_t cursor = line.len;
    str_add(&line, tilde + (*tilde == '~'));
    AUTO_STRV found = {0};
    size_t start = 12345;
    bool any = complete_words(&source, str_text(&line), cursor, &found, &start);
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
    check_open(NULL, marked, expected);
}

static void command_words(void **state)
{
    (void)state;
    check("^\\le", "\\leader");
    check("^\\", "\\backup|\\describe|\\help|\\leader|\\mv|\\restore|\\source|\\use|\\wait");
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
    check_open("select 1", "^\\le", "");
    check_open("select '", "\\le^", "");
    check_open("select '", "x'; ^\\le", "\\leader");
    check_open("/* ", "x */ ; \\mv ^li", "list");
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
    check("\\restore ^--", "--form=|--keep-image");
    check("\\restore ^--form=", "--form=by-hand|--form=helper-pod");
    check("\\restore ^--form=h", "--form=helper-pod");
    check("\\restore --form ^h", "helper-pod");
    check("\\restore --form ^", "by-hand|helper-pod");
    check("\\restore --form=by-hand ^--", "--keep-image");
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
    check("\\mv inactivate ^SALES.D", "sales.daily_top"); /* as it is written there */
}

/* What completion types must be read back as the name itself. */
static void candidates_survive_the_parser(void **state)
{
    (void)state;
    struct complete_source source = source_with(NULL);
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
            assert_string_equal(words.v[i], server[0].names[i]);
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
    check("\\u ^h", "hive.|hr");
    check("\\u ^hive.", "hive.lake");
    check("use ^", "hr|sales");
    check("\\describe ^sales.ord", "sales.order|sales.order-items|sales.orders");
    check("\\describe ^ord", "order|order-items|orders");
    check("\\help ^mv", "mv");
    check("\\help mv ^ina", "inactivate|inactivate-all");
    check("help ^le", "leader");
}

static void keywords(void **state)
{
    (void)state;
    check("^selec", "select");
    check("^SELEC", "SELECT");
    check("^Selec", "SELECT");
    check("select 1 ^havin", "having");
    check("alter ^materi", "materialized view");
    check("select ^", "");
    check("^", "");
    check("select 1 -- ^sel", "");
    check("select 'sel^", "");
    check("select /* sel^", "");
    check("select 1 /* x */ ^havin", "having");
    check_open("select 1\nfrom x", "^havin", "having");
}

static void tables(void **state)
{
    (void)state;
    check("select * from ^", "`order-items`|`order`|hr.|orders|sales.");
    check("select * from ^sales.", "sales.`order-items`|sales.`order`|sales.orders");
    check("select * from ^`sales`.`orders", "`sales`.`orders`");
    check("select * from ^sales.`ord", "sales.`order-items`|sales.`order`|sales.`orders`");
    check("select * from ^sel", ""); /* no keywords where a name must stand */
    check("select * from orders, ^hr.", "hr.people");
    check("select * from orders join ^peo", "");
    check("select * from ^hi", "hive.");
    check("select * from ^hive.", "hive.lake.");
    check("select * from ^hive.lake.", "hive.lake.events");
    check("select * from (select * from ^hr.", "hr.people");
    check("insert into ^ord", "`order-items`|`order`|orders");
    check("truncate table ^hr.p", "hr.people");
    check("DESC ^hr.", "hr.people");
    check("show create table ^orders", "orders");
    check("alter table ^orders", "orders");
    check("drop table if exists ^hr.", "hr.people");
    check("drop table ^if", "if exists");
    check("select 1; select * from ^hr", "hr.");
    check("select * from ^ORD", "`order-items`|`order`|orders");
    check("with latest as (select 1), x as (select 2) select * from ^la", "latest");
    check("with latest as (select 1) select * from orders join ^LATE", "latest");
    check("select * from ^ev", ""); /* would clear the screen */
    check_open("select *\nfrom", "  ^hr.", "hr.people");
    check_open("select * from sales", "^.ord", ""); /* begun on the line before */
}

static void other_kinds(void **state)
{
    (void)state;
    check("use ^", "hr|sales");
    check("use ^hive.", "hive.lake");
    check("drop database ^h", "hive.|hr");
    check("set catalog ^", "default_catalog|hive");
    check("refresh materialized view ^", "`orders mv`|daily_top|hr.|sales.");
    check("refresh materialized view ^sales.d", "sales.daily_top");
    check("alter materialized view ^sales.`ord", "sales.`orders mv`");
    check("drop materialized view if exists ^da", "daily_top");
    check("alter materialized view daily_top ^ina", "inactive");
    check("set ^query_", "query_mem_limit|query_timeout");
    check("SET ^QUERY_T", "query_timeout");
    check("set session ^pipe", "pipeline_dop");
    check("set query_timeout = 1, ^pip", "pipeline_dop");
    check("select @@^pipe", "pipeline_dop");
    check("select @@^global.pipe", "global.pipeline_dop");
    check("show variables like ^'query", "'query_mem_limit'|'query_timeout'");
    check("show variables like ^\"pip", "\"pipeline_dop\"");
    check("select ^'query", "");
    check("show proc ^'/front", "'/frontends'");
    check("show proc ^'/dbs/1", "'/dbs/10008'");
    check("show proc ^'", "");
    check("drop role if exists ^", "db_admin|root");
    check("drop role ^", "db_admin|if exists|root");
    check("grant select on table ^ord", "`order-items`|`order`|orders");
    check("grant db_admin to ^", "'joe'@'%'|'root'@'%'|role|user");
    check("grant select on table orders to ^jo", "'joe'@'%'");
    check("grant select on table orders to ^'jo", "'joe'@'%'");
    check("grant select on table orders to role ^d", "db_admin");
    check("grant ^db_", "db_admin");
    check("alter user ^", "'joe'@'%'|'root'@'%'");
    check("alter user 'joe'@'%' ^def", "default role");
    check("alter user 'joe'@'%' default role ^r", "root");
    check("set role ^", "all|db_admin|default|none|root");
    check("alter warehouse ^", "default_warehouse");
    check("show ^tabl", "table status|tables|tablet");
    check("SHOW CREATE ^MAT", "MATERIALIZED VIEW");
    check("SHOW CREATE ^", "CATALOG|DATABASE|MATERIALIZED VIEW|PIPE|ROUTINE LOAD|TABLE|VIEW");
}

static void columns(void **state)
{
    (void)state;
    check("select ^~ from orders", "Amount|`order`|order_id");
    check("select ^am~ from orders", "Amount");
    check("select ^order_~ from sales.orders", "order_id");
    check("select * from orders where ^", "Amount|`order`|order_id");
    check("select * from orders where order_id = 1 and ^am", "Amount");
    check("select * from orders where order_id ^", "");
    check("select * from orders where order_id ^li", "like|limit");
    check("select * ^fr", "from");
    check("insert into t select 1 ^fr", "from");
    check("show ^fr", "frontends");
    check("select ^o.~ from orders o", "o.Amount|o.`order`|o.order_id");
    check("select ^o.a~ from orders as o", "o.Amount");
    check("select ^O.a~ from orders as o", "O.Amount");
    check("select ^orders.a~ from orders", "orders.Amount");
    check("select ^orders.~ from orders as o", ""); /* it is called o here */
    check("select ^sales.orders.a~ from sales.orders", "sales.orders.Amount");
    check("select ^hive.lake.events.e", "hive.lake.events.event_time");
    check("select ^pe~ from orders o, hr.people pe", "pe.|percent_rank(|"
                                                     "percentile_approx(|percentile_cont(|"
                                                     "percentile_disc(|percentile_union(|person_id");
    check("select * from orders o join hr.people p on ^p.", "p.name|p.person_id");
    check("select * from orders where order_id in (select ^pers~ from hr.people)", "person_id");
    check("select (select max(^nam~) from hr.people) from orders", "name|named_struct(");
    check("insert into orders (^", "Amount|`order`|order_id|select");
    check("insert into orders (order_id, ^am", "Amount");
    check("insert into hr.people (^na", "name");
    check("update orders set ^am", "Amount");
    check("update orders set amount = 1 where ^order_", "order_id");
    check("delete from orders where ^am", "Amount");
    check("alter table orders drop column ^am", "Amount");
    check("select count(*) from orders group by ^am", "Amount");
    check("select ^date_tr", "date_trunc(");
    check("SELECT ^DATE_TR", "DATE_TRUNC(");
    check("select 1 ^date_tr", "");
    check("select ^~", "");
    check_open("select *\nfrom orders", "where ^am", "Amount");
}

static void other_delimiters(void **state)
{
    (void)state;
    struct complete_source source = source_with(NULL);
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
    struct complete_source source = source_with(NULL);
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
    check_hint("\\u ", "DB");
    check_hint("select date_trunc(", "unit, datetime)");
    check_hint("select date_trunc('day', ", "datetime)");
    check_hint("select DATE_TRUNC('day',", "datetime)");
    check_hint("select now(", ")");
    check_hint("select upper(substr(x, ", "from[, length])");
    check_hint("select date_trunc('day'", "");
    check_hint("select nothing_known(", "");
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
static size_t compared;

/* Linked in place of strncmp (see tests/CMakeLists.txt), to count what finding a name costs. */
int __real_strncmp(const char *a, const char *b, size_t n);
int __wrap_strncmp(const char *a, const char *b, size_t n);

int __wrap_strncmp(const char *a, const char *b, size_t n)
{
    compared++;
    return __real_strncmp(a, b, n);
}

static bool give_many(void *ctx, const struct complete_key *key, struct complete_names *ret)
{
    (void)ctx;
    (void)key;
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
    struct complete_source source = source_with(NULL);
    source.names = give_many;
    const char *line = "\\mv inactivate warehouse_042.orders_by_day_0420";
    AUTO_STRV found = {0};
    size_t start;
    compared = 0;
    assert_true(complete_words(&source, line, strlen(line), &found, &start));
    assert_int_equal(found.n, 100);
    assert_true(compared > 20);
    assert_true(compared < 200); /* two searches in halves, and the names of the commands */
    strv_done(&found);
    compared = 0;
    line = "select * from warehouse_042.orders_by_day_04";
    assert_false(complete_words(&source, line, strlen(line), &found, &start));
    assert_true(compared > 20);
    assert_true(compared < 400); /* tables, databases, catalogs */

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
        cmocka_unit_test(tables),
        cmocka_unit_test(other_kinds),
        cmocka_unit_test(columns),
        cmocka_unit_test(other_delimiters),
        cmocka_unit_test(nothing_to_complete_with),
        cmocka_unit_test(hints),
        cmocka_unit_test(files_of_a_directory),
        cmocka_unit_test(a_hundred_thousand_names_at_once),
        cmocka_unit_test(reserved_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
