/* LOAD DATA LOCAL: a server is sent the file that the statement named, and no other. */
#ifndef BELAY_LOCAL_INFILE_H
#define BELAY_LOCAL_INFILE_H

#include <stddef.h>

struct connection;

/*
 * To be called before each statement, with its text: from here on the server may ask for the files it
 * names, if the connection allows any (endpoint.local_infile).
 */
void local_infile_expect(struct connection *connection, const char *sql, size_t len);

#endif
