/* Views, catalogs and their freeing for the tests of lineage. Include after cmocka.h. */
#ifndef BELAY_TEST_LINEAGE_MADE_H
#define BELAY_TEST_LINEAGE_MADE_H

#include <belay/str.h>
#include <belay/views.h>

#include "catalog.h"
#include "mem.h"

/* Views by name, in the order of database.name. */
static inline struct views views_new(const char *const *names)
{
    struct views views = {0};

    for (; names[views.n] != NULL; views.n++)
        continue;
    views.v = mem_array(views.n + 1, sizeof(*views.v));
    for (size_t i = 0; i < views.n; i++) {
        const char *dot = strchr(names[i], '.');
        views.v[i].database = mem_textn(names[i], (size_t)(dot - names[i]));
        views.v[i].name = mem_text(dot + 1);
        views.v[i].full = mem_text(names[i]);
        views.v[i].ddl = mem_text("");
    }
    return views;
}

/* "id database.name" each; a view where the name is one of the views, a plain one called plain. */
static inline struct catalog catalog_new(const struct views *views, const char *const *objects)
{
    struct catalog catalog = {0};

    for (; objects[catalog.n] != NULL; catalog.n++)
        continue;
    catalog.v = mem_array(catalog.n + 1, sizeof(*catalog.v));
    for (size_t i = 0; i < catalog.n; i++) {
        const char *space = strchr(objects[i], ' ');
        catalog.v[i].id = mem_textn(objects[i], (size_t)(space - objects[i]));
        catalog.v[i].full = mem_text(space + 1);
        catalog.v[i].is_view = views_find(views, space + 1) != NULL;
        catalog.v[i].is_plain_view = str_ends(space + 1, ".plain");
    }
    catalog_sort(&catalog);
    return catalog;
}

static inline void assert_list(const struct strv *list, const char *expected)
{
    AUTO_STR text = {0};

    strv_join(list, ", ", &text);
    assert_string_equal(str_text(&text), expected);
}

#endif
