/* AES-128-ECB through libcrypto. */
#include "aes.h"

#include <limits.h>

#include <openssl/evp.h>

#include "mem.h"

#define BLOCK 16

bool aes128_ecb_decrypt(const unsigned char key[16], const void *data, size_t len, struct str *ret)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int n = 0;
    int rest = 0;

    if (ctx == NULL)
        mem_fatal("no memory for a cipher");
    unsigned char *plain = mem_alloc(len + BLOCK);
    bool ok = len <= INT_MAX - BLOCK &&
              EVP_DecryptInit_ex(ctx, EVP_aes_128_ecb(), NULL, key, NULL) == 1 &&
              EVP_DecryptUpdate(ctx, plain, &n, data, (int)len) == 1 &&
              EVP_DecryptFinal_ex(ctx, plain + n, &rest) == 1;
    if (ok)
        str_addn(ret, plain, (size_t)(n + rest));
    mem_wipe(plain, len + BLOCK);
    free(plain);
    EVP_CIPHER_CTX_free(ctx);
    return ok;
}
