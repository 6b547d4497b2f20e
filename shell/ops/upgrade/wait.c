/* \wait: until the cluster is so. */
#include <belay/result.h>

#include "image_files.h"
#include "image_place.h"
#include "image_plan.h"
#include "kinds.h"
#include "session_inside.h"
#include "upgrade_inside.h"

struct wait {
    struct session *session;
    struct probe probe; /* without a kind: `ask` is it */
    int (*ask)(struct session *session, struct str *ret);
    char *aim; /* what is waited for, where the word does not say it; NULL: it does */
};

static int idle(struct session *session, struct str *ret)
{
    AUTO_RESULT rows = {0};
    AUTO_ERROR err = {0};

    if (!session_read(session, NODE_LEADER,
                      "SELECT TASK_NAME, STATE FROM information_schema.task_runs WHERE STATE IN ('RUNNING', "
                      "'PENDING') AND TASK_NAME LIKE 'mv-%'", &rows, &err)) {
        str_addf(ret, "%s", err.message);
        return -1;
    }
    str_addf(ret, "%zu refreshes run or wait", rows.n_rows);
    return rows.n_rows == 0;
}

static int nodes(struct session *session, struct str *ret)
{
    struct cluster cluster = {.leader = -1};
    AUTO_ERROR err = {0};
    size_t dead = 0;

    if (!cluster_read(session, true, &cluster, &err)) {
        cluster_done(&cluster);
        str_addf(ret, "%s", err.message);
        return -1;
    }
    for (size_t i = 0; i < cluster.n_frontends; i++) {
        const struct frontend *f = &cluster.frontends[i];
        if (!f->alive)
            str_addf(ret, "%s%s is not alive", dead++ > 0 ? ", " : "", *f->pod != '\0' ? f->pod : f->host);
    }
    for (size_t i = 0; i < cluster.n_nodes; i++) {
        const struct node *n = &cluster.nodes[i];
        if (!n->alive)
            str_addf(ret, "%s%s is not alive", dead++ > 0 ? ", " : "", *n->pod != '\0' ? n->pod : n->host);
    }
    bool led = cluster.leader >= 0;
    if (dead == 0 && led)
        str_addf(ret, "%zu frontends and %zu nodes are alive", cluster.n_frontends, cluster.n_nodes);
    else if (dead == 0)
        str_add(ret, "no frontend leads");
    cluster_done(&cluster);
    return dead == 0 && led;
}

/* The id of the newest image on a leader's disk. */
static bool newest(struct session *session, const char *pod, bool v1, uint64_t *ret, struct error *err)
{
    struct image_place place = {0};
    struct image_files files = {0};
    bool ok = image_place_open(session, pod, &place, err) &&
              image_files_read(place.kube, place.pod, IMAGE_LIST_IMAGES, &files, err);
    const struct image_file *file =
        ok ? image_files_newest(&files, v1 ? META_KIND_IMAGE_V1 : META_KIND_IMAGE_V2) : NULL;

    *ret = file != NULL ? file->id : 0;
    image_files_done(&files);
    image_place_done(&place);
    return ok;
}

/* Says which one; one that was made just before is at hand already, and is not waited for. */
static char *image_aim(struct session *session, const char *pod, uint64_t newest_id)
{
    static const struct strv none = {0};
    AUTO_STR journal = {0};

    slot_journal_id.bind(session_world(session), &none, &journal, NULL);
    return str_format("an image of %s newer than %" PRIu64 ", its newest now%s%s; --from %" PRIu64
                      " takes that one", pod, newest_id, journal.len > 0 ? ", with the journal at " : "",
                      str_text(&journal), newest_id);
}

/* Of journal id from or later; 0: newer than the one that is there when the waiting begins. */
static bool image(struct wait *wait, uint64_t from, struct error *err)
{
    static const struct strv none = {0};
    struct session *session = wait->session;
    struct image_wants wants = {0};
    AUTO_JSON *facts = NULL;
    AUTO_STR pod = {0};
    uint64_t id = 0;
    bool ok = image_gather(session, &facts, err) && image_wants_read(facts, NULL, &wants, err) &&
              slot_leader_pod.bind(session_world(session), &none, &pod, err) &&
              (from > 0 || newest(session, str_text(&pod), str_equal(wants.form, "v1"), &id, err));

    if (ok) {
        AUTO_FREE char *least = str_format("%" PRIu64, from > 0 ? from : id + 1);
        probe_set(&wait->probe, &probe_image_new, str_text(&pod), least, wants.form, NULL);
        wait->aim = from > 0 ? str_format("an image of %s, of journal id %s or later", str_text(&pod), least)
                             : image_aim(session, str_text(&pod), id);
    }
    image_wants_done(&wants);
    return ok;
}

struct wait *wait_new(struct session *session, const char *what, uint64_t from, struct error *err)
{
    struct wait *wait = mem_alloc(sizeof(*wait));
    bool ok = true;

    wait->session = session;
    if (str_equal(what, "mv-idle")) {
        wait->ask = idle;
    } else if (str_equal(what, "nodes")) {
        wait->ask = nodes;
    } else if (str_equal(what, "transactions")) {
        probe_set(&wait->probe, &probe_work_over, "transactions", NULL);
    } else if (str_equal(what, "image")) {
        ok = image(wait, from, err);
    } else {
        error_set(err, ERR_USAGE, "there is no \\wait %s", what);
        ok = error_hint(err, "image, mv-idle, transactions, nodes");
    }
    if (ok)
        return wait;
    wait_free(wait);
    return NULL;
}

void wait_free(struct wait *wait)
{
    if (wait == NULL)
        return;
    probe_done(&wait->probe);
    free(wait->aim);
    free(wait);
}

const char *wait_aim(const struct wait *wait)
{
    return wait->aim != NULL ? wait->aim : "";
}

int wait_ask(struct wait *wait, struct str *ret)
{
    struct evidence evidence = {0};

    if (wait->ask != NULL)
        return wait->ask(wait->session, ret);
    probe_ask(session_world(wait->session), &wait->probe, &evidence);
    int answer = evidence.answer == ANSWER_YES ? 1 : evidence.answer == ANSWER_NO ? 0 : -1;
    str_add(ret, evidence.text != NULL ? evidence.text : "");
    evidence_done(&evidence);
    return answer;
}
