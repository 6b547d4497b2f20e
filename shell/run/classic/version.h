/* The line with which the classic client tells what it is; scripts read releases out of it. */
#ifndef BELAY_CLASSIC_VERSION_H
#define BELAY_CLASSIC_VERSION_H

struct str;

/* "mariadb  Ver 15.1 Distrib 10.11.19-MariaDB, for Linux (x86_64) using belay 0.1.0", a newline. */
void classic_version(const char *program, struct str *ret);

#endif
