/*
 * Makes, finds and removes the archive in the pod: in the FE's log directory or in /tmp, where a
 * gigabyte is left beside it.
 */
#include "backup_spool.h"

#include <inttypes.h>
#include <unistd.h>

#include <belay/str.h>
#include <digest.h>
#include <file.h>
#include <mem.h>

#include "backup_inside.h"
#include "image_scripts.h"

#define SPOOL_RECORD "spool.json"
#define RECORD_MAX ((size_t)64 << 20)
#define ID 16
#define MAKE_MS ((int64_t)60 * 60000) /* reads every byte twice, and writes it once */

/* ID. A call that came before may be at work still: each has a file of its own, the first to end wins. */
static const char make_script[] =
    SCRIPT_HEAD "n=belay-$1.tar w=copy p=${m##*/}/ o=\n"
                "umask 077\n"
                "cd \"$m\" || exit 1\n"
                "for d in \"$h/log\" /tmp; do [ -z \"$o\" ] && [ -f \"$d/$n\" ] && o=$d/$n; done\n"
                "if [ -z \"$o\" ]; then\n"
                "k=$(($(du -sk . | cut -f 1) + 1048576))\n"
                "for d in \"$h/log\" /tmp; do\n"
                "  a=$(df -Pk \"$d\" 2>/dev/null |"
                " sed -n '$s/.* \\([0-9][0-9]*\\)  *[0-9][0-9]*% .*/\\1/p')\n"
                "  [ -z \"$o\" ] && [ \"${a:-0}\" -gt $k ] && o=$d/$n\n"
                "done\n"
                "[ -n \"$o\" ] || { echo \"NO ROOM $k\"; exit 0; }\n"
                "t=$o.$$\n" SCRIPT_COLLECT SCRIPT_TAR("\"$t\"") " || { rm -f \"$t\"; exit 1; }\n"
                "sync; ln \"$t\" \"$o\" 2>/dev/null || [ -f \"$o\" ] || mv \"$t\" \"$o\"; rm -f \"$t\"\n"
                "fi\n"
                "s=$(sha256sum \"$o\") && "
                "echo \"SPOOL $(stat -c %s \"$o\") ${s%% *} $o\"";

static const char drop_script[] =
    SCRIPT_HEAD "rm -f \"$h/log/belay-$1.tar\"* \"/tmp/belay-$1.tar\"*";

void spool_done(struct spool *spool)
{
    free(spool->id);
    free(spool->path);
    *spool = (struct spool){0};
}

static bool has_limits(const json_t *pod)
{
    size_t i;
    json_t *one;

    json_array_foreach((json_t *)json_at(pod, "spec", "containers", NULL), i, one)
    {
        if (str_equal(json_str(one, "name"), FE_CONTAINER) &&
            json_at(one, "resources", "limits", "ephemeral-storage", NULL) != NULL)
            return true;
    }
    json_array_foreach((json_t *)json_at(pod, "spec", "volumes", NULL), i, one)
    {
        if (json_at(one, "emptyDir", "sizeLimit", NULL) != NULL)
            return true;
    }
    return false;
}

bool spool_may(const struct image_place *place)
{
    AUTO_JSON *pod = NULL;

    if (place->pod_less)
        return true;
    return kube_get(place->kube, "pods", place->pod, NULL, &pod, NULL) && json_is_object(pod) &&
           !has_limits(pod);
}

/* --- the record, beside what arrived ------------------------------------------------------------- */

static bool write_record(const struct spool *spool, const char *part,
                         const struct image_place *place, const struct image_files *files,
                         struct error *err)
{
    AUTO_JSON *record = json_object();
    AUTO_STR list = {0};

    image_files_print(files, &list);
    json_put_str(record, "id", spool->id);
    json_put_str(record, "pod", place->pod);
    json_put_str(record, "files", list.s);
    if (spool->path != NULL) {
        json_put_str(record, "path", spool->path);
        json_put_int(record, "size", (int64_t)spool->size);
        json_put_str(record, "sha256", spool->sha256);
    }
    return backup_write_json(part, SPOOL_RECORD, record, err);
}

static bool is_hex(const char *text, size_t len)
{
    return strlen(text) == len && strspn(text, "0123456789abcdef") == len;
}

bool spool_load(struct spool *ret, const char *part, const struct image_place *place,
                struct image_files *ret_files)
{
    AUTO_FREE char *path = file_join(part, SPOOL_RECORD);
    AUTO_STR text = {0};

    spool_done(ret);
    if (!file_read(path, RECORD_MAX, &text, NULL))
        return false;
    AUTO_JSON *record = json_parse(str_text(&text), text.len, RECORD_MAX, NULL);
    const char *id = json_str(record, "id");
    const char *files = json_str(record, "files");
    const char *sha256 = json_str(record, "sha256");
    if (!is_hex(id, ID) || !str_equal(json_str(record, "pod"), place->pod) ||
        !image_files_parse(files, strlen(files), ret_files, NULL))
        return false;
    ret->id = mem_text(id);
    if (is_hex(sha256, 64)) {
        memcpy(ret->sha256, sha256, 65);
        ret->path = mem_text(json_str(record, "path"));
        ret->size = (uint64_t)json_int(record, "size");
    }
    return true;
}

/* --- in the pod ------------------------------------------------------------------------------------ */

/* "SPOOL SIZE SHA256 PATH" */
static bool take_answer(const char *text, struct spool *ret, struct error *err)
{
    const char *line = strstr(text, "SPOOL ");
    int path = 0;
    char sha256[65];
    uint64_t size = 0;

    if (str_starts(text, "NO ROOM"))
        return error_set(err, ERR_VERDICT, "the pod has no room for the archive");
    if (line == NULL || sscanf(line, "SPOOL %" SCNu64 " %64[0-9a-f] %n", &size, sha256, &path) != 2 ||
        path == 0 || line[path] != '/' || strlen(sha256) != 64)
        return error_set(err, ERR_UNKNOWN, "the archive could not be made in the pod: %.*s",
                         (int)strcspn(text, "\n"), text);
    free(ret->path);
    ret->path = mem_textn(line + path, strcspn(line + path, "\n"));
    ret->size = size;
    memcpy(ret->sha256, sha256, 65);
    return true;
}

bool spool_make(struct spool *spool, const char *part, const struct image_place *place,
                const struct image_files *files, struct error *err)
{
    struct exec_target target = {place->pod, FE_CONTAINER};
    AUTO_STRV params = {0};
    AUTO_STR text = {0};
    char before[65];
    char id[ID + 1];
    int status = 0;

    if (spool->id == NULL) {
        random_hex(id, ID);
        spool->id = mem_text(id);
        if (!write_record(spool, part, place, files, err))
            return false;
    }
    memcpy(before, spool->sha256, sizeof(before));
    strv_add(&params, spool->id);
    if (!exec_change(place->kube, target, make_script, &params, MAKE_MS, &text, &status, err) ||
        !take_answer(str_text(&text), spool, err))
        return false;
    if (*before == '\0')
        return write_record(spool, part, place, files, err);
    if (str_equal(before, spool->sha256))
        return true;
    error_set(err, ERR_VERDICT, "%s in %s is not the archive that was made there", spool->path,
              place->pod);
    return false;
}

bool spool_drop(struct spool *spool, const char *part, const struct image_place *place,
                struct error *err)
{
    struct exec_target target = {place->pod, FE_CONTAINER};
    AUTO_FREE char *record = file_join(part, SPOOL_RECORD);
    AUTO_STRV params = {0};
    AUTO_STR text = {0};
    int status = 0;
    bool ok = true;

    if (spool->id != NULL) {
        strv_add(&params, spool->id);
        ok = exec_change(place->kube, target, drop_script, &params, 0, &text, &status, err) &&
             (status == 0 || error_set(err, ERR_KUBE, "%s", str_text(&text)));
        if (!ok)
            error_prefix(err, "belay-%s.tar may be left in the log directory or /tmp of %s",
                         spool->id, place->pod);
    }
    unlink(record);
    spool_done(spool);
    return ok;
}
