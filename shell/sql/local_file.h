/* The files of this machine that a statement sends to the server: LOAD DATA LOCAL INFILE '…'. */
#ifndef BELAY_LOCAL_FILE_H
#define BELAY_LOCAL_FILE_H

#include <stddef.h>

#include <belay/list.h>

/* Adds the names as the server will ask for them: without quotes and escapes. */
void sql_local_files(const char *sql, size_t len, struct strv *ret);

#endif
