/* Expressions of constants: read from tokens, named as the FE names their columns, evaluated. */
#ifndef PRACTICE_FE_EXPR_H
#define PRACTICE_FE_EXPR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "decimal.h"
#include "exec.h"
#include "parser.h"

enum type_id {
    TYPE_NULL,
    TYPE_BOOLEAN,
    TYPE_TINYINT, /* exact numbers from here, each wider than the one before */
    TYPE_SMALLINT,
    TYPE_INT,
    TYPE_BIGINT,
    TYPE_LARGEINT,
    TYPE_DECIMAL, /* …to here */
    TYPE_FLOAT,
    TYPE_DOUBLE,
    TYPE_DATE,
    TYPE_DATETIME,
    TYPE_CHAR,
    TYPE_VARCHAR,
    TYPE_VARBINARY,
    TYPE_JSON,
    TYPE_BITMAP,
    TYPE_HLL,
    TYPE_ARRAY,
    TYPE_MAP,
    TYPE_STRUCT
};

/* What it points to lives as long as the statement. */
struct type {
    enum type_id id;
    int precision, scale; /* DECIMAL */
    int length;           /* CHAR, VARCHAR; -1: no limit was said */
    const struct type *items; /* of an ARRAY one, a MAP two, a STRUCT n_items */
    char *const *names;       /* of a STRUCT's fields */
    size_t n_items;
};

/* Which member holds the value depends on the type. */
struct value {
    struct type type;
    bool null;
    bool folded;           /* the FE computed it; else a BE/CN does */
    struct decimal number; /* BOOLEAN (0, 1) and exact numbers */
    double real;           /* FLOAT, DOUBLE */
    int64_t micros;        /* DATE, DATETIME: since 1970 */
    const char *text;      /* characters, bytes, JSON */
    size_t len;
    const struct value *items; /* ARRAY, STRUCT; MAP: keys and values by turns */
    size_t n_items;
};

enum expr_kind {
    EXPR_LITERAL,
    EXPR_COLUMN,
    EXPR_VARIABLE,   /* @x, @@x */
    EXPR_ARITHMETIC, /* + - * / % DIV & | ^ ~ */
    EXPR_COMPARE,    /* = != < <= > >= <=> */
    EXPR_LOGICAL,    /* AND, OR */
    EXPR_NOT,
    EXPR_IS_NULL,
    EXPR_IN,
    EXPR_BETWEEN,
    EXPR_LIKE,
    EXPR_CASE,
    EXPR_CAST,
    EXPR_CALL,
    EXPR_INFORMATION, /* DATABASE(), USER(), … */
    EXPR_ARRAY,
    EXPR_MAP,
    EXPR_ELEMENT, /* x[1] */
    EXPR_INTERVAL /* time + INTERVAL n DAY: name is the operator or function */
};

struct expr {
    enum expr_kind kind;
    const struct token *first, *last; /* its tokens, the last included */
    const char *name;                 /* of the operator, function, column or variable */
    bool negated;                     /* NOT IN, IS NOT NULL, … */
    bool has_subject, has_else;       /* CASE x …, … ELSE y */
    struct expr **args;
    size_t n;
    struct type type;    /* CAST: to which; ARRAY: of which items, when it was said */
    struct value *value; /* LITERAL */
    const char *unit;    /* INTERVAL: "DAY", as it was written */
};

/* ---- expr_type.c ---- */

/* Column type and display length on the wire (MysqlCodec.java). */
struct wire_type {
    enum cell_type cell;
    uint32_t length;
    unsigned decimals;
};
struct wire_type type_wire(const struct type *type, int release);

/* "DECIMAL64(10,2)", as in CAST(x AS …). */
void type_print(const struct type *type, struct str *ret);
/* "tinyint(4)", as in the signature of a function. */
void type_print_sql(const struct type *type, struct str *ret);

bool type_is_exact(const struct type *type); /* BOOLEAN and NULL are not */
bool type_is_whole(const struct type *type);
bool type_is_real(const struct type *type);
bool type_is_text(const struct type *type); /* CHAR, VARCHAR */
bool type_is_time(const struct type *type);

/* The type that values of both can have: of CASE, arrays, UNION. */
struct type type_common(const struct type *a, const struct type *b);
/* The narrowest DECIMAL for a number. */
struct type type_of_decimal(const struct decimal *d);
/* DECIMAL's widest precision: 76 from 4.0 on, before 38. */
int type_max_precision(int release);
/* The smallest whole type that holds the digits of a literal without sign. */
enum type_id type_of_whole(const struct decimal *d);
/* The number is in the type's range. */
bool type_holds(enum type_id id, const struct decimal *d);

/* A type's name at the parser; false, nothing taken: none that is known here. */
bool type_parse(struct parser *p, struct arena *arena, struct type *ret);

/* ---- expr_literal.c ---- */

/*
 * Digits alone are of the smallest whole type; with a point or an exponent, or too many for one, a
 * DECIMAL; a DOUBLE when more digits stand before the point than that has. false: none of it.
 */
bool literal_number(const struct token *t, int release, struct value *ret);
/* The bytes of x'00ff'; false: not pairs of hexadecimal digits. */
bool literal_bytes(const struct token *t, struct str *ret);
/*
 * false with the problem: digits that no type holds (a LARGEINT up to 3.5, a DECIMAL of 76 digits
 * from 4.0 on), or x'…' that is no bytes. A token follows in the memory behind it.
 */
bool literal_fits(const struct token *t, int release, struct str *ret_problem);

/* ---- expr_parse.c ---- */

/* NULL: not an expression that is evaluated here; then the parser may stand anywhere. */
struct expr *expr_parse(struct parser *p, struct arena *arena);
/* A word that ends the select list, and so is no alias. */
bool expr_ends_at(const struct token *t);

/* ---- expr_name.c ---- */

/* What the FE calls a column without an alias (AstToStringBuilder.java). */
void expr_print(const struct expr *expr, struct str *ret);

/* ---- expr_text.c ---- */

/* The value in a row of text, as a BE/CN writes it, or the FE when it runs the SELECT; not NULL. */
void value_print(const struct value *v, struct str *ret);
void value_print_by_fe(const struct value *v, struct str *ret);
/* Double.toString of Java, as literals are printed. */
void value_print_java(double real, struct str *ret);

/* ---- evaluation ---- */

struct evaluation {
    struct exec *x;
    struct arena *arena;
    bool declined; /* something that SQLite evaluates and this does not; no answer was given */
};

/* false: the answer says why not, or it was declined. */
bool expr_eval(struct evaluation *e, const struct expr *expr, struct value *ret);
bool expr_decline(struct evaluation *e);
/* The answer is an analysis error with the place of the expression. Always returns false. */
bool expr_refuse(struct evaluation *e, const struct expr *expr, const char *problem);

/* Values made; texts are copied into the statement's memory. */
struct value value_null(enum type_id id);
struct value value_boolean(bool value);
struct value value_whole(enum type_id id, int64_t value);
struct value value_real(double value);
struct value value_time(enum type_id id, int64_t micros);
struct value value_text(struct evaluation *e, enum type_id id, const char *text, size_t len);
/* Of text or an exact number: what it is as a floating number. false: none. */
bool value_as_real(const struct value *v, double *ret);
/* 1 true, 0 false, -1 NULL or neither. */
int value_truth(const struct value *v);

/* ---- expr_arithmetic.c, expr_compare.c, expr_cast.c, expr_interval.c: over values ---- */

bool expr_arithmetic(struct evaluation *e, const char *operator, const struct value *args, size_t n,
                     struct value *ret);
/* The token is a unit of an interval. */
bool interval_unit(const struct token *t);
/* args: the time and how many units of it are added, or taken away. */
bool expr_interval(struct evaluation *e, const struct expr *expr, const struct value *args,
                   struct value *ret);
/* Smaller, equal, greater: -1, 0, 1. false: one is NULL, or they cannot be compared. */
bool value_compare(const struct value *a, const struct value *b, int *ret);
struct value expr_cast(struct evaluation *e, const struct value *v, const struct type *to);

/* ---- functions: expr_functions.c and those it lists ---- */

struct function_call {
    struct evaluation *e;
    const struct expr *expr;
    const struct value *args;
    size_t n;
};
typedef bool function_run(const struct function_call *call, struct value *ret);

struct function {
    const char *name;
    size_t min, max;  /* arguments */
    bool folded;      /* computed by the FE when its arguments are (ScalarOperatorFunctions.java) */
    bool takes_nulls; /* else NULL of `returns` for any NULL argument */
    enum type_id returns;
    function_run *run;
};

extern const struct function functions_of_text[], functions_of_choice[], functions_of_numbers[],
    functions_of_time[], functions_of_session[], functions_of_objects[]; /* each ends with no name */

bool expr_call(struct evaluation *e, const struct expr *expr, struct value *ret);
/* DATABASE(), USER(), …: InformationFunction.java. NULL: no such function. */
const char *information_name(const char *name);
bool expr_information(struct evaluation *e, const struct expr *expr, struct value *ret);

#endif
