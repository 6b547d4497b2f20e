/* SHA-256, CRC-32 and random digits. */
#include "digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <zlib.h>

#include "mem.h"

static const char hex[] = "0123456789abcdef";

struct sha256 {
    EVP_MD_CTX *ctx;
};

struct sha256 *sha256_new(void)
{
    struct sha256 *sum = mem_alloc(sizeof *sum);
    sum->ctx = EVP_MD_CTX_new();
    if (sum->ctx == NULL || EVP_DigestInit_ex(sum->ctx, EVP_sha256(), NULL) != 1)
        mem_fatal("SHA-256 is not available in libcrypto");
    return sum;
}

void sha256_update(struct sha256 *sum, const void *data, size_t len)
{
    if (len > 0 && EVP_DigestUpdate(sum->ctx, data, len) != 1)
        mem_fatal("SHA-256 failed in libcrypto");
}

void sha256_finish(struct sha256 *take, char ret_hex[SHA256_HEX])
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    if (EVP_DigestFinal_ex(take->ctx, bytes, &n) != 1 || n * 2 + 1 != SHA256_HEX)
        mem_fatal("SHA-256 failed in libcrypto");
    for (unsigned i = 0; i < n; i++) {
        ret_hex[2 * i] = hex[bytes[i] >> 4];
        ret_hex[2 * i + 1] = hex[bytes[i] & 15];
    }
    ret_hex[2 * n] = '\0';
    EVP_MD_CTX_free(take->ctx);
    free(take);
}

void sha256_hex(const void *data, size_t len, char ret_hex[SHA256_HEX])
{
    struct sha256 *sum = sha256_new();
    sha256_update(sum, data, len);
    sha256_finish(sum, ret_hex);
}

uint32_t crc32_add(uint32_t crc, const void *data, size_t len)
{
    if (len == 0) /* zlib answers its start value for no buffer */
        return crc;
    return (uint32_t)crc32_z(crc, data, len);
}

void random_hex(char *ret, size_t n)
{
    unsigned char bytes[64];
    for (size_t i = 0; i < n; i++) {
        size_t at = i % sizeof bytes;
        if (at == 0 && RAND_bytes(bytes, sizeof bytes) != 1)
            mem_fatal("libcrypto has no random numbers");
        ret[i] = hex[bytes[at] & 15];
    }
    ret[n] = '\0';
}

const char *digest_library_version(void)
{
    return OpenSSL_version(OPENSSL_VERSION);
}
