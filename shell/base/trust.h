/* Where this system keeps the certificates that it trusts. */
#ifndef BELAY_TRUST_H
#define BELAY_TRUST_H

/* A directory as OpenSSL reads it; SSL_CERT_DIR has the say when it is set. Borrowed. */
const char *trust_directory(void);

#endif
