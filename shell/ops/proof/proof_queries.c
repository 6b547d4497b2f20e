/*
 * The user's own queries and counts of rows. A result is a number of rows and a digest in which their order
 * does not count: the sum of the SHA-256 of each, so that no row is kept.
 */
#include <stdlib.h>

#include <classify.h>
#include <clock.h>
#include <digest.h>
#include <file.h>
#include <mem.h>
#include <quote.h>
#include <redact.h>
#include <scan.h>

#include "session_inside.h"
#include "proof_inside.h"

#define MAX_FILE ((size_t)4 << 20)
#define MAX_QUERIES 1000
#define SUM_BYTES 32

/* --- the file of queries ----------------------------------------------------------------------- */

static bool take_query(const struct scan_item *item, struct strv *ret, struct error *err)
{
    char word[16];
    AUTO_STR hidden = {0};

    sql_first_word(item->text, item->len, word, sizeof(word));
    if (item->kind != SCAN_STATEMENT || *item->target != '\0')
        return error_set(err, ERR_USAGE, "only SELECT statements that end with ; may stand here");
    if (sql_classify(item->text, item->len) != SQL_READS ||
        (strcmp(word, "SELECT") != 0 && strcmp(word, "WITH") != 0))
        return error_set(err, ERR_USAGE, "not a SELECT that only reads: %.60s", item->text);
    if (sql_redact(item->text, item->len, &hidden))
        return error_set(err, ERR_USAGE, "this query holds a secret, and a proof is a file that is kept");
    strv_addn(ret, item->text, item->len);
    return ret->n <= MAX_QUERIES || error_set(err, ERR_USAGE, "more than %d queries", MAX_QUERIES);
}

bool proof_queries_read(const char *path, struct strv *ret, struct error *err)
{
    static const char *const no_words[] = {NULL};
    AUTO_STR text = {0};
    bool ok = true;

    if (!file_read(path, MAX_FILE, &text, err))
        return false;
    struct scanner *scanner = scan_new(no_words, "");
    scan_feed(scanner, str_text(&text), text.len);
    scan_finish(scanner);
    for (struct scan_item item = scan_next(scanner); ok && item.kind != SCAN_MORE;
         item = scan_next(scanner)) {
        ok = item.kind == SCAN_EMPTY || take_query(&item, ret, err);
        if (!ok)
            error_where(err, "%s:%u", path, item.line);
    }
    scan_free(scanner);
    return ok && (ret->n > 0 || error_set(err, ERR_USAGE, "%s holds no query", path));
}

/* --- their results ------------------------------------------------------------------------------- */

struct summing {
    size_t columns;
    uint64_t rows;
    unsigned char sum[SUM_BYTES]; /* big-endian */
};

static bool begin(void *ctx, const struct column *columns, size_t n)
{
    struct summing *summing = ctx;

    (void)columns;
    *summing = (struct summing){.columns = n};
    return true;
}

static unsigned digit(char hex)
{
    return (unsigned)(hex <= '9' ? hex - '0' : hex - 'a' + 10);
}

static void add_to_sum(struct summing *summing, const char hex[SHA256_HEX])
{
    unsigned carry = 0;

    for (size_t i = SUM_BYTES; i-- > 0;) {
        unsigned byte = digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]);
        carry += summing->sum[i] + byte;
        summing->sum[i] = (unsigned char)(carry & 0xff);
        carry >>= 8;
    }
}

/* NULL is not the empty text, and where one cell ends is part of the row. */
static bool row(void *ctx, const struct cell *cells)
{
    struct summing *summing = ctx;
    struct sha256 *sum = sha256_new();
    char hex[SHA256_HEX];

    for (size_t i = 0; i < summing->columns; i++) {
        uint64_t len = cells[i].data != NULL ? cells[i].len + 1 : 0;
        sha256_update(sum, &len, sizeof(len));
        if (cells[i].data != NULL)
            sha256_update(sum, cells[i].data, cells[i].len);
    }
    sha256_finish(sum, hex);
    add_to_sum(summing, hex);
    summing->rows++;
    return true;
}

static void say_sum(const struct summing *summing, struct str *ret)
{
    for (size_t i = 0; i < SUM_BYTES; i++)
        str_addf(ret, "%02x", summing->sum[i]);
}

/* With what is left of the time as its limit. */
static bool run(struct proof_reading *reading, const char *sql, const struct query_sink *sink,
                struct error *err)
{
    struct pool *pool = reading->session->pool;
    int64_t left = reading->until - clock_ms();
    int64_t limit = pool_timeout(pool, left > 1 ? left : 1);
    bool ok = pool_read_rows(pool, NODE_LEADER, sql, sink, err);

    pool_timeout(pool, limit);
    return ok;
}

static void put_why(json_t *item, const struct error *why)
{
    json_put_str(item, "error", why->message);
}

bool proof_read_queries(struct proof_reading *reading, struct error *err)
{
    const struct strv *queries = &reading->asked->queries;

    for (size_t i = 0; i < queries->n; i++) {
        struct summing summing = {0};
        struct query_sink sink = {&summing, begin, row, false, NULL};
        AUTO_FREE char *name = str_format("%04zu", i + 1);
        AUTO_ERROR why = {0};
        if (!proof_has_time(reading, PROOF_QUERY))
            return true;
        json_t *item = proof_item("", name, "");
        json_put_str(item, "sql", queries->v[i]);
        int64_t started = clock_ms();
        if (run(reading, queries->v[i], &sink, &why)) {
            AUTO_STR sum = {0};
            say_sum(&summing, &sum);
            json_put_int(item, "ms", clock_ms() - started);
            json_put_int(item, "rows", (int64_t)summing.rows);
            json_put_str(item, "sum", str_text(&sum));
        } else if (why.code == ERR_STOPPED) {
            json_decref(item);
            return error_move(err, &why);
        } else {
            put_why(item, &why);
        }
        if (!proof_add(reading->writer, PROOF_QUERY, item, err))
            return false;
    }
    return true;
}

/* --- rows ---------------------------------------------------------------------------------------- */

struct counting {
    bool got;
    int64_t n;
};

static bool begin_count(void *ctx, const struct column *columns, size_t n)
{
    (void)ctx;
    (void)columns;
    return n == 1;
}

static bool take_count(void *ctx, const struct cell *cells)
{
    struct counting *counting = ctx;

    counting->got = cells[0].data != NULL;
    counting->n = counting->got ? strtoll(cells[0].data, NULL, 10) : 0;
    return true;
}

static bool count_one(struct proof_reading *reading, const char *database, const char *name,
                      int64_t *ret, struct error *err)
{
    struct counting counting = {0};
    struct query_sink sink = {&counting, begin_count, take_count, false, NULL};
    AUTO_STR sql = {0};

    str_add(&sql, "SELECT count(*) FROM ");
    if (!quote_name2(database, name, &sql, err) || !run(reading, sql.s, &sink, err))
        return false;
    *ret = counting.n;
    return counting.got || error_set(err, ERR_UNKNOWN, "count(*) gave no number");
}

bool proof_read_counts(struct proof_reading *reading, struct error *err)
{
    AUTO_JSON *items = json_array();
    json_t *pair;
    size_t i;

    json_array_foreach(reading->count, i, pair)
    {
        const char *database = json_string_value(json_array_get(pair, 0));
        const char *name = json_string_value(json_array_get(pair, 1));
        AUTO_ERROR why = {0};
        int64_t n = 0;
        if (!proof_has_time(reading, PROOF_ROWS))
            break;
        json_t *item = proof_item(database, name, "");
        json_array_append_new(items, item);
        if (count_one(reading, database, name, &n, &why))
            json_put_int(item, "rows", n);
        else if (why.code == ERR_STOPPED)
            return error_move(err, &why);
        else
            put_why(item, &why);
    }
    return proof_add_sorted(reading, PROOF_ROWS, items, err);
}
