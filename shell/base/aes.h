/* AES as the login paths of MySQL use it: decryption of a scrambling, not protection. */
#ifndef BELAY_AES_H
#define BELAY_AES_H

#include <stdbool.h>
#include <stddef.h>

#include <belay/str.h>

/* AES-128-ECB with padding; appends the plain bytes. false: not of this key; ret is untouched. */
bool aes128_ecb_decrypt(const unsigned char key[16], const void *data, size_t len, struct str *ret);

#endif
