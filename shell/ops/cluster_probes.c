/* Probes about the cluster itself. */
#include <belay/cluster.h>
#include <belay/str.h>

#include "kinds.h"
#include "session_inside.h"

static void ask(struct world *world, const struct probe *const *probes, size_t n,
                struct evidence *ret)
{
    struct cluster cluster = {0};
    AUTO_ERROR err = {0};
    bool checked;
    bool ok = cluster_read(session_of(world), false, &cluster, &err) &&
              cluster_leader(session_of(world), &cluster, &checked, &err);

    for (size_t i = 0; i < n; i++) {
        if (!ok) {
            evidence_failed(&ret[i], NULL, &err);
            continue;
        }
        const char *host = cluster.frontends[cluster.leader].host;
        bool same = str_equal(host, probes[i]->args.v[0]);
        evidence_set(&ret[i], same ? ANSWER_YES : ANSWER_NO, "the leader is %s", host);
    }
    cluster_done(&cluster);
}

static void say(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s leads", probe->args.v[0]);
}

const struct probe_kind probe_leader_is = {"leader_is", ask, say};
