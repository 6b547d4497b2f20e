/* Makes a whole backup in a scratch directory, for the tests that damage it. */
#ifndef BELAY_TEST_BACKUP_MAKE_H
#define BELAY_TEST_BACKUP_MAKE_H

#include "test_meta_make.h"

#include <belay/backup.h>

#include "backup/backup_inside.h"
#include "meta/manifest.h"

#define CLUSTER "816681569"

struct backup {
    char *top;
    char *dir;
    struct tree tree; /* what its archive is made of */
    json_t *manifest;
};

/* Puts the archive of the tree into the directory. */
MAYBE void put_tar(const struct backup *backup)
{
    AUTO_STR tar = {0};

    tar_tree(&backup->tree, "meta/", &tar);
    put_file(backup->dir, BACKUP_TAR, tar.s, tar.len);
}

/* The manifest of what lies in the directory now, so that it alone finds nothing wrong. */
MAYBE void seal(struct backup *backup)
{
    static const char *const files[] = {BACKUP_TAR, BACKUP_RECORD, "fe/fe-0/ROLE", "storage.json"};
    AUTO_FREE char *path = file_join(backup->dir, MANIFEST_NAME);
    AUTO_FREE char *tar = file_join(backup->dir, BACKUP_TAR);
    AUTO_META_VERDICT verdict = {0};
    json_t *cluster = json_object();
    AUTO_ERROR err = {0};

    json_put_str(cluster, "name", "kube-starrocks");
    json_put_str(cluster, "id", CLUSTER);
    json_decref(backup->manifest);
    backup->manifest = manifest_new(cluster);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        assert_true(manifest_add_file(backup->manifest, backup->dir, files[i], &err));
    assert_true(meta_judge(tar, &verdict, &err));
    manifest_set_archive(backup->manifest, BACKUP_TAR, &verdict);
    if (!manifest_write(path, backup->manifest, &err))
        fail_msg("%s", err.message);
}

MAYBE void put_rest(const struct backup *backup)
{
    put_file(backup->dir, BACKUP_RECORD, "{}\n", 3);
    put_file(backup->dir, "storage.json", "{\"volumes\": []}\n", 16);
    put_file(backup->dir, "fe/fe-0/ROLE", "role=FOLLOWER\n", 14);
}

MAYBE void backup_make(struct backup *backup)
{
    *backup = (struct backup){.top = make_dir()};
    backup->dir = file_join(backup->top, "b");
    tree_make(&backup->tree);
    tree_drop(&backup->tree, "bdb/je.lck");
    put_tar(backup);
    put_rest(backup);
    seal(backup);
}

MAYBE void backup_done(struct backup *backup)
{
    json_decref(backup->manifest);
    tree_done(&backup->tree);
    free(backup->dir);
    drop_dir(backup->top);
}

MAYBE char *path_in(const struct backup *backup, const char *name)
{
    return file_join(backup->dir, name);
}

MAYBE void all_findings(const struct backup *backup, enum backup_state *ret_state, struct str *ret)
{
    AUTO_BACKUP_VERDICT verdict = {0};
    AUTO_ERROR err = {0};

    if (!backup_verify(backup->dir, &verdict, &err))
        fail_msg("%s", err.message);
    strv_join(&verdict.findings, "\n", ret);
    *ret_state = verdict.state;
}

MAYBE struct str *file_of(struct backup *backup, const char *name)
{
    return tree_find(&backup->tree, name);
}

#endif
