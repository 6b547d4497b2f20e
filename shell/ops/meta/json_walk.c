/* A JSON grammar checker that is fed byte by byte. */
#include "json_walk.h"

#include <ctype.h>

enum state {
    AT_TOP,        /* between two values at the top */
    AT_VALUE,      /* a value must come */
    AT_FIRST_ITEM, /* a value or ] */
    AT_FIRST_KEY,  /* a name or } */
    AT_KEY,        /* a name must come */
    AT_COLON,
    AT_NEXT, /* after a value inside of something: a comma or the end */
    IN_STRING,
    IN_ESCAPE,
    IN_HEX,
    IN_SCALAR,
    AT_BAD
};

void json_walk_init(struct json_walk *walk)
{
    memset(walk, 0, sizeof(*walk));
    walk->state = AT_TOP;
}

bool json_walk_idle(const struct json_walk *walk)
{
    return walk->state == AT_TOP;
}

static enum json_walk_step bad(struct json_walk *walk)
{
    walk->state = AT_BAD;
    return JSON_WALK_BAD;
}

static bool in_object(const struct json_walk *walk)
{
    unsigned level = walk->depth - 1;
    return (walk->in_object[level / 8] >> (level % 8)) & 1;
}

static enum json_walk_step push(struct json_walk *walk, bool object)
{
    if (walk->depth == JSON_WALK_DEPTH)
        return bad(walk);
    uint8_t bit = (uint8_t)(1U << (walk->depth % 8));
    if (object)
        walk->in_object[walk->depth / 8] |= bit;
    else
        walk->in_object[walk->depth / 8] &= (uint8_t)~bit;
    walk->depth++;
    walk->state = object ? AT_FIRST_KEY : AT_FIRST_ITEM;
    return JSON_WALK_MORE;
}

/* A value has ended at the present depth. */
static enum json_walk_step ended(struct json_walk *walk)
{
    walk->state = walk->depth == 0 ? AT_TOP : AT_NEXT;
    return walk->depth == 0 ? JSON_WALK_VALUE : JSON_WALK_MORE;
}

static enum json_walk_step pop(struct json_walk *walk, bool object)
{
    if (walk->depth == 0 || in_object(walk) != object)
        return bad(walk);
    walk->depth--;
    return ended(walk);
}

static enum json_walk_step open_string(struct json_walk *walk, bool key)
{
    walk->key = key;
    walk->state = IN_STRING;
    return JSON_WALK_MORE;
}

static const char *skip_digits(const char *p)
{
    while (isdigit((unsigned char)*p))
        p++;
    return p;
}

static bool is_number(const char *p)
{
    if (*p == '-')
        p++;
    if (!isdigit((unsigned char)*p))
        return false;
    p = *p == '0' ? p + 1 : skip_digits(p);
    if (*p == '.') {
        if (!isdigit((unsigned char)p[1]))
            return false;
        p = skip_digits(p + 1);
    }
    if (*p == 'e' || *p == 'E') {
        p++;
        if (*p == '+' || *p == '-')
            p++;
        if (!isdigit((unsigned char)*p))
            return false;
        p = skip_digits(p);
    }
    return *p == '\0';
}

/* Gson writes the special floating point values as bare words when it is told to. */
static bool is_scalar(const char *text)
{
    static const char *const words[] = {"true", "false", "null", "NaN", "Infinity", "-Infinity"};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(text, words[i]) == 0)
            return true;
    }
    return is_number(text);
}

static bool scalar_byte(uint8_t byte)
{
    return isalnum(byte) || byte == '-' || byte == '+' || byte == '.';
}

static enum json_walk_step start_value(struct json_walk *walk, uint8_t byte)
{
    if (byte == '{' || byte == '[')
        return push(walk, byte == '{');
    if (byte == '"')
        return open_string(walk, false);
    if (walk->state == AT_TOP || !scalar_byte(byte))
        return bad(walk);
    walk->scalar[0] = (char)byte;
    walk->scalar_len = 1;
    walk->state = IN_SCALAR;
    return JSON_WALK_MORE;
}

static enum json_walk_step take_string(struct json_walk *walk, uint8_t byte)
{
    if (byte == '\\') {
        walk->state = IN_ESCAPE;
        return JSON_WALK_MORE;
    }
    if (byte < 0x20)
        return bad(walk);
    if (byte != '"')
        return JSON_WALK_MORE;
    if (!walk->key)
        return ended(walk);
    walk->state = AT_COLON;
    return JSON_WALK_MORE;
}

static enum json_walk_step take_escape(struct json_walk *walk, uint8_t byte)
{
    if (byte == 'u') {
        walk->hex_left = 4;
        walk->state = IN_HEX;
        return JSON_WALK_MORE;
    }
    if (byte == '\0' || strchr("\"\\/bfnrt", byte) == NULL)
        return bad(walk);
    walk->state = IN_STRING;
    return JSON_WALK_MORE;
}

static enum json_walk_step take_next(struct json_walk *walk, uint8_t byte)
{
    if (byte == '}' || byte == ']')
        return pop(walk, byte == '}');
    if (byte != ',')
        return bad(walk);
    walk->state = in_object(walk) ? AT_KEY : AT_VALUE;
    return JSON_WALK_MORE;
}

/* Inside of a number or word; the byte after it is judged as what follows the value. */
static enum json_walk_step take_scalar(struct json_walk *walk, uint8_t byte)
{
    if (scalar_byte(byte)) {
        if (walk->scalar_len + 1 == sizeof(walk->scalar))
            return bad(walk);
        walk->scalar[walk->scalar_len++] = (char)byte;
        return JSON_WALK_MORE;
    }
    walk->scalar[walk->scalar_len] = '\0';
    if (!is_scalar(walk->scalar))
        return bad(walk);
    walk->state = AT_NEXT;
    return json_walk_byte(walk, byte);
}

enum json_walk_step json_walk_byte(struct json_walk *walk, uint8_t byte)
{
    enum state state = (enum state)walk->state;
    bool space = byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';

    if (space && state <= AT_NEXT)
        return JSON_WALK_MORE;
    switch (state) {
    case AT_TOP:
    case AT_VALUE:
        return start_value(walk, byte);
    case AT_FIRST_ITEM:
        return byte == ']' ? pop(walk, false) : start_value(walk, byte);
    case AT_FIRST_KEY:
        if (byte == '}')
            return pop(walk, true);
        return byte == '"' ? open_string(walk, true) : bad(walk);
    case AT_KEY:
        return byte == '"' ? open_string(walk, true) : bad(walk);
    case AT_COLON:
        if (byte != ':')
            return bad(walk);
        walk->state = AT_VALUE;
        return JSON_WALK_MORE;
    case AT_NEXT:
        return take_next(walk, byte);
    case IN_STRING:
        return take_string(walk, byte);
    case IN_ESCAPE:
        return take_escape(walk, byte);
    case IN_HEX:
        if (!isxdigit(byte))
            return bad(walk);
        if (--walk->hex_left == 0)
            walk->state = IN_STRING;
        return JSON_WALK_MORE;
    case IN_SCALAR:
        return take_scalar(walk, byte);
    case AT_BAD:
        return JSON_WALK_BAD;
    }
    return JSON_WALK_BAD;
}
