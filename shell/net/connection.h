/* The inside of a connection, for the files of net/ only. */
#ifndef BELAY_CONNECTION_H
#define BELAY_CONNECTION_H

#include <mysql.h>

#include "connect.h"

struct connection {
    MYSQL *mysql;
    struct endpoint endpoint;
    char *database;
    bool lost;
    struct strv local_files; /* that the server may ask for now (local_infile.h) */
};

/* Copies libmariadb's error into err and notes whether the connection is gone. Returns false. */
bool connection_failed(struct connection *connection, struct error *err);

/* Once connected: no read may wait but where ^C is seen. */
void connection_unblock(struct connection *connection);

#endif
