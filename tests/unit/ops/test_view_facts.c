/* Views as facts of a plan, and back; their definitions, packed once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <belay/facts.h>
#include <belay/str.h>
#include <belay/views.h>

#include "mem.h"

static void add(struct views *views, const char *name, const char *full, const char *id,
                const char *ddl)
{
    views->v[views->n++] = (struct view){
        .id = id, .database = "a", .name = name, .full = full, .reason = "why",
        .refresh = "ASYNC", .last_state = "SUCCESS", .last_finished = "2026-11-24 06:36:05",
        .ddl = ddl, .clause = "REFRESH MANUAL"};
}

/* a.base ← a.top, a.odd. */
static struct views made(void)
{
    static const uint32_t first[] = {0};
    struct views views = {.v = mem_array(3, sizeof(struct view)), .n_sync = 4};

    add(&views, "top", "a.top", "3", "CREATE MATERIALIZED VIEW `top`\nAS SELECT 'x'");
    add(&views, "base", "a.base", "1", "CREATE MATERIALIZED VIEW `base`");
    add(&views, "odd\xff", "a.odd\xff", "2", "");
    views.v[0].level = 1;
    views.v[0].active = true;
    strv_add(&views.v[0].bases, "a.base");
    views.v[0].base_at = first;
    strv_add(&views.v[0].tables, "a.orders");
    strv_add(&views.v[0].notes, "a.gone is gone");
    views.v[1].flag_unknown = true;
    views_sort(&views);
    return views;
}

static void there_and_back(void **state)
{
    (void)state;
    struct views views = made();
    struct views back;
    AUTO_ERROR err = {0};

    AUTO_JSON *facts = views_facts(&views);
    AUTO_FREE char *text = json_canonical(facts);
    views_done(&views);
    /* From a journal: nothing is shared with what it was made of. */
    AUTO_JSON *read = json_parse(text, strlen(text), strlen(text), NULL);
    if (!views_from_facts(read, &back, &err))
        fail_msg("%s", err.message);
    assert_int_equal(back.n, 3);
    assert_int_equal(back.n_sync, 4);
    const struct view *top = views_find(&back, "a.top");
    assert_ptr_equal(top, &back.v[2]);
    assert_string_equal(top->id, "3");
    assert_string_equal(top->database, "a");
    assert_string_equal(top->name, "top");
    assert_true(top->active);
    assert_false(top->flag_unknown);
    assert_true(back.v[0].flag_unknown);
    assert_string_equal(top->reason, "why");
    assert_string_equal(top->refresh, "ASYNC");
    assert_string_equal(top->last_state, "SUCCESS");
    assert_string_equal(top->last_finished, "2026-11-24 06:36:05");
    assert_string_equal(top->clause, "REFRESH MANUAL");
    assert_string_equal(top->ddl, "");
    assert_int_equal(top->level, 1);
    assert_string_equal(top->bases.v[0], "a.base");
    assert_string_equal(top->tables.v[0], "a.orders");
    assert_string_equal(top->notes.v[0], "a.gone is gone");
    assert_int_equal(back.v[0].bases.n + back.v[0].tables.n + back.v[0].notes.n, 0);
    assert_non_null(views_find(&back, "a.odd\\xff"));
    assert_null(views_find(&back, "a.none"));
    views_done(&back);
}

static void definitions_are_kept_once(void **state)
{
    (void)state;
    struct views views = made();
    AUTO_JSON *wanted = json_pack("{s:s,s:s,s:s}", "3", "", "2", "", "99", "");
    AUTO_JSON *whole = json_object();
    json_t *facts = views_facts(&views);

    views_done(&views);
    json_put(whole, "views", facts);
    facts_keep(whole);
    AUTO_JSON *once = json_deep_copy(whole);
    facts_keep(whole);
    assert_true(json_equal(whole, once));
    assert_null(json_object_get(facts, "ddls"));
    /* echo -n 'CREATE MATERIALIZED VIEW `base`' | sha256sum */
    assert_string_equal(json_string_value(views_fact(facts, 0, "digest")),
                        "25b5395135cfdd49cb23dab227105e36a9c2e22be32e62b3385aa6c11c61d619");
    assert_string_equal(json_string_value(views_fact(facts, 1, "digest")), "");
    assert_true(views_definitions(facts, wanted, NULL));
    assert_string_equal(json_str(wanted, "3"), "CREATE MATERIALIZED VIEW `top`\nAS SELECT 'x'");
    assert_string_equal(json_str(wanted, "2"), "");
    assert_string_equal(json_str(wanted, "99"), "");
    assert_int_equal(json_object_size(wanted), 3);

    AUTO_ERROR err = {0};
    json_put_str(facts, "definitions", "not packed!");
    assert_false(views_definitions(facts, wanted, &err));
    assert_int_equal(err.code, ERR_VERDICT);
}

/* Whatever stands in a file: an error or a plan, never a crash. */
static void damaged(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "{}",
        "{\"columns\":[]}",
        "{\"columns\":{}}",
        "{\"columns\":{\"id\":7}}",
        "{\"columns\":{\"id\":{\"1\":2}}}",
        "{\"columns\":{\"id\":[\"1\",\"2\"]}}",
        "{\"columns\":{\"id\":[\"1\",\"2\"],\"full\":[\"b\",\"a\"],\"level\":[0,0]}}",
        "{\"columns\":{\"id\":[\"1\",\"2\"],\"full\":[\"a\",\"a\"],\"level\":[0,0]}}",
        "{\"columns\":{\"id\":[\"1\",\"2\"],\"full\":[\"a\"],\"level\":[0,0]}}",
        "{\"columns\":{\"id\":[\"1\"],\"full\":[\"a\"],\"level\":[1]}}",
        "{\"columns\":{\"id\":[\"1\"],\"full\":[\"a\"],\"level\":[0],\"bases\":[[\"a\"]]}}",
        "{\"columns\":{\"id\":[\"1\"],\"full\":[\"a\"],\"level\":[0],\"bases\":[[0]]}}",
        "{\"columns\":{\"id\":[\"1\"],\"full\":[\"a\"],\"level\":[0],\"bases\":[[1]]}}",
        "{\"columns\":{\"id\":[\"1\",\"2\"],\"full\":[\"a\",\"b\"],\"level\":[0,1],\"bases\":[[],[\"a\"]]}}",
        "{\"columns\":{\"id\":[\"1\",\"2\"],\"full\":[\"a\",\"b\"],\"level\":[0,1],\"bases\":[[],[-1]]}}",
        "{\"columns\":{\"id\":[\"1\",\"2\"],\"full\":[\"a\",\"b\"],\"level\":[0,1],\"bases\":[[],[4294967296]]}}",
        "{\"columns\":{\"id\":[\"1\",\"2\"],\"full\":[\"a\",\"b\"],\"level\":[0,1],\"bases\":[[],[0.0]]}}"};

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        AUTO_JSON *facts = json_parse(bad[i], strlen(bad[i]), strlen(bad[i]), NULL);
        struct views views;
        AUTO_ERROR err = {0};
        assert_non_null(facts);
        if (views_from_facts(facts, &views, &err))
            fail_msg("%s", bad[i]);
        assert_int_equal(err.code, ERR_VERDICT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(definitions_are_kept_once),
        cmocka_unit_test(damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
