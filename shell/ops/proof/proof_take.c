/* Takes a proof: a new reading of the cluster in a file of its own. */
#include <dirent.h>

#include <clock.h>
#include <file.h>
#include <mem.h>
#include <text.h>

#include "session_inside.h"
#include "proof_files.h"

#define SECONDS 600
#define PREFIX "proof-"
#define SUFFIX ".jsonl"

char *proof_files_dir(struct session *session, const char *cluster_id, struct error *err)
{
    AUTO_FREE char *home = session_dir(session, cluster_id, err);
    char *dir = home != NULL ? file_join(home, PROOF_DIR) : NULL;

    if (dir != NULL && !file_private_dir(dir, err)) {
        free(dir);
        dir = NULL;
    }
    return dir;
}

/* Another belay may be writing it at this moment. */
static bool is_taken(const char *path)
{
    AUTO_FREE char *part = str_format("%s" PROOF_PART, path);

    return file_exists(path) || file_exists(part);
}

void proof_files_name(const char *dir, struct str *ret)
{
    char stamp[CLOCK_TEXT];
    size_t len = ret->len;

    proof_parts_sweep(dir);
    clock_stamp(clock_unix_ms(), stamp);
    str_addf(ret, "%s/" PREFIX "%s" SUFFIX, dir, stamp);
    for (unsigned n = 2; is_taken(ret->s); n++) {
        str_cut(ret, len);
        str_addf(ret, "%s/" PREFIX "%s-%u" SUFFIX, dir, stamp, n);
    }
}

void proof_files_list(const char *dir, struct strv *ret)
{
    DIR *handle = opendir(dir);
    struct dirent *entry;

    while (handle != NULL && (entry = readdir(handle)) != NULL) {
        if (str_starts(entry->d_name, PREFIX) && str_ends(entry->d_name, SUFFIX))
            strv_add(ret, entry->d_name);
    }
    if (handle != NULL)
        closedir(handle);
    strv_sort(ret);
}

bool proof_files_keep(const char *dir, const char *path, const struct proof_reader *before,
                      const struct proof_reader *after, const struct proof_found *found,
                      struct error *err)
{
    AUTO_JSON *kept = json_object();
    AUTO_RESULT rows = {0};
    AUTO_STR sum = {0};
    char stamp[CLOCK_TEXT];
    json_t *list = json_array();

    proof_found_result(found, &rows);
    proof_found_say(found, &sum);
    for (size_t i = 0; i < rows.n_rows; i++) {
        json_t *row = json_object();
        for (size_t c = 0; c < rows.n_columns; c++)
            json_put_str(row, rows.columns[c].name, result_text(&rows, i, rows.columns[c].name));
        json_array_append_new(list, row);
    }
    json_put_str(kept, "proof", path);
    json_put_str(kept, "sha256", before->digest);
    json_put(kept, "before", json_incref(before->head));
    json_put(kept, "after", json_incref(after->head));
    json_put_str(kept, "sum", str_text(&sum));
    json_put_int(kept, "lost", (int64_t)proof_found_n(found, PROOF_LOST));
    json_put_int(kept, "cannot_tell", (int64_t)proof_found_n(found, PROOF_CANNOT_TELL));
    json_put(kept, "differences", list);
    clock_stamp(clock_unix_ms(), stamp);
    AUTO_FREE char *name = str_format("%s/compared-%s.json", dir, stamp);
    AUTO_FREE char *text = json_canonical(kept);
    return file_write_atomic(name, text, strlen(text), 0600, err);
}

/* --- reading ---------------------------------------------------------------------------------------- */

static json_t *head_of(const struct cluster *cluster, const struct proof_asked *asked)
{
    json_t *head = json_object();
    json_t *who = json_object();
    json_t *patterns = json_array();
    char now[CLOCK_TEXT];

    clock_utc(clock_unix_ms(), now);
    json_put_int(head, "format", PROOF_FORMAT);
    json_put_str(head, "at", now);
    json_put_str(head, "belay", BELAY_VERSION);
    json_put_str(who, "id", cluster->id);
    json_put_str(who, "name", cluster->name);
    json_put(head, "cluster", who);
    json_put_str(head, "release", cluster->version);
    for (size_t i = 0; i < asked->patterns.n; i++)
        json_add_str(patterns, asked->patterns.v[i]);
    json_put(head, "tables", patterns);
    return head;
}

static void say_written(const struct proof_writer *writer, struct str *ret)
{
    for (unsigned k = 0; k < PROOF_KINDS; k++) {
        size_t n = proof_written(writer, (enum proof_kind)k);
        const char *name = proof_kind_name((enum proof_kind)k);
        if (n == 0 || k == PROOF_CLUSTER || k == PROOF_SYSTEM_TABLE || k == PROOF_SETTING)
            continue;
        if (ret->len > 0)
            str_add(ret, ", ");
        if (k == PROOF_ROWS)
            str_addf(ret, "rows of %zu", n);
        else
            text_count(n, k == PROOF_QUERY && n > 1 ? "querie" : name, ret);
    }
}

bool proof_write(struct session *session, const struct cluster *cluster,
                 const struct proof_asked *asked, int fd, const char *what, struct str *ret_sum,
                 json_t **ret_lacks, struct error *err)
{
    struct proof_reading reading = {
        .session = session,
        .writer = proof_begin(fd, what, head_of(cluster, asked)),
        .asked = asked,
        .cluster = cluster,
        .until = clock_ms() + 1000 * (asked->seconds > 0 ? asked->seconds : SECONDS),
    };

    session_forget(session, NODE_LEADER); /* it may be another one by now */
    if (!proof_read(&reading, err)) {
        proof_drop(reading.writer);
        return false;
    }
    if (ret_sum != NULL)
        say_written(reading.writer, ret_sum);
    return proof_end(reading.writer, ret_lacks, err);
}

/* --- a file of its own -------------------------------------------------------------------------------- */

static bool asked_of(const struct proof_wants *wants, struct proof_asked *ret, struct error *err)
{
    *ret = (struct proof_asked){.seconds = wants->seconds};
    if (wants->tables != NULL)
        strv_add_all(&ret->patterns, wants->tables);
    return wants->queries == NULL || proof_queries_read(wants->queries, &ret->queries, err);
}

/* The file appears under its name when it is whole. */
static bool write_file(struct session *session, const struct cluster *cluster,
                       const struct proof_asked *asked, const char *path, struct str *ret_sum,
                       json_t **ret_lacks, struct error *err)
{
    AUTO_FREE char *part = NULL;

    if (file_exists(path))
        return error_set(err, ERR_USAGE, "%s is there already", path);
    int fd = proof_part_begin(path, &part, err);
    if (fd < 0)
        return false;
    bool ok = proof_write(session, cluster, asked, fd, path, ret_sum, ret_lacks, err);
    return proof_part_end(fd, part, path, ok, err);
}

bool proof_take(struct session *session, const struct proof_wants *wants, const char *path,
                struct str *ret_path, struct str *ret_sum, json_t **ret_lacks, struct error *err)
{
    struct cluster cluster = {.leader = -1};
    struct proof_asked asked = {0};

    *ret_lacks = NULL;
    bool ok = asked_of(wants, &asked, err) && cluster_read(session, true, &cluster, err);
    AUTO_FREE char *dir = ok && path == NULL ? proof_files_dir(session, cluster.id, err) : NULL;
    AUTO_STR file = {0};
    if (ok && path != NULL) {
        AUTO_FREE char *given = file_expand_home(path);
        str_add(&file, given);
    } else if (dir != NULL) {
        proof_files_name(dir, &file);
    }
    ok = ok && file.len > 0 &&
         write_file(session, &cluster, &asked, file.s, ret_sum, ret_lacks, err);
    if (ok)
        str_add(ret_path, file.s);
    proof_asked_done(&asked);
    cluster_done(&cluster);
    return ok;
}
