/* Packs journals into one file, and takes them out of it. */
#include "handover.h"

#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include <belay/str.h>
#include <clock.h>
#include <digest.h>
#include <file.h>
#include <mem.h>

#include "actor.h"
#include "hold.h"
#include "journal_inside.h"

#define FORMAT 1
#define MAX_FILE ((size_t)900 << 20)
#define MAX_HEAD ((size_t)1 << 20)
#define MAX_RUNS 100000

/* --- writing ------------------------------------------------------------------------------------- */

/* Its whole lines; a torn one is nobody's. */
static bool add_journal(const char *dir, const char *run, json_t *list, struct str *bodies,
                        struct error *err)
{
    struct journal_file file = {0};
    AUTO_STR text = {0};
    json_t *one;

    if (!journal_each(dir, run, NULL, NULL, &file, err))
        return false;
    size_t whole = file.whole;
    bool ok = file_read(file.path, MAX_JOURNAL, &text, err);
    journal_file_done(&file);
    if (!ok || text.len < whole)
        return ok ? error_set(err, ERR_VERDICT, "the journal of run %s became shorter", run) : false;
    if (bodies->len + whole > MAX_FILE - MAX_HEAD)
        return error_set(err, ERR_OUTPUT, "the journals are larger than %zu MiB together",
                         MAX_FILE >> 20);
    str_addn(bodies, text.s, whole);
    one = json_object();
    json_put_str(one, "run", run);
    json_put_int(one, "bytes", (int64_t)whole);
    json_array_append_new(list, one);
    return true;
}

static json_t *head_of(const struct handover *handover, json_t *take)
{
    json_t *head = json_object();
    char now[CLOCK_TEXT];

    clock_utc(clock_unix_ms(), now);
    json_put_int(head, "belay_export", FORMAT);
    json_put_str(head, "belay", BELAY_VERSION);
    json_put_str(head, "id", handover->id);
    json_put_str(head, "cluster", handover->cluster);
    json_put_str(head, "run", handover->run);
    json_put_str(head, "at", now);
    json_put(head, "actor", actor_json());
    json_put(head, "journals", take);
    return head;
}

bool handover_write(const struct handover *handover, const char *path, struct error *err)
{
    AUTO_STR bodies = {0};
    AUTO_STR text = {0};
    char digest[SHA256_HEX];
    json_t *list = json_array();
    bool ok = true;

    for (size_t i = 0; ok && i < handover->runs->n; i++)
        ok = add_journal(handover->dir, handover->runs->v[i], list, &bodies, err);
    AUTO_JSON *head = head_of(handover, list);
    if (!ok)
        return false;
    json_add_canonical(head, &text);
    str_addc(&text, '\n');
    str_addn(&text, bodies.s, bodies.len);
    sha256_hex(text.s, text.len, digest);
    str_addf(&text, "{\"sha256\":\"%s\"}\n", digest);
    int fd = file_create(path, 0600, err);
    if (fd < 0)
        return false;
    ok = file_write_all(fd, text.s, text.len, path, err);
    if (ok && fsync(fd) != 0)
        ok = error_errno(err, ERR_OUTPUT, "%s", path);
    close(fd);
    return ok && file_sync_parent(path, err);
}

/* --- reading ------------------------------------------------------------------------------------- */

void handover_head_done(struct handover_head *head)
{
    free(head->id);
    free(head->cluster);
    free(head->run);
    free(head->by);
    *head = (struct handover_head){0};
}

static bool damaged(const char *path, const char *why, struct error *err)
{
    error_set(err, ERR_VERDICT, "%s: %s", path, why);
    return error_hint(err, "nothing was taken; have it exported and copied once more");
}

/* Is this head one that is read here? */
static bool head_ok(const char *path, const json_t *head, struct error *err)
{
    int64_t format = json_int(head, "belay_export");

    if (format == FORMAT)
        return true;
    if (format < 1)
        return damaged(path, "this is no run that \\journal export wrote", err);
    error_set(err, ERR_VERDICT, "%s: it is of format %" PRId64 ", which belay %s wrote; this belay reads format %d",
              path, format, json_str(head, "belay"), FORMAT);
    return error_hint(err, "nothing was taken; go on with that release of belay");
}

#define TAIL "{\"sha256\":\""
#define TAIL_LEN (sizeof(TAIL "\"}\n") - 1 + SHA256_HEX - 1)

/* Its last line is the digest of all before; it is cut off. */
static bool digest_ok(const char *path, struct str *text, struct error *err)
{
    char digest[SHA256_HEX];
    AUTO_STR last = {0};

    if (text->len <= TAIL_LEN || memcmp(text->s + text->len - TAIL_LEN, TAIL, sizeof(TAIL) - 1) != 0)
        return damaged(path, "it is not whole: its last line, the digest, is missing", err);
    sha256_hex(text->s, text->len - TAIL_LEN, digest);
    str_addf(&last, TAIL "%s\"}\n", digest);
    if (memcmp(text->s + text->len - TAIL_LEN, last.s, TAIL_LEN) != 0)
        return damaged(path, "it was changed: its digest is another", err);
    str_cut(text, text->len - TAIL_LEN);
    return true;
}

/* Text of the whole file and its head, the digest compared. *ret_at: where the journals begin. */
static json_t *read_file(const char *path, struct str *text, size_t *ret_at, struct error *err)
{
    if (!file_read(path, MAX_FILE, text, err))
        return NULL;
    const char *end = text->len > 0 ? memchr(text->s, '\n', text->len) : NULL;
    size_t len = end != NULL ? (size_t)(end - text->s) : 0;
    json_t *head = len > 0 ? json_parse(text->s, len, MAX_HEAD, NULL) : NULL;
    if (head_ok(path, head, err) && digest_ok(path, text, err)) {
        *ret_at = len + 1;
        return head;
    }
    json_decref(head);
    return NULL;
}

bool handover_check(const char *path, struct handover_head *ret, struct error *err)
{
    AUTO_STR text = {0};
    size_t at = 0;
    AUTO_JSON *head = read_file(path, &text, &at, err);

    if (head == NULL)
        return false;
    ret->id = mem_text(json_str(head, "id"));
    ret->cluster = mem_text(json_str(head, "cluster"));
    ret->run = mem_text(json_str(head, "run"));
    ret->by = str_format("%s on %s, %s", json_str_at(head, "actor", "user", NULL),
                         json_str_at(head, "actor", "host", NULL), json_str(head, "at"));
    ret->n = json_array_size(json_object_get(head, "journals"));
    return journal_run_ok(ret->run) || damaged(path, "it names no run", err);
}

/* --- taking -------------------------------------------------------------------------------------- */

/* Is it a journal of this run of this cluster, whole from its first line? `beside` is a directory. */
static bool verify(const char *beside, const char *run, const char *id, const char *text, size_t len,
                   struct error *err)
{
    AUTO_FREE char *path = journal_path(beside, run);
    struct journal_file file = {0};

    if (!file_write_atomic(path, text, len, 0600, err))
        return false;
    if (!journal_each(beside, run, NULL, NULL, &file, err))
        return error_prefix(err, "run %s", run);
    bool torn = file.torn || file.n == 0;
    journal_file_done(&file);
    AUTO_JSON *first = torn ? NULL : journal_first(beside, run, err);
    if (first == NULL)
        return torn ? error_set(err, ERR_VERDICT, "the journal of run %s is not whole", run) : false;
    if (str_equal(json_str(first, "run"), run) &&
        str_equal(json_str_at(first, "identity", "id", NULL), id))
        return true;
    return error_set(err, ERR_VERDICT, "the journal of run %s is of another run or cluster", run);
}

/* The length without a last line that says only who took it. */
static size_t without_import(const struct str *text)
{
    const char *before = text->len > 1 ? memrchr(text->s, '\n', text->len - 1) : NULL;

    if (before == NULL)
        return text->len;
    size_t at = (size_t)(before - text->s) + 1;
    AUTO_JSON *last = json_parse(text->s + at, text->len - at, MAX_LINE, NULL);
    return str_equal(json_str(last, "type"), "import") ? at : text->len;
}

/* 1: it is to be written, 0: what is here is as new or newer, -1: both were gone on with. */
static int compare(const char *path, const char *text, size_t len)
{
    AUTO_STR here = {0};

    if (!file_exists(path))
        return 1;
    if (!file_read(path, MAX_JOURNAL, &here, NULL))
        return -1;
    size_t own = without_import(&here);
    size_t same = own < len ? own : len;
    if (memcmp(str_text(&here), text, same) != 0)
        return -1;
    return len > own ? 1 : 0;
}

static bool note_import(const char *dir, const char *run, struct error *err)
{
    if (!journal_is_open(dir, run))
        return true;
    struct journal *journal = journal_reopen(dir, run, err);
    if (journal == NULL)
        return false;
    json_t *record = json_object();
    json_put_str(record, "type", "import");
    json_put(record, "actor", actor_json());
    bool ok = journal_append(journal, record, err);
    journal_close(journal);
    return ok;
}

/* A journal of the file, on its way. */
struct parcel {
    const char *run;
    const char *body;
    size_t len;
    bool wanted; /* it is not here, or older */
};

static bool look_at(const char *dir, const char *beside, const char *id, struct parcel *parcel,
                    struct error *err)
{
    AUTO_FREE char *path = journal_path(dir, parcel->run);

    if (!verify(beside, parcel->run, id, parcel->body, parcel->len, err))
        return false;
    int found = compare(path, parcel->body, parcel->len);
    parcel->wanted = found > 0;
    if (found >= 0)
        return true;
    error_set(err, ERR_DRIFT, "run %s was gone on with both here and there", parcel->run);
    return error_hint(err, "nothing was taken; who has the newer state goes on, the other closes it: "
                      "\\journal close %s", parcel->run);
}

static bool split(const json_t *list, const struct str *text, size_t at, struct parcel *ret,
                  struct error *err)
{
    json_t *one;
    size_t i;

    json_array_foreach(list, i, one)
    {
        int64_t bytes = json_int(one, "bytes");
        ret[i] = (struct parcel){.run = json_str(one, "run"), .body = text->s + at};
        if (!journal_run_ok(ret[i].run) || bytes <= 0 || (uint64_t)bytes > text->len - at)
            return error_set(err, ERR_VERDICT, "the list of its journals is wrong");
        ret[i].len = (size_t)bytes;
        at += (size_t)bytes;
    }
    return true;
}

/* All are looked at before one is written. */
static bool take_all(const char *dir, const json_t *head, const struct str *text, size_t at,
                     struct error *err)
{
    const json_t *list = json_object_get(head, "journals");
    size_t n = json_array_size(list);
    AUTO_FREE char *beside = file_join(dir, "import");

    if (n == 0 || n > MAX_RUNS)
        return error_set(err, ERR_VERDICT, "it holds no journals");
    struct parcel *parcels = mem_array(n, sizeof(*parcels));
    bool ok = split(list, text, at, parcels, err) && file_private_dir(beside, err);
    for (size_t i = 0; ok && i < n; i++)
        ok = look_at(dir, beside, json_str(head, "id"), &parcels[i], err);
    file_remove_tree(beside, NULL);
    for (size_t i = 0; ok && i < n; i++) {
        AUTO_FREE char *path = journal_path(dir, parcels[i].run);
        if (parcels[i].wanted)
            ok = file_write_atomic(path, parcels[i].body, parcels[i].len, 0600, err) &&
                 note_import(dir, parcels[i].run, err);
    }
    free(parcels);
    return ok;
}

bool handover_take(const char *path, const char *dir, struct error *err)
{
    AUTO_STR text = {0};
    size_t at = 0;
    AUTO_JSON *head = read_file(path, &text, &at, err);
    int lock = head != NULL ? hold_take(dir, "journal import", err) : -1;

    if (lock < 0)
        return false;
    bool ok = take_all(dir, head, &text, at, err);
    close(lock);
    return ok || error_prefix(err, "%s", path);
}
