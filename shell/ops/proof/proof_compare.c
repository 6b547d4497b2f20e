/* Goes through two proofs at once, thing by thing, and takes a new reading to compare with. */
#include <unistd.h>

#include <file.h>
#include <mem.h>

#include "session_inside.h"
#include "proof_files.h"
#include "proof_inside.h"

/* --- two files -------------------------------------------------------------------------------------- */

/* What either could not read is not compared; it is told once. */
static void tell_lacks(const struct proof_reader *before, const struct proof_reader *after,
                       struct proof_found *found)
{
    for (unsigned k = 0; k < PROOF_KINDS; k++) {
        const char *name = proof_kind_name((enum proof_kind)k);
        const char *was = json_string_value(json_object_get(before->lacks, name));
        const char *now = json_string_value(json_object_get(after->lacks, name));
        if (was == NULL && now == NULL)
            continue;
        proof_find(found, PROOF_CANNOT_TELL, (enum proof_kind)k, NULL, was != NULL ? "not read" : "read",
                   now != NULL ? "not read" : "read", "not compared: %s", now != NULL ? now : was);
    }
}

static bool is_lacking(const struct proof_reader *reader, enum proof_kind kind)
{
    return json_object_get(reader->lacks, proof_kind_name(kind)) != NULL;
}

/* Which stands first: below 0 the thing before, above 0 the one after. */
static int which(const struct proof_reader *before, const struct proof_reader *after)
{
    if (before->kind != after->kind)
        return before->kind < after->kind ? -1 : 1;
    return proof_order(before->item, after->item);
}

bool proof_compare_files(struct proof_reader *before, struct proof_reader *after, bool down,
                         struct proof_found *ret, struct error *err)
{
    struct proof_judging judging = {
        .found = ret,
        .release_before = json_str(before->head, "release"),
        .release_after = json_str(after->head, "release"),
        .down = down,
        /* Whether something was written is seen at the partitions, which come before the queries. */
        .wrote = is_lacking(before, PROOF_PARTITION) || is_lacking(after, PROOF_PARTITION),
    };
    size_t partitions = 0;

    tell_lacks(before, after, ret);
    while (before->kind != PROOF_KINDS || after->kind != PROOF_KINDS) {
        int first = which(before, after);
        enum proof_kind kind = first <= 0 ? before->kind : after->kind;
        if (kind == PROOF_QUERY && partitions == 0)
            judging.wrote = true;
        partitions += kind == PROOF_PARTITION;
        if (!is_lacking(before, kind) && !is_lacking(after, kind))
            proof_judge(&judging, kind, first <= 0 ? before->item : NULL, first >= 0 ? after->item : NULL);
        if ((first <= 0 && !proof_next(before, err)) || (first >= 0 && !proof_next(after, err)))
            return false;
    }
    return true;
}

/* --- the cluster against a file ----------------------------------------------------------------------- */

/* What the first reading asked for, so that the second one asks the same. */
static bool asked_again(const char *path, struct proof_asked *ret, struct error *err)
{
    struct proof_reader reader = {.fd = -1};
    int fd = proof_fd(path, err);
    bool ok = fd >= 0 && proof_open(fd, path, &reader, err);

    ret->counted = json_object();
    while (ok && reader.kind != PROOF_KINDS) {
        if (reader.kind == PROOF_ROWS) {
            AUTO_FREE char *full = str_format("%s.%s", json_str(reader.item, "db"),
                                              json_str(reader.item, "name"));
            json_put_bool(ret->counted, full, true);
        } else if (reader.kind == PROOF_QUERY) {
            strv_add(&ret->queries, json_str(reader.item, "sql"));
        }
        ok = proof_next(&reader, err);
    }
    proof_reader_done(&reader);
    if (fd >= 0)
        close(fd);
    return ok;
}

/* A file without a name for the second reading. -1 with the error. */
static int nameless(const char *dir, struct error *err)
{
    AUTO_FREE char *name = str_format("%s/reading-%lld.part", dir, (long long)getpid());
    unlink(name); /* of a process of this number that was killed */
    int fd = file_create(name, 0600, err);

    if (fd >= 0)
        unlink(name);
    return fd;
}

/* Newest in the directory: the names go by time. free() it; NULL with the error. */
static char *newest(const char *dir, struct error *err)
{
    AUTO_STRV names = {0};

    proof_files_list(dir, &names);
    if (names.n > 0)
        return file_join(dir, names.v[names.n - 1]);
    error_set(err, ERR_USAGE, "there is no proof of this cluster on this machine");
    error_hint(err, "\\proof take makes one, before the upgrade; \\proof compare FILE takes one from "
                    "elsewhere");
    return NULL;
}

static bool other_cluster(const struct proof_reader *before, const struct cluster *cluster,
                          struct error *err)
{
    const char *name = json_str_at(before->head, "cluster", "name", NULL);

    if (str_equal(json_str_at(before->head, "cluster", "id", NULL), cluster->id) ||
        str_equal(name, cluster->name))
        return false; /* of the same name with another id: that is the loss which this is for */
    error_set(err, ERR_USAGE, "%s is of the cluster %s, and this is %s", before->path, name, cluster->name);
    return true;
}

static bool compare(struct session *session, const struct cluster *cluster, const char *path,
                    const char *dir, const struct proof_options *options, struct proof_found *ret,
                    struct error *err)
{
    struct proof_asked asked = {.seconds = options->seconds};
    struct proof_reader before = {.fd = -1}, after = {.fd = -1};
    int fd = -1, fresh = -1;
    AUTO_JSON *lacks = NULL;

    bool ok = asked_again(path, &asked, err) && (fresh = nameless(dir, err)) >= 0 &&
              (fd = proof_fd(path, err)) >= 0 && proof_open(fd, path, &before, err) &&
              !other_cluster(&before, cluster, err) &&
              proof_write(session, cluster, &asked, fresh, "the new reading", NULL, &lacks, err) &&
              proof_open(fresh, "the new reading", &after, err) &&
              proof_compare_files(&before, &after, options->down, ret, err);
    if (ok)
        ok = proof_files_keep(dir, path, &before, &after, ret, err);
    proof_reader_done(&before);
    proof_reader_done(&after);
    if (fd >= 0)
        close(fd);
    if (fresh >= 0)
        close(fresh);
    proof_asked_done(&asked);
    return ok;
}

struct proof_found *proof_compare_now(struct session *session, const char *path,
                                      const struct proof_options *options, struct error *err)
{
    struct proof_found *found = proof_found_new();
    struct cluster cluster = {.leader = -1};
    AUTO_FREE char *dir = NULL;
    AUTO_FREE char *given = NULL;

    bool ok = cluster_read(session, true, &cluster, err) &&
              (dir = proof_files_dir(session, cluster.id, err)) != NULL;
    if (ok) {
        given = path != NULL ? file_expand_home(path) : newest(dir, err);
        ok = given != NULL && compare(session, &cluster, given, dir, options, found, err);
    }
    cluster_done(&cluster);
    if (ok)
        return found;
    proof_found_free(found);
    return NULL;
}

bool proof_compare(struct session *session, const char *path, bool down, int64_t seconds,
                   struct result *ret, struct str *ret_sum, struct error *err)
{
    struct proof_options options = {.down = down, .seconds = seconds};
    struct proof_found *found = proof_compare_now(session, path, &options, err);

    if (found == NULL)
        return false;
    size_t lost = proof_found_n(found, PROOF_LOST);
    size_t unknown = proof_found_n(found, PROOF_CANNOT_TELL);
    proof_found_result(found, ret);
    proof_found_say(found, ret_sum);
    proof_found_free(found);
    if (lost > 0)
        return error_set(err, ERR_VERDICT, "the cluster is not what it was: %s", str_text(ret_sum));
    return unknown == 0 || error_set(err, ERR_UNKNOWN, "cannot tell all of it: %s", str_text(ret_sum));
}
