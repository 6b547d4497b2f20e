/* What differences between two proofs mean, and the file that holds one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include <belay/str.h>

#include "facts.h"
#include "file.h"
#include "cluster_plan.h"
#include "mem.h"
#include "proof/proof_inside.h"

/* --- two files by hand ------------------------------------------------------------------------------ */

static int nameless(void)
{
    char name[] = "/tmp/belay-test-XXXXXX";
    int fd = mkstemp(name);

    assert_true(fd >= 0);
    unlink(name);
    return fd;
}

struct thing {
    enum proof_kind kind;
    const char *json; /* members in addition to kind */
};

#define END {PROOF_KINDS, NULL}

static int write_file(const char *release, const struct thing *things, enum proof_kind lack)
{
    int fd = nameless();
    AUTO_JSON *lacks = NULL;
    struct proof_writer *writer =
        proof_begin(fd, "test", json_pack("{s:i,s:s}", "format", PROOF_FORMAT, "release", release));

    for (const struct thing *t = things; t->json != NULL; t++) {
        AUTO_ERROR err = {0};
        json_t *item = json_parse(t->json, strlen(t->json), 65536, &err);
        assert_non_null(item);
        assert_true(proof_add(writer, t->kind, item, &err));
    }
    if (lack != PROOF_KINDS)
        proof_lacks(writer, lack, "no node");
    assert_true(proof_end(writer, &lacks, NULL));
    return fd;
}

/* The differences as lines "class|what|before|after|verdict". free() it. */
static char *compared(int before_fd, int after_fd, bool down)
{
    struct proof_reader before, after;
    struct proof_found *found = proof_found_new();
    AUTO_RESULT rows = {0};
    AUTO_STR text = {0};
    AUTO_ERROR err = {0};

    assert_true(proof_open(before_fd, "before", &before, &err));
    assert_true(proof_open(after_fd, "after", &after, &err));
    assert_true(proof_compare_files(&before, &after, down, found, &err));
    proof_found_result(found, &rows);
    for (size_t i = 0; i < rows.n_rows; i++)
        for (size_t c = 0; c < rows.n_columns; c++)
            str_addf(&text, "%s%s", result_text(&rows, i, rows.columns[c].name),
                     c + 1 < rows.n_columns ? "|" : "\n");
    proof_reader_done(&before);
    proof_reader_done(&after);
    proof_found_free(found);
    close(before_fd);
    close(after_fd);
    return str_take(&text);
}

static void check(const char *old, const struct thing *before, const char *new,
                  const struct thing *after, const char *wanted)
{
    AUTO_FREE char *text = compared(write_file(old, before, PROOF_KINDS),
                                    write_file(new, after, PROOF_KINDS), false);
    assert_string_equal(text, wanted);
}

/* --- classification ----------------------------------------------------------------------------------- */

static void test_system_tables_come_and_go(void **state)
{
    (void)state;
    struct thing before[] = {{PROOF_SYSTEM_TABLE, "{\"db\":\"sys\",\"name\":\"old\"}"}, END};
    struct thing after[] = {{PROOF_SYSTEM_TABLE, "{\"db\":\"sys\",\"name\":\"a\"}"},
                            {PROOF_SYSTEM_TABLE, "{\"db\":\"sys\",\"name\":\"b\"}"}, END};

    check("3.3.3", before, "3.4.0", after,
          "expected|2 system tables|||new in this release (the first: system table sys.a)\n"
          "expected|system table sys.old|||this release does not have it\n");
}

static void test_partitions(void **state)
{
    (void)state;
    struct thing before[] = {
        {PROOF_PARTITION, "{\"db\":\"d\",\"name\":\"t\",\"part\":\"back\",\"versions\":[[1,5],[2,9]]}"},
        {PROOF_PARTITION, "{\"db\":\"d\",\"name\":\"t\",\"part\":\"gone\",\"versions\":[[3,5]]}"},
        {PROOF_PARTITION, "{\"db\":\"d\",\"name\":\"t\",\"part\":\"newer\",\"versions\":[[4,5]]}"},
        {PROOF_PARTITION, "{\"db\":\"d\",\"name\":\"t\",\"part\":\"other\",\"versions\":[[5,9]]}"},
        {PROOF_PARTITION, "{\"db\":\"d\",\"name\":\"t\",\"part\":\"split\",\"versions\":[[6,5]]}"},
        END};
    struct thing after[] = {
        {PROOF_PARTITION, "{\"db\":\"d\",\"name\":\"t\",\"part\":\"back\",\"versions\":[[1,7],[2,8]]}"},
        {PROOF_PARTITION, "{\"db\":\"d\",\"name\":\"t\",\"part\":\"newer\",\"versions\":[[4,6]]}"},
        {PROOF_PARTITION, "{\"db\":\"d\",\"name\":\"t\",\"part\":\"other\",\"versions\":[[99,2]]}"},
        {PROOF_PARTITION,
         "{\"db\":\"d\",\"name\":\"t\",\"part\":\"split\",\"versions\":[[6,5],[7,1]]}"},
        END};

    check("3.3.3", before, "3.3.3", after,
          "lost|partition d.t back|9|8|version went back: writes are lost\n"
          "lost|partition d.t gone|there||it is gone\n"
          "grew|partition d.t newer|||newer versions: writes went on\n"
          "grew|partition d.t other|||overwritten since\n"
          "grew|partition d.t split|||more physical partitions\n");
}

static const char *const by_hour =
    "CREATE MATERIALIZED VIEW `v` (`a`)\nCOMMENT \"x\"\nDISTRIBUTED BY RANDOM\n"
    "REFRESH ASYNC EVERY(INTERVAL 1 HOUR)\nORDER BY (`a`)\nPROPERTIES (\n\"a\" = \"1\",\n"
    "\"b\" = \"2\"\n)\nAS SELECT `t`.`a`\nFROM `d`.`t`;";

static struct thing view_of(const char *ddl, struct str *text)
{
    AUTO_JSON *item = proof_item("d", "v", "");

    json_put_bool(item, "active", true);
    json_put(item, "definition", proof_definition(ddl));
    json_add_canonical(item, text);
    return (struct thing){PROOF_VIEW, str_text(text)};
}

static void check_view(const char *old, const char *was, const char *new, const char *now,
                       const char *wanted)
{
    AUTO_STR a = {0}, b = {0};
    struct thing before[] = {view_of(was, &a), END};
    struct thing after[] = {view_of(now, &b), END};

    check(old, before, new, after, wanted);
}

/* The text with its first `from` replaced. free() it. */
static char *with(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);

    assert_non_null(at);
    return str_format("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

static void test_which_part_of_a_definition(void **state)
{
    static const struct {
        const char *from, *to, *wanted;
    } cases[] = {
        {"FROM `d`.`t`", " FROM   `d`.`t`  ", ""}, /* white space is nothing */
        {"1 HOUR", "2 HOUR",
         "lost|view d.v|REFRESH ASYNC EVERY(INTERVAL 1 HOUR)|REFRESH ASYNC EVERY(INTERVAL 2 HOUR)|"
         "definition changed: the refresh clause\n"},
        {"REFRESH ASYNC", "REFRESH DEFERRED ASYNC",
         "expected|view d.v|REFRESH ASYNC EVERY(INTERVAL 1 HOUR)|REFRESH DEFERRED ASYNC EVERY(INTERVAL 1 "
         "HOUR)|DEFERRED only counts at the creation, and a frontend may forget it at its start\n"},
        {"(`a`)\nCOMMENT", "(`a`, `b`)\nCOMMENT",
         "lost|view d.v|||definition changed: columns, comment, partition or distribution\n"},
        {"ORDER BY (`a`)\n", "",
         "lost|view d.v|||definition changed: columns, comment, partition or distribution\n"},
        {"\"b\" = \"2\"", "\"b\" = \"3\"",
         "lost|view d.v|b|b|definition changed: property b has another value\n"},
        {",\n\"b\" = \"2\"", "", "lost|view d.v|b||definition changed: property b is gone\n"},
        {"\"b\" = \"2\"", "\"b\" = \"2\",\n\"c\" = \"\"",
         "lost|view d.v||c|definition changed: property c is new\n"},
        {"`d`.`t`", "`d`.`u`", "lost|view d.v|||definition changed: the query\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        AUTO_FREE char *now = with(by_hour, cases[i].from, cases[i].to);
        check_view("3.3.3-a", by_hour, "3.3.3-a", now, cases[i].wanted);
    }
}

/* What a release prints in another way is no loss, but the rest of the definition still counts. */
static void test_releases_that_print_otherwise(void **state)
{
    (void)state;
    AUTO_FREE char *written = with(by_hour, "`t`.`a`\nFROM `d`.`t`", "a from t");
    AUTO_FREE char *both = with(written, "1 HOUR", "2 HOUR");
    AUTO_FREE char *more = with(by_hour, "\"b\" = \"2\"", "\"b\" = \"2\",\n\"c\" = \"\"");

    check_view("3.5.16", by_hour, "4.1.0", written,
               "expected|view d.v|||the two releases do not print queries alike: only the rest of the "
               "definition was compared\n");
    check_view("3.5.16", by_hour, "4.0.3", written,
               "expected|view d.v|||the two releases do not print queries alike: only the rest of the "
               "definition was compared\n");
    check_view("3.5.16", by_hour, "4.1.0", both,
               "lost|view d.v|REFRESH ASYNC EVERY(INTERVAL 1 HOUR)|REFRESH ASYNC EVERY(INTERVAL 2 HOUR)|"
               "definition changed: the refresh clause\n"
               "expected|view d.v|||the two releases do not print queries alike: only the rest of the "
               "definition was compared\n");
    check_view("3.3.3", by_hour, "3.5.16", written, "lost|view d.v|||definition changed: the query\n");
    check_view("3.3.3", by_hour, "3.5.16", more,
               "expected|view d.v|||this release shows a property that the one before did not show\n");
}

/* A comment that imitates the FE's clauses cannot be told from them. */
static void test_a_definition_that_cannot_be_taken_apart(void **state)
{
    (void)state;
    AUTO_FREE char *twice =
        with(by_hour, "COMMENT \"x\"", "COMMENT \"\nREFRESH MANUAL\nPROPERTIES (\n\"");
    AUTO_FREE char *changed = with(twice, "1 HOUR", "2 HOUR");

    check_view("3.3.3", twice, "3.3.3", twice, "");
    check_view("3.3.3", twice, "3.3.3", changed, "lost|view d.v|||definition changed\n");
    check_view("3.5.16", twice, "4.1.0", changed,
               "cannot tell|view d.v|||its definition cannot be taken apart: a comment or a literal "
               "looks like a clause\n");
}

static void test_no_text_of_a_definition_is_kept(void **state)
{
    (void)state;
    AUTO_FREE char *secret = with(by_hour, "`d`.`t`", "FILES('aws.s3.secret_key' = 'hunter2')");
    AUTO_STR text = {0};

    view_of(secret, &text);
    assert_null(strstr(text.s, "hunter2"));
}

static void test_queries(void **state)
{
    (void)state;
    struct thing before[] = {
        {PROOF_PARTITION, "{\"db\":\"d\",\"name\":\"t\",\"part\":\"p\",\"versions\":[[1,5]]}"},
        {PROOF_QUERY, "{\"name\":\"0001\",\"rows\":2,\"sum\":\"aa\",\"ms\":100}"},
        {PROOF_QUERY, "{\"name\":\"0002\",\"rows\":2,\"sum\":\"aa\",\"ms\":100}"},
        {PROOF_QUERY, "{\"name\":\"0003\",\"error\":\"no such table\"}"},
        {PROOF_QUERY, "{\"name\":\"0004\",\"error\":\"no such table\"}"},
        {PROOF_QUERY, "{\"name\":\"0005\",\"rows\":2,\"sum\":\"aa\",\"ms\":1}"},
        {PROOF_QUERY, "{\"name\":\"0006\",\"rows\":2,\"sum\":\"aa\",\"ms\":1}"}, END};
    struct thing after[] = {
        {PROOF_PARTITION, "{\"db\":\"d\",\"name\":\"t\",\"part\":\"p\",\"versions\":[[1,5]]}"},
        {PROOF_QUERY, "{\"name\":\"0001\",\"rows\":2,\"sum\":\"bb\",\"ms\":100}"},
        {PROOF_QUERY, "{\"name\":\"0002\",\"rows\":2,\"sum\":\"aa\",\"ms\":5000}"},
        {PROOF_QUERY, "{\"name\":\"0003\",\"rows\":1,\"sum\":\"aa\",\"ms\":100}"},
        {PROOF_QUERY, "{\"name\":\"0004\",\"error\":\"no such table\"}"},
        {PROOF_QUERY, "{\"name\":\"0005\",\"rows\":1,\"sum\":\"bb\",\"ms\":1}"},
        {PROOF_QUERY, "{\"name\":\"0006\",\"rows\":3,\"sum\":\"bb\",\"ms\":1}"}, END};

    check("3.3.3", before, "3.3.3", after,
          "lost|query 0001|2 rows, 0.100 s|2 rows, 0.100 s|another result, although no partition has a "
          "newer version\n"
          "lost|query 0005|2 rows, 0.001 s|1 row, 0.001 s|fewer rows\n"
          "lost|query 0006|2 rows, 0.001 s|3 rows, 0.001 s|another result, although no partition has a "
          "newer version\n"
          "cannot tell|query 0004|no such table|no such table|it failed both times\n"
          "expected|query 0002|2 rows, 0.100 s|2 rows, 5.0 s|slower: caches are empty after a restart\n"
          "expected|query 0003|no such table|1 row, 0.100 s|it failed before\n");
    /* Without partitions nobody knows whether something was written. */
    check("3.3.3", before + 1, "3.3.3", after + 1,
          "lost|query 0005|2 rows, 0.001 s|1 row, 0.001 s|fewer rows\n"
          "cannot tell|query 0001|2 rows, 0.100 s|2 rows, 0.100 s|another result: writes went on, so that "
          "it cannot be told why\n"
          "cannot tell|query 0004|no such table|no such table|it failed both times\n"
          "grew|query 0006|2 rows, 0.001 s|3 rows, 0.001 s|more rows\n"
          "expected|query 0002|2 rows, 0.100 s|2 rows, 5.0 s|slower: caches are empty after a restart\n"
          "expected|query 0003|no such table|1 row, 0.100 s|it failed before\n");
}

/* The FE's own statistics come and go, and are no sign that a user wrote. */
static void test_statistics_are_the_frontends_own(void **state)
{
    (void)state;
    struct thing before[] = {
        {PROOF_TABLE, "{\"db\":\"_statistics_\",\"name\":\"old\"}"},
        {PROOF_PARTITION, "{\"db\":\"_statistics_\",\"name\":\"t\",\"part\":\"p\",\"versions\":[[1,5]]}"},
        {PROOF_QUERY, "{\"name\":\"0001\",\"rows\":2,\"sum\":\"aa\",\"ms\":1}"}, END};
    struct thing after[] = {
        {PROOF_PARTITION, "{\"db\":\"_statistics_\",\"name\":\"t\",\"part\":\"p\",\"versions\":[[1,9]]}"},
        {PROOF_QUERY, "{\"name\":\"0001\",\"rows\":2,\"sum\":\"bb\",\"ms\":1}"}, END};

    check("3.3.3", before, "3.3.3", after,
          "lost|query 0001|2 rows, 0.001 s|2 rows, 0.001 s|another result, although no partition has a "
          "newer version\n");
}

static void test_versions(void **state)
{
    (void)state;
    struct thing before[] = {{PROOF_NODE, "{\"db\":\"BE\",\"name\":\"a\",\"version\":\"3.3.3-x\"}"},
                             {PROOF_NODE, "{\"db\":\"BE\",\"name\":\"b\",\"version\":\"3.3.3-x\"}"},
                             {PROOF_NODE, "{\"db\":\"CN\",\"name\":\"c\",\"version\":\"3.3.3-x\"}"}, END};
    struct thing after[] = {{PROOF_NODE, "{\"db\":\"BE\",\"name\":\"a\",\"version\":\"3.10.0-y\"}"},
                            {PROOF_NODE, "{\"db\":\"BE\",\"name\":\"b\",\"version\":\"3.3.3-y\"}"},
                            {PROOF_NODE, "{\"db\":\"CN\",\"name\":\"c\",\"version\":\"?\"}"}, END};
    AUTO_FREE char *down = compared(write_file("3.3.3", before, PROOF_KINDS),
                                    write_file("3.10.0", after, PROOF_KINDS), true);

    check("3.3.3", before, "3.10.0", after,
          "cannot tell|CN c|3.3.3-x|?|another version\n"
          "expected|BE a|3.3.3-x|3.10.0-y|version went up\n"
          "expected|BE b|3.3.3-x|3.3.3-y|another build\n");
    assert_non_null(strstr(down, "lost|BE a|3.3.3-x|3.10.0-y|version went up\n"));
}

static void test_what_was_not_read_is_not_compared(void **state)
{
    (void)state;
    struct thing before[] = {{PROOF_TABLE, "{\"db\":\"d\",\"name\":\"t\"}"},
                             {PROOF_USER, "{\"name\":\"u\"}"}, END};
    struct thing after[] = {END};
    AUTO_FREE char *text = compared(write_file("3.3.3", before, PROOF_KINDS),
                                    write_file("3.3.3", after, PROOF_TABLE), false);

    assert_string_equal(text, "lost|user u|there||it is gone\n"
                              "cannot tell|tables|read|not read|not compared: no node\n");
}

/* More than a person looks at is counted, not listed. */
static void test_many_losses(void **state)
{
    (void)state;
    int before = nameless(), after = nameless();
    AUTO_JSON *lacks = NULL;
    AUTO_JSON *none = NULL;
    struct proof_writer *writer = proof_begin(before, "t", json_pack("{s:i}", "format", 1));

    for (int i = 0; i < 600; i++) {
        AUTO_FREE char *name = str_format("t%03d", i);
        assert_true(proof_add(writer, PROOF_TABLE, proof_item("d", name, ""), NULL));
    }
    assert_true(proof_end(writer, &lacks, NULL));
    assert_true(proof_end(proof_begin(after, "t", json_pack("{s:i}", "format", 1)), &none, NULL));
    AUTO_FREE char *text = compared(before, after, false);
    assert_non_null(strstr(text, "lost|table d.t499|there||it is gone\n"));
    assert_null(strstr(text, "d.t500"));
    assert_non_null(strstr(text, "lost|100 tables more|||not listed one by one\n"));
}

/* --- the file ------------------------------------------------------------------------------------------ */

static void test_order_is_by_database_then_name(void **state)
{
    (void)state;
    int fd = nameless();
    AUTO_ERROR err = {0};
    struct proof_writer *writer = proof_begin(fd, "t", json_object());

    /* As one text "a-x.t" stands before "a.t"; as two names it does not. */
    assert_true(proof_add(writer, PROOF_TABLE, proof_item("a", "t", ""), &err));
    assert_true(proof_add(writer, PROOF_TABLE, proof_item("a-x", "t", ""), &err));
    assert_false(proof_add(writer, PROOF_TABLE, proof_item("a", "u", ""), &err));
    assert_int_equal(err.code, ERR_UNKNOWN);
    assert_string_equal(err.message, "the list is not in order at a.u");
    proof_drop(writer);
    close(fd);
}

static void test_a_newer_format(void **state)
{
    (void)state;
    int fd = nameless();
    AUTO_JSON *lacks = NULL;
    AUTO_ERROR err = {0};
    struct proof_reader reader;

    assert_true(proof_end(proof_begin(fd, "t", json_pack("{s:i}", "format", 2)), &lacks, NULL));
    assert_false(proof_open(fd, "t", &reader, &err));
    assert_int_equal(err.code, ERR_UNKNOWN);
    proof_reader_done(&reader);
    close(fd);
}

/* --- in a plan ----------------------------------------------------------------------------------------- */

static void test_in_a_plan(void **state)
{
    (void)state;
    AUTO_JSON *facts = facts_new("3.3.3");
    AUTO_STRV tables = {0};
    AUTO_ERROR err = {0};
    AUTO_STR text = {0};

    strv_add(&tables, "^sales\\.");
    proof_gather(&(struct proof_wants){.tables = &tables, .down = true}, facts);
    struct plan *plan = cluster_plan("upgrade", facts, &err);
    assert_non_null(plan);
    proof_add_take(plan, facts);
    proof_add_compare(plan, facts);
    plan_seal(plan);
    plan_canonical(plan, &text);
    assert_int_equal(plan_tier(plan), TIER_ADDS);
    assert_non_null(strstr(text.s, "\"args\":[\"{proof}\",\"^sales\\\\.\"]"));
    assert_non_null(strstr(text.s, "{\"args\":[\"{proof}\",\"down\"],\"probe\":\"proof_holds\"}"));
    plan_free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_system_tables_come_and_go),
        cmocka_unit_test(test_partitions),
        cmocka_unit_test(test_which_part_of_a_definition),
        cmocka_unit_test(test_releases_that_print_otherwise),
        cmocka_unit_test(test_a_definition_that_cannot_be_taken_apart),
        cmocka_unit_test(test_no_text_of_a_definition_is_kept),
        cmocka_unit_test(test_queries),
        cmocka_unit_test(test_statistics_are_the_frontends_own),
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_what_was_not_read_is_not_compared),
        cmocka_unit_test(test_many_losses),
        cmocka_unit_test(test_order_is_by_database_then_name),
        cmocka_unit_test(test_a_newer_format),
        cmocka_unit_test(test_in_a_plan),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
