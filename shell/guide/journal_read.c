/* Reads and verifies journals, record by record: one may hold a hundred thousand views. */
#include "journal_inside.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <belay/str.h>
#include <digest.h>
#include <file.h>
#include <mem.h>

#define PART ((size_t)256 << 10) /* bytes read at a time */
#define TAIL ((off_t)64 << 10)   /* where the last record is looked for */

const char journal_first_prev[65] =
     "0000000000000000000000000000000000000000000000000000000000000000";

char *journal_path(const char *dir, const char *run)
{
    AUTO_FREE char *name = str_format(JOURNAL_PREFIX "%s" JOURNAL_SUFFIX, run);

    return file_join(dir, name);
}

bool journal_run_ok(const char *run)
{
    return run[0] != '\0' && strlen(run) < 64 &&
           strspn(run, "0123456789abcdefTZ-") == strlen(run);
}

static bool chain_broken(const char *path, size_t line, const char *why, struct error *err)
{
    error_set(err, ERR_VERDICT, "the journal is damaged: %s", why);
    return error_where(err, "%s:%zu", path, line);
}

/* A file that is being read line by line. */
struct lines {
    int fd;
    struct str text; /* read, and not given out yet, from `at` on */
    size_t at;
    size_t looked;   /* no end of line before here */
    size_t total;
    bool over;
};

static bool open_lines(const char *dir, const char *run, struct lines *ret, struct error *err)
{
    AUTO_FREE char *path = journal_path(dir, run);

    *ret = (struct lines){.fd = journal_run_ok(run) ? open(path, O_RDONLY | O_CLOEXEC) : -1};
    if (ret->fd >= 0)
        return true;
    error_set(err, ERR_USAGE, "there is no run \"%s\" in %s", run, dir);
    return error_hint(err, "\\journal list shows the runs of this cluster");
}

static void close_lines(struct lines *lines)
{
    if (lines->fd >= 0)
        close(lines->fd);
    str_done(&lines->text);
}

/* More bytes, those that were given out thrown away first. */
static bool read_part(struct lines *lines, const char *path, struct error *err)
{
    char part[PART];
    ssize_t got = read(lines->fd, part, sizeof(part));

    if (got < 0)
        return error_errno(err, ERR_FAILED, "cannot read %s", path);
    lines->over = got == 0;
    lines->total += (size_t)got;
    if (lines->total > MAX_JOURNAL)
        return error_set(err, ERR_FAILED, "%s is larger than %zu MiB", path, MAX_JOURNAL >> 20);
    if (lines->at > 0) {
        memmove(lines->text.s, lines->text.s + lines->at, lines->text.len - lines->at);
        str_cut(&lines->text, lines->text.len - lines->at);
        lines->looked -= lines->at;
        lines->at = 0;
    }
    str_addn(&lines->text, part, (size_t)got);
    return true;
}

/* The next whole line; *ret NULL: there is none. false: it could not be read. */
static bool next_line(struct lines *lines, const char *path, const char **ret, size_t *ret_len,
                      struct error *err)
{
    for (;;) {
        char *end = lines->text.len > lines->looked
                        ? memchr(lines->text.s + lines->looked, '\n',
                                 lines->text.len - lines->looked)
                        : NULL;
        if (end != NULL) {
            *ret = lines->text.s + lines->at;
            *ret_len = (size_t)(end - *ret);
            lines->at += *ret_len + 1;
            lines->looked = lines->at;
            return true;
        }
        lines->looked = lines->text.len;
        *ret = NULL;
        if (lines->over)
            return true;
        if (!read_part(lines, path, err))
            return false;
    }
}

/* One whole line: parsed, brief without its facts, its place in the chain checked. NULL with the
 * error. */
static json_t *take_line(struct journal_file *file, const char *text, size_t len, bool brief,
                         struct error *err)
{
    AUTO_ERROR local = {0};
    AUTO_STR rest = {0};
    size_t line = file->n + 1;
    json_t *record = brief && line == 1 && journal_without_facts(text, len, &rest)
                         ? json_parse(rest.s, rest.len, MAX_LINE, &local)
                         : json_parse(text, len, MAX_LINE, &local);

    if (record == NULL) {
        chain_broken(file->path, line, "a line is not JSON", err);
        return NULL;
    }
    if (!str_equal(json_str(record, "prev"), file->head) ||
        json_int(record, "seq") != (int64_t)line) {
        json_decref(record);
        chain_broken(file->path, line, "this record does not follow the one before it", err);
        return NULL;
    }
    sha256_hex(text, len, file->head);
    file->n = line;
    file->whole += len + 1;
    return record;
}

static bool read_each(const char *dir, const char *run, bool brief, journal_visit *visit, void *ctx,
                      struct journal_file *ret, struct error *err)
{
    struct lines lines;
    const char *text = "";
    size_t len = 0;

    *ret = (struct journal_file){.run = mem_text(run), .path = journal_path(dir, run)};
    memcpy(ret->head, journal_first_prev, sizeof(journal_first_prev));
    bool ok = open_lines(dir, run, &lines, err);
    while (ok && text != NULL) {
        ok = next_line(&lines, ret->path, &text, &len, err);
        AUTO_JSON *record = ok && text != NULL ? take_line(ret, text, len, brief, err)
                                                : NULL;
        ok = ok && (text == NULL || record != NULL);
        if (ok && record != NULL && visit != NULL)
            visit(ctx, ret, record);
    }
    ret->torn = ok && lines.text.len > lines.at;
    close_lines(&lines);
    if (!ok)
        journal_file_done(ret);
    return ok;
}

bool journal_each(const char *dir, const char *run, journal_visit *visit, void *ctx,
                  struct journal_file *ret, struct error *err)
{
    return read_each(dir, run, false, visit, ctx, ret, err);
}

bool journal_skim(const char *dir, const char *run, journal_visit *visit, void *ctx,
                  struct journal_file *ret, struct error *err)
{
    return read_each(dir, run, true, visit, ctx, ret, err);
}

static void keep(void *ctx, const struct journal_file *file, json_t *record)
{
    (void)file;
    json_array_append(ctx, record);
}

bool journal_read(const char *dir, const char *run, struct journal_file *ret, struct error *err)
{
    json_t *records = json_array();
    bool ok = journal_each(dir, run, keep, records, ret, err);

    if (ok)
        ret->records = records;
    else
        json_decref(records);
    return ok;
}

json_t *journal_first(const char *dir, const char *run, struct error *err)
{
    struct journal_file file = {.path = journal_path(dir, run)};
    struct lines lines;
    const char *text = NULL;
    size_t len = 0;
    json_t *record = NULL;

    memcpy(file.head, journal_first_prev, sizeof(journal_first_prev));
    if (open_lines(dir, run, &lines, err) && next_line(&lines, file.path, &text, &len, err)) {
        if (text != NULL)
            record = take_line(&file, text, len, false, err);
        else
            chain_broken(file.path, 1, "it holds no record", err);
    }
    close_lines(&lines);
    journal_file_done(&file);
    return record;
}

/* The last whole line of what was read of the file's end; "" when it begins before that. */
static void last_line(const struct str *end, bool whole_file, struct str *ret)
{
    const char *stop = end->len > 0 ? memrchr(end->s, '\n', end->len) : NULL;
    const char *before = stop != NULL && stop > end->s
                             ? memrchr(end->s, '\n', (size_t)(stop - end->s)) : NULL;

    if (stop == NULL || (before == NULL && !whole_file))
        return;
    const char *start = before != NULL ? before + 1 : end->s;
    str_addn(ret, start, (size_t)(stop - start));
}

bool journal_is_open(const char *dir, const char *run)
{
    AUTO_FREE char *path = journal_path(dir, run);
    int fd = journal_run_ok(run) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    off_t size = fd >= 0 ? lseek(fd, 0, SEEK_END) : 0;
    off_t from = size > TAIL ? size - TAIL : 0;
    AUTO_STR end = {0};
    AUTO_STR line = {0};
    char part[4096];
    ssize_t got = size > 0 && lseek(fd, from, SEEK_SET) == from ? 1 : 0;

    while (got > 0) {
        got = read(fd, part, sizeof(part));
        str_addn(&end, part, got > 0 ? (size_t)got : 0);
    }
    if (fd >= 0)
        close(fd);
    last_line(&end, from == 0, &line);
    AUTO_JSON *record = json_parse(line.s, line.len, line.len, NULL);
    bool ended = str_equal(json_str(record, "type"), "end") &&
                 (json_flag(record, "done") || json_flag(record, "closed"));
    bool none = from == 0 && line.len == 0;
    return size > 0 && !none && !ended;
}

void journal_file_done(struct journal_file *file)
{
    free(file->run);
    free(file->path);
    json_decref(file->records);
    *file = (struct journal_file){0};
}

void journal_list(const char *dir, struct strv *ret_runs)
{
    DIR *handle = opendir(dir);
    struct dirent *entry;

    if (handle == NULL)
        return;
    while ((entry = readdir(handle)) != NULL) {
        const char *name = entry->d_name;
        if (!str_starts(name, JOURNAL_PREFIX) || !str_ends(name, JOURNAL_SUFFIX))
            continue;
        AUTO_FREE char *run = mem_textn(name + strlen(JOURNAL_PREFIX),
                                        strlen(name) - strlen(JOURNAL_PREFIX) - strlen(JOURNAL_SUFFIX));
        if (journal_run_ok(run))
            strv_add(ret_runs, run);
    }
    closedir(handle);
    strv_sort(ret_runs);
}

char *journal_find(const char *dir, const char *typed)
{
    AUTO_STRV runs = {0};
    bool number = *typed != '\0' && typed[strspn(typed, "0123456789")] == '\0';

    journal_list(dir, &runs);
    for (size_t i = 0; number && i < runs.n; i++) {
        if (strtoul(runs.v[i], NULL, 10) == strtoul(typed, NULL, 10))
            return mem_text(runs.v[i]);
    }
    return mem_text(typed);
}
