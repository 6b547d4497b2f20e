/*
 * May the FE activate views by itself again? Not while one that belay took down is down: it would come
 * up unasked. The ledger is folded when this is asked, because another run may have taken views down
 * since the plan was made.
 */
#include <belay/str.h>
#include <belay/views.h>
#include <text.h>

#include "fe_settings.h"
#include "kinds.h"
#include "session_inside.h"

/* A view that is gone, or that somebody else has brought up, is in nobody's way. */
static size_t count_down(const json_t *entries, const struct views *views, const json_t **ret_one,
                         const char **ret_name)
{
    size_t n = 0;

    for (size_t i = 0; i < views->n; i++) {
        const json_t *entry = json_object_get(entries, views->v[i].id);
        if (entry == NULL || views->v[i].active)
            continue;
        if (n++ > 0)
            continue;
        *ret_one = entry;
        *ret_name = views->v[i].full;
    }
    return n;
}

static void ask_one(struct session *session, const struct probe *probe, struct evidence *ret)
{
    AUTO_ERROR err = {0};
    AUTO_STR count = {0};
    AUTO_JSON *ledger = ledger_read(session, probe->args.v[0], &err);
    const json_t *entries = json_object_get(ledger, "views");
    struct views views = {0};
    const json_t *one = NULL;
    const char *name = "";

    if (ledger == NULL ||
        (json_object_size(entries) > 0 && !views_read(session, false, &views, &err))) {
        evidence_set(ret, ANSWER_CANNOT_TELL, "%s", err.message);
        return;
    }
    size_t down = count_down(entries, &views, &one, &name);
    text_count(down, "view", &count);
    if (down == 0)
        evidence_set(ret, ANSWER_YES, "no view is down by belay");
    else
        evidence_set(ret, ANSWER_NO, "%s stays as it is: %s %s down by belay still (%s by run %s); the "
                     "last \\mv activate puts it back", SETTING_CHECKER, count.s,
                     down == 1 ? "is" : "are", name, json_str(one, "run"));
    views_done(&views);
}

static void ask(struct world *world, const struct probe *const *probes, size_t n,
                struct evidence *ret)
{
    for (size_t i = 0; i < n; i++)
        ask_one(session_of(world), probes[i], &ret[i]);
}

static void say(const struct probe *probe, struct str *ret)
{
    (void)probe;
    str_add(ret, "no view is down by belay");
}

const struct probe_kind probe_ledger_up = {"ledger_up", ask, say};
