/* The columns of a result set as belay knows them. */
#ifndef BELAY_COLUMNS_H
#define BELAY_COLUMNS_H

#include <mysql.h>

#include <belay/result.h>

/* An array of n columns, with the facts of --column-type-info if wanted. Free with columns_free. */
struct column *columns_of(MYSQL_RES *res, unsigned n, bool facts);
void columns_free(struct column *columns, unsigned n);

#endif
