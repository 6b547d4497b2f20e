/* CAST: what the FE folds (ConstantOperator.java castTo), and what it leaves to a BE/CN. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

#include "expr.h"

#define MICROS INT64_C(1000000)

/* Blanks around a text do not count to a BE/CN. */
static void trim(const char **text, size_t *len)
{
    while (*len > 0 && isspace((unsigned char)(*text)[0]))
        (*text)++, (*len)--;
    while (*len > 0 && isspace((unsigned char)(*text)[*len - 1]))
        (*len)--;
}

/* false: it is no number, or none that a DECIMAL holds. */
static bool number_of(const struct value *v, struct decimal *ret)
{
    if (type_is_exact(&v->type) || v->type.id == TYPE_BOOLEAN) {
        *ret = v->number;
        return true;
    }
    if (type_is_real(&v->type)) {
        char text[64];
        if (isnan(v->real) || isinf(v->real))
            return false;
        snprintf(text, sizeof text, "%.17g", v->real);
        return decimal_read(text, strlen(text), ret);
    }
    const char *text = v->text;
    size_t len = v->len;
    if (!type_is_text(&v->type))
        return false;
    trim(&text, &len);
    return decimal_read(text, len, ret);
}

/* A BE/CN cuts fractions off and gives NULL for what is no number or does not fit. */
static void cast_whole(const struct value *v, struct value *to)
{
    bool text = type_is_text(&v->type);
    to->null = !number_of(v, &to->number) || (text && to->number.scale > 0) ||
               !decimal_cut(&to->number, 0) || !type_holds(to->type.id, &to->number);
    to->folded &= !to->null && (type_is_whole(&v->type) || v->type.id == TYPE_BOOLEAN || text);
}

static void cast_decimal(const struct value *v, struct value *to)
{
    to->null = !number_of(v, &to->number);
    to->folded &= !to->null; /* what does not fit is folded to NULL */
    to->null |= !decimal_round(&to->number, to->type.scale) ||
                decimal_precision(&to->number) > to->type.precision;
}

static void cast_real(const struct value *v, struct value *to)
{
    char *end = NULL;
    if (!type_is_text(&v->type)) {
        to->null = !value_as_real(v, &to->real);
    } else {
        to->real = strtod(v->text, &end); /* takes nan and inf, as a BE/CN does and Java does not */
        to->null = end == v->text || *end != '\0';
        to->folded &= !to->null && isfinite(to->real);
    }
    if (to->type.id == TYPE_FLOAT)
        to->real = (double)(float)to->real;
}

/* "1", "0", "true", "false" are folded; a BE/CN takes any whole number. */
static void cast_boolean(const struct value *v, struct value *to)
{
    double real = 0;
    bool named = type_is_text(&v->type) &&
                 (strcasecmp(v->text, "true") == 0 || strcasecmp(v->text, "false") == 0);
    if (named)
        real = tolower((unsigned char)v->text[0]) == 't';
    to->null = !named && !value_as_real(v, &real);
    to->number = decimal_of(real != 0);
    to->folded &= !to->null && (real == 0 || real == 1);
}

static int digits_at(const char *text, int n)
{
    int value = 0;
    for (int i = 0; i < n; i++) {
        if (!isdigit((unsigned char)text[i]))
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

static bool is_day(int year, int month, int day)
{
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1] &&
           (month != 2 || day < 29 || leap);
}

/* [ T]hh:mm:ss[.ffffff] behind a day; ret_micros within the day. */
static bool read_clock(const char *text, size_t len, int64_t *ret_micros)
{
    *ret_micros = 0;
    if (len == 0)
        return true;
    if (len < 9 || (text[0] != ' ' && text[0] != 'T') || text[3] != ':' || text[6] != ':')
        return false;
    int hour = digits_at(text + 1, 2), minute = digits_at(text + 4, 2),
        second = digits_at(text + 7, 2);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return false;
    int64_t fraction = 0, unit = MICROS;
    if (len > 9 && (text[9] != '.' || len > 16))
        return false;
    for (size_t i = 10; i < len; i++) {
        if (!isdigit((unsigned char)text[i]))
            return false;
        unit /= 10;
        fraction += (text[i] - '0') * unit;
    }
    *ret_micros = (hour * 3600 + minute * 60 + second) * MICROS + fraction;
    return true;
}

/* "2026-01-02", "20260102", with or without a time of day. */
static bool read_time(const char *text, size_t len, int64_t *ret_micros)
{
    bool dashes = len >= 10 && text[4] == '-' && text[7] == '-';
    if (!dashes && len < 8)
        return false;
    int year = digits_at(text, 4), month = digits_at(text + (dashes ? 5 : 4), 2),
        day = digits_at(text + (dashes ? 8 : 6), 2);
    size_t date = dashes ? 10 : 8;
    int64_t clock;
    if (!is_day(year, month, day) || !read_clock(text + date, len - date, &clock))
        return false;
    struct tm tm = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day};
    *ret_micros = (int64_t)timegm(&tm) * MICROS + clock;
    return true;
}

static void cast_time(const struct value *v, struct value *to)
{
    AUTO_STR number = {0};
    const char *text = v->text;
    size_t len = v->len;
    if (type_is_time(&v->type)) {
        to->micros = v->micros;
    } else {
        if (type_is_whole(&v->type)) { /* 20260102 */
            decimal_print(&v->number, &number);
            text = str_text(&number);
            len = number.len;
        }
        bool fits = type_is_text(&v->type) || type_is_whole(&v->type);
        if (fits)
            trim(&text, &len);
        to->null = !fits || !read_time(text, len, &to->micros);
        to->folded &= !to->null;
    }
    int64_t day = 86400 * MICROS;
    if (to->type.id == TYPE_DATE)
        to->micros -= (to->micros % day + day) % day;
}

static void cast_text(struct evaluation *e, const struct value *v, struct value *to)
{
    AUTO_STR text = {0};
    value_print(v, &text);
    if (v->type.id == TYPE_BITMAP || v->type.id == TYPE_HLL || v->type.id >= TYPE_ARRAY)
        to->folded = false;
    to->text = arena_textn(e->arena, str_text(&text), text.len);
    to->len = text.len;
    if (to->folded || (type_is_text(&v->type) && v->folded))
        to->type = (struct type){.id = TYPE_VARCHAR, .length = -1}; /* a folded text has no limit */
}

/* A text is taken as a JSON string unless it is JSON (as documented for CAST to JSON). */
static void cast_json(struct evaluation *e, const struct value *v, struct value *to)
{
    AUTO_STR text = {0};
    to->folded = false;
    value_print(v, &text);
    json_t *json = json_loadb(str_text(&text), text.len, JSON_DECODE_ANY, NULL);
    if (json == NULL)
        json = json_stringn(str_text(&text), text.len);
    char *printed = json == NULL ? NULL
                                 : json_dumps(json, JSON_ENCODE_ANY | JSON_SORT_KEYS);
    json_decref(json);
    to->null = printed == NULL;
    to->text = arena_text(e->arena, printed == NULL ? "" : printed);
    to->len = strlen(to->text);
    free(printed);
}

struct value expr_cast(struct evaluation *e, const struct value *v, const struct type *type)
{
    struct value to = {.type = *type, .folded = v->folded, .null = v->null};
    if (v->null)
        return to;
    switch (type->id) {
    case TYPE_BOOLEAN:
        cast_boolean(v, &to);
        return to;
    case TYPE_TINYINT:
    case TYPE_SMALLINT:
    case TYPE_INT:
    case TYPE_BIGINT:
    case TYPE_LARGEINT:
        cast_whole(v, &to);
        return to;
    case TYPE_DECIMAL:
        cast_decimal(v, &to);
        return to;
    case TYPE_FLOAT:
    case TYPE_DOUBLE:
        cast_real(v, &to);
        return to;
    case TYPE_DATE:
    case TYPE_DATETIME:
        cast_time(v, &to);
        return to;
    case TYPE_CHAR:
    case TYPE_VARCHAR:
    case TYPE_VARBINARY:
        cast_text(e, v, &to);
        if (type->id == TYPE_VARBINARY)
            to.type = *type, to.folded = false;
        return to;
    case TYPE_JSON:
        cast_json(e, v, &to);
        return to;
    case TYPE_NULL:
    case TYPE_BITMAP:
    case TYPE_HLL:
    case TYPE_ARRAY:
    case TYPE_MAP:
    case TYPE_STRUCT:
        e->declined = true;
        return to;
    }
    return to;
}
