/* The refresh clause of SHOW CREATE MATERIALIZED VIEW texts, also of nasty ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <belay/str.h>
#include <belay/views.h>

static const struct {
    const char *ddl;
    const char *clause; /* NULL: none */
} cases[] = {
    /* As the FE prints them. */
    {"CREATE MATERIALIZED VIEW `daily` (`day`, `total`)\n"
     "COMMENT \"totals\"\n"
     "PARTITION BY (`day`)\n"
     "DISTRIBUTED BY HASH(`day`) BUCKETS 10 \n"
     "REFRESH ASYNC START(\"2026-01-01 00:00:00\") EVERY(INTERVAL 1 HOUR)\n"
     "PROPERTIES (\n\"replicated_storage\" = \"true\"\n)\n"
     "AS SELECT `day`, sum(`total`) FROM `orders` GROUP BY `day`;",
     "REFRESH ASYNC START(\"2026-01-01 00:00:00\") EVERY(INTERVAL 1 HOUR)"},
    {"CREATE MATERIALIZED VIEW `v` (`a`)\nREFRESH MANUAL\nAS SELECT 1;", "REFRESH MANUAL"},
    {"CREATE MATERIALIZED VIEW v (a)\nREFRESH DEFERRED MANUAL\nPROPERTIES ()\nAS SELECT 1",
     "REFRESH DEFERRED MANUAL"},
    {"CREATE MATERIALIZED VIEW v (a)\nREFRESH IMMEDIATE ASYNC\nAS SELECT 1",
     "REFRESH IMMEDIATE ASYNC"},
    /* Text that looks like a clause and is none. */
    {"CREATE MATERIALIZED VIEW v (a)\nCOMMENT \"x\nREFRESH MANUAL\n\"\nREFRESH ASYNC\nAS SELECT 1",
     "REFRESH ASYNC"},
    {"CREATE MATERIALIZED VIEW v (a COMMENT \"REFRESH MANUAL\")\nREFRESH ASYNC\nAS SELECT 1",
     "REFRESH ASYNC"},
    {"CREATE MATERIALIZED VIEW `REFRESH MANUAL` (`refresh`)\nREFRESH ASYNC\nAS SELECT 1",
     "REFRESH ASYNC"},
    {"CREATE MATERIALIZED VIEW v (refresh, `as`)\nREFRESH ASYNC\nAS SELECT 1", "REFRESH ASYNC"},
    {"CREATE MATERIALIZED VIEW v\n-- REFRESH MANUAL\n/* REFRESH\nMANUAL */\nREFRESH ASYNC\n"
     "AS SELECT 1",
     "REFRESH ASYNC"},
    {"CREATE MATERIALIZED VIEW v\nREFRESH ASYNC\nPROPERTIES (\"x\" = \"REFRESH MANUAL\")\n"
     "AS SELECT 1",
     "REFRESH ASYNC"},
    {"CREATE MATERIALIZED VIEW v\nREFRESH ASYNC START(\"AS SELECT\") EVERY(INTERVAL 1 DAY)\n"
     "AS SELECT 1",
     "REFRESH ASYNC START(\"AS SELECT\") EVERY(INTERVAL 1 DAY)"},

    {"CREATE MATERIALIZED VIEW v\nDISTRIBUTED BY RANDOM\nREFRESH ASYNC\nORDER BY (a)\n"
     "PROPERTIES (\n\"x\" = \"y\"\n)\nAS\nSELECT 1",
     "REFRESH ASYNC"},

    /* Comments are printed raw: quotes in them need not match, and they may end a string early. */
    {"CREATE MATERIALIZED VIEW v (a)\nCOMMENT \"5\" wide\"\nREFRESH ASYNC\nPROPERTIES (\n)\n"
     "AS SELECT 1",
     "REFRESH ASYNC"},
    {"CREATE MATERIALIZED VIEW v (a)\nCOMMENT \"a\"\nREFRESH MANUAL\n\"b\"\nREFRESH ASYNC\n"
     "PROPERTIES (\n)\nAS SELECT 1",
     "REFRESH ASYNC"},
    /* One that imitates all of it: then it is not known. */
    {"CREATE MATERIALIZED VIEW v (a)\nCOMMENT \"\nREFRESH MANUAL\nPROPERTIES (\n\"\n"
     "REFRESH ASYNC\nPROPERTIES (\n)\nAS SELECT 1",
     NULL},
    {"CREATE MATERIALIZED VIEW v (a)\nREFRESH ASYNC\nPROPERTIES (\n)\nAS SELECT '\n"
     "REFRESH MANUAL\nAS SELECT' FROM t",
     NULL},

    /* The query holds one; the view has none. */
    {"CREATE MATERIALIZED VIEW v\nAS SELECT 1 AS x -- \nREFRESH MANUAL", NULL},
    {"CREATE MATERIALIZED VIEW v AS SELECT refresh FROM t", NULL},
    {"CREATE MATERIALIZED VIEW v (a) COMMENT \"REFRESH MANUAL\" AS SELECT 1", NULL},
    {"CREATE MATERIALIZED VIEW v (REFRESH", NULL},
    {"", NULL},
    {"-- REFRESH MANUAL", NULL},
    {"/* REFRESH MANUAL", NULL},
    {"\"REFRESH MANUAL", NULL},
};

static void clauses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        AUTO_STR got = {0};
        bool found = ddl_refresh_clause(cases[i].ddl, &got);
        if (found != (cases[i].clause != NULL) ||
            (found && strcmp(got.s, cases[i].clause) != 0))
            fail_msg("%s\n  gave %s", cases[i].ddl, found ? got.s : "none");
        if (!found)
            assert_string_equal(str_text(&got), "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clauses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
