/* Differences between two proofs: as many rows as a person can look at, and all of them counted. */
#include <stdarg.h>
#include <stdlib.h>

#include <mem.h>
#include <text.h>

#include "proof_inside.h"

#define MAX_ROWS 500 /* of one class and kind; the others are only counted */

static const char *const class_names[PROOF_CLASSES] = {"lost", "cannot tell", "grew", "expected"};

struct many {
    const char *says; /* constant */
    char *first;
    size_t n;
};

struct proof_found {
    struct result rows[PROOF_CLASSES];
    size_t n[PROOF_CLASSES];
    size_t of_kind[PROOF_CLASSES][PROOF_KINDS];
    struct many *many[PROOF_CLASSES][PROOF_KINDS];
    size_t n_many[PROOF_CLASSES][PROOF_KINDS];
};

static void add_columns(struct result *ret)
{
    static const char *const names[] = {"class", "what", "before", "after", "verdict"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        result_column(ret, names[i], COLUMN_TEXT);
}

struct proof_found *proof_found_new(void)
{
    struct proof_found *found = mem_alloc(sizeof(*found));

    for (size_t i = 0; i < PROOF_CLASSES; i++)
        add_columns(&found->rows[i]);
    return found;
}

void proof_found_free(struct proof_found *found)
{
    if (found == NULL)
        return;
    for (size_t c = 0; c < PROOF_CLASSES; c++) {
        result_done(&found->rows[c]);
        for (size_t k = 0; k < PROOF_KINDS; k++) {
            for (size_t i = 0; i < found->n_many[c][k]; i++)
                free(found->many[c][k][i].first);
            free(found->many[c][k]);
        }
    }
    free(found);
}

size_t proof_found_n(const struct proof_found *found, enum proof_class class)
{
    return found->n[class];
}

/* "table sales.orders", "partition sales.orders p1", "setting key on host" */
static void say_thing(enum proof_kind kind, const json_t *what, struct str *ret)
{
    const char *db = json_str(what, "db");
    const char *part = json_str(what, "part");
    bool is_node = kind == PROOF_NODE;

    if (what == NULL) {
        text_count(0, proof_kind_name(kind), ret); /* "0 tables": only the word is wanted */
        memmove(ret->s, ret->s + 2, ret->len - 2);
        str_cut(ret, ret->len - 2);
        return;
    }
    str_add(ret, is_node ? db : proof_kind_name(kind));
    if (*json_str(what, "name") != '\0')
        str_addf(ret, " %s%s%s", is_node ? "" : db, is_node || *db == '\0' ? "" : ".",
                 json_str(what, "name"));
    if (*part != '\0')
        str_addf(ret, "%s%s", kind == PROOF_SETTING ? " on " : " ", part);
}

static void add_row(struct result *rows, enum proof_class class, const char *what, const char *before,
                    const char *after, const char *verdict)
{
    size_t row = result_row(rows);

    result_set_text(rows, row, "class", class_names[class]);
    result_set_text(rows, row, "what", what);
    result_set_text(rows, row, "before", before);
    result_set_text(rows, row, "after", after);
    result_set_text(rows, row, "verdict", verdict);
}

void proof_find(struct proof_found *found, enum proof_class class, enum proof_kind kind,
                const json_t *what, const char *before, const char *after, const char *fmt, ...)
{
    AUTO_STR verdict = {0};
    AUTO_STR thing = {0};
    va_list ap;

    found->n[class]++;
    if (++found->of_kind[class][kind] > MAX_ROWS)
        return;
    va_start(ap, fmt);
    str_vaddf(&verdict, fmt, ap);
    va_end(ap);
    say_thing(kind, what, &thing);
    add_row(&found->rows[class], class, str_text(&thing), before, after, str_text(&verdict));
}

void proof_find_many(struct proof_found *found, enum proof_class class, enum proof_kind kind,
                     const json_t *what, const char *says)
{
    struct many *many = found->many[class][kind];
    size_t *n = &found->n_many[class][kind];
    size_t i = 0;

    while (i < *n && strcmp(many[i].says, says) != 0)
        i++;
    if (i == *n) {
        AUTO_STR first = {0};
        found->many[class][kind] = many = mem_resize(many, ++*n, sizeof(*many));
        say_thing(kind, what, &first);
        many[i] = (struct many){.says = says, .first = str_take(&first)};
    }
    found->n[class]++;
    many[i].n++;
}

static void add_many(const struct proof_found *found, enum proof_class class, enum proof_kind kind,
                     struct result *ret)
{
    for (size_t i = 0; i < found->n_many[class][kind]; i++) {
        const struct many *many = &found->many[class][kind][i];
        AUTO_STR what = {0};
        AUTO_STR verdict = {0};
        if (many->n == 1)
            str_add(&what, many->first);
        else
            text_count(many->n, proof_kind_name(kind), &what);
        str_add(&verdict, many->says);
        if (many->n > 1)
            str_addf(&verdict, " (the first: %s)", many->first);
        add_row(ret, class, str_text(&what), "", "", str_text(&verdict));
    }
    if (found->of_kind[class][kind] > MAX_ROWS) {
        AUTO_STR what = {0};
        text_count(found->of_kind[class][kind] - MAX_ROWS, proof_kind_name(kind), &what);
        str_add(&what, " more");
        add_row(ret, class, str_text(&what), "", "", "not listed one by one");
    }
}

void proof_found_result(const struct proof_found *found, struct result *ret)
{
    add_columns(ret);
    for (unsigned c = 0; c < PROOF_CLASSES; c++) {
        const struct result *rows = &found->rows[c];
        for (size_t i = 0; i < rows->n_rows; i++)
            add_row(ret, (enum proof_class)c, result_text(rows, i, "what"),
                    result_text(rows, i, "before"), result_text(rows, i, "after"),
                    result_text(rows, i, "verdict"));
        for (unsigned k = 0; k < PROOF_KINDS; k++)
            add_many(found, (enum proof_class)c, (enum proof_kind)k, ret);
    }
}

void proof_found_say(const struct proof_found *found, struct str *ret)
{
    bool any = false;

    for (unsigned c = 0; c < PROOF_CLASSES; c++) {
        if (found->n[c] == 0)
            continue;
        str_addf(ret, "%s%zu %s", any ? ", " : "", found->n[c], class_names[c]);
        any = true;
    }
    if (!any)
        str_add(ret, "nothing differs");
}
