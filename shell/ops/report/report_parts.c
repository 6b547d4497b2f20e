/* What lies beside the journal of a run: backup, proofs, what its facts hold. */
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <belay/backup.h>
#include <belay/preflight.h>
#include <belay/result.h>
#include <file.h>
#include <mem.h>
#include <text.h>

#include "meta/manifest.h"
#include "proof/proof_files.h"
#include "report_inside.h"

#define MAX_FILE ((size_t)64 << 20)

/* --- versions ------------------------------------------------------------------------------------- */

json_t *report_versions(const json_t *facts, const json_t *preflight, const json_t *proof)
{
    const json_t *cluster = json_object_get(facts, "cluster");
    const char *after = json_str_at(proof, "compared", "after", "release", NULL);
    json_t *versions = json_object();
    json_t *list = json_array();
    const char *const kinds[] = {"frontends", "nodes"};

    json_put_str(versions, "before", json_str(cluster, "version"));
    json_put_str(versions, "wanted", json_str(preflight, "to"));
    json_put_str(versions, "after", after);
    for (size_t k = 0; k < 2; k++) {
        json_t *node;
        size_t i;
        json_array_foreach(json_object_get(cluster, kinds[k]), i, node)
        {
            json_t *row = json_object();
            json_put_str(row, "kind", k == 0 ? "FE" : json_str(node, "kind"));
            json_put_str(row, "host", json_str(node, "host"));
            json_put_str(row, "role", json_str(node, "role"));
            json_put_str(row, "version", json_str(node, "version"));
            json_array_append_new(list, row);
        }
    }
    json_put(versions, "nodes", list);
    return versions;
}

/* --- backup --------------------------------------------------------------------------------------- */

static void put_list(json_t *object, const char *key, const struct strv *texts)
{
    json_t *list = json_array();

    for (size_t i = 0; i < texts->n; i++)
        json_add_str(list, texts->v[i]);
    json_put(object, key, list);
}

json_t *report_backup(const json_t *first, const struct report_told *told)
{
    const char *path = json_str(told->bindings, "dir");
    AUTO_BACKUP_VERDICT verdict = {0};
    AUTO_ERROR why = {0};
    AUTO_STR summary = {0};

    if (*path == '\0' && str_equal(json_str(first, "command"), "restore"))
        path = json_string_value(json_array_get(json_object_get(first, "args"), 0));
    if (path == NULL || *path == '\0')
        return json_null();
    json_t *backup = json_object();
    json_put_str(backup, "path", path);
    if (!backup_describe(path, &verdict, &why)) {
        json_put_str(backup, "unread", why.message);
        return backup;
    }
    AUTO_FREE char *manifest = file_join(path, MANIFEST_NAME);
    AUTO_STR text = {0};
    AUTO_STR last = {0};
    if (file_read(manifest, MAX_FILE, &text, NULL))
        text_last_line(&text, &last);
    json_put_str(backup, "manifest", str_text(&last));
    backup_summary(&verdict, &summary);
    json_put_str(backup, "holds", str_text(&summary));
    json_put_str(backup, "cluster", verdict.cluster);
    json_put_str(backup, "made", verdict.made);
    put_list(backup, "lacks", &verdict.lacks);
    put_list(backup, "not_quiet", &verdict.noise);
    return backup;
}

/* --- preflight ------------------------------------------------------------------------------------ */

json_t *report_preflight(const json_t *facts)
{
    const json_t *kept = json_object_get(facts, "preflight");
    AUTO_STR sum = {0};

    if (!json_is_object(kept))
        return json_null();
    AUTO_JSON *verdict = json_is_array(json_object_get(kept, "rules"))
                             ? json_incref((json_t *)kept)
                             : preflight_judge(kept, NULL, NULL);
    if (verdict == NULL)
        return json_null();
    json_t *preflight = json_object();
    json_t *rules = json_array();
    json_t *rule;
    size_t i;
    preflight_say(verdict, &sum);
    json_put_str(preflight, "from", json_str(verdict, "from"));
    json_put_str(preflight, "to", json_str(verdict, "to"));
    json_put_str(preflight, "sum", str_text(&sum));
    json_array_foreach(json_object_get(verdict, "rules"), i, rule)
    {
        if (!str_equal(json_str(rule, "answer"), "yes"))
            json_array_append(rules, rule);
    }
    json_put(preflight, "rules", rules);
    return preflight;
}

/* --- proof ---------------------------------------------------------------------------------------- */

/* A file of JSON of belay's own. NULL: it is not there, or none. */
static json_t *read_json(const char *path)
{
    AUTO_STR text = {0};

    return file_read(path, MAX_FILE, &text, NULL) ? json_parse(str_text(&text), text.len, MAX_FILE, NULL)
                                                  : NULL;
}

/* Is this comparison about the run: of the proof that it took, or from before it to after it? */
static bool concerns(const json_t *compared, const json_t *run, const char *file)
{
    if (*file != '\0')
        return str_equal(json_str(compared, "proof"), file);
    return strcmp(json_str_at(compared, "before", "at", NULL), json_str(run, "began")) <= 0 &&
           strcmp(json_str_at(compared, "after", "at", NULL), json_str(run, "ended")) >= 0;
}

/* The newest that concerns the run. New reference; NULL: there is none. */
static json_t *compared_of(const char *dir, const json_t *run, const char *file)
{
    AUTO_STRV names = {0};
    DIR *handle = opendir(dir);
    struct dirent *entry;

    while (handle != NULL && (entry = readdir(handle)) != NULL) {
        if (str_starts(entry->d_name, "compared-") && str_ends(entry->d_name, ".json"))
            strv_add(&names, entry->d_name);
    }
    if (handle != NULL)
        closedir(handle);
    strv_sort(&names);
    for (size_t i = names.n; i-- > 0;) {
        AUTO_FREE char *path = file_join(dir, names.v[i]);
        json_t *compared = read_json(path);
        if (compared != NULL && concerns(compared, run, file))
            return compared;
        json_decref(compared);
    }
    return NULL;
}

static json_t *taken_json(const char *path)
{
    json_t *taken = json_object();
    struct proof_reader reader = {.fd = -1};
    AUTO_ERROR why = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    json_put_str(taken, "file", path);
    if (fd < 0)
        json_put_str(taken, "unread", "it is not on this machine");
    else if (!proof_open(fd, path, &reader, &why))
        json_put_str(taken, "unread", why.message);
    else {
        json_put_str(taken, "at", json_str(reader.head, "at"));
        json_put_str(taken, "digest", reader.digest);
        json_put(taken, "lacks", json_incref(reader.lacks));
    }
    proof_reader_done(&reader);
    if (fd >= 0)
        close(fd);
    return taken;
}

/* What came out first, then of what, then each difference. New reference. */
static json_t *sorted_out(const json_t *compared)
{
    static const char *const keys[] = {"sum", "lost", "cannot_tell", "proof", "sha256"};
    static const char *const ends[] = {"before", "after"};
    json_t *made = json_object();

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        json_put(made, keys[i], json_incref(json_object_get(compared, keys[i])));
    for (size_t i = 0; i < 2; i++) {
        const json_t *head = json_object_get(compared, ends[i]);
        json_t *end = json_object();
        json_put_str(end, "at", json_str(head, "at"));
        json_put_str(end, "release", json_str(head, "release"));
        json_put_str(end, "cluster_id", json_str_at(head, "cluster", "id", NULL));
        json_put(made, ends[i], end);
    }
    json_put(made, "differences", json_incref(json_object_get(compared, "differences")));
    return made;
}

json_t *report_proof(const char *dir, const json_t *run, const struct report_told *told)
{
    AUTO_FREE char *proofs = file_join(dir, PROOF_DIR);
    const char *file = json_str(told->bindings, "proof");
    json_t *compared = compared_of(proofs, run, file);

    if (*file == '\0' && compared == NULL)
        return json_null();
    json_t *proof = json_object();
    json_put(proof, "taken", taken_json(*file != '\0' ? file : json_str(compared, "proof")));
    json_put(proof, "compared", compared != NULL ? sorted_out(compared) : json_null());
    json_decref(compared);
    return proof;
}

/* --- forecast ------------------------------------------------------------------------------------- */

json_t *report_forecast(const char *dir, const char *run)
{
    AUTO_FREE char *path = str_format("%s/forecast-%s.json", dir, run);
    json_t *kept = read_json(path);

    return kept != NULL ? kept : json_null();
}
