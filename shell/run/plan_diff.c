/* Prints the steps in which two plans differ, and what of them. */
#include "plan_diff.h"

#include <string.h>

#include <belay/json.h>
#include <belay/str.h>

#define SHOWN 100 /* bytes of a value … */
#define BEFORE 30 /* … of which so many before the first that differs */

/* Steps by their ids: {id: [stage, place]}. New reference. */
static json_t *places_of(const struct plan *plan)
{
    json_t *places = json_object();

    for (size_t i = 0; i < plan->n; i++) {
        for (size_t k = 0; k < plan->stages[i]->n; k++)
            json_put(places, plan->stages[i]->steps[k]->id, json_pack("[i, i]", (int)i, (int)k));
    }
    return places;
}

static const struct step *step_at(const struct plan *plan, const json_t *place)
{
    if (place == NULL)
        return NULL;
    return plan->stages[json_integer_value(json_array_get(place, 0))]
        ->steps[json_integer_value(json_array_get(place, 1))];
}

/* The part of a value around the byte at which it differs from the other, safe to show. */
static void part(const struct str *value, size_t differs, struct str *ret)
{
    const char *text = str_text(value);
    size_t from = differs > BEFORE ? differs - BEFORE : 0;
    size_t to = from + SHOWN < value->len ? from + SHOWN : value->len;

    while (from > 0 && ((unsigned char)text[from] & 0xC0) == 0x80)
        from--;
    while (to < value->len && ((unsigned char)text[to] & 0xC0) == 0x80)
        to++;
    str_add(ret, from > 0 ? "…" : "");
    escape_line(text + from, to - from, ret);
    str_add(ret, to < value->len ? "…" : "");
}

static void value_of(const json_t *value, struct str *ret)
{
    if (value == NULL)
        str_add(ret, "none");
    else
        json_add_canonical(value, ret);
}

/* "    proof  - old" and, below it, "+ new"; nothing when they are the same. */
static bool show_member(struct sink *out, const char *name, const json_t *saved, const json_t *now)
{
    AUTO_STR old = {0};
    AUTO_STR new = {0};
    AUTO_STR old_part = {0};
    AUTO_STR new_part = {0};
    size_t differs = 0;

    value_of(saved, &old);
    value_of(now, &new);
    if (str_equal(old.s, new.s))
        return false;
    while (old.s[differs] != '\0' && old.s[differs] == new.s[differs])
        differs++;
    part(&old, differs, &old_part);
    part(&new, differs, &new_part);
    sink_f(out, "    %-8s  - %s\n", name, str_text(&old_part));
    sink_f(out, "    %-8s  + %s\n", "", str_text(&new_part));
    return true;
}

/* All members of either; both objects have their names in one order. */
static void show_members(struct sink *out, const json_t *saved, const json_t *now)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)saved, name, value)
        show_member(out, name, value, json_object_get(now, name));
    json_object_foreach((json_t *)now, name, value)
    {
        if (json_object_get(saved, name) == NULL)
            show_member(out, name, NULL, value);
    }
}

static void show_title(struct sink *out, char mark, const struct step *step)
{
    AUTO_STR safe = {0};

    escape_line(step->title, strlen(step->title), &safe);
    sink_f(out, "%c %s\n", mark, str_text(&safe));
}

static bool show_changed(struct sink *out, const struct step *saved, const struct step *now)
{
    AUTO_STR old = {0};
    AUTO_STR new = {0};

    step_canonical(saved, true, &old);
    step_canonical(now, true, &new);
    if (str_equal(old.s, new.s))
        return false;
    AUTO_JSON *old_json = json_parse(old.s, old.len, old.len, NULL);
    AUTO_JSON *new_json = json_parse(new.s, new.len, new.len, NULL);
    show_title(out, '~', saved);
    show_members(out, old_json, new_json);
    return true;
}

/* The steps of one plan: alone in it, or (changed) otherwise in the other. Returns how many. */
static size_t show_steps(struct sink *out, const struct plan *plan, const struct plan *other,
                         char mark, bool changed)
{
    AUTO_JSON *places = places_of(other);
    size_t n = 0;

    for (size_t i = 0; i < plan->n; i++) {
        for (size_t k = 0; k < plan->stages[i]->n; k++) {
            const struct step *step = plan->stages[i]->steps[k];
            const struct step *match = step_at(other, json_object_get(places, step->id));
            if (match == NULL)
                show_title(out, mark, step);
            if (match == NULL || (changed && show_changed(out, step, match)))
                n++;
        }
    }
    return n;
}

void plan_diff_show(struct sink *out, const struct plan *saved, const struct plan *now)
{
    size_t n = show_steps(out, saved, now, '-', true) + show_steps(out, now, saved, '+', false);

    if (n > 0)
        return;
    if (!show_member(out, "cluster", saved->identity, now->identity))
        sink_text(out, "the steps are the same; their stages or the final proof differ\n");
}
