/* The directory of trusted certificates. */
#include "trust.h"

#include <stdlib.h>

#include <openssl/x509.h>

const char *trust_directory(void)
{
    const char *given = getenv("SSL_CERT_DIR"); /* as OpenSSL's X509_get_default_cert_dir_env */

    return given != NULL && *given != '\0' ? given : X509_get_default_cert_dir();
}
