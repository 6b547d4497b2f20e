/* Reads the file of a proof: its digest first, then thing after thing. */
#include "proof_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <belay/str.h>
#include <digest.h>
#include <mem.h>

#include "proof_inside.h"

#define PART ((size_t)256 << 10) /* bytes read at a time */
#define MAX_LINE ((size_t)64 << 20)
#define TAIL_LEN (sizeof(PROOF_SUM) - 1 + 64 + 1)

static bool damaged(const char *path, const char *why, struct error *err)
{
    error_set(err, ERR_VERDICT, "%s is no whole proof: %s", path, why);
    return error_hint(err, "\\proof take makes one");
}

/* The digest of all but the last line, and that line. */
static bool check_digest(int fd, const char *path, char ret[SHA256_HEX], struct error *err)
{
    off_t size = lseek(fd, 0, SEEK_END);
    char part[4096], tail[TAIL_LEN + 1] = "";
    off_t at = 0;

    if (size < (off_t)TAIL_LEN)
        return damaged(path, "it is cut off", err);
    off_t body = size - (off_t)TAIL_LEN;
    if (pread(fd, tail, TAIL_LEN, body) != (ssize_t)TAIL_LEN ||
        !str_starts(tail, PROOF_SUM) || tail[TAIL_LEN - 1] != '\n')
        return damaged(path, "its last line is no digest", err);
    struct sha256 *sum = sha256_new();
    while (at < body) {
        size_t want = body - at < (off_t)sizeof(part) ? (size_t)(body - at) : sizeof(part);
        ssize_t got = pread(fd, part, want, at);
        if (got <= 0)
            break;
        sha256_update(sum, part, (size_t)got);
        at += got;
    }
    sha256_finish(sum, ret);
    if (at < body || strncmp(tail + sizeof(PROOF_SUM) - 1, ret, 64) != 0)
        return damaged(path, "its digest does not match", err);
    return true;
}

/* The next line without its end. NULL: there is none, or (err) it could not be read. */
static const char *next_line(struct proof_reader *reader, size_t *ret_len, struct error *err)
{
    struct str *text = reader->text;

    for (;;) {
        char *start = text->len > reader->at ? text->s + reader->at : NULL;
        char *end = start != NULL ? memchr(start, '\n', text->len - reader->at) : NULL;
        if (end != NULL) {
            *ret_len = (size_t)(end - start);
            reader->at += *ret_len + 1;
            return start;
        }
        if (reader->over)
            return NULL;
        if (reader->at > 0) {
            memmove(text->s, text->s + reader->at, text->len - reader->at);
            str_cut(text, text->len - reader->at);
            reader->at = 0;
        }
        AUTO_FREE char *part = mem_alloc(PART);
        ssize_t got = read(reader->fd, part, PART);
        if (got < 0 || text->len > MAX_LINE) {
            damaged(reader->path, got < 0 ? "it cannot be read" : "a line has no end", err);
            return NULL;
        }
        reader->over = got == 0;
        str_addn(text, part, (size_t)got);
    }
}

/* NULL with the error; NULL without one at the line of the digest. New reference. */
static json_t *next_object(struct proof_reader *reader, struct error *err)
{
    size_t len = 0;
    AUTO_ERROR local = {0};
    const char *line = next_line(reader, &len, &local);

    if (line == NULL || str_starts(line, PROOF_SUM)) {
        error_move(err, &local);
        return NULL;
    }
    json_t *object = json_parse(line, len, MAX_LINE, &local);
    if (!json_is_object(object)) {
        json_decref(object);
        damaged(reader->path, "a line is no object", err);
        return NULL;
    }
    return object;
}

bool proof_next(struct proof_reader *reader, struct error *err)
{
    AUTO_ERROR local = {0};

    json_decref(reader->item);
    reader->kind = PROOF_KINDS;
    reader->item = next_object(reader, &local);
    if (local.code != ERR_NONE)
        return error_move(err, &local);
    if (reader->item == NULL)
        return true;
    const char *kind = json_str(reader->item, "kind");
    if (str_equal(kind, PROOF_LACKS)) {
        json_decref(reader->item);
        reader->item = NULL;
        return true;
    }
    reader->kind = proof_kind_of(kind);
    return reader->kind != PROOF_KINDS ||
           error_set(err, ERR_UNKNOWN, "%s is of another belay: it holds \"%s\"", reader->path, kind);
}

/* What could not be read stands behind everything else, and is wanted before it. */
static bool read_lacks(struct proof_reader *reader, struct error *err)
{
    AUTO_ERROR local = {0};
    size_t len = 0;

    for (const char *line; reader->lacks == NULL && (line = next_line(reader, &len, &local)) != NULL;) {
        static const char mark[] = "{\"kind\":\"" PROOF_LACKS "\"";
        if (len < sizeof(mark) || memcmp(line, mark, sizeof(mark) - 1) != 0)
            continue;
        AUTO_JSON *end = json_parse(line, len, MAX_LINE, &local);
        reader->lacks = json_incref(json_object_get(end, PROOF_LACKS));
    }
    if (local.code != ERR_NONE)
        return error_move(err, &local);
    return json_is_object(reader->lacks) || damaged(reader->path, "it has no end", err);
}

static void from_start(struct proof_reader *reader)
{
    lseek(reader->fd, 0, SEEK_SET);
    str_clear(reader->text);
    reader->at = 0;
    reader->over = false;
}

int proof_fd(const char *path, struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0)
        error_errno(err, ERR_USAGE, "cannot open %s", path);
    return fd;
}

bool proof_open(int fd, const char *path, struct proof_reader *ret, struct error *err)
{
    AUTO_ERROR local = {0};

    *ret = (struct proof_reader){.fd = fd, .path = mem_text(path), .kind = PROOF_KINDS,
                                 .text = mem_alloc(sizeof(*ret->text))};
    if (!check_digest(fd, path, ret->digest, err))
        return false;
    from_start(ret);
    if (!read_lacks(ret, err))
        return false;
    from_start(ret);
    ret->head = next_object(ret, &local);
    if (local.code != ERR_NONE)
        return error_move(err, &local);
    if (!str_equal(json_str(ret->head, "kind"), PROOF_HEAD))
        return damaged(path, "it has no head", err);
    if (json_int(ret->head, "format") != PROOF_FORMAT)
        return error_set(err, ERR_UNKNOWN, "%s is of format %lld, and this belay reads %d", path,
                         (long long)json_int(ret->head, "format"), PROOF_FORMAT);
    return proof_next(ret, err);
}

void proof_reader_done(struct proof_reader *reader)
{
    json_decref(reader->head);
    json_decref(reader->lacks);
    json_decref(reader->item);
    if (reader->text != NULL)
        str_done(reader->text);
    free(reader->text);
    free(reader->path);
    *reader = (struct proof_reader){.fd = -1};
}
