/* Views, catalogs and their freeing for the tests of lineage. Include after cmocka.h. */
#ifndef BELAY_TEST_LINEAGE_MADE_H
#define BELAY_TEST_LINEAGE_MADE_H

#include <belay/str.h>
#include <belay/views.h>

#include "arena.h"
#include "catalog.h"
#include "mem.h"

/* Views by name, in the order of database.name; the names are borrowed. */
static inline struct views views_new(const char *const *names)
{
    struct views views = {.arena = arena_new()};

    for (; names[views.n] != NULL; views.n++)
        continue;
    views.v = mem_array(views.n + 1, sizeof(*views.v));
    for (size_t i = 0; i < views.n; i++) {
        const char *dot = strchr(names[i], '.');
        views.v[i].database = arena_textn(views.arena, names[i], (size_t)(dot - names[i]));
        views.v[i].name = dot + 1;
        views.v[i].full = names[i];
        views.v[i].ddl = "";
    }
    return views;
}

/* "id database.name" each; a view where the name is one of the views, a plain one called plain. */
static inline struct catalog catalog_new(const struct views *views, const char *const *objects)
{
    struct catalog catalog = {.arena = arena_new()};

    for (; objects[catalog.n] != NULL; catalog.n++)
        continue;
    catalog.v = mem_array(catalog.n + 1, sizeof(*catalog.v));
    for (size_t i = 0; i < catalog.n; i++) {
        const char *space = strchr(objects[i], ' ');
        catalog.v[i].id = arena_textn(catalog.arena, objects[i], (size_t)(space - objects[i]));
        catalog.v[i].full = space + 1;
        catalog.v[i].is_view = views_find(views, space + 1) != NULL;
        catalog.v[i].is_plain_view = str_ends(space + 1, ".plain");
    }
    catalog_index(&catalog);
    catalog_views(&catalog, views);
    return catalog;
}

static inline void assert_list(const struct strv *list, const char *expected)
{
    AUTO_STR text = {0};

    strv_join(list, ", ", &text);
    assert_string_equal(str_text(&text), expected);
}

#endif
