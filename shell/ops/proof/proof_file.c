/* Writes the file of a proof; see proof_file.h. */
#include "proof_file.h"

#include <unistd.h>

#include <belay/output.h>
#include <belay/str.h>
#include <digest.h>
#include <mem.h>

#include "proof_inside.h"

static const char *const names[PROOF_KINDS] = {
    [PROOF_CLUSTER] = "cluster",   [PROOF_FRONTEND] = "frontend",
    [PROOF_NODE] = "node",         [PROOF_DATABASE] = "database",
    [PROOF_TABLE] = "table",       [PROOF_SYSTEM_TABLE] = "system table",
    [PROOF_VIEW] = "view",         [PROOF_PLAIN_VIEW] = "plain view",
    [PROOF_PARTITION] = "partition", [PROOF_ROWS] = "rows",
    [PROOF_VOLUME] = "volume",     [PROOF_USER] = "user",
    [PROOF_ROLE] = "role",         [PROOF_SETTING] = "setting",
    [PROOF_LOAD] = "routine load", [PROOF_TASK] = "task",
    [PROOF_PIPE] = "pipe",         [PROOF_QUERY] = "query",
};

const char *proof_kind_name(enum proof_kind kind)
{
    return names[kind];
}

enum proof_kind proof_kind_of(const char *name)
{
    for (unsigned i = 0; i < PROOF_KINDS; i++) {
        if (str_equal(names[i], name))
            return (enum proof_kind)i;
    }
    return PROOF_KINDS;
}

int proof_order(const json_t *a, const json_t *b)
{
    static const char *const keys[] = {"db", "name", "part"};

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        int order = strcmp(json_str(a, keys[i]), json_str(b, keys[i]));
        if (order != 0)
            return order;
    }
    return 0;
}

struct proof_writer {
    struct sink *sink;
    int fd;
    char *what;
    struct sha256 *sum;
    enum proof_kind kind; /* of the last thing … */
    json_t *last;         /* … and it; NULL: none yet */
    size_t n[PROOF_KINDS];
    json_t *lacks;
};

static void put(struct proof_writer *writer, const char *text, size_t len)
{
    sink_write(writer->sink, text, len);
    sha256_update(writer->sum, text, len);
}

static void put_json(struct proof_writer *writer, const json_t *json)
{
    AUTO_STR line = {0};

    json_add_canonical(json, &line);
    str_addc(&line, '\n');
    put(writer, line.s, line.len);
}

struct proof_writer *proof_begin(int fd, const char *what, json_t *take_head)
{
    struct proof_writer *writer = mem_alloc(sizeof(*writer));

    writer->sink = sink_new(fd, what);
    writer->fd = fd;
    writer->what = mem_text(what);
    writer->sum = sha256_new();
    writer->lacks = json_object();
    json_put_str(take_head, "kind", PROOF_HEAD);
    put_json(writer, take_head);
    json_decref(take_head);
    return writer;
}

json_t *proof_item(const char *db, const char *name, const char *part)
{
    json_t *item = json_object();

    if (*db != '\0')
        json_put_str(item, "db", db);
    json_put_str(item, "name", name);
    if (*part != '\0')
        json_put_str(item, "part", part);
    return item;
}

bool proof_add(struct proof_writer *writer, enum proof_kind kind, json_t *take, struct error *err)
{
    AUTO_JSON *item = take;

    if (writer->last != NULL &&
        (kind < writer->kind || (kind == writer->kind && proof_order(writer->last, item) >= 0)))
        return error_set(err, ERR_UNKNOWN, "the list is not in order at %s%s%s",
                         json_str(item, "db"), *json_str(item, "db") != '\0' ? "." : "",
                         json_str(item, "name"));
    json_put_str(item, "kind", proof_kind_name(kind));
    put_json(writer, item);
    json_decref(writer->last);
    writer->last = json_incref(item);
    writer->kind = kind;
    writer->n[kind]++;
    return !sink_failed(writer->sink) ||
           error_set(err, ERR_OUTPUT, "%s cannot be written", writer->what);
}

void proof_lacks(struct proof_writer *writer, enum proof_kind kind, const char *why)
{
    json_put_str(writer->lacks, proof_kind_name(kind), why);
}

size_t proof_written(const struct proof_writer *writer, enum proof_kind kind)
{
    return writer->n[kind];
}

void proof_drop(struct proof_writer *take)
{
    char unused[SHA256_HEX];

    if (take == NULL)
        return;
    if (take->sum != NULL)
        sha256_finish(take->sum, unused);
    sink_free(take->sink);
    json_decref(take->last);
    json_decref(take->lacks);
    free(take->what);
    free(take);
}

bool proof_end(struct proof_writer *take, json_t **ret_lacks, struct error *err)
{
    AUTO_JSON *end = json_object();
    char hex[SHA256_HEX];

    json_put_str(end, "kind", PROOF_LACKS);
    json_put(end, PROOF_LACKS, json_incref(take->lacks));
    put_json(take, end);
    sha256_finish(take->sum, hex);
    take->sum = NULL;
    sink_f(take->sink, PROOF_SUM "%s\n", hex);
    bool ok = sink_flush(take->sink, err);
    if (ok && fsync(take->fd) != 0)
        ok = error_errno(err, ERR_OUTPUT, "cannot write %s", take->what);
    *ret_lacks = ok ? json_incref(take->lacks) : NULL;
    proof_drop(take);
    return ok;
}
