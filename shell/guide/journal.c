/* Writes chained, durable JSON lines. */
#include "journal_inside.h"

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

#define LOCK_MS 10000

struct journal {
    int fd;
    char *path;
    char *run;
    char head[SHA256_HEX];
    int64_t seq;
    bool broken;   /* a write or sync failed: nothing may follow */
    bool was_torn; /* to be said in the next record */
};

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
    *ret_path = journal_path(dir, *ret_run);
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
    memcpy(journal->head, journal_first_prev, sizeof(journal_first_prev));
    return journal;
}

struct journal *journal_reopen(const char *dir, const char *run, struct error *err)
{
    struct journal_file file = {0};
    AUTO_FREE char *path = journal_path(dir, run);
    int fd = journal_run_ok(run) ? open(path, O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW) : -1;
    struct journal *journal = NULL;

    if (fd < 0) {
        error_set(err, ERR_USAGE, "there is no run %s to go on with", run);
        return NULL;
    }
    bool ok = lock(fd, path, err) && journal_each(dir, run, NULL, NULL, &file, err);
    /* Cut the torn line off: the next record must begin on a line of its own. */
    if (ok && file.torn && (ftruncate(fd, (off_t)file.whole) != 0 || fdatasync(fd) != 0))
        ok = error_errno(err, ERR_OUTPUT, "%s", path);
    if (ok) {
        journal = mem_alloc(sizeof(*journal));
        journal->fd = fd;
        journal->path = mem_text(path);
        journal->run = mem_text(run);
        journal->seq = (int64_t)file.n;
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

void journal_discard(struct journal *journal)
{
    if (journal != NULL)
        unlink(journal->path);
    journal_close(journal);
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
    size_t start = lines->len;
    json_add_canonical(record, lines);
    size_t len = lines->len - start;
    if (len > MAX_LINE || lines->len + 1 > MAX_JOURNAL)
        return error_set(err, ERR_OUTPUT, "a record of %zu bytes is too large for the journal %s",
                         len, journal->path);
    sha256_hex(lines->s + start, len, journal->head);
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

static bool stop_here(struct journal *journal, struct error *err)
{
    journal->broken = true;
    return error_hint(err, "make room and use \\resume %s: it asks the cluster what is done",
                      journal->run);
}

bool journal_add_all(struct journal *journal, json_t **records, size_t n, struct error *err)
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
    return ok || stop_here(journal, err);
}

bool journal_append_all(struct journal *journal, json_t **records, size_t n, struct error *err)
{
    if (!journal_add_all(journal, records, n, err))
        return false;
    if (fdatasync(journal->fd) == 0)
        return true;
    error_errno(err, ERR_OUTPUT, "cannot make the journal durable: %s", journal->path);
    return stop_here(journal, err);
}

bool journal_append(struct journal *journal, json_t *take, struct error *err)
{
    return journal_append_all(journal, &take, 1, err);
}

bool journal_is_held(const char *dir, const char *run)
{
    AUTO_FREE char *path = journal_path(dir, run);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    bool held = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;

    if (fd >= 0)
        close(fd);
    return held;
}
