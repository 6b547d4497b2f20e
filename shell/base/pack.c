/* Much text in little room: gzip, then base64. */
#include "pack.h"

#include <belay/str.h>
#include <openssl/evp.h>
#include <zlib.h>

#include "mem.h"

#define GZIP_BITS (15 + 16) /* zlib.h: 16 added writes and wants a gzip header */
#define LEVEL 1             /* definitions of views are so alike that more gains little */
#define THREES 3072         /* bytes that base64 turns into whole groups of four */

struct pack {
    z_stream stream;
    struct str text;
    unsigned char bytes[THREES]; /* compressed, not yet written as base64 */
    size_t n;
};

struct pack *pack_new(void)
{
    struct pack *pack = mem_alloc(sizeof(*pack));

    if (deflateInit2(&pack->stream, LEVEL, Z_DEFLATED, GZIP_BITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        mem_fatal("out of memory for zlib");
    return pack;
}

static void encode(struct pack *pack)
{
    unsigned char out[THREES / 3 * 4 + 1];
    int len = EVP_EncodeBlock(out, pack->bytes, (int)pack->n);

    str_addn(&pack->text, out, (size_t)len);
    pack->n = 0;
}

/* Everything that stands in the stream; Z_FINISH: what zlib still keeps too. */
static void deflate_all(struct pack *pack, int flush)
{
    bool more = true;

    while (more) {
        pack->stream.next_out = pack->bytes + pack->n;
        pack->stream.avail_out = (unsigned)(THREES - pack->n);
        int got = deflate(&pack->stream, flush);
        pack->n = THREES - pack->stream.avail_out;
        more = flush == Z_FINISH ? got == Z_OK : pack->stream.avail_out == 0;
        if (pack->n == THREES)
            encode(pack);
    }
}

void pack_add(struct pack *pack, const void *data, size_t len)
{
    while (len > 0) {
        unsigned part = len > (1U << 30) ? 1U << 30 : (unsigned)len;
        pack->stream.next_in = (unsigned char *)(uintptr_t)data;
        pack->stream.avail_in = part;
        deflate_all(pack, Z_NO_FLUSH);
        data = (const char *)data + part;
        len -= part;
    }
}

char *pack_finish(struct pack *take)
{
    deflate_all(take, Z_FINISH);
    deflateEnd(&take->stream);
    encode(take);
    char *text = str_take(&take->text);
    free(take);
    return text;
}

/* Bytes of a group of base64 text; 0 when it is none. */
static size_t decode(const char *text, size_t len, unsigned char *ret)
{
    int n = len % 4 == 0 ? EVP_DecodeBlock(ret, (const unsigned char *)text, (int)len) : -1;

    if (n <= 0)
        return 0;
    for (size_t i = len; i > len - 2 && text[i - 1] == '='; i--) /* it counts the padding */
        n--;
    return (size_t)n;
}

bool pack_open(const char *text, bool (*part)(void *ctx, const char *data, size_t len), void *ctx,
               struct error *err)
{
    unsigned char in[THREES];
    char out[16384];
    z_stream stream = {0};
    size_t left = strlen(text);
    int got = Z_OK;
    bool go_on = true;

    if (inflateInit2(&stream, GZIP_BITS) != Z_OK)
        mem_fatal("out of memory for zlib");
    while (go_on && got == Z_OK && left > 0) {
        size_t take = left < THREES / 3 * 4 ? left : THREES / 3 * 4;
        stream.avail_in = (unsigned)decode(text, take, in);
        stream.next_in = in;
        text += take;
        left -= take;
        got = stream.avail_in > 0 ? Z_OK : Z_DATA_ERROR;
        while (go_on && got == Z_OK && stream.avail_in > 0) {
            stream.next_out = (unsigned char *)out;
            stream.avail_out = sizeof(out);
            got = inflate(&stream, Z_NO_FLUSH);
            size_t n = sizeof(out) - stream.avail_out;
            go_on = n == 0 || part(ctx, out, n);
        }
    }
    inflateEnd(&stream);
    return !go_on || got == Z_STREAM_END ||
           error_set(err, ERR_VERDICT, "the packed text is damaged");
}
