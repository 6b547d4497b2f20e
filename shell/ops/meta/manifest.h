/*
 * manifest.json of a backup: one JSON object, keys sorted, and a last line with the SHA-256 of all
 * bytes before it. The digest finds accidents, not forgery.
 *
 *   { "archive": {"file": "meta.tar", "members": [{"name","sha256","size"}…]},
 *     "cluster": {…opaque…}, "files": [{"name","sha256","size"}…], "format": 1, "image": {…} }
 *   sha256:<64 hex digits>
 */
#ifndef BELAY_OPS_META_MANIFEST_H
#define BELAY_OPS_META_MANIFEST_H

#include <stdbool.h>

#include <belay/error.h>
#include <belay/json.h>

#include "findings.h"
#include "meta_tree.h"

#define MANIFEST_NAME "manifest.json"
#define MANIFEST_LATER_PLAN "restore-plan-now.txt" /* beside what it lists: \restore-plan writes it later */
#define MANIFEST_FORMAT 1
#define MANIFEST_MAX ((size_t)64 << 20)

/* A manifest without files. take_cluster: an object that identifies the cluster. json_decref it. */
json_t *manifest_new(json_t *take_cluster);

/* Hashes dir/name, a file below the backup's directory, and adds it. ERR_UNKNOWN, ERR_USAGE. */
bool manifest_add_file(json_t *manifest, const char *dir, const char *name, struct error *err);

/* Records the members and the facts of the archive that the verdict is about. */
void manifest_set_archive(json_t *manifest, const char *name, const struct meta_verdict *verdict);

/* Writes it durably. Its files are put in the order of their names. ERR_OUTPUT, ERR_USAGE. */
bool manifest_write(const char *path, json_t *manifest, struct error *err);

/*
 * Reads and checks it: digest, format, names and digests in form. A new reference, or NULL with
 * ERR_USAGE (no such file), ERR_VERDICT (damaged) or ERR_UNKNOWN (unreadable, or of a newer
 * format).
 */
json_t *manifest_read(const char *path, struct error *err);

/*
 * Hashes each file of the backup's directory again. Missing, changed and odd ones are damage, files
 * that the manifest does not list are notes, what cannot be read is unknown.
 */
void manifest_check_files(const char *dir, const json_t *manifest, struct findings *ret);

/* Compares the members of the archive with the list, and the image facts. */
void manifest_check_archive(const json_t *manifest, const struct meta_verdict *verdict,
                            struct findings *ret);

#endif
