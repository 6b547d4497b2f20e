/* The tree of what views stand on: every view is drawn once, however the edges run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <belay/output.h>
#include <belay/str.h>
#include <belay/views.h>

#include "arena.h"
#include "mem.h"

static bool take(void *ctx, const void *data, size_t len)
{
    str_addn(ctx, data, len);
    return true;
}

/* a.v0000 … ; each stands on the two before it: as many ways down as Fibonacci's numbers. */
static struct views ladder(size_t n)
{
    struct views views = {.n = n, .arena = arena_new()};

    views.v = mem_array(n, sizeof(*views.v));
    for (size_t i = 0; i < n; i++) {
        struct view *v = &views.v[i];
        AUTO_FREE char *name = str_format("v%04zu", i);
        v->database = "a";
        v->name = arena_text(views.arena, name);
        v->full = arena_join(views.arena, "a.", name, NULL);
        v->active = i != 3;
        for (size_t back = 1; back <= 2 && back <= i; back++)
            strv_addf(&v->bases, "a.v%04zu", i - back);
        strv_add(&v->tables, "a.t");
    }
    return views;
}

static char *drawn(const struct views *views, const bool *wanted)
{
    struct str text = {0};
    struct sink *sink = sink_new(-1, "memory");

    sink_set_taker(sink, take, &text);
    if (wanted != NULL)
        views_trees(views, wanted, sink);
    else
        views_tree(views, &views->v[views->n - 1], "  ", sink);
    assert_true(sink_flush(sink, NULL));
    sink_free(sink);
    return str_take(&text);
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;

    for (; (text = strstr(text, what)) != NULL; text += strlen(what))
        n++;
    return n;
}

static void each_once(void **state)
{
    struct views views = ladder(50);
    AUTO_FREE char *text = drawn(&views, NULL);

    (void)state;
    assert_int_equal(count(text, "\n"), 49 + 48 + 50); /* edges to views and to the table */
    assert_int_equal(count(text, "drawn above"), 48);    /* all but the first of each edge */
    assert_int_equal(count(text, "INACTIVE"), 2);
    assert_ptr_equal(strstr(text, "  ├─ a.v0048 (view, active)\n  │  ├─ a.v0047"), text);
    views_done(&views);
}

static void deep_ones_are_named(void **state)
{
    struct views views = ladder(5000);
    bool *wanted = views_match(&views, NULL, "v4999", NULL);
    AUTO_FREE char *text = drawn(&views, wanted);

    (void)state;
    assert_int_equal(strncmp(text, "a.v4998 (view, active)\n", 23), 0);
    assert_in_range(count(text, "more below it"), 1, 10);
    assert_true(strlen(text) < 100000);
    free(wanted);
    views_done(&views);
}

static void patterns(void **state)
{
    struct views views = ladder(20);
    bool *wanted = views_match(&views, "v001[0-4]", "3$", NULL);
    struct error err = {0};
    size_t n = 0;

    (void)state;
    for (size_t i = 0; i < views.n; i++)
        n += wanted[i];
    assert_int_equal(n, 4);
    assert_true(wanted[10] && !wanted[13] && !wanted[15]);
    assert_null(views_match(&views, "(", NULL, &err));
    assert_int_equal(err.code, ERR_USAGE);
    error_done(&err);
    free(wanted);
    views_done(&views);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_once),
        cmocka_unit_test(deep_ones_are_named),
        cmocka_unit_test(patterns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
