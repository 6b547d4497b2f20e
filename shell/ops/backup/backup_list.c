/* Finds the backups in a directory and says what each is worth. */
#include "backup_list.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <belay/result.h>
#include <belay/str.h>
#include <clock.h>
#include <file.h>
#include <mem.h>
#include <text.h>

#include "backup_inside.h"
#include "meta/dir_walk.h"
#include "meta/manifest.h"

void backup_shelf_done(struct backup_shelf *shelf)
{
    for (size_t i = 0; i < shelf->n; i++) {
        free(shelf->v[i].name);
        backup_verdict_done(&shelf->v[i].verdict);
    }
    free(shelf->v);
    free(shelf->dir);
    *shelf = (struct backup_shelf){0};
}

bool backup_is_dir(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool has_entry(const char *path, const char *name)
{
    AUTO_FREE char *full = file_join(path, name);
    struct stat st;

    return lstat(full, &st) == 0;
}

bool backup_mark(const char *path, char ret_hex[65])
{
    static const char *const names[] = {MANIFEST_NAME, BACKUP_RECORD};

    ret_hex[0] = '\0';
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        AUTO_FREE char *full = file_join(path, names[i]);
        uint64_t size = 0;
        struct stat st;
        if (lstat(full, &st) != 0)
            continue;
        /* Looked at first: a FIFO in its place would be waited for. */
        if (S_ISREG(st.st_mode) && backup_hash(full, &size, ret_hex, NULL))
            return true;
        ret_hex[0] = '\0';
        return false;
    }
    return false;
}

/* --- one of them ------------------------------------------------------------------------------ */

static bool is_empty(const char *path)
{
    DIR *handle = opendir(path);
    const struct dirent *entry;
    int n = 0;

    while (handle != NULL && n <= 2 && (entry = readdir(handle)) != NULL)
        n++;
    if (handle != NULL)
        closedir(handle);
    return n == 2; /* "." and ".." */
}

/* false: it is none of belay's. */
static bool stage_of(const char *path, const char *name, enum backup_stage *ret)
{
    bool signed_by_us = has_entry(path, MANIFEST_NAME) || has_entry(path, BACKUP_RECORD);
    bool ours_by_name = str_starts(name, "belay-backup-") && is_empty(path);

    *ret = BACKUP_STAGE_MADE;
    if (str_ends(name, ".part"))
        *ret = BACKUP_STAGE_HALF;
    else if (str_ends(name, BACKUP_GOING))
        *ret = BACKUP_STAGE_GOING;
    return signed_by_us || (ours_by_name && *ret != BACKUP_STAGE_MADE);
}

static int64_t ms_of(const char *utc)
{
    struct tm tm = {0};
    const char *end = strptime(utc, "%Y-%m-%dT%H:%M:%SZ", &tm);

    return end != NULL && *end == '\0' ? (int64_t)timegm(&tm) * 1000 : 0;
}

static bool add_size(void *ctx, const char *name, int fd, const struct stat *st)
{
    struct backup_found *found = ctx;
    int64_t touched = (int64_t)st->st_mtim.tv_sec * 1000;

    (void)name;
    (void)fd;
    found->disk += (uint64_t)st->st_size;
    if (touched > found->touched_ms)
        found->touched_ms = touched;
    return true;
}

static void measure(const char *path, struct backup_found *found)
{
    struct findings findings = {0};
    struct dir_visitor visitor = {.findings = &findings, .ctx = found, .file = add_size};
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0)
        return;
    dir_walk(fd, &visitor);
    close(fd);
    findings_done(&findings);
}

static void set_verdict(struct backup_verdict *verdict, enum backup_state state, const char *why)
{
    backup_verdict_done(verdict);
    *verdict = (struct backup_verdict){.state = state};
    strv_add(&verdict->findings, why);
}

static void judge(const char *path, bool quick, struct backup_found *found)
{
    AUTO_ERROR err = {0};

    if (quick ? backup_describe(path, &found->verdict, &err)
              : backup_verify(path, &found->verdict, &err))
        return;
    set_verdict(&found->verdict,
                err.code == ERR_VERDICT || err.code == ERR_USAGE ? BACKUP_DAMAGED
                                                                 : BACKUP_CANNOT_TELL,
                err.message);
}

/* What is known of one that is not whole. */
static void describe_half(const char *path, struct backup_found *found)
{
    AUTO_JSON *record = NULL;

    if (backup_describe(path, &found->verdict, NULL)) {
        found->made_ms = ms_of(found->verdict.made);
        return;
    }
    set_verdict(&found->verdict, BACKUP_DAMAGED, "");
    record = backup_record_read(path, NULL);
    found->made_ms = ms_of(json_str(record, "begun"));
    found->verdict.cluster_id = mem_text(json_str_at(record, "cluster", "id", NULL));
    found->verdict.cluster_name = mem_text(json_str_at(record, "cluster", "name", NULL));
}

static void take(const char *name, bool quick, struct backup_shelf *shelf)
{
    AUTO_FREE char *path = file_join(shelf->dir, name);
    enum backup_stage stage;

    if (!backup_is_dir(path) || !stage_of(path, name, &stage))
        return;
    shelf->v = mem_grow(shelf->v, &shelf->cap, shelf->n + 1, sizeof(*shelf->v));
    struct backup_found *found = &shelf->v[shelf->n++];
    *found = (struct backup_found){.name = mem_text(name), .stage = stage};
    backup_mark(path, found->mark);
    measure(path, found);
    if (stage == BACKUP_STAGE_MADE) {
        judge(path, quick, found);
        found->made_ms = found->verdict.made != NULL ? ms_of(found->verdict.made) : 0;
    } else {
        describe_half(path, found);
    }
}

/* --- all of them ------------------------------------------------------------------------------ */

static int newest_first(const void *a, const void *b)
{
    const struct backup_found *x = a;
    const struct backup_found *y = b;

    if (x->made_ms != y->made_ms)
        return x->made_ms < y->made_ms ? 1 : -1;
    return -strcmp(x->name, y->name);
}

bool backup_shelf_read(const char *dir, bool quick, struct backup_shelf *ret, struct error *err)
{
    AUTO_FREE char *home = file_expand_home(dir != NULL ? dir : ".");
    char real[PATH_MAX];
    DIR *handle = realpath(home, real) != NULL ? opendir(real) : NULL;
    AUTO_STRV names = {0};
    const struct dirent *entry;

    if (handle == NULL)
        return error_errno(err, ERR_USAGE, "cannot list %s", home);
    while (errno = 0, (entry = readdir(handle)) != NULL) {
        if (!str_equal(entry->d_name, ".") && !str_equal(entry->d_name, ".."))
            strv_add(&names, entry->d_name);
    }
    int failed = errno;
    closedir(handle);
    errno = failed;
    if (failed != 0) /* half a list would keep or remove the wrong ones */
        return error_errno(err, ERR_UNKNOWN, "cannot list %s", home);
    *ret = (struct backup_shelf){.dir = mem_text(real)};
    for (size_t i = 0; i < names.n; i++)
        take(names.v[i], quick, ret);
    if (ret->n > 1)
        qsort(ret->v, ret->n, sizeof(*ret->v), newest_first);
    return true;
}

/* --- as a table ------------------------------------------------------------------------------- */

static const char *verdict_words(const struct backup_found *found, bool quick)
{
    switch (found->stage) {
    case BACKUP_STAGE_HALF:
        return "half-written";
    case BACKUP_STAGE_GOING:
        return "being removed";
    case BACKUP_STAGE_MADE:
        break;
    }
    return quick && found->verdict.state == BACKUP_PROVED ? "manifest whole"
                                                          : backup_state_name(found->verdict.state);
}

static void set_text(struct result *ret, size_t row, const char *column, const struct str *text)
{
    if (text->len > 0)
        result_set(ret, row, (size_t)result_find(ret, column), text->s, text->len);
}

static void add_row(const char *given, const struct backup_found *found, bool quick,
                    struct result *ret)
{
    AUTO_FREE char *path = given != NULL ? file_join(given, found->name) : mem_text(found->name);
    const struct backup_verdict *verdict = &found->verdict;
    AUTO_STR size = {0};
    AUTO_STR age = {0};
    size_t row = result_row(ret);

    result_set_text(ret, row, "path", path);
    result_set_text(ret, row, "verdict", verdict_words(found, quick));
    if (found->stage == BACKUP_STAGE_MADE && verdict->cluster_name != NULL)
        result_set_text(ret, row, "quiet", verdict->noise.n > 0 ? "no" : "yes");
    if (verdict->image_id > 0)
        result_set_f(ret, row, "image", "%" PRIu64, verdict->image_id);
    if (verdict->starmgr_id > 0)
        result_set_f(ret, row, "starmgr_image", "%" PRIu64, verdict->starmgr_id);
    text_bytes(found->disk, &size);
    set_text(ret, row, "size", &size);
    if (found->made_ms > 0)
        clock_age(clock_unix_ms() - found->made_ms, &age);
    set_text(ret, row, "age", &age);
    if (verdict->cluster_id != NULL && *verdict->cluster_id != '\0')
        result_set_f(ret, row, "cluster", "%s (id %s)", verdict->cluster_name, verdict->cluster_id);
}

bool backup_list(const char *dir, bool quick, struct result *ret, struct error *err)
{
    static const struct {
        const char *name;
        enum column_kind kind;
    } columns[] = {{"path", COLUMN_TEXT},     {"verdict", COLUMN_STATE}, {"quiet", COLUMN_TEXT},
                   {"image", COLUMN_NUMBER},  {"starmgr_image", COLUMN_NUMBER},
                   {"size", COLUMN_NUMBER},   {"age", COLUMN_TEXT},
                   {"cluster", COLUMN_TEXT}};
    struct backup_shelf shelf = {0};

    if (!backup_shelf_read(dir, quick, &shelf, err))
        return false;
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        result_column(ret, columns[i].name, columns[i].kind);
    for (size_t i = 0; i < shelf.n; i++)
        add_row(dir, &shelf.v[i], quick, ret);
    backup_shelf_done(&shelf);
    return true;
}
