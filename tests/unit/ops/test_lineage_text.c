/* Who stands on whom by the definitions alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "views/lineage.h"
#include "lineage_made.h"

#define HEAD "CREATE MATERIALIZED VIEW `top` (`a`)\nCOMMENT \"MATERIALIZED_VIEW\"\nREFRESH ASYNC\n" \
             "PROPERTIES (\n\"replication_num\" = \"1\"\n)\nAS "

/* The view s.top with this definition, over s.low, s.mid and o.far, all of which are views, and the plain
 * views s.plain and o.plain, of which these queries are known. */
static void check_over(const json_t *plain, const char *ddl, const char *bases, const char *tables,
                       const char *notes)
{
    struct views views = views_new((const char *const[]){"o.far", "s.low", "s.mid", "s.top", NULL});
    struct catalog catalog = catalog_new(&views, (const char *const[]){
        "1 o.far", "2 s.low", "3 s.mid", "4 s.top", "5 s.orders", "6 s.t-x", "7 s.plain", "8 o.plain",
        NULL});

    views.v[3].ddl = ddl;
    for (size_t i = 0; i < 3; i++)
        views.v[i].ddl = "SELECT 1;";
    assert_true(lineage_of_text(&views, &catalog, plain, NULL));
    assert_list(&views.v[3].bases, bases);
    assert_list(&views.v[3].tables, tables);
    assert_list(&views.v[3].notes, notes);
    views_done(&views);
    catalog_done(&catalog);
}

static void check(const char *ddl, const char *bases, const char *tables, const char *notes)
{
    check_over(NULL, ddl, bases, tables, notes);
}

static void tables_stand_behind_from_and_join(void **state)
{
    (void)state;
    check(HEAD "SELECT `s`.`orders`.`a` FROM `s`.`orders`;", "", "s.orders", "");
    check(HEAD "SELECT 1 FROM `s`.`low` INNER JOIN `o`.`far` ON `low`.`a` = `far`.`a`;",
          "o.far, s.low", "", "");
    check(HEAD "SELECT 1 FROM `s`.`low` AS `x`, `s`.`mid` `y` , `s`.`t-x`;", "s.low, s.mid",
          "s.t-x", "");
    check(HEAD "SELECT 1 FROM `hive`.`lake`.`low` LEFT OUTER JOIN s.orders;", "",
          "hive.lake.low, s.orders", "");
    check(HEAD "SELECT 1 FROM (SELECT 2 FROM `s`.`low` WHERE `a` IN (SELECT `a` FROM `s`.`mid`)) `q`, "
          "`o`.`far` GROUP BY `s`.`orders`.`a`, `x`.`y`;", "o.far, s.low, s.mid", "", "");
    check(HEAD "SELECT 1 FROM (`s`.`low` CROSS JOIN `s`.`mid`) UNION ALL SELECT 1 FROM `o`.`far`;",
          "o.far, s.low, s.mid", "", "");
}

static void the_rest_is_no_table(void **state)
{
    (void)state;
    check(HEAD "SELECT ' FROM `s`.`low` ', \"FROM `s`.`mid`\" /* FROM `s`.`mid` */\n"
          "-- FROM `s`.`mid`\nFROM `s`.`orders` WHERE `a` = 'FROM `o`.`far`';", "", "s.orders", "");
    check(HEAD "SELECT trim(`x` FROM `s`.`low`), extract(YEAR FROM `s`.`mid`), `s`.`low`, `o`.`far` "
          "FROM `s`.`orders`;", "", "s.orders", "");
    check(HEAD "SELECT 1 FROM `s`.`orders`, unnest(`s`.`low`) , LATERAL generate_series(1, 2);", "",
          "s.orders", "");
    check(HEAD "SELECT 1 FROM `s`.`top`, `s`.`orders`;", "", "s.orders", ""); /* itself */
}

/* Names of one part: the query's own, unless the database of the view holds such a table. */
static void names_of_one_part(void **state)
{
    (void)state;
    check(HEAD "WITH `w` AS (SELECT 1 FROM `s`.`low`) SELECT 1 FROM `w`;", "s.low", "", "");
    check(HEAD "SELECT 1 FROM `mid`, plain;", "s.mid", "s.plain",
          "what the plain view s.plain stands on cannot be read for sure");
}

/* A view on a plain view stands on that, and on what that is made of. */
static void plain_views_are_followed(void **state)
{
    (void)state;
    static const char ddl[] = HEAD "SELECT 1 FROM `s`.`plain` JOIN `s`.`low`;";
    AUTO_JSON *plain = json_object();

    json_put_str(plain, "s.plain", "SELECT 1 FROM `s`.`orders`, `s`.`mid`");
    check_over(plain, ddl, "s.low, s.mid", "s.orders, s.plain", "");
    /* One over the other, and round in a circle; names of one part are of its own database. */
    json_put_str(plain, "s.plain", "SELECT 1 FROM `o`.`plain`, `s`.`top`");
    json_put_str(plain, "o.plain", "SELECT 1 FROM far CROSS JOIN `s`.`plain`, `hive`.`o`.`plain`");
    check_over(plain, ddl, "o.far, s.low", "hive.o.plain, o.plain, s.plain", "");
    /* Hidden from this user, or not to be understood. */
    json_put_str(plain, "o.plain", "");
    check_over(plain, ddl, "s.low", "o.plain, s.plain",
               "what the plain view o.plain stands on cannot be read for sure");
    json_put_str(plain, "s.plain", "SELECT 'it's' FROM `s`.`mid`");
    check_over(plain, ddl, "s.low", "s.plain",
               "what the plain view s.plain stands on cannot be read for sure");
}

/* COMMENT is written raw: quotes, line breaks and what looks like a query. */
static void a_comment_may_hold_anything(void **state)
{
    (void)state;
    check("CREATE MATERIALIZED VIEW `top` (`a`)\nCOMMENT \"by \"hand\"\nAS SELECT 1 FROM `s`.`mid` it's\"\n"
          "REFRESH MANUAL\nPROPERTIES (\n\"a\" = \"1\"\n)\nAS SELECT 1 FROM `s`.`low`;", "s.low", "",
          "");
}

static void what_cannot_be_read_is_said(void **state)
{
    (void)state;
    AUTO_STR deep = {0};

    check("", "", "", "its definition cannot be read for sure: it may stand on more");
    check(HEAD "SELECT 'it's' FROM `s`.`low`;", "", "",
          "its definition cannot be read for sure: it may stand on more");
    check(HEAD "SELECT 1 FROM `s`.`gone`;", "", "s.gone",
          "s.gone is not there: dropped, or renamed");
    str_add(&deep, HEAD "SELECT ");
    for (int i = 0; i < 1000; i++)
        str_addc(&deep, '(');
    check(deep.s, "", "", "its definition cannot be read for sure: it may stand on more");
    check(HEAD ")))) FROM (SELECT 1 FROM `s`.`low`", "s.low", "", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_stand_behind_from_and_join),
        cmocka_unit_test(the_rest_is_no_table),
        cmocka_unit_test(names_of_one_part),
        cmocka_unit_test(plain_views_are_followed),
        cmocka_unit_test(a_comment_may_hold_anything),
        cmocka_unit_test(what_cannot_be_read_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
