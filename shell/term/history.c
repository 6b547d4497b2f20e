/* Keeps the statements typed, in a file of JSON lines and in readline's list. */
#include "history.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <readline/history.h>

#include <belay/json.h>
#include <belay/list.h>
#include <belay/str.h>

#include "clock.h"
#include "file.h"
#include "mem.h"
#include "redact.h"

#define LOAD_MAX ((off_t)64 << 20) /* the newest part of a file larger than this is read */
#define RECORD_MAX (HISTORY_ENTRY_MAX * 6 + 64) /* every byte of a statement as \u00XX */
#define LOCK_TRIES 20
#define LOCK_PAUSE_MS 10

/* The patterns of the classic client; its option adds to them too (MySQL manual, --histignore). */
static const char BUILT_IN_IGNORE[] = "*IDENTIFIED*:*PASSWORD*";

struct history {
    char *path; /* NULL: only in memory */
    char *ignore;
    bool warned;
};

/* --- patterns -------------------------------------------------------------------------------- */

static size_t character_len(const char *text, size_t len)
{
    size_t n = 1;
    while (n < len && ((unsigned char)text[n] & 0xc0) == 0x80)
        n++;
    return n;
}

static bool same_letter(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

bool history_matches(const char *pattern, size_t pattern_len, const char *text, size_t len)
{
    size_t p = 0;
    size_t t = 0;
    size_t star = SIZE_MAX; /* place after the last `*` seen, and the text it has not eaten */
    size_t eaten = 0;
    for (;;) {
        if (p < pattern_len && pattern[p] == '*') {
            star = ++p;
            eaten = t;
            continue;
        }
        if (t == len && p == pattern_len)
            return true;
        if (p < pattern_len && t < len) {
            if (pattern[p] == '?') {
                t += character_len(text + t, len - t);
                p++;
                continue;
            }
            size_t escape = pattern[p] == '\\' && p + 1 < pattern_len;
            if (same_letter(pattern[p + escape], text[t])) {
                p += 1 + escape;
                t++;
                continue;
            }
        }
        if (star == SIZE_MAX || eaten >= len)
            return false;
        p = star;
        t = ++eaten;
    }
}

static bool any_matches(const char *patterns, const char *text, size_t len)
{
    while (*patterns != '\0') {
        size_t n = strcspn(patterns, ":");
        if (n > 0 && history_matches(patterns, n, text, len))
            return true;
        patterns += n + (patterns[n] == ':');
    }
    return false;
}

/* --- the file -------------------------------------------------------------------------------- */

/* Waits a little, never long: a shell that hangs while it holds the lock must not hang this one. */
static bool lock_file(int fd, int how)
{
    for (int i = 0; i < LOCK_TRIES; i++) {
        if (flock(fd, how | LOCK_NB) == 0)
            return true;
        if (errno != EWOULDBLOCK && errno != EINTR)
            return false;
        clock_sleep(LOCK_PAUSE_MS, -1);
    }
    return false;
}

/* Is the open file still the one at this path? A trimmed file was replaced. */
static bool same_file(int fd, const char *path)
{
    struct stat open_one;
    struct stat named;
    return fstat(fd, &open_one) == 0 && stat(path, &named) == 0 &&
           open_one.st_dev == named.st_dev && open_one.st_ino == named.st_ino;
}

static int open_locked(const char *path, int flags, int how)
{
    for (int i = 0; i < LOCK_TRIES; i++) {
        int fd = open(path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);
        if (fd < 0)
            return -1;
        bool locked = lock_file(fd, how);
        if (!locked || same_file(fd, path))
            return fd; /* without the lock an append is still whole: one write */
        close(fd);
    }
    errno = EAGAIN;
    return -1;
}

static void make_private(int fd)
{
    struct stat st;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
        (st.st_mode & 077) != 0 && fchmod(fd, 0600) != 0)
        return; /* not ours to change after all: the record is as private as the file is */
}

/* Does the file end in the middle of a record (a crash, a full disk)? */
static bool ends_torn(int fd)
{
    struct stat st;
    char last = '\n';
    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
           pread(fd, &last, 1, st.st_size - 1) == 1 && last != '\n';
}

/* record begins with a newline, which is written only to end a torn record before it. */
static bool append_record(const char *path, const struct str *record, struct error *err)
{
    int fd = open_locked(path, O_RDWR | O_APPEND | O_CREAT, LOCK_SH);
    if (fd < 0)
        return error_errno(err, ERR_OUTPUT, "history %s", path);
    make_private(fd);
    size_t skip = ends_torn(fd) ? 0 : 1;
    ssize_t n = write(fd, record->s + skip, record->len - skip);
    int why = n < 0 ? errno : ENOSPC;
    close(fd);
    errno = why;
    return n == (ssize_t)(record->len - skip) || error_errno(err, ERR_OUTPUT, "history %s", path);
}

/* Reads a regular file, at most its newest LOAD_MAX bytes, from the beginning of a line. */
static bool read_newest(int fd, struct str *ret)
{
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return false;
    off_t at = st.st_size > LOAD_MAX ? st.st_size - LOAD_MAX : 0;
    bool cut = at > 0;
    char block[65536];
    while (ret->len <= (size_t)LOAD_MAX) {
        ssize_t n = pread(fd, block, sizeof(block), at);
        if (n <= 0)
            break;
        str_addn(ret, block, (size_t)n);
        at += n;
    }
    if (cut) {
        const char *line = memchr(ret->s, '\n', ret->len);
        size_t skip = line == NULL ? ret->len : (size_t)(line - ret->s) + 1;
        memmove(ret->s, ret->s + skip, ret->len - skip);
        str_cut(ret, ret->len - skip);
    }
    return true;
}

/* The statement in a record; false for a damaged one. */
static bool read_record(const char *line, size_t len, struct str *ret)
{
    AUTO_JSON *record = json_parse(line, len, RECORD_MAX, NULL);
    const char *statement = json_str(record, "s");
    size_t n = strlen(statement);
    if (n == 0 || n > HISTORY_ENTRY_MAX)
        return false;
    str_clear(ret);
    str_addn(ret, statement, n);
    return true;
}

/* Where the newest `keep` lines of the text begin; *ret_lines: how many there are in all. */
static size_t newest_lines(const struct str *text, size_t keep, size_t *ret_lines)
{
    size_t start = 0;
    size_t lines = 0;
    for (size_t at = text->len; at > 0; at--) {
        bool begins = at == 1 || text->s[at - 2] == '\n';
        if (begins && ++lines == keep)
            start = at - 1;
    }
    *ret_lines = lines;
    return start;
}

/*
 * Replaces the file by its newest part, under the lock that appending shares: a record that comes
 * meanwhile waits and goes to the new file. A link stays a link: what it points to is replaced.
 */
static void trim_file(const char *path)
{
    AUTO_FREE char *real = realpath(path, NULL);
    int fd = real == NULL ? -1 : open_locked(real, O_RDWR, LOCK_EX);
    if (fd < 0)
        return;
    AUTO_STR text = {0};
    size_t lines = 0;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0 && same_file(fd, real) && read_newest(fd, &text)) {
        size_t start = newest_lines(&text, HISTORY_KEEP, &lines);
        if (lines > HISTORY_KEEP)
            file_write_atomic(real, text.s + start, text.len - start, 0600, NULL);
    }
    close(fd);
}

static void load_file(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return;
    AUTO_STR text = {0};
    bool known = read_newest(fd, &text);
    close(fd);
    if (!known || text.len == 0)
        return;
    size_t lines = 0;
    size_t at = newest_lines(&text, HISTORY_KEEP, &lines);
    AUTO_STR statement = {0};
    while (at < text.len) {
        const char *end = memchr(text.s + at, '\n', text.len - at);
        size_t n = end == NULL ? text.len - at : (size_t)(end - text.s) - at;
        if (read_record(text.s + at, n, &statement))
            add_history(statement.s);
        at += n + 1;
    }
    if (lines > HISTORY_KEEP + HISTORY_KEEP / 5)
        trim_file(path);
}

/* --- the history ----------------------------------------------------------------------------- */

struct history *history_open(const char *path, const char *ignore)
{
    struct history *history = mem_alloc(sizeof(*history));
    history->path = mem_text(path);
    history->ignore = mem_text(ignore == NULL ? "" : ignore);
    using_history();
    clear_history();
    stifle_history(HISTORY_KEEP);
    if (path != NULL)
        load_file(path);
    return history;
}

void history_free(struct history *history)
{
    if (history == NULL)
        return;
    clear_history();
    free(history->path);
    free(history->ignore);
    free(history);
}

size_t history_count(const struct history *history)
{
    return history == NULL ? 0 : (size_t)history_length;
}

const char *history_item(const struct history *history, size_t index)
{
    if (index >= history_count(history))
        return NULL;
    const HIST_ENTRY *entry = history_get(history_base + (int)index);
    return entry == NULL ? NULL : entry->line;
}

static bool worth_noting(const struct history *history, const char *statement, size_t len)
{
    if (len == 0 || len > HISTORY_ENTRY_MAX || statement[0] == ' ' ||
        memchr(statement, '\0', len) != NULL || strspn(statement, " \t\r\n") >= len)
        return false;
    return !any_matches(BUILT_IN_IGNORE, statement, len) &&
           !any_matches(history->ignore, statement, len);
}

bool history_note(struct history *history, const char *statement, size_t len, struct error *err)
{
    if (!worth_noting(history, statement, len))
        return true;
    AUTO_STR kept = {0};
    sql_redact(statement, len, &kept);
    size_t count = history_count(history);
    if (count > 0 && str_equal(history_item(history, count - 1), kept.s))
        return true;
    add_history(kept.s);
    if (history->path == NULL)
        return true;

    AUTO_JSON *record = json_object();
    json_put_int(record, "t", clock_unix_ms() / 1000);
    json_put_str(record, "s", kept.s);
    AUTO_STR line = {0};
    AUTO_FREE char *text = json_canonical(record);
    str_addf(&line, "\n%s\n", text);
    AUTO_ERROR why = {0};
    if (append_record(history->path, &line, &why) || history->warned)
        return true;
    history->warned = true;
    return error_move(err, &why);
}
