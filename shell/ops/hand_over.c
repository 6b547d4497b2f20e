/* Which journals belong to a run that is handed over, and where they go. */
#include <belay/hand_over.h>

#include <belay/cluster.h>
#include <belay/journal.h>
#include <belay/open_runs.h>
#include <belay/str.h>
#include <belay/views.h>
#include <handover.h>
#include <mem.h>

void handed_done(struct handed *handed)
{
    char *owned[] = {handed->run, handed->path, handed->cluster, handed->id, handed->by};

    for (size_t i = 0; i < sizeof(owned) / sizeof(owned[0]); i++)
        free(owned[i]);
    *handed = (struct handed){0};
}

char *run_dir(struct session *session, struct error *err)
{
    struct cluster cluster = {0};
    AUTO_ERROR why = {0};
    AUTO_STRV ids = {0};
    char *dir = NULL;

    if (cluster_read(session, false, &cluster, &why)) {
        dir = session_dir_to_read(session, cluster.id, err);
    } else {
        session_clusters(session, &ids);
        if (why.code == ERR_CONNECTION && ids.n == 1)
            dir = session_dir_to_read(session, ids.v[0], err);
        else
            error_move(err, &why);
    }
    cluster_done(&cluster);
    return dir;
}

/* The one that is named, else the newest open one, else the newest; NULL: there is none. */
static char *choose(const char *dir, const struct strv *runs, const char *typed)
{
    if (typed != NULL)
        return journal_find(dir, typed);
    for (size_t i = runs->n; i-- > 0;) {
        if (journal_is_open(dir, runs->v[i]))
            return mem_text(runs->v[i]);
    }
    return runs->n > 0 ? mem_text(runs->v[runs->n - 1]) : NULL;
}

/* The oldest run that an entry of the ledger is of, when it is older than what is given. */
static const char *oldest(const json_t *ledger, const char *run)
{
    const char *part;
    const char *key;
    json_t *entries;
    json_t *entry;

    json_object_foreach((json_t *)ledger, part, entries)
    {
        json_object_foreach(entries, key, entry)
        {
            const char *of = json_str(entry, "run");
            if (*of != '\0' && strcmp(of, run) < 0)
                run = of;
        }
    }
    return run;
}

/* The ledger is a fold of all journals from its oldest entry on: each of them may have put one back. */
static void runs_from(const struct strv *runs, const char *first, struct strv *ret)
{
    for (size_t i = 0; i < runs->n; i++) {
        if (strcmp(runs->v[i], first) >= 0)
            strv_add(ret, runs->v[i]);
    }
}

static bool write_file(struct session *session, const char *dir, const struct strv *runs,
                       struct handed *ret, struct error *err)
{
    AUTO_JSON *first = journal_first(dir, ret->run, err);
    AUTO_JSON *ledger = NULL;
    AUTO_STRV wanted = {0};

    if (first == NULL)
        return false;
    ret->id = mem_text(json_str_at(first, "identity", "id", NULL));
    ret->cluster = mem_text(json_str(first, "cluster"));
    ledger = ledger_read(session, ret->id, err);
    if (ledger == NULL)
        return false;
    runs_from(runs, oldest(ledger, ret->run), &wanted);
    ret->n = wanted.n;
    if (ret->path == NULL)
        ret->path = str_format("belay-%s-%s", ret->cluster, ret->run);
    const struct handover handover = {.dir = dir, .id = ret->id, .cluster = ret->cluster,
                                      .run = ret->run, .runs = &wanted};
    return handover_write(&handover, ret->path, err);
}

bool run_export(struct session *session, const char *run, const char *path, struct handed *ret,
                struct error *err)
{
    AUTO_FREE char *dir = run_dir(session, err);
    AUTO_STRV runs = {0};

    *ret = (struct handed){.path = mem_text(path)};
    if (dir == NULL)
        return false;
    journal_list(dir, &runs);
    ret->run = choose(dir, &runs, run);
    if (ret->run == NULL)
        return error_set(err, ERR_USAGE, "there is no run of this cluster to hand over");
    return write_file(session, dir, &runs, ret, err);
}

bool run_import(struct session *session, const char *path, struct handed *ret, struct error *err)
{
    struct handover_head head = {0};

    *ret = (struct handed){.path = mem_text(path)};
    bool ok = handover_check(path, &head, err);
    AUTO_FREE char *dir = ok ? session_dir(session, head.id, err) : NULL;
    ok = dir != NULL && handover_take(path, dir, err);
    ret->run = mem_text(head.run);
    ret->cluster = mem_text(head.cluster);
    ret->id = mem_text(head.id);
    ret->by = mem_text(head.by);
    ret->n = head.n;
    handover_head_done(&head);
    return ok;
}
