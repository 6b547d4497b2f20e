/* The steps on the volumes: helper pods, the archive in, the old metadata aside. */
#include "restore_way.h"

#include <inttypes.h>

#include "restore_acts.h"
#include "restore_form.h"
#include "restore_image.h"

#define FREE_MIN_KIB ((uint64_t)5 << 20) /* FE refuses to start below 5 GB (MetaHelper.java) */

static void make_helper(struct restore_way *way, int64_t ordinal)
{
    AUTO_FREE char *name = restore_helper_name(&way->facts->set, ordinal);
    AUTO_FREE char *word = str_format("pod/%s", name);

    restore_write_action_of(way, "helper", ordinal);
    page_kubectl(way->page, "", "", "wait", "--for=condition=Ready", word, "--timeout=180s", NULL);
}

void restore_write_look(struct restore_way *way)
{
    const struct restore_facts *facts = way->facts;
    AUTO_FREE char *place = restore_place(facts, 0);
    struct page_exec look = {place, RESTORE_CONTAINER, restore_script("look"), NULL};

    page_exec(way->page, &look, NULL);
    if (facts->archive.given)
        page_say(way->page, "Must see", "bdb and image, at least %" PRIu64
                 " in column Available, and last LOOKED AT.",
                 FREE_MIN_KIB + facts->archive.size / 512); /* the archive and its contents */
    else
        page_say(way->page, "Must see", "bdb and image; in column Available 5 GiB and twice the "
                 "archive (it counts in KiB); and last LOOKED AT.");
}

void restore_write_helper(struct restore_way *way)
{
    const struct restore_facts *facts = way->facts;
    struct page *page = way->page;
    AUTO_FREE char *name = restore_helper_name(&facts->set, 0);
    AUTO_FREE char *claim = restore_claim(&facts->set, 0);

    page_step(page, restore_number(way, STEP_HELPER), "A helper pod on the volume of %s-0.",
              facts->set.name);
    page_say(page, "What", "It mounts claim %s%s%s at " RESTORE_META " and does nothing by itself. "
             "The manifest is JSON, which kubectl takes as it takes YAML.", claim,
             *facts->set.sub_path != '\0' ? ", directory " : "", facts->set.sub_path);
    make_helper(way, 0);
    page_say(page, "Must see", "condition met.");
    restore_write_look(way);
    page_say(page, "If not", "No LOOKED AT: run the exec again. Pending: the volume is still held by a "
             "pod, or its zone has no room; its events say which.");
    page_kubectl(page, "# only if it is Pending: ", "", "describe", "pods", name, NULL);
}

void restore_write_receive(struct restore_way *way)
{
    const struct restore_facts *facts = way->facts;
    struct page *page = way->page;
    AUTO_FREE char *name = restore_place(facts, 0);
    struct page_exec check = {name, RESTORE_CONTAINER, restore_script("check"), NULL};

    page_step(page, restore_number(way, STEP_RECEIVE), "The archive in, checked, unpacked beside "
              "the old metadata.");
    page_say(page, "Why so", "A broken connection can end kubectl exec with status 0 and half the "
             "data, so a second call counts and hashes what lies in the pod.");
    restore_write_action(way, "receive");
    page_exec(page, &check, way->size, way->sha256, NULL);
    page_say(page, "Must see", "RECEIVED …, then WHOLE %s %s", way->size, way->sha256);
    page_say(page, "If not", "NOT WHOLE, or nothing: send it again, both calls.");
    restore_write_action(way, "unpack");
    page_say(page, "Must see", "UNPACKED image %s", way->image);
    page_say(page, "If not", "No space: the volume is too small, and the old metadata is still in "
             "its place. Anything else: the archive is not one of frontend metadata.");
}

/* Before 3.3.9 the name of another pod in ROLE is not put right at the start. */
static void correct_role(struct restore_way *way)
{
    const struct restore_facts *facts = way->facts;
    struct page *page = way->page;
    AUTO_FREE char *first = restore_pod(&facts->set, 0);
    const char *from = facts->archive.given ? facts->archive.pod : "";

    if (str_equal(from, first)) {
        page_say(page, "Note", "The backup is of %s itself: its name in image/ROLE fits.", first);
        return;
    }
    if (!facts->image_only && !restore_role_by_hand(facts)) {
        page_say(page, "Note", "A backup of another pod%s%s fits too: %s puts the name in "
                 "image/ROLE right when it starts with the switch.",
                 *from != '\0' ? ", here of " : "", from,
                 *facts->version != '\0' ? "this release" : "StarRocks from 3.3.9 on");
        return;
    }
    page_say(page, "What", "%s%s: image/ROLE holds that pod's name, and %s. Give it the name of %s.",
             *from != '\0' ? "The backup is of " : "If the backup is of another pod than number 0",
             from, facts->image_only ? "a start from an image alone does not correct it"
                                     : "this release does not correct it (PR #54399 came with 3.3.9)",
             first);
    restore_write_action(way, "role");
    page_say(page, "Must see", "ROLE name=, followed by the last word of that command.");
}

void restore_write_swap(struct restore_way *way)
{
    struct page *page = way->page;

    page_step(page, restore_number(way, STEP_SWAP), "The old metadata aside, the new in its place.");
    correct_role(way);
    page_say(page, "What", "The old image and bdb go to .belay/old-%s on the same volume.", way->id);
    restore_write_action(way, "swap");
    page_say(page, "Must see", "IN PLACE. It may be run again after a break: it finishes what was "
             "begun.");
}

void restore_write_others(struct restore_way *way)
{
    const struct restore_facts *facts = way->facts;
    struct page *page = way->page;

    page_step(page, restore_number(way, STEP_OTHERS), "Empty the volumes of the other frontends.");
    page_say(page, "Why", "With an old image/ROLE they would start as members of the old group. "
             "Empty, they join the restored leader. Their metadata goes aside, it is not deleted.");
    for (int64_t i = 1; i < facts->wanted; i++) {
        AUTO_FREE char *name = restore_place(facts, i);
        if (!facts->form->holds)
            make_helper(way, i);
        restore_write_action_of(way, "empty", i);
        page_say(page, "Must see", "%sEMPTY (%s)", facts->form->holds ? "" : "condition met, ", name);
    }
    page_say(page, "If not", "Run it again. Only number 0 may keep an image/ROLE.");
}

void restore_write_helpers_gone(struct restore_way *way)
{
    const struct restore_facts *facts = way->facts;
    struct page *page = way->page;

    page_step(page, restore_number(way, STEP_HELPERS_GONE), "All helper pods away.");
    page_say(page, "Why", "Nothing else keeps two pods off one volume: a claim is bound to a node, "
             "not to a pod, and a frontend would start beside a helper that is still there.");
    for (int64_t i = 0; i < facts->wanted; i++)
        restore_write_action_of(way, "helper away", i);
    for (int64_t i = 0; i < facts->wanted; i++) {
        AUTO_FREE char *name = restore_helper_name(&facts->set, i);
        page_kubectl(page, "", "", "get", "pods", name, "--ignore-not-found", "-o", "name", NULL);
    }
    page_say(page, "Must see", "\"deleted\" for each, and nothing at all from the get%s.",
             facts->wanted > 1 ? "s" : "");
    page_say(page, "If not", "Wait. Do not go on while one is there.");
}

/* A patch of the object that rules the frontends, where comment says when. */
static void patch_target(struct restore_way *way, const char *comment, struct str *patch)
{
    page_kubectl(way->page, comment, "", "patch", way->target.kind, way->target.name, "--type=json",
                 "--field-manager=belay", "-p", patch_end(patch), "-o", way->target.shown, NULL);
}

static bool has_operator_to_stop(const struct restore_facts *facts)
{
    return facts->form->by_set && facts->op.replicas > 0;
}

/* Frontends that the plan has started go again, whether one or all of them run. */
static void undo_start(struct restore_way *way)
{
    int start = restore_number(way, STEP_START);
    AUTO_FREE char *only = str_format("# only if step %d was done: ", start);
    AUTO_STR patch = {0};

    if (has_operator_to_stop(way->facts))
        page_say(way->page, "Operator", "Only if step %d was done: to 0 again, as in step %d.",
                 restore_number(way, STEP_OPERATOR_BACK), restore_number(way, STEP_OPERATOR_OFF));
    page_say(way->page, "First", "Only if step %d was done: the frontends to 0 again, then the waits "
             "and looks of step %d.", start, restore_number(way, STEP_STOP));
    patch_add(&patch, "replace", way->target.replicas, "0");
    patch_target(way, only, &patch);
}

/* All frontends with the metadata of before, and what the start had changed. */
static void start_as_before(struct restore_way *way)
{
    const struct restore_facts *facts = way->facts;
    const struct step *probe = restore_find(way->plan, "probe back");
    AUTO_STR patch = {0};

    page_say(way->page, "Then", "Start all %" PRId64 " in one go: they are the old group and have their "
             "majority.", facts->wanted);
    if (!str_equal(way->start_image, facts->set.image))
        page_say(way->page, "Image", "The patch gives them %s, which they had when this plan was made; "
                 "step %d gave them another.", facts->set.image, restore_number(way, STEP_STOP));
    if (probe != NULL) {
        AUTO_FREE char *words = page_words(way->page, &probe->action.args);
        page_shell(way->page, "# only if step %d was done, and step %d was not: %s",
                   restore_number(way, STEP_START), restore_number(way, STEP_RESTART), words);
    }
    patch_add(&patch, "test", way->target.replicas, "0");
    patch_add(&patch, "replace", way->target.replicas, "%" PRId64, facts->wanted);
    if (!str_equal(way->start_image, facts->set.image))
        patch_add(&patch, "replace", way->target.image, "\"%s\"", facts->set.image);
    patch_target(way, "", &patch);
    page_say(way->page, "Must see", "a new generation, %" PRId64 ", %s; then the pods Ready, in minutes, "
             "and the data as it was before this plan.", facts->wanted, facts->set.image);
}

/* The resource hears of the restore in the step that brings the operator back, not before. */
static void say_operator_back(struct restore_way *way)
{
    const struct restore_facts *facts = way->facts;
    int back = restore_number(way, STEP_OPERATOR_BACK);

    page_say(way->page, "Last", "The operator back from 0 to %" PRId64 " (the last two blocks of step %d). The "
             "resource was not told of anything before that step.", facts->op.replicas, back);
    if (!str_equal(way->start_image, facts->set.image))
        page_say(way->page, "Image", "If step %d was done it was told of %s: first give it %s again.", back,
                 way->start_image, facts->set.image);
}

void restore_write_undo(struct restore_way *way)
{
    const struct restore_facts *facts = way->facts;
    struct page *page = way->page;
    AUTO_FREE char *others = NULL;

    page_line(page, "%s", "");
    if (restore_number(way, STEP_OTHERS) > 0)
        others = str_format(" (the others': step %d, where EMPTY need not be seen now)",
                            restore_number(way, STEP_OTHERS));
    page_line(page, "GIVING UP: how to leave this plan half way, with the metadata of before");
    page_say(page, "Until", "the restored cluster takes its first writes that is possible, from "
             "every step. The frontends must be at 0 (step %d).", restore_number(way, STEP_STOP));
    undo_start(way);
    if (facts->form->holds)
        page_say(page, "What", "Hold the frontends back as in step %d, unless they are held; then the "
                 "lines below, then step %d. Before step %d nothing was moved: leave the lines out.",
                 restore_number(way, STEP_HOLD), restore_number(way, STEP_HOLD_AWAY),
                 restore_number(way, STEP_SWAP));
    else
        page_say(page, "What", "For each volume: its helper pod as in step %d%s, unless it is there; "
                 "then its call below, then the helper away (step %d). Before step %d nothing was moved: "
                 "leave the calls out.",
                 restore_number(way, STEP_HELPER), others != NULL ? others : "",
                 restore_number(way, STEP_HELPERS_GONE), restore_number(way, STEP_SWAP));
    for (int64_t i = 0; i < facts->wanted; i++) {
        AUTO_FREE char *name = restore_place(facts, i);
        struct page_exec undo = {name, RESTORE_CONTAINER, restore_script("undo"), NULL};
        page_exec(page, &undo, way->id, NULL);
    }
    page_say(page, "Must see", "AS BEFORE for each.");
    page_say(page, "Switch", "Only if step %d was done, and step %d was not: take it out of fe.conf as in "
             "step %d. Where there is no fe-cm.before.json of step %d: by hand, by the last line of that "
             "step.", restore_number(way, STEP_SWITCH_ON), restore_number(way, STEP_SWITCH_OFF),
             restore_number(way, STEP_SWITCH_OFF), restore_number(way, STEP_SWITCH_ON));
    if (facts->image_only)
        page_say(page, "Switch", "Before step %d it is " RESTORE_INCOMPLETE ": that one by hand.",
                 restore_number(way, STEP_GROUP));
    start_as_before(way);
    if (has_operator_to_stop(facts))
        say_operator_back(way);
}
