/* Values as text: in a row of the text protocol, and as Java prints a double. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "expr.h"

#define MICROS 1000000

/* The fewest digits that read back as the same double: d.ddde±x. */
static void shortest(double real, bool single, char *ret, size_t size)
{
    for (int digits = 0; digits < 17; digits++) {
        snprintf(ret, size, "%.*e", digits, real);
        if (single ? strtof(ret, NULL) == (float)real : strtod(ret, NULL) == real)
            return;
    }
}

/* As plain digits; whole numbers have no point. */
static void print_plain(const char *digits, struct str *ret)
{
    struct decimal d;
    if (decimal_read(digits, strlen(digits), &d)) {
        decimal_strip(&d);
        decimal_print(&d, ret);
    }
}

/* Exponents of ten at which both still write plain digits. */
static bool is_plain(const struct value *v, long exponent)
{
    return exponent >= -4 && exponent <= (v->type.id == TYPE_FLOAT ? 7 : 15);
}

/* A BE's text (thirdparty/patches/ryu.patch): 1e+300; nan and inf by name. */
static void print_real(const struct value *v, struct str *ret)
{
    char digits[40];
    if (isnan(v->real) || isinf(v->real)) {
        str_add(ret, isnan(v->real) ? "nan" : v->real < 0 ? "-inf" : "inf");
        return;
    }
    shortest(v->real, v->type.id == TYPE_FLOAT, digits, sizeof digits);
    long exponent = strtol(strchr(digits, 'e') + 1, NULL, 10);
    if (is_plain(v, exponent))
        print_plain(digits, ret);
    else
        str_add(ret, digits);
}

/* With at least one digit after the point; beyond plain digits as 1.0E300. */
static void print_with_point(char *digits, bool plain, char exponent_sign, struct str *ret)
{
    char *e = strchr(digits, 'e');
    long exponent = strtol(e + 1, NULL, 10);
    AUTO_STR number = {0};
    if (!plain)
        *e = '\0';
    print_plain(digits, &number);
    str_add(ret, str_text(&number));
    str_add(ret, strchr(str_text(&number), '.') == NULL ? ".0" : "");
    if (!plain)
        str_addf(ret, "%c%ld", exponent_sign, exponent);
}

void value_print_java(double real, struct str *ret)
{
    char digits[40];
    shortest(real, false, digits, sizeof digits);
    long exponent = strtol(strchr(digits, 'e') + 1, NULL, 10);
    print_with_point(digits, exponent >= -3 && exponent < 7, 'E', ret);
}

/* RyuDouble.java: as Java, but for the limits and an "e". */
void value_print_by_fe(const struct value *v, struct str *ret)
{
    char digits[40];
    if (!type_is_real(&v->type)) {
        value_print(v, ret);
        return;
    }
    shortest(v->real, v->type.id == TYPE_FLOAT, digits, sizeof digits);
    long exponent = strtol(strchr(digits, 'e') + 1, NULL, 10);
    print_with_point(digits, is_plain(v, exponent), 'e', ret);
}

static void print_time(const struct value *v, struct str *ret)
{
    int64_t rest = v->micros % MICROS;
    time_t seconds = (time_t)(v->micros / MICROS - (rest < 0));
    struct tm tm;
    gmtime_r(&seconds, &tm);
    str_addf(ret, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
    if (v->type.id == TYPE_DATE)
        return;
    str_addf(ret, " %02d:%02d:%02d", tm.tm_hour, tm.tm_min, tm.tm_sec);
    if (rest != 0)
        str_addf(ret, ".%06d", (int)(rest < 0 ? rest + MICROS : rest));
}

/* Inside an array, a map or a struct texts have quotes. */
static void print_item(const struct value *v, struct str *ret)
{
    bool quotes = !v->null && (type_is_text(&v->type) || type_is_time(&v->type));
    str_add(ret, quotes ? "\"" : "");
    if (v->null)
        str_add(ret, "null");
    else
        value_print(v, ret);
    str_add(ret, quotes ? "\"" : "");
}

static void print_array(const struct value *v, struct str *ret)
{
    str_addc(ret, '[');
    for (size_t i = 0; i < v->n_items; i++) {
        str_add(ret, i == 0 ? "" : ",");
        print_item(&v->items[i], ret);
    }
    str_addc(ret, ']');
}

static void print_map(const struct value *v, struct str *ret)
{
    str_addc(ret, '{');
    for (size_t i = 0; i + 1 < v->n_items; i += 2) {
        str_add(ret, i == 0 ? "" : ",");
        print_item(&v->items[i], ret);
        str_addc(ret, ':');
        print_item(&v->items[i + 1], ret);
    }
    str_addc(ret, '}');
}

static void print_struct(const struct value *v, struct str *ret)
{
    str_addc(ret, '{');
    for (size_t i = 0; i < v->n_items; i++) {
        str_addf(ret, "%s\"%s\":", i == 0 ? "" : ",", v->type.names[i]);
        print_item(&v->items[i], ret);
    }
    str_addc(ret, '}');
}

void value_print(const struct value *v, struct str *ret)
{
    switch (v->type.id) {
    case TYPE_NULL:
    case TYPE_BITMAP: /* shown as NULL by the text protocol */
    case TYPE_HLL:
        return;
    case TYPE_BOOLEAN:
    case TYPE_TINYINT:
    case TYPE_SMALLINT:
    case TYPE_INT:
    case TYPE_BIGINT:
    case TYPE_LARGEINT:
    case TYPE_DECIMAL:
        decimal_print(&v->number, ret);
        return;
    case TYPE_FLOAT:
    case TYPE_DOUBLE:
        print_real(v, ret);
        return;
    case TYPE_DATE:
    case TYPE_DATETIME:
        print_time(v, ret);
        return;
    case TYPE_CHAR:
    case TYPE_VARCHAR:
    case TYPE_VARBINARY:
    case TYPE_JSON:
        str_addn(ret, v->text, v->len);
        return;
    case TYPE_ARRAY:
        print_array(v, ret);
        return;
    case TYPE_MAP:
        print_map(v, ret);
        return;
    case TYPE_STRUCT:
        print_struct(v, ret);
        return;
    }
}
