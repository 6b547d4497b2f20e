/*
 * The least that a client can do with a result set: libmariadb fetches every row, and nothing is
 * made of it. What belay needs is measured against this.
 *
 *   bench_bare HOST PORT SOCKET USER STATEMENT      (SOCKET "" and HOST "": none)
 *   bench_bare HOST PORT SOCKET USER -              statements from standard input, one a line
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mysql.h>

static const char *given(const char *text)
{
    return *text != '\0' ? text : NULL;
}

/* Statements without results, one after the other. */
static int send_lines(MYSQL *mysql)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    int failed = 0;

    while (failed == 0 && (n = getline(&line, &cap, stdin)) > 0) {
        failed = mysql_real_query(mysql, line, (unsigned long)(line[n - 1] == '\n' ? n - 1 : n));
        if (failed != 0)
            fprintf(stderr, "bench_bare: %s\n", mysql_error(mysql));
    }
    free(line);
    mysql_close(mysql);
    return failed != 0;
}

int main(int argc, char **argv)
{
    MYSQL *mysql = mysql_init(NULL);
    unsigned long long bytes = 0;
    MYSQL_RES *res;

    if (argc != 6)
        return 2;
    if (mysql_real_connect(mysql, given(argv[1]), argv[4], NULL, NULL,
                           (unsigned)strtoul(argv[2], NULL, 10), given(argv[3]), 0) == NULL ||
        mysql_set_character_set(mysql, "utf8mb4") != 0) {
        fprintf(stderr, "bench_bare: %s\n", mysql_error(mysql));
        return 1;
    }
    if (strcmp(argv[5], "-") == 0)
        return send_lines(mysql);
    if (mysql_query(mysql, argv[5]) != 0 || (res = mysql_use_result(mysql)) == NULL) {
        fprintf(stderr, "bench_bare: %s\n", mysql_error(mysql));
        return 1;
    }
    unsigned n = mysql_num_fields(res);
    while (mysql_fetch_row(res) != NULL) {
        const unsigned long *lengths = mysql_fetch_lengths(res);

        for (unsigned i = 0; i < n; i++)
            bytes += lengths[i];
    }
    mysql_free_result(res);
    mysql_close(mysql);
    return bytes == 0;
}
