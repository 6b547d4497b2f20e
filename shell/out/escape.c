/* Makes untrusted text safe for a terminal. */
#include <belay/output.h>

#include <string.h>

#include "utf8.h"

/* Characters that change the direction of the text around them (Unicode Bidi_Control). */
static bool is_bidi(uint32_t code)
{
    return code == 0x061c || code == 0x200e || code == 0x200f ||
           (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

static void add_control(unsigned char c, struct str *ret)
{
    switch (c) {
    case '\n':
        str_add(ret, "\\n");
        break;
    case '\t':
        str_add(ret, "\\t");
        break;
    case '\r':
        str_add(ret, "\\r");
        break;
    case 0x1b:
        str_add(ret, "\\e");
        break;
    default:
        str_addf(ret, "\\x%02X", c);
        break;
    }
}

static void escape(const char *text, size_t len, bool block, struct str *ret)
{
    const char *end = text + len;

    while (text < end) {
        const char *run = text;
        uint32_t code = 0;
        size_t n;

        while (text < end && *text >= ' ' && *text < 0x7f)
            text++;
        str_addn(ret, run, (size_t)(text - run));
        if (text == end)
            return;
        n = utf8_decode(text, (size_t)(end - text), &code);
        if (n == 0)
            str_addf(ret, "\\x%02X", (unsigned char)*text);
        else if (block && (code == '\n' || code == '\t'))
            str_addc(ret, *text);
        else if (code < ' ' || code == 0x7f)
            add_control((unsigned char)code, ret);
        else if ((code >= 0x80 && code < 0xa0) || is_bidi(code))
            str_addf(ret, "\\u{%X}", (unsigned)code);
        else
            str_addn(ret, text, n);
        text += n > 0 ? n : 1;
    }
}

void escape_line(const char *text, size_t len, struct str *ret)
{
    escape(text, len, false, ret);
}

void escape_block(const char *text, size_t len, struct str *ret)
{
    escape(text, len, true, ret);
}
