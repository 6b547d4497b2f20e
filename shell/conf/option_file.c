/* Reads one option file: groups, values, included files. */
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <file.h>
#include <mem.h>

#include "option_files.h"
#include "option_line.h"

#define FILE_MAX ((size_t)1 << 20)
#define MAX_DEPTH 10 /* of !include, as in MySQL */
#define MAX_LISTED 100

/* Groups that any program of the family reads, and those of one program; the classic clients'. */
static const char *const shared[] = {"client", "client-server", "client-mariadb", "mysql",
                                     "mariadb-client"};

static bool is_group(const char *group, const char *name, const char *suffix)
{
    size_t len = strlen(name);

    return strncmp(group, name, len) == 0 && str_equal(group + len, suffix);
}

/* How much a group has to say: 0 nothing (not ours); a higher one wins over a lower one of its file. */
static int group_rank(const struct option_reader *reader, const char *group)
{
    bool own = !reader->settings->classic;

    for (int with_suffix = 0; with_suffix < 2; with_suffix++) {
        const char *suffix = with_suffix ? reader->suffix : "";
        if (suffix == NULL)
            continue;
        if (own && is_group(group, "belay", suffix))
            return 5 + with_suffix;
        for (size_t i = 0; i < sizeof(shared) / sizeof(shared[0]); i++) {
            if (!is_group(group, shared[i], suffix))
                continue;
            /* The classic clients know no order but that of the lines. */
            return !own ? 1 : (i < 3 ? 1 : 3) + with_suffix;
        }
    }
    return reader->login_path != NULL && str_equal(group, reader->login_path) ? 7 : 0;
}

/* One of ours, at the end of the list or before those of a higher rank from the same file. */
static void place(struct option_givens *givens, size_t first, int rank)
{
    struct option_given added = givens->v[givens->n - 1];
    size_t at = givens->n - 1;

    added.origin.rank = rank;
    while (at > first && givens->v[at - 1].origin.rank > rank) {
        givens->v[at] = givens->v[at - 1];
        at--;
    }
    givens->v[at] = added;
}

static bool add_value(struct option_reader *reader, const struct option_line *line, int rank,
                      struct option_origin *origin, size_t first, struct error *err)
{
    AUTO_STR given = {0};
    const struct option_row *row;
    enum option_form form;
    bool loose;
    size_t len = strlen(line->name);

    str_addf(&given, "%s%s", line->name, line->value != NULL ? "=" : "");
    if (!option_find(reader->settings, given.s, len, origin->lenient, &row, &form, &loose, err)) {
        if (!loose && !origin->lenient)
            return error_prefix(err, "%s:%u", origin->file, origin->line);
        row = NULL;
    }
    bool foreign = row != NULL && origin->lenient &&
                   (row->answer == OPTION_OURS || row->answer == OPTION_REFUSED);
    if (row == NULL || foreign) {
        if (reader->givens->ignored.n < MAX_LISTED)
            strv_addf(&reader->givens->ignored, "%s:%u: %s", origin->file, origin->line, line->name);
        return true;
    }
    bool wants = row->kind == OPTION_TEXT || row->kind == OPTION_NUMBER || row->kind == OPTION_LIST;
    if (wants && line->value == NULL && form != FORM_SKIP)
        return error_set(err, ERR_USAGE, "%s:%u: %s needs a value: %s", origin->file, origin->line,
                         row->name, row->value);
    givens_add(reader->givens, row, form, line->value, origin);
    place(reader->givens, first, rank);
    return true;
}

static bool include_dir(struct option_reader *reader, const char *path, struct error *err)
{
    DIR *dir = opendir(path);
    AUTO_STRV names = {0};

    if (dir == NULL)
        return error_errno(err, ERR_USAGE, "cannot read the directory %s", path);
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        if (str_ends(entry->d_name, ".cnf"))
            strv_add(&names, entry->d_name);
    }
    closedir(dir);
    strv_sort(&names);
    for (size_t i = 0; i < names.n; i++) {
        AUTO_FREE char *file = file_join(path, names.v[i]);
        if (!option_file_read(reader, file, false, err))
            return false;
    }
    return true;
}

static bool include(struct option_reader *reader, const struct option_line *line,
                    const struct option_origin *origin, struct error *err)
{
    if (reader->depth >= MAX_DEPTH) {
        strv_addf(&reader->settings->notes, "Warning: %s:%u: too many files include each other: %s "
                  "is left out", origin->file, origin->line, line->name);
        return true;
    }
    reader->depth++;
    bool ok = line->kind == OPTION_LINE_INCLUDE ? option_file_read(reader, line->name, false, err)
                                                : include_dir(reader, line->name, err);
    reader->depth--;
    return ok || error_prefix(err, "%s:%u", origin->file, origin->line);
}

/* A line that is none. In the classic client's words. */
static bool wrong(struct option_reader *reader, const struct option_origin *origin, bool group,
                  struct error *err)
{
    reader->settings->classic_status = 1;
    return error_set(err, ERR_USAGE, group ? "Wrong group definition in config file: %s at line %u"
                     : "Found option without preceding group in config file: %s at line: %u",
                     origin->file, origin->line);
}

bool option_text_read(struct option_reader *reader, const char *name, char *text, struct error *err)
{
    struct option_origin origin = {0};
    size_t first = reader->givens->n;
    bool in_group = false;
    int rank = 0;

    strv_add(&reader->givens->files, name);
    origin.file = reader->givens->files.v[reader->givens->files.n - 1];
    for (char *at = text, *next; at != NULL; at = next) {
        next = strchr(at, '\n');
        if (next != NULL)
            *next++ = '\0';
        origin.line++;
        struct option_line line = option_line_read(at);
        switch (line.kind) {
        case OPTION_LINE_NOTHING:
            continue;
        case OPTION_LINE_WRONG:
            return wrong(reader, &origin, true, err);
        case OPTION_LINE_GROUP:
            in_group = true;
            rank = group_rank(reader, line.name);
            origin.lenient = rank < 5;
            continue;
        case OPTION_LINE_INCLUDE:
        case OPTION_LINE_INCLUDEDIR:
            if (!include(reader, &line, &origin, err))
                return false;
            continue;
        case OPTION_LINE_VALUE:
            break;
        }
        if (!in_group)
            return wrong(reader, &origin, false, err);
        if (rank > 0 && !add_value(reader, &line, rank, &origin, first, err))
            return false;
    }
    return true;
}

/* May it be read at all? A file that everybody may write says what anybody wants. */
static bool trustworthy(struct option_reader *reader, const char *path, const struct stat *st)
{
    if (!S_ISREG(st->st_mode) || (st->st_mode & S_IWOTH) == 0)
        return true;
    strv_addf(&reader->settings->notes, "Warning: World-writable config file '%s' is ignored", path);
    return false;
}

static void warn_of_password(struct option_reader *reader, const char *path, const struct stat *st,
                             size_t first)
{
    if (!S_ISREG(st->st_mode) || (st->st_mode & (S_IRGRP | S_IROTH)) == 0 ||
        reader->settings->classic)
        return;
    for (size_t i = first; i < reader->givens->n; i++) {
        const struct option_given *given = &reader->givens->v[i];
        if (given->row->kind != OPTION_PASSWORD || given->value == NULL || *given->value == '\0')
            continue;
        strv_addf(&reader->settings->notes, "Warning: %s holds a password and can be read by others "
                  "(chmod 600 %s)", path, path);
        return;
    }
}

bool option_file_read(struct option_reader *reader, const char *path, bool must, struct error *err)
{
    AUTO_STR text = {0};
    struct stat st;
    size_t first = reader->givens->n;

    if (stat(path, &st) != 0 || S_ISDIR(st.st_mode)) {
        if (!must)
            return true;
        reader->settings->classic_status = 1;
        return error_set(err, ERR_USAGE, "Could not open required defaults file: %s", path);
    }
    if (!trustworthy(reader, path, &st))
        return true;
    if (!file_read(path, FILE_MAX, &text, err)) {
        if (must || access(path, R_OK) == 0)
            return false;
        error_done(err); /* the classic clients pass over what they may not read */
        return true;
    }
    if (text.len != strlen(str_text(&text)))
        return error_set(err, ERR_USAGE, "%s has a NUL byte and is no option file", path);
    bool ok = text.len == 0 || option_text_read(reader, path, text.s, err);
    if (text.s != NULL)
        mem_wipe(text.s, text.len);
    if (ok)
        warn_of_password(reader, path, &st, first);
    return ok;
}
