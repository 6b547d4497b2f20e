/* Who stands on whom: levels from rows of sys.object_dependencies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <belay/result.h>
#include <belay/str.h>
#include <belay/views.h>

#include "views/lineage.h"
#include "lineage_made.h"

static struct result rows_new(void)
{
    static const char *const names[] = {"object_database", "object_name", "ref_object_database",
                                        "ref_object_name", "ref_object_catalog", "ref_object_type",
                                        "ref_object_id"};
    struct result rows = {0};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        result_column(&rows, names[i], COLUMN_TEXT);
    return rows;
}

static void row(struct result *rows, const char *db, const char *name, const char *ref_db,
                const char *ref, const char *catalog, const char *type)
{
    size_t i = result_row(rows);

    result_set_text(rows, i, "object_database", db);
    result_set_text(rows, i, "object_name", name);
    result_set_text(rows, i, "ref_object_database", ref_db);
    result_set_text(rows, i, "ref_object_name", ref);
    result_set_text(rows, i, "ref_object_catalog", catalog);
    result_set_text(rows, i, "ref_object_type", type);
}

#define MV "CLOUD_NATIVE_MATERIALIZED_VIEW"
#define DEFAULT "default_catalog"

static void levels(void **state)
{
    (void)state;
    struct views views = views_new((const char *const[]){"a.base", "a.diamond", "a.left", "a.right",
                                                         "b.alone", NULL});
    AUTO_RESULT rows = rows_new();
    AUTO_ERROR err = {0};

    row(&rows, "a", "diamond", "a", "right", DEFAULT, MV);
    row(&rows, "a", "diamond", "a", "left", DEFAULT, "MATERIALIZED_VIEW");
    row(&rows, "a", "diamond", "a", "base", DEFAULT, MV);
    row(&rows, "a", "left", "a", "base", DEFAULT, MV);
    row(&rows, "a", "right", "a", "left", DEFAULT, MV);
    row(&rows, "a", "base", "a", "orders", DEFAULT, "OLAP");
    row(&rows, "a", "base", "a", "orders", DEFAULT, "OLAP"); /* twice */
    row(&rows, "a", "base", "a", "base", DEFAULT, MV);       /* itself */
    row(&rows, "x", "unknown", "a", "base", DEFAULT, "VIEW");
    assert_true(lineage_fill(&views, &rows, &err));
    assert_int_equal(views_find(&views, "a.base")->level, 0);
    assert_int_equal(views_find(&views, "a.left")->level, 1);
    assert_int_equal(views_find(&views, "a.right")->level, 2);
    assert_int_equal(views_find(&views, "a.diamond")->level, 3);
    assert_int_equal(views_find(&views, "b.alone")->level, 0);
    assert_list(&views_find(&views, "a.diamond")->bases, "a.base, a.left, a.right");
    assert_list(&views_find(&views, "a.base")->bases, "");
    assert_list(&views_find(&views, "a.base")->tables, "a.orders");
    assert_null(views_find(&views, "a.orders"));
    views_done(&views);
}

static void other_catalogs_are_no_bases(void **state)
{
    (void)state;
    struct views views = views_new((const char *const[]){"a.base", "a.top", NULL});
    AUTO_RESULT rows = rows_new();

    row(&rows, "a", "top", "a", "base", "hive", "TABLE"); /* of the same name as a view here */
    row(&rows, "a", "top", "lake", "orders", "hive", "TABLE");
    row(&rows, "a", "top", "lake", "orders", "", "TABLE");
    assert_true(lineage_fill(&views, &rows, NULL));
    assert_int_equal(views.v[1].level, 0);
    assert_list(&views.v[1].bases, "");
    assert_list(&views.v[1].tables, ".lake.orders, hive.a.base, hive.lake.orders");
    views_done(&views);
}

static void a_circle_is_an_error(void **state)
{
    (void)state;
    struct views views = views_new((const char *const[]){"a.a", "a.b", "a.c", NULL});
    AUTO_RESULT rows = rows_new();
    AUTO_ERROR err = {0};

    row(&rows, "a", "a", "a", "b", DEFAULT, MV);
    row(&rows, "a", "b", "a", "c", DEFAULT, MV);
    row(&rows, "a", "c", "a", "a", DEFAULT, MV);
    assert_false(lineage_fill(&views, &rows, &err));
    assert_int_equal(err.code, ERR_FAILED);
    assert_non_null(strstr(err.message, "circle: a.a, a.b, a.c, a.a"));
    assert_false(lineage_fill(&views, &rows, NULL));
    views_done(&views);
}

/* What stands above a circle, and the base beside it, are not in it. */
static void a_circle_names_its_members_alone(void **state)
{
    (void)state;
    struct views views = views_new((const char *const[]){"a.above", "a.base", "a.x", "a.y", NULL});
    AUTO_RESULT rows = rows_new();
    AUTO_ERROR err = {0};

    row(&rows, "a", "above", "a", "x", DEFAULT, MV);
    row(&rows, "a", "x", "a", "base", DEFAULT, MV);
    row(&rows, "a", "x", "a", "y", DEFAULT, MV);
    row(&rows, "a", "y", "a", "x", DEFAULT, MV);
    assert_false(lineage_fill(&views, &rows, &err));
    assert_non_null(strstr(err.message, "circle: a.x, a.y, a.x"));
    assert_null(strstr(err.message, "above"));
    assert_null(strstr(err.message, "base"));
    views_done(&views);
}

static void a_large_circle_is_cut(void **state)
{
    (void)state;
    enum { N = 100 };
    char *names[N + 1] = {0};
    AUTO_RESULT rows = rows_new();
    AUTO_ERROR err = {0};

    for (int i = 0; i < N; i++)
        names[i] = str_format("a.v%03d", i);
    struct views views = views_new((const char *const *)names);
    for (int i = 0; i < N; i++)
        row(&rows, "a", names[i] + 2, "a", names[(i + 1) % N] + 2, DEFAULT, MV);
    assert_false(lineage_fill(&views, &rows, &err));
    assert_non_null(strstr(err.message, "a.v018, a.v019, …, a.v000"));
    views_done(&views);
    for (int i = 0; i < N; i++)
        free(names[i]);
}

/* The names of the catalog are the ones of now; sys.object_dependencies has the one from when the view
 * was made (older releases), or that of a table that is gone. */
static void what_became_of_a_base_is_noted(void **state)
{
    (void)state;
    struct views views = views_new((const char *const[]){"a.base_new", "a.other", "a.top", NULL});
    struct catalog catalog = catalog_new(&views, (const char *const[]){
        "11 a.base_new", "12 a.other", "13 a.top", "21 a.orders", "22 a.made_again", NULL});
    AUTO_RESULT rows = rows_new();

    row(&rows, "a", "top", "a", "base_old", DEFAULT, MV);
    result_set_text(&rows, 0, "ref_object_id", "11");
    row(&rows, "a", "top", "a", "made_again", DEFAULT, "UNKNOWN");
    result_set_text(&rows, 1, "ref_object_id", "7");
    row(&rows, "a", "top", "a", "dropped", DEFAULT, "UNKNOWN");
    result_set_text(&rows, 2, "ref_object_id", "8");
    row(&rows, "a", "top", "lake", "far", "hive", "UNKNOWN");
    row(&rows, "a", "top", "lake", "near", "hive", "HIVE");
    row(&rows, "a", "top", "a", "orders", DEFAULT, "OLAP");
    result_set_text(&rows, 5, "ref_object_id", "21");
    row(&rows, "a", "top", "information_schema", "tables", DEFAULT, "SCHEMA");
    row(&rows, "a", "other", "a", "unknown_id", DEFAULT, "UNKNOWN");
    assert_true(lineage_of_rows(&views, &rows, &catalog, NULL));
    assert_list(&views.v[2].bases, "a.base_new"); /* by its id */
    assert_int_equal(views.v[2].level, 1);
    assert_list(&views.v[2].tables, "a.dropped, a.made_again, a.orders, hive.lake.far, "
                "hive.lake.near, information_schema.tables");
    assert_list(&views.v[2].kinds, "gone, , , external, cannot be reached, external, ");
    assert_list(&views.v[2].notes, "a.base_old is called a.base_new now, a.dropped was dropped, "
                "a.made_again was dropped and made again since, hive.lake.far cannot be reached");
    assert_list(&views.v[1].notes, "a.unknown_id is not there: dropped, or renamed");
    views_done(&views);
    catalog_done(&catalog);
}

/* The linker puts this in the place of strcmp: names compared are what lineage costs. */
int __real_strcmp(const char *a, const char *b);
int __wrap_strcmp(const char *a, const char *b);
static size_t compared;

int __wrap_strcmp(const char *a, const char *b)
{
    compared++;
    return __real_strcmp(a, b);
}

/* n views in a chain whose first stands highest, each on three tables too. */
static size_t cost_of(int n)
{
    char **names = mem_array((size_t)n + 1, sizeof(*names));
    AUTO_RESULT rows = rows_new();

    for (int i = 0; i < n; i++)
        names[i] = str_format("a.v%06d", i);
    struct views views = views_new((const char *const *)names);
    for (int i = 0; i < n; i++) {
        if (i + 1 < n)
            row(&rows, "a", names[i] + 2, "a", names[i + 1] + 2, DEFAULT, MV);
        for (int k = 0; k < 3; k++) {
            AUTO_FREE char *table = str_format("t%d", (i + k) % 100);
            row(&rows, "a", names[i] + 2, "a", table, DEFAULT, "OLAP");
        }
    }
    compared = 0;
    assert_true(lineage_fill(&views, &rows, NULL));
    assert_int_equal(views.v[0].level, n - 1);
    views_done(&views);
    for (int i = 0; i < n; i++)
        free(names[i]);
    free(names);
    return compared;
}

static void ten_times_the_views_cost_ten_times_as_much(void **state)
{
    (void)state;
    size_t small = cost_of(1000), large = cost_of(10000);

    assert_true(small > 1000); /* it does count */
    /* A name is found in log2(n) steps: 10 for 1,000, 14 for 10,000. */
    assert_in_range(large, small, small * 15);
}

static void a_long_chain(void **state)
{
    (void)state;
    enum { N = 300 };
    char *names[N + 1] = {0};
    AUTO_RESULT rows = rows_new();

    for (int i = 0; i < N; i++)
        names[i] = str_format("a.v%03d", i);
    struct views views = views_new((const char *const *)names);
    for (int i = 0; i + 1 < N; i++) /* the first stands highest: the slowest order for passes */
        row(&rows, "a", names[i] + 2, "a", names[i + 1] + 2, DEFAULT, MV);
    assert_true(lineage_fill(&views, &rows, NULL));
    assert_int_equal(views.v[0].level, N - 1);
    assert_int_equal(views.v[N - 1].level, 0);
    views_done(&views);
    for (int i = 0; i < N; i++)
        free(names[i]);
}

static void no_rows_and_no_views(void **state)
{
    (void)state;
    struct views none = {0};
    struct views one = views_new((const char *const[]){"a.a", NULL});
    AUTO_RESULT rows = rows_new();

    assert_true(lineage_fill(&none, &rows, NULL));
    assert_true(lineage_fill(&one, &rows, NULL));
    assert_int_equal(one.v[0].level, 0);
    row(&rows, NULL, NULL, NULL, NULL, NULL, NULL); /* SQL NULL everywhere */
    assert_true(lineage_fill(&one, &rows, NULL));
    assert_true(lineage_fill(&none, &rows, NULL));
    views_done(&one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels),
        cmocka_unit_test(other_catalogs_are_no_bases),
        cmocka_unit_test(a_circle_is_an_error),
        cmocka_unit_test(a_circle_names_its_members_alone),
        cmocka_unit_test(a_large_circle_is_cut),
        cmocka_unit_test(a_long_chain),
        cmocka_unit_test(what_became_of_a_base_is_noted),
        cmocka_unit_test(ten_times_the_views_cost_ten_times_as_much),
        cmocka_unit_test(no_rows_and_no_views),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
