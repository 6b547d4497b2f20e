/*
 * Answers a server that asks for a file of this machine. The protocol lets it ask for any file in
 * answer to any statement (MySQL manual, "Security Considerations for LOAD DATA LOCAL").
 */
#include "local_infile.h"

#include <errmsg.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <belay/str.h>
#include <local_file.h>
#include <mem.h>

#include "connection.h"

struct transfer {
    int fd;
    char *problem;
    int number; /* of the problem: the system's, as the classic client has it, or the library's */
};

static int fail(struct transfer *transfer, int number, char *take)
{
    free(transfer->problem);
    transfer->problem = take;
    transfer->number = number;
    return 1;
}

static int begin(void **ret, const char *name, void *ctx)
{
    struct connection *connection = ctx;
    struct transfer *transfer = mem_alloc(sizeof(*transfer));

    *ret = transfer;
    transfer->fd = -1;
    if (!strv_has(&connection->local_files, name))
        return fail(transfer, CR_UNKNOWN_ERROR,
                    str_format("the server asked for the file \"%s\", which the statement does not "
                               "name; it was not sent", name));
    transfer->fd = open(name, O_RDONLY | O_CLOEXEC);
    return transfer->fd >= 0 ? 0 : fail(transfer, errno,
                                        str_format("File '%s' not found (Errcode: %d)", name, errno));
}

static int more(void *ctx, char *buffer, unsigned len)
{
    struct transfer *transfer = ctx;
    ssize_t got;

    do
        got = read(transfer->fd, buffer, len);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        fail(transfer, errno, str_format("the file cannot be read: %s", strerror(errno)));
    return (int)got;
}

static void end(void *ctx)
{
    struct transfer *transfer = ctx;

    if (transfer == NULL)
        return;
    if (transfer->fd >= 0)
        close(transfer->fd);
    free(transfer->problem);
    free(transfer);
}

static int problem(void *ctx, char *text, unsigned len)
{
    const struct transfer *transfer = ctx;

    snprintf(text, len, "%s", transfer->problem != NULL ? transfer->problem : "");
    return transfer->number;
}

void local_infile_expect(struct connection *connection, const char *sql, size_t len)
{
    strv_done(&connection->local_files);
    if (!connection->endpoint.local_infile)
        return;
    sql_local_files(sql, len, &connection->local_files);
    mysql_set_local_infile_handler(connection->mysql, begin, more, end, problem, connection);
}
