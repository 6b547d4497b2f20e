/* Judges a backup, or metadata that somebody copied by hand, from its files alone. */
#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include <belay/str.h>
#include <file.h>
#include <mem.h>
#include <text.h>

#include "backup_inside.h"
#include "backup_quiet.h"
#include "meta/manifest.h"

void backup_verdict_done(struct backup_verdict *verdict)
{
    free(verdict->cluster);
    free(verdict->cluster_name);
    free(verdict->cluster_id);
    free(verdict->made);
    strv_done(&verdict->findings);
    strv_done(&verdict->lacks);
    strv_done(&verdict->noise);
    *verdict = (struct backup_verdict){0};
}

const char *backup_state_name(enum backup_state state)
{
    switch (state) {
    case BACKUP_PROVED:
        return "proved";
    case BACKUP_BARE:
        return "whole, not a backup";
    case BACKUP_DAMAGED:
        return "damaged";
    case BACKUP_CANNOT_TELL:
        return "cannot tell";
    }
    return "";
}

void backup_summary(const struct backup_verdict *verdict, struct str *ret)
{
    const char *between = ret->len > 0 ? "  " : "";

    if (verdict->image_id == 0)
        str_addf(ret, "%sno image", between);
    else
        str_addf(ret, "%simage %" PRIu64 "%s", between, verdict->image_id,
                 verdict->checksum_ok ? "" : " (no checksum proves it)");
    if (verdict->starmgr_id > 0)
        str_addf(ret, "  starmgr image %" PRIu64, verdict->starmgr_id);
    str_add(ret, "  ");
    text_count(verdict->journal_files, "journal file", ret);
    str_add(ret, "  ");
    text_bytes(verdict->bytes, ret);
    if (verdict->cluster_name != NULL)
        str_add(ret, verdict->noise.n > 0 ? "  not quiet" : "  quiet");
}

static void add_finding(struct backup_verdict *ret, const struct finding *finding)
{
    static const char *const levels[] = {"note", "cannot tell", "damaged"};

    strv_addf(&ret->findings, "%s: %s%s%s", levels[finding->level], finding->where,
              *finding->where != '\0' ? " " : "", finding->what);
}

/* Damage first: a long list of notes must not hide it. */
static void take_findings(struct backup_verdict *ret, const struct findings *findings)
{
    static const enum finding_level order[] = {FINDING_DAMAGE, FINDING_UNKNOWN, FINDING_NOTE};

    for (size_t k = 0; k < sizeof(order) / sizeof(order[0]); k++) {
        for (size_t i = 0; i < findings->n; i++) {
            if (findings->v[i].level == order[k])
                add_finding(ret, &findings->v[i]);
        }
    }
    if (findings->left_out > 0)
        strv_addf(&ret->findings, "note: %zu more findings are not shown", findings->left_out);
}

static void take_meta(struct backup_verdict *ret, const struct meta_verdict *meta)
{
    ret->image_id = meta->image_id;
    ret->checksum_ok = meta->checksum_ok;
    ret->starmgr_id = meta->starmgr_id;
    ret->journal_files = meta->jdb_files;
    for (size_t i = 0; i < meta->n_members; i++)
        ret->bytes += meta->members[i].size;
    for (size_t i = 0; i < meta->lacks.n; i++) {
        if (!strv_has(&ret->lacks, meta->lacks.v[i])) /* the manifest may have listed it */
            strv_add(&ret->lacks, meta->lacks.v[i]);
    }
}

static enum backup_state state_of(const struct findings *a, const struct findings *b)
{
    if (a->damage + b->damage > 0)
        return BACKUP_DAMAGED;
    return a->unknown + b->unknown > 0 ? BACKUP_CANNOT_TELL : BACKUP_PROVED;
}

/* --- a backup --------------------------------------------------------------------------------- */

static bool listed(const json_t *manifest, const char *name)
{
    json_t *entry;
    size_t i;

    json_array_foreach(json_object_get(manifest, "files"), i, entry)
    {
        if (str_equal(json_str(entry, "name"), name))
            return true;
    }
    return false;
}

/* The archive, the manifest and the cluster that it names must belong together. */
static void check_archive(const char *dir, const json_t *manifest, struct backup_verdict *ret,
                          struct meta_verdict *meta, struct findings *findings)
{
    const char *file = json_str_at(manifest, "archive", "file", NULL);
    AUTO_FREE char *path = file_join(dir, file);
    const char *named = json_str_at(manifest, "cluster", "id", NULL);
    AUTO_ERROR err = {0};

    /* Only a listed name is opened: the list was checked for names that lead elsewhere. */
    if (!listed(manifest, file)) {
        findings_add(findings, FINDING_DAMAGE, MANIFEST_NAME, "lists no archive of the metadata");
        return;
    }
    if (!meta_judge(path, meta, &err)) {
        findings_add(findings, err.code == ERR_USAGE ? FINDING_DAMAGE : FINDING_UNKNOWN, file, "%s",
                     err.message);
        return;
    }
    take_meta(ret, meta);
    manifest_check_archive(manifest, meta, findings);
    AUTO_FREE char *id = str_format("%" PRId64, meta->cluster_id);
    if (meta->cluster_id != 0 && !str_equal(id, named))
        findings_add(findings, FINDING_DAMAGE, file,
                     "is of cluster %s, the manifest names cluster %s", id,
                     *named != '\0' ? named : "none");
}

/* Written by the belay that made it, so that no later one judges it by other rules. */
static void take_noise(const json_t *manifest, struct backup_verdict *ret)
{
    const json_t *noise = json_at(manifest, "made", MANIFEST_QUIET, "noise", NULL);
    json_t *line;
    size_t i;

    if (!json_is_array(noise))
        strv_add(&ret->noise, "its manifest does not tell what wrote meanwhile, and for how long files "
                              "that it names are kept");
    json_array_foreach((json_t *)noise, i, line)
    {
        if (json_is_string(line))
            strv_add(&ret->noise, json_string_value(line));
    }
}

static void take_manifest(const json_t *manifest, struct backup_verdict *ret)
{
    const json_t *cluster = json_object_get(manifest, "cluster");
    json_t *lack;
    size_t i;

    ret->cluster =
        str_format("%s (id %s) %s %s", json_str(cluster, "name"), json_str(cluster, "id"),
                   json_str(cluster, "version"), json_str(cluster, "run_mode"));
    ret->cluster_name = mem_text(json_str(cluster, "name"));
    ret->cluster_id = mem_text(json_str(cluster, "id"));
    ret->made = mem_text(json_str_at(manifest, "made", "at", NULL));
    json_array_foreach(json_object_get(manifest, "lacks"), i, lack)
    {
        if (json_is_string(lack))
            strv_add(&ret->lacks, json_string_value(lack));
    }
    take_noise(manifest, ret);
}

static void note_starmgr(const json_t *manifest, struct backup_verdict *ret)
{
    if (json_is_true(json_at(manifest, "made", "starmgr_in_bdb", NULL)))
        strv_add(&ret->findings, "note: the starmgr image is older than this backup's image: the "
                                 "newest shard metadata is in bdb, which is part of it");
}

bool backup_describe(const char *dir, struct backup_verdict *ret, struct error *err)
{
    AUTO_FREE char *path = file_join(dir, MANIFEST_NAME);
    AUTO_JSON *manifest = manifest_read(path, err);
    const json_t *image = json_object_get(manifest, "image");
    json_t *member;
    size_t i;

    if (manifest == NULL)
        return false;
    *ret = (struct backup_verdict){.state = BACKUP_PROVED};
    take_manifest(manifest, ret);
    note_starmgr(manifest, ret);
    ret->image_id = (uint64_t)json_int(image, "id");
    ret->checksum_ok = json_flag(image, "checksum_ok");
    ret->starmgr_id = (uint64_t)json_int(image, "starmgr_id");
    ret->journal_files = (uint64_t)json_int(image, "jdb_files");
    json_array_foreach((json_t *)json_at(manifest, "archive", "members", NULL), i, member)
        ret->bytes += (uint64_t)json_int(member, "size");
    return true;
}

void backup_check_dir(const char *dir, struct backup_verdict *ret)
{
    AUTO_FREE char *path = file_join(dir, MANIFEST_NAME);
    AUTO_ERROR err = {0};
    AUTO_JSON *manifest = manifest_read(path, &err);
    AUTO_META_VERDICT meta = {0};
    struct findings findings = {0};

    *ret = (struct backup_verdict){.cluster = mem_text(""), .made = mem_text("")};
    if (manifest == NULL) {
        ret->state = err.code == ERR_UNKNOWN ? BACKUP_CANNOT_TELL : BACKUP_DAMAGED;
        strv_addf(&ret->findings, "%s: %s %s", backup_state_name(ret->state), MANIFEST_NAME,
                  err.message);
        return;
    }
    free(ret->cluster);
    free(ret->made);
    take_manifest(manifest, ret);
    manifest_check_files(dir, manifest, &findings);
    check_archive(dir, manifest, ret, &meta, &findings);
    ret->state = state_of(&findings, &meta.findings);
    take_findings(ret, &findings);
    take_findings(ret, &meta.findings);
    note_starmgr(manifest, ret);
    findings_done(&findings);
}

/* --- anything --------------------------------------------------------------------------------- */

static bool holds(const char *dir, const char *name)
{
    AUTO_FREE char *path = file_join(dir, name);
    struct stat st;

    return lstat(path, &st) == 0;
}

static void unfinished(const char *why, struct backup_verdict *ret)
{
    *ret = (struct backup_verdict){
        .state = BACKUP_DAMAGED, .cluster = mem_text(""), .made = mem_text("")};
    strv_addf(&ret->findings, "damaged: %s; \\resume goes on with the run that made it", why);
}

static bool check_bare(const char *path, struct backup_verdict *ret, struct error *err)
{
    static const struct findings none = {0};
    AUTO_META_VERDICT meta = {0};

    if (!meta_judge(path, &meta, err))
        return false;
    *ret = (struct backup_verdict){.cluster = mem_text(""), .made = mem_text("")};
    if (meta.cluster_id > 0) {
        free(ret->cluster);
        ret->cluster = str_format("id %" PRId64 " %s", meta.cluster_id,
                                  meta.run_mode != NULL ? meta.run_mode : "");
    }
    take_meta(ret, &meta);
    take_findings(ret, &meta.findings);
    ret->state = state_of(&meta.findings, &none);
    if (ret->state == BACKUP_PROVED)
        ret->state = BACKUP_BARE;
    strv_add(&ret->lacks, "no manifest: nothing says which cluster it is of, when it was made, or "
                          "that it is all of it");
    strv_add(&ret->lacks,
             "no identities and settings of the other frontends, no Kubernetes objects, "
             "no view definitions, no storage paths");
    if (meta.node_name != NULL)
        strv_addf(&ret->lacks,
                  "an identity for more than one frontend: ROLE says %s, and the group refuses any "
                  "other that starts with it",
                  meta.node_name);
    return true;
}

bool backup_verify(const char *path, struct backup_verdict *ret, struct error *err)
{
    AUTO_FREE char *full = file_expand_home(path);
    size_t len = strlen(full);

    while (len > 1 && full[len - 1] == '/')
        full[--len] = '\0';
    if (str_ends(full, ".part") && holds(full, BACKUP_RECORD)) {
        unfinished("this is an unfinished backup, by its name", ret);
        return true;
    }
    if (holds(full, MANIFEST_NAME)) {
        backup_check_dir(full, ret);
        return true;
    }
    if (holds(full, BACKUP_RECORD)) {
        unfinished("this is an unfinished backup: it has no manifest", ret);
        return true;
    }
    return check_bare(full, ret, err);
}
