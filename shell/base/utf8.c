/* UTF-8: decode, encode, and cells on a terminal by utf8proc. */
#include "utf8.h"

#include <utf8proc.h>

#include <belay/str.h>

size_t utf8_decode(const char *s, size_t len, uint32_t *ret_code)
{
    const unsigned char *p = (const unsigned char *)s;
    if (len == 0)
        return 0;
    if (p[0] < 0x80) {
        *ret_code = p[0];
        return 1;
    }
    size_t n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    if (p[0] < 0xc2 || p[0] > 0xf4 || len < n)
        return 0;
    uint32_t code = p[0] & (0x7fU >> n);
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (p[i] & 0x3f);
    }
    /* Two-byte overlong forms start with C0 or C1 and are gone already. */
    if ((n == 3 && code < 0x800) || (n == 4 && code < 0x10000) || code > 0x10ffff ||
        (code >= 0xd800 && code <= 0xdfff))
        return 0;
    *ret_code = code;
    return n;
}

bool utf8_valid(const char *s, size_t len)
{
    while (len > 0) {
        uint32_t code;
        uint64_t eight;
        if (len >= sizeof(eight)) { /* most texts are ASCII */
            memcpy(&eight, s, sizeof(eight));
            if ((eight & 0x8080808080808080U) == 0) {
                s += sizeof(eight);
                len -= sizeof(eight);
                continue;
            }
        }
        size_t n = utf8_decode(s, len, &code);
        if (n == 0)
            return false;
        s += n;
        len -= n;
    }
    return true;
}

void utf8_add(struct str *str, uint32_t code)
{
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        code = 0xfffd;
    if (code < 0x80) {
        str_addc(str, (char)code);
    } else if (code < 0x800) {
        char b[] = {(char)(0xc0 | code >> 6), (char)(0x80 | (code & 0x3f))};
        str_addn(str, b, sizeof b);
    } else if (code < 0x10000) {
        char b[] = {(char)(0xe0 | code >> 12), (char)(0x80 | (code >> 6 & 0x3f)),
                    (char)(0x80 | (code & 0x3f))};
        str_addn(str, b, sizeof b);
    } else {
        char b[] = {(char)(0xf0 | code >> 18), (char)(0x80 | (code >> 12 & 0x3f)),
                    (char)(0x80 | (code >> 6 & 0x3f)), (char)(0x80 | (code & 0x3f))};
        str_addn(str, b, sizeof b);
    }
}

/* Terminals draw something one cell wide for code points that are not assigned. */
static int code_cells(uint32_t code)
{
    int cells = utf8proc_charwidth((utf8proc_int32_t)code);
    if (cells == 0 && utf8proc_category((utf8proc_int32_t)code) == UTF8PROC_CATEGORY_CN)
        return 1;
    return cells;
}

size_t utf8_cluster(const char *s, size_t len, int *ret_cells)
{
    uint32_t code;
    size_t at = utf8_decode(s, len, &code);
    if (at == 0) {
        *ret_cells = len > 0 ? 1 : 0;
        return len > 0 ? 1 : 0;
    }
    /* Most text: a printable ASCII character before another one. */
    if (code >= 0x20 && code < 0x7f && (len == 1 || (unsigned char)s[1] < 0x80)) {
        *ret_cells = 1;
        return 1;
    }
    int cells = code_cells(code);
    utf8proc_int32_t state = 0;
    while (at < len) {
        uint32_t next;
        size_t n = utf8_decode(s + at, len - at, &next);
        if (n == 0 || utf8proc_grapheme_break_stateful((utf8proc_int32_t)code,
                                                       (utf8proc_int32_t)next, &state))
            break;
        /* Joined emoji and flags take the two cells of one. */
        cells += code_cells(next);
        code = next;
        at += n;
    }
    *ret_cells = cells > 2 ? 2 : cells;
    return at;
}

size_t utf8_cells(const char *s, size_t len)
{
    size_t cells = 0;
    while (len > 0) {
        int more;
        size_t n = utf8_cluster(s, len, &more);
        cells += (size_t)more;
        s += n;
        len -= n;
    }
    return cells;
}
