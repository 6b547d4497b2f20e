/* Digests and nonces: SHA-256 and random numbers by libcrypto, CRC-32 by zlib. */
#ifndef BELAY_DIGEST_H
#define BELAY_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_HEX 65 /* 64 lower-case hex digits and the NUL */

struct sha256;
struct sha256 *sha256_new(void);
void sha256_update(struct sha256 *sum, const void *data, size_t len);
void sha256_finish(struct sha256 *take, char ret_hex[SHA256_HEX]); /* frees take */

void sha256_hex(const void *data, size_t len, char ret_hex[SHA256_HEX]);

/* CRC-32 as java.util.zip.CRC32 and zlib compute it; start with 0. */
uint32_t crc32_add(uint32_t crc, const void *data, size_t len);

/* Fills ret with n random hex digits and a NUL; ret holds n + 1 bytes. */
void random_hex(char *ret, size_t n);

/* libcrypto's name and version; constant. */
const char *digest_library_version(void);

#endif
