/* Types of constant expressions: names, wire types, which is common to two. */
#include <string.h>
#include <strings.h>

#include "expr.h"
#include "world_release.h"

static const struct {
    const char *name, *sql; /* as printed by Type.toString and Type.toSql */
    enum cell_type cell;
    uint32_t length;
} TYPES[] = {
    [TYPE_NULL] = {"NULL_TYPE", "null_type", CELL_TINY, 1},
    [TYPE_BOOLEAN] = {"BOOLEAN", "boolean", CELL_TINY, 1},
    [TYPE_TINYINT] = {"TINYINT", "tinyint(4)", CELL_TINY, 4},
    [TYPE_SMALLINT] = {"SMALLINT", "smallint(6)", CELL_SHORT, 6},
    [TYPE_INT] = {"INT", "int(11)", CELL_LONG, 11},
    [TYPE_BIGINT] = {"BIGINT", "bigint(20)", CELL_LONGLONG, 20},
    [TYPE_LARGEINT] = {"LARGEINT", "largeint(40)", CELL_CHAR, 40},
    [TYPE_DECIMAL] = {"DECIMAL", "decimal", CELL_DECIMAL, 0},
    [TYPE_FLOAT] = {"FLOAT", "float", CELL_FLOAT, 12},
    [TYPE_DOUBLE] = {"DOUBLE", "double", CELL_DOUBLE, 22},
    [TYPE_DATE] = {"DATE", "date", CELL_DATE, 10},
    [TYPE_DATETIME] = {"DATETIME", "datetime", CELL_DATETIME, 19},
    [TYPE_CHAR] = {"CHAR", "char", CELL_CHAR, 192},
    [TYPE_VARCHAR] = {"VARCHAR", "varchar", CELL_STRING, 192},
    [TYPE_VARBINARY] = {"VARBINARY", "varbinary", CELL_BLOB, 192},
    [TYPE_JSON] = {"JSON", "json", CELL_CHAR, 60},
    [TYPE_BITMAP] = {"BITMAP", "bitmap", CELL_CHAR, 192},
    [TYPE_HLL] = {"HLL", "hll", CELL_CHAR, 49155},
    [TYPE_ARRAY] = {"ARRAY", "array", CELL_STRING, 60},
    [TYPE_MAP] = {"MAP", "map", CELL_STRING, 60},
    [TYPE_STRUCT] = {"STRUCT", "struct", CELL_STRING, 60},
};

int type_max_precision(int release)
{
    return release_has(release, TRAIT_DECIMAL256) ? 76 : 38;
}

struct wire_type type_wire(const struct type *type, int release)
{
    struct wire_type wire = {.cell = TYPES[type->id].cell, .length = TYPES[type->id].length};
    if (type_is_real(type))
        wire.decimals = 31;
    if (type_is_text(type) && type->length > 0)
        wire.length = (uint32_t)type->length * 3; /* bytes of utf8 */
    if (type->id >= TYPE_ARRAY && release_has(release, TRAIT_COMPLEX_IS_STRING))
        wire.cell = CELL_CHAR;
    if (type->id == TYPE_DECIMAL) { /* and sign, 0 before the point, one digit that overflows */
        wire.length = (uint32_t)type->precision + (type->scale > 0) + 3;
        wire.decimals = (unsigned)type->scale;
    }
    return wire;
}

static const char *decimal_name(int precision)
{
    return precision <= 9    ? "DECIMAL32"
           : precision <= 18 ? "DECIMAL64"
           : precision <= 38 ? "DECIMAL128"
                             : "DECIMAL256";
}

static void print_items(const struct type *type, void (*print)(const struct type *, struct str *),
                        struct str *ret)
{
    for (size_t i = 0; i < type->n_items; i++) {
        str_add(ret, i == 0 ? "<" : type->id == TYPE_MAP ? "," : ", ");
        if (type->id == TYPE_STRUCT)
            str_addf(ret, "%s ", type->names[i]);
        print(&type->items[i], ret);
    }
    if (type->n_items > 0)
        str_addc(ret, '>');
}

void type_print(const struct type *type, struct str *ret)
{
    if (type->id == TYPE_DECIMAL) {
        str_addf(ret, "%s(%d,%d)", decimal_name(type->precision), type->precision, type->scale);
        return;
    }
    str_add(ret, TYPES[type->id].name);
    if (type_is_text(type) && type->length > 0)
        str_addf(ret, "(%d)", type->length);
    print_items(type, type_print, ret);
}

void type_print_sql(const struct type *type, struct str *ret)
{
    str_add(ret, TYPES[type->id].sql);
    if (type->id == TYPE_DECIMAL)
        str_addf(ret, "(%d, %d)", type->precision, type->scale);
    if (type_is_text(type) && type->length > 0)
        str_addf(ret, "(%d)", type->length);
    print_items(type, type_print_sql, ret);
}

bool type_is_exact(const struct type *type)
{
    return type->id >= TYPE_TINYINT && type->id <= TYPE_DECIMAL;
}

bool type_is_whole(const struct type *type)
{
    return type->id >= TYPE_TINYINT && type->id <= TYPE_LARGEINT;
}

bool type_is_real(const struct type *type)
{
    return type->id == TYPE_FLOAT || type->id == TYPE_DOUBLE;
}

bool type_is_text(const struct type *type)
{
    return type->id == TYPE_CHAR || type->id == TYPE_VARCHAR;
}

bool type_is_time(const struct type *type)
{
    return type->id == TYPE_DATE || type->id == TYPE_DATETIME;
}

/* Digits of a whole type as a DECIMAL. */
static int digits(const struct type *type)
{
    return type->id == TYPE_DECIMAL    ? type->precision - type->scale
           : type->id == TYPE_LARGEINT ? 38
           : type->id == TYPE_BIGINT   ? 18
                                       : 9;
}

static struct type common_decimal(const struct type *a, const struct type *b)
{
    int whole = digits(a) > digits(b) ? digits(a) : digits(b);
    int scale = a->scale > b->scale ? a->scale : b->scale;
    int most = whole > 38 || scale > 38 ? 76 : 38;
    return (struct type){.id = TYPE_DECIMAL, .scale = scale,
                         .precision = whole + scale > most ? most : whole + scale};
}

static bool is_number(const struct type *type)
{
    return type->id == TYPE_BOOLEAN || type_is_exact(type) || type_is_real(type);
}

struct type type_common(const struct type *a, const struct type *b)
{
    if (a->id == TYPE_NULL)
        return *b;
    if (b->id == TYPE_NULL || (a->id == b->id && a->id != TYPE_DECIMAL && !type_is_text(a)))
        return *a;
    if (is_number(a) && is_number(b)) {
        if (type_is_real(a) || type_is_real(b))
            return (struct type){.id = TYPE_DOUBLE};
        if (a->id == TYPE_DECIMAL || b->id == TYPE_DECIMAL)
            return common_decimal(a, b);
        return a->id > b->id ? *a : *b;
    }
    if (type_is_time(a) && type_is_time(b))
        return (struct type){.id = TYPE_DATETIME};
    return (struct type){.id = TYPE_VARCHAR, .length = -1};
}

struct type type_of_decimal(const struct decimal *d)
{
    return (struct type){.id = TYPE_DECIMAL, .precision = decimal_precision(d),
                         .scale = d->scale};
}

bool type_holds(enum type_id id, const struct decimal *d)
{
    static const struct {
        enum type_id id;
        const char *most; /* 2^n; the least is its negative */
    } bounds[] = {{TYPE_TINYINT, "128"},
                  {TYPE_SMALLINT, "32768"},
                  {TYPE_INT, "2147483648"},
                  {TYPE_BIGINT, "9223372036854775808"},
                  {TYPE_LARGEINT, "170141183460469231731687303715884105728"}};
    for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++) {
        struct decimal most;
        if (bounds[i].id != id || !decimal_read(bounds[i].most, strlen(bounds[i].most), &most))
            continue;
        if (!d->negative)
            return decimal_compare(d, &most) < 0;
        most.negative = true;
        return decimal_compare(d, &most) >= 0;
    }
    return true;
}

enum type_id type_of_whole(const struct decimal *d)
{
    for (int id = TYPE_TINYINT; id < TYPE_LARGEINT; id++) {
        if (type_holds((enum type_id)id, d))
            return (enum type_id)id;
    }
    /* 2^127 too, for its negative */
    struct decimal negative = *d;
    negative.negative = true;
    return type_holds(TYPE_LARGEINT, &negative) ? TYPE_LARGEINT : TYPE_DECIMAL;
}

/* (n) and (n, m) behind a type's name. */
static bool parse_numbers(struct parser *p, int64_t *first, int64_t *second)
{
    if (!parser_symbol(p, "("))
        return true;
    for (int i = 0; i < 2; i++) {
        const struct token *t = parser_now(p);
        if (t->kind != TOKEN_NUMBER || t->len > 9 || strspn(t->value, "0123456789") != t->len)
            return false;
        *(i == 0 ? first : second) = strtol(t->value, NULL, 10);
        p->at++;
        if (!parser_symbol(p, ","))
            break;
    }
    return parser_symbol(p, ")");
}

/* The types inside < … >. */
static bool parse_items(struct parser *p, struct arena *arena, struct type *type)
{
    struct type *items = arena_alloc(arena, 32, sizeof *items);
    char **names = arena_alloc(arena, 32, sizeof *names);
    size_t n = 0;
    if (!parser_symbol(p, "<"))
        return false;
    do {
        if (n == 32)
            return false;
        if (type->id == TYPE_STRUCT) {
            if (!token_names(parser_now(p)))
                return false;
            names[n] = arena_text(arena, parser_now(p)->value);
            p->at++;
        }
        if (!type_parse(p, arena, &items[n++]))
            return false;
    } while (parser_symbol(p, ","));
    type->items = items;
    type->names = names;
    type->n_items = n;
    return parser_symbol(p, ">") && (type->id != TYPE_ARRAY || n == 1) &&
           (type->id != TYPE_MAP || n == 2);
}

static bool parse_decimal(struct parser *p, struct type *type)
{
    int64_t precision = 10, scale = 0; /* as documented of DECIMAL alone */
    if (!parse_numbers(p, &precision, &scale) || precision < 1 ||
        precision > type_max_precision(p->release) || scale > precision)
        return false;
    type->precision = (int)precision;
    type->scale = (int)scale;
    return true;
}

/* STRING, and INTEGER, are other names (StarRocks.g4 type). */
static bool find_type(const struct token *t, enum type_id *ret)
{
    static const struct {
        const char *name;
        enum type_id id;
    } others[] = {{"INTEGER", TYPE_INT},      {"STRING", TYPE_VARCHAR}, {"TEXT", TYPE_VARCHAR},
                  {"DECIMALV2", TYPE_DECIMAL}, {"NUMERIC", TYPE_DECIMAL},
                  {"BINARY", TYPE_VARBINARY}};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        *ret = others[i].id;
        if (token_is(t, others[i].name))
            return true;
    }
    for (int id = TYPE_BOOLEAN; id <= TYPE_STRUCT; id++) {
        *ret = (enum type_id)id;
        if (token_is(t, TYPES[id].name))
            return true;
    }
    return false;
}

bool type_parse(struct parser *p, struct arena *arena, struct type *ret)
{
    const struct token *name = parser_now(p);
    *ret = (struct type){.length = -1};
    if (!find_type(name, &ret->id))
        return false;
    p->at++;
    int64_t length = token_is(name, "STRING") || token_is(name, "TEXT") ? 65533 : -1, unused = 0;
    switch (ret->id) {
    case TYPE_DECIMAL:
        return parse_decimal(p, ret);
    case TYPE_ARRAY:
    case TYPE_MAP:
    case TYPE_STRUCT:
        return parse_items(p, arena, ret);
    case TYPE_CHAR:
    case TYPE_VARCHAR:
        if (!parse_numbers(p, &length, &unused) || length == 0 || length > 1048576)
            return false;
        ret->length = (int)length;
        return true;
    case TYPE_NULL:
    case TYPE_BOOLEAN:
    case TYPE_TINYINT:
    case TYPE_SMALLINT:
    case TYPE_INT:
    case TYPE_BIGINT:
    case TYPE_LARGEINT:
    case TYPE_FLOAT:
    case TYPE_DOUBLE:
    case TYPE_DATE:
    case TYPE_DATETIME:
    case TYPE_VARBINARY:
    case TYPE_JSON:
    case TYPE_BITMAP:
    case TYPE_HLL:
        return parse_numbers(p, &length, &unused); /* INT(11): a display length means nothing */
    }
    return false;
}
