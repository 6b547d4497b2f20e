/* The options of libmariadb for an endpoint. For the files of net/ only. */
#ifndef BELAY_CONNECT_OPTIONS_H
#define BELAY_CONNECT_OPTIONS_H

#include <mysql.h>

#include "connect.h"

/*
 * Sets every option that matters for security explicitly, whatever the library was built to do by
 * default. with_tls: no connection without TLS.
 */
void connect_options(MYSQL *mysql, const struct endpoint *endpoint, bool with_tls);

/* TCP keepalive, so that a session that waits for its DBA is not forgotten on the way. */
void connect_keep_alive(MYSQL *mysql);

#endif
