/* Functions of JSON, structs, arrays, bitmaps and HLL sketches: a BE/CN computes them. */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "expr.h"

/* Keys in order, with blanks, as a BE/CN prints it; NULL for what is no JSON. */
static bool f_parse_json(const struct function_call *call, struct value *ret)
{
    const struct value *v = &call->args[0];
    if (!type_is_text(&v->type))
        return expr_decline(call->e);
    json_t *json = json_loadb(v->text, v->len, JSON_DECODE_ANY, NULL);
    char *text = json == NULL ? NULL : json_dumps(json, JSON_ENCODE_ANY | JSON_SORT_KEYS);
    json_decref(json);
    if (text != NULL)
        *ret = value_text(call->e, TYPE_JSON, text, strlen(text));
    free(text);
    return true;
}

/* Its bytes are nothing to show: the text protocol gives NULL. */
static bool f_opaque(const struct function_call *call, struct value *ret)
{
    (void)call;
    ret->folded = false;
    return true;
}

static bool make_struct(const struct function_call *call, size_t first, size_t step,
                        struct value *ret)
{
    size_t n = (call->n - first + step - 1) / step;
    struct type *types = arena_alloc(call->e->arena, n + 1, sizeof *types);
    struct value *items = arena_alloc(call->e->arena, n + 1, sizeof *items);
    char **names = arena_alloc(call->e->arena, n + 1, sizeof *names);
    for (size_t i = 0; i < n; i++) {
        items[i] = call->args[first + i * step];
        types[i] = items[i].type;
        AUTO_FREE char *name = step == 1 ? str_format("col%zu", i + 1)
                                         : str_format("%s", call->args[i * step].text);
        names[i] = arena_text(call->e->arena, name);
    }
    *ret = (struct value){.type = {.id = TYPE_STRUCT, .items = types, .names = names, .n_items = n},
                          .items = items, .n_items = n};
    return true;
}

/* row(a, b): fields col1, col2 */
static bool f_row(const struct function_call *call, struct value *ret)
{
    return make_struct(call, 0, 1, ret);
}

/* named_struct('a', 1, …) */
static bool f_named_struct(const struct function_call *call, struct value *ret)
{
    for (size_t i = 0; i < call->n; i += 2) {
        if (call->args[i].null || !type_is_text(&call->args[i].type) || call->n % 2 != 0)
            return expr_decline(call->e);
    }
    return make_struct(call, 1, 2, ret);
}

static bool f_array_length(const struct function_call *call, struct value *ret)
{
    if (call->args[0].type.id != TYPE_ARRAY)
        return expr_decline(call->e);
    *ret = value_whole(TYPE_INT, (int64_t)call->args[0].n_items);
    return true;
}

const struct function functions_of_objects[] = {
    {"parse_json", 1, 1, false, false, TYPE_JSON, f_parse_json},
    {"to_bitmap", 1, 1, false, true, TYPE_BITMAP, f_opaque},
    {"bitmap_empty", 0, 0, false, true, TYPE_BITMAP, f_opaque},
    {"hll_hash", 1, 1, false, true, TYPE_HLL, f_opaque},
    {"hll_empty", 0, 0, false, true, TYPE_HLL, f_opaque},
    {"row", 1, SIZE_MAX, false, true, TYPE_STRUCT, f_row},
    {"struct", 1, SIZE_MAX, false, true, TYPE_STRUCT, f_row},
    {"named_struct", 2, SIZE_MAX, false, true, TYPE_STRUCT, f_named_struct},
    {"array_length", 1, 1, false, false, TYPE_INT, f_array_length},
    {.name = NULL},
};
