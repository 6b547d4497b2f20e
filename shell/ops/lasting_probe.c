/*
 * The lasting reason of a view: what was journaled, which a follower shows. At the leader a cascade
 * overwrites it in memory only (recorded on 4.1.0), so the next leader will show the follower's.
 * information_schema.materialized_views with TABLE_SCHEMA = '…' is evaluated by the FE that is asked
 * (3.5, 4.1).
 */
#include <belay/str.h>
#include <belay/views.h>
#include <mem.h>
#include <quote.h>

#include "kinds.h"
#include "lasting.h"
#include "session_inside.h"

/* A follower that is alive; free() it. NULL: there is none. */
static char *a_follower(struct session *session)
{
    struct cluster cluster = {0};
    char *host = NULL;

    if (!cluster_read(session, false, &cluster, NULL))
        return NULL;
    for (size_t i = 0; host == NULL && i < cluster.n_frontends; i++) {
        const struct frontend *f = &cluster.frontends[i];
        if (str_equal(f->role, "FOLLOWER") && f->alive)
            host = mem_text(f->host);
    }
    cluster_done(&cluster);
    return host;
}

static bool read_database(struct session *session, const char *host, const char *database,
                          struct result *ret, struct error *err)
{
    AUTO_STR sql = {0};

    str_add(&sql, "SELECT TABLE_NAME, MATERIALIZED_VIEW_ID, IS_ACTIVE, INACTIVE_REASON FROM "
                  "information_schema.materialized_views WHERE TABLE_SCHEMA = ");
    return quote_text(database, &sql, err) && session_read(session, host, sql.s, ret, err);
}

bool lasting_reason(struct session *session, const char *database, const char *name,
                    struct str *ret)
{
    AUTO_FREE char *host = a_follower(session);
    AUTO_RESULT rows = {0};

    if (host == NULL || !read_database(session, host, database, &rows, NULL))
        return false;
    for (size_t i = 0; i < rows.n_rows; i++) {
        if (!str_equal(result_text(&rows, i, "TABLE_NAME"), name))
            continue;
        str_add(ret, result_text(&rows, i, "INACTIVE_REASON"));
        return true;
    }
    return false;
}

static void judge(const struct probe *probe, const struct result *rows, struct evidence *ret)
{
    for (size_t i = 0; i < rows->n_rows; i++) {
        const char *reason = result_text(rows, i, "INACTIVE_REASON");
        if (!str_equal(result_text(rows, i, "TABLE_NAME"), probe->args.v[1]) ||
            !str_equal(result_text(rows, i, "MATERIALIZED_VIEW_ID"), probe->args.v[2]))
            continue;
        bool down = strcasecmp(result_text(rows, i, "IS_ACTIVE"), "true") != 0;
        evidence_set(ret, down && strstr(reason, REASON_USER) != NULL ? ANSWER_YES : ANSWER_NO,
                     "a follower says: %s", down ? reason : "active");
        return;
    }
    evidence_set(ret, ANSWER_CANNOT_TELL, "the follower's list does not show it");
}

static void ask(struct world *world, const struct probe *const *probes, size_t n,
                struct evidence *ret)
{
    struct session *session = session_of(world);
    AUTO_FREE char *host = a_follower(session);
    bool *done = mem_array(n, sizeof(*done));

    for (size_t i = 0; i < n; i++) {
        AUTO_RESULT rows = {0};
        AUTO_ERROR err = {0};
        const char *database = probes[i]->args.v[0];
        if (done[i])
            continue;
        bool ok = host != NULL && read_database(session, host, database, &rows, &err);
        for (size_t k = i; k < n; k++) {
            if (done[k] || !str_equal(probes[k]->args.v[0], database))
                continue;
            done[k] = true;
            if (ok)
                judge(probes[k], &rows, &ret[k]);
            else if (host == NULL) /* one FE: nothing can show it; it follows from what was sent */
                evidence_set(&ret[k], ANSWER_YES, "derived: there is no follower to ask");
            else
                evidence_set(&ret[k], ANSWER_CANNOT_TELL, "%s", err.message);
        }
    }
    free(done);
}

static void say(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s.%s stays inactive by the user over a change of leader", probe->args.v[0],
             probe->args.v[1]);
}

const struct probe_kind probe_view_lasting = {"view_lasting", ask, say};
