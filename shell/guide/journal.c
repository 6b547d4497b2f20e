/* Writes and reads chained, durable JSON lines. */
#include <belay/journal.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <belay/str.h>
#include <clock.h>
#include <digest.h>
#include <file.h>
#include <mem.h>

#define MAX_JOURNAL ((size_t)512 << 20)
#define MAX_LINE ((size_t)256 << 20) /* the first record holds the facts: all views of a cluster */
#define LOCK_MS 10000
#define PREFIX "journal-"
#define SUFFIX ".jsonl"

static const char first_prev[] = "0000000000000000000000000000000000000000000000000000000000000000";

struct journal {
    int fd;
    char *path;
    char *run;
    char head[SHA256_HEX];
    int64_t seq;
    bool broken;   /* a write or sync failed: nothing may follow */
    bool was_torn; /* to be said in the next record */
};

static char *path_of(const char *dir, const char *run)
{
    AUTO_FREE char *name = str_format(PREFIX "%s" SUFFIX, run);

    return file_join(dir, name);
}

static bool run_ok(const char *run)
{
    return run[0] != '\0' && strlen(run) < 64 &&
           strspn(run, "0123456789abcdefTZ-") == strlen(run);
}

static bool lock(int fd, const char *path, struct error *err)
{
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return true;
    if (errno == EWOULDBLOCK)
        error_set(err, ERR_LEASE, "another belay is working on this run");
    else
        error_errno(err, ERR_OUTPUT, "cannot lock the journal");
    return error_where(err, "%s", path);
}

/* The number of the next run: journals are folded in the order of their numbers, whatever the clock
 * of this machine says. */
static unsigned long next_number(const char *dir)
{
    AUTO_STRV runs = {0};
    unsigned long highest = 0;

    journal_list(dir, &runs);
    for (size_t i = 0; i < runs.n; i++) {
        unsigned long number = strtoul(runs.v[i], NULL, 10);
        highest = number > highest ? number : highest;
    }
    return highest + 1;
}

/* Held while a number is taken: two belays must not both take it in different seconds. */
static int lock_numbers(const char *dir, struct error *err)
{
    AUTO_FREE char *path = file_join(dir, "journal.lock");
    int64_t until = clock_ms() + LOCK_MS;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    while (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if ((errno == EWOULDBLOCK || errno == EINTR) && clock_ms() < until) {
            clock_sleep(20, 0);
            continue;
        }
        int number = errno;
        close(fd);
        errno = number;
        fd = -1;
    }
    if (fd < 0)
        error_errno(err, ERR_OUTPUT, "cannot take a number for the run: %s", path);
    return fd;
}

/* A file of its own with the next number. */
static int create_next(const char *dir, char **ret_run, char **ret_path, struct error *err)
{
    char stamp[CLOCK_TEXT];
    int numbers = lock_numbers(dir, err);

    if (numbers < 0)
        return -1;
    clock_stamp(clock_unix_ms(), stamp);
    *ret_run = str_format("%05lu-%s", next_number(dir), stamp);
    *ret_path = path_of(dir, *ret_run);
    int fd = file_create(*ret_path, 0600, err);
    close(numbers);
    return fd;
}

struct journal *journal_create(const char *dir, struct error *err)
{
    AUTO_FREE char *run = NULL;
    AUTO_FREE char *path = NULL;

    if (!file_private_dir(dir, err))
        return NULL;
    int fd = create_next(dir, &run, &path, err);
    if (fd < 0)
        return NULL;
    if (!lock(fd, path, err) || !file_sync_dir(dir, err)) {
        close(fd);
        return NULL;
    }
    struct journal *journal = mem_alloc(sizeof(*journal));
    journal->fd = fd;
    journal->path = mem_text(path);
    journal->run = mem_text(run);
    memcpy(journal->head, first_prev, sizeof(first_prev));
    return journal;
}

struct journal *journal_reopen(const char *dir, const char *run, struct error *err)
{
    struct journal_file file = {0};
    AUTO_FREE char *path = path_of(dir, run);
    int fd = run_ok(run) ? open(path, O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW) : -1;
    bool ok = true;

    if (fd < 0) {
        error_set(err, ERR_USAGE, "there is no run %s to go on with", run);
        return NULL;
    }
    ok = lock(fd, path, err) && journal_read(dir, run, &file, err);
    if (ok && file.torn) {
        /* Cut the torn line off: the next record must begin on a line of its own. */
        AUTO_STR text = {0};
        ok = file_read(path, MAX_JOURNAL, &text, err);
        const char *end = ok ? memrchr(text.s, '\n', text.len) : NULL;
        if (ok && (ftruncate(fd, end == NULL ? 0 : end - text.s + 1) != 0 || fdatasync(fd) != 0))
            ok = error_errno(err, ERR_OUTPUT, "%s", path);
    }
    struct journal *journal = NULL;
    if (ok) {
        journal = mem_alloc(sizeof(*journal));
        journal->fd = fd;
        journal->path = mem_text(path);
        journal->run = mem_text(run);
        journal->seq = (int64_t)json_array_size(file.records);
        journal->was_torn = file.torn;
        memcpy(journal->head, file.head, sizeof(journal->head));
    } else {
        close(fd);
    }
    journal_file_done(&file);
    return journal;
}

void journal_close(struct journal *journal)
{
    if (journal == NULL)
        return;
    close(journal->fd);
    free(journal->path);
    free(journal->run);
    free(journal);
}

const char *journal_run(const struct journal *journal)
{
    return journal->run;
}

/* false: the record is longer than a reader takes; nothing of it is kept. */
static bool add_line(struct journal *journal, json_t *record, struct str *lines, struct error *err)
{
    char now[CLOCK_TEXT];

    clock_utc(clock_unix_ms(), now);
    json_put_int(record, "seq", ++journal->seq);
    json_put_str(record, "at", now);
    json_put_str(record, "prev", journal->head);
    if (journal->was_torn)
        json_put_bool(record, "torn_line_cut", true);
    journal->was_torn = false;
    AUTO_FREE char *text = json_canonical(record);
    size_t len = strlen(text);
    if (len > MAX_LINE || lines->len + len + 1 > MAX_JOURNAL)
        return error_set(err, ERR_OUTPUT, "a record of %zu bytes is too large for the journal %s",
                         len, journal->path);
    sha256_hex(text, len, journal->head);
    str_addn(lines, text, len);
    str_addc(lines, '\n');
    return true;
}

/* Nothing may be written that journal_read would refuse: the whole journal would be lost with it. */
static bool fits(const struct journal *journal, size_t len, struct error *err)
{
    struct stat st;

    if (fstat(journal->fd, &st) != 0)
        return error_errno(err, ERR_OUTPUT, "%s", journal->path);
    if ((uint64_t)st.st_size + len <= MAX_JOURNAL)
        return true;
    return error_set(err, ERR_OUTPUT, "the journal %s is full (%zu MiB)", journal->path,
                     MAX_JOURNAL >> 20);
}

bool journal_append_all(struct journal *journal, json_t **records, size_t n, struct error *err)
{
    AUTO_STR lines = {0};
    bool ok = true;

    if (journal->broken)
        ok = error_set(err, ERR_OUTPUT, "an earlier write to the journal failed");
    for (size_t i = 0; i < n; i++) {
        ok = ok && add_line(journal, records[i], &lines, err);
        json_decref(records[i]);
    }
    ok = ok && fits(journal, lines.len, err) &&
         file_write_all(journal->fd, lines.s, lines.len, journal->path, err);
    if (ok && fdatasync(journal->fd) != 0)
        ok = error_errno(err, ERR_OUTPUT, "cannot make the journal durable: %s", journal->path);
    if (ok)
        return true;
    journal->broken = true;
    return error_hint(err, "make room and use \\resume %s: it asks the cluster what is done",
                      journal->run);
}

bool journal_append(struct journal *journal, json_t *take, struct error *err)
{
    return journal_append_all(journal, &take, 1, err);
}

static bool chain_broken(const char *path, size_t line, const char *why, struct error *err)
{
    error_set(err, ERR_VERDICT, "the journal is damaged: %s", why);
    return error_where(err, "%s:%zu", path, line);
}

/* One whole line: parsed, its place in the chain checked. */
static bool take_line(struct journal_file *file, const char *text, size_t len, size_t line,
                      struct error *err)
{
    AUTO_ERROR local = {0};
    json_t *record = json_parse(text, len, MAX_LINE, &local);

    if (record == NULL)
        return chain_broken(file->path, line, "a line is not JSON", err);
    bool follows = str_equal(json_str(record, "prev"), file->head) &&
                   json_int(record, "seq") == (int64_t)line;
    json_array_append_new(file->records, record);
    if (!follows)
        return chain_broken(file->path, line, "this record does not follow the one before it", err);
    sha256_hex(text, len, file->head);
    return true;
}

bool journal_read(const char *dir, const char *run, struct journal_file *ret, struct error *err)
{
    AUTO_STR text = {0};
    size_t line = 1;
    bool ok = true;

    *ret = (struct journal_file){.run = mem_text(run), .path = path_of(dir, run)};
    memcpy(ret->head, first_prev, sizeof(first_prev));
    ret->records = json_array();
    if (!run_ok(run) || !file_exists(ret->path))
        ok = error_set(err, ERR_USAGE, "there is no run \"%s\" in %s", run, dir);
    ok = ok && file_read(ret->path, MAX_JOURNAL, &text, err);
    for (size_t at = 0; ok && at < text.len; line++) {
        const char *end = memchr(text.s + at, '\n', text.len - at);
        if (end == NULL) {
            ret->torn = true;
            break;
        }
        size_t len = (size_t)(end - (text.s + at));
        ok = take_line(ret, text.s + at, len, line, err);
        at += len + 1;
    }
    if (!ok)
        journal_file_done(ret);
    return ok;
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
        if (!str_starts(name, PREFIX) || !str_ends(name, SUFFIX))
            continue;
        AUTO_FREE char *run = mem_textn(name + strlen(PREFIX),
                                        strlen(name) - strlen(PREFIX) - strlen(SUFFIX));
        if (run_ok(run))
            strv_add(ret_runs, run);
    }
    closedir(handle);
    strv_sort(ret_runs);
}
