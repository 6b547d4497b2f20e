/* Finds the open run that needs a backup, in the journals of its cluster. */
#include "backup_needed.h"

#include <belay/journal.h>
#include <belay/list.h>
#include <belay/str.h>
#include <mem.h>

#define PRUNE "backup prune"

/* The path, its half-written form, or something in either. */
static bool leads_to(const char *text, const char *path)
{
    size_t len = strlen(path);

    if (strncmp(text, path, len) != 0)
        return false;
    text += len;
    if (str_starts(text, ".part"))
        text += strlen(".part");
    return *text == '\0' || *text == '/';
}

static bool names_path(const json_t *value, const char *path)
{
    const char *key;
    json_t *entry;
    size_t i;

    if (json_is_string(value))
        return leads_to(json_string_value(value), path);
    if (json_is_array(value)) {
        json_array_foreach((json_t *)value, i, entry)
        {
            if (names_path(entry, path))
                return true;
        }
    }
    if (json_is_object(value)) {
        json_object_foreach((json_t *)value, key, entry)
        {
            if (names_path(entry, path))
                return true;
        }
    }
    return false;
}

/* Its name when it is finished: runs record that one. free() it. */
static char *name_of(const char *path)
{
    return mem_textn(path, strlen(path) - (str_ends(path, ".part") ? strlen(".part") : 0));
}

/* A word of the command may be a path below a directory that nobody recorded: its last part counts. */
static bool names_by_word(const json_t *first, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    json_t *word;
    size_t i;

    json_array_foreach(json_object_get(first, "args"), i, word)
    {
        AUTO_STR text = {0};
        str_add(&text, json_is_string(word) ? json_string_value(word) : "");
        while (text.len > 1 && text.s[text.len - 1] == '/')
            text.s[--text.len] = '\0';
        slash = strrchr(str_text(&text), '/');
        if (leads_to(slash != NULL ? slash + 1 : str_text(&text), name))
            return true;
    }
    return false;
}

struct looking {
    const char *name;
    bool prune;
    bool found;
};

static void look(void *ctx, const struct journal_file *file, json_t *record)
{
    struct looking *looking = ctx;

    if (file->n == 1) {
        looking->prune = str_equal(json_str(record, "command"), PRUNE);
        looking->found = names_by_word(record, looking->name);
    }
    looking->found = looking->found || names_path(record, looking->name);
}

bool backup_needed_by(struct session *session, const char *cluster_id, const char *path,
                      struct str *ret_run, bool *ret_dead, struct error *err)
{
    AUTO_FREE char *dir = session_dir_to_read(session, cluster_id, err);
    AUTO_FREE char *name = name_of(path);
    AUTO_STRV runs = {0};

    if (dir == NULL)
        return false;
    journal_list(dir, &runs);
    *ret_dead = true;
    for (size_t i = runs.n; i > 0 && *ret_dead; i--) {
        const char *run = runs.v[i - 1];
        struct looking looking = {.name = name};
        struct journal_file file = {0};
        AUTO_ERROR why = {0};
        if (!journal_is_open(dir, run))
            continue;
        if (!journal_each(dir, run, look, &looking, &file, &why)) {
            error_set(err, ERR_UNKNOWN, "cannot tell whether run %s needs it: %s", run,
                      why.message);
            return error_hint(err, "\\journal verify tells where; nothing was removed");
        }
        journal_file_done(&file);
        if (!looking.found || looking.prune)
            continue;
        *ret_dead = !journal_is_held(dir, run);
        if (ret_run->len == 0 || !*ret_dead) {
            str_clear(ret_run);
            str_add(ret_run, run);
        }
    }
    return true;
}
