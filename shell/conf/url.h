/* mysql://user:password@host:port/database?option=value as the first word. */
#ifndef BELAY_URL_H
#define BELAY_URL_H

#include "option_inside.h"

/* Does the word begin as a URL that belay takes: mysql://, mariadb://, starrocks://? */
bool url_is(const char *word);

/* Adds what the URL says to ret. ERR_USAGE, which never repeats the password. */
bool url_read(const char *url, struct option_givens *ret, struct error *err);

#endif
