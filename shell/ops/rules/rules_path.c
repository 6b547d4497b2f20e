/* Rules about the way from the release that runs to the target. */
#include <way_back.h>
#include <withdrawn.h>

#include <starrocks.h>

#include "rules.h"

#define R(a, b, c) {a, b, c}
#define FROM(a, b, c) {{a, b, c}, {0}}
#define BEFORE(a, b, c) {{0}, {a, b, c}}
#define BETWEEN(a, b, c, d, e, f) {{a, b, c}, {d, e, f}}
#define ANY {{0}, {0}}
#define UPGRADE_DOCS "StarRocks docs, deployment/upgrade.md"
#define DOWNGRADE_DOCS "StarRocks docs, deployment/downgrade.md"

static void ask_release(const struct rule_facts *facts, struct finding *ret)
{
    if (release_known(facts->from))
        found(ret, ANSWER_YES, "%s", facts->cluster.version);
    else if (facts->cluster.leader < 0)
        found(ret, ANSWER_NO, "no FE leads, so none says what runs");
    else
        found(ret, ANSWER_NO, "the leader says \"%s\"", facts->cluster.version);
}

static void ask_known(const struct rule_facts *facts, struct finding *ret)
{
    bool known = way_knows(facts->to);

    found(ret, known ? ANSWER_YES : ANSWER_NO, known ? "the line of %s is known" : "nothing is known of the line of %s",
          facts->to_text);
}

static void ask_withdrawn(const struct rule_facts *facts, struct finding *ret)
{
    const struct withdrawn_row *row = withdrawn_find(facts->to);

    if (row != NULL)
        found(ret, ANSWER_NO, "%s was withdrawn: %s (%s)", facts->to_text, row->why, row->source);
    else
        found(ret, ANSWER_YES, "it was not withdrawn");
}

static void ask_steps(const struct rule_facts *facts, struct finding *ret)
{
    bool up = release_compare(facts->to, facts->from) > 0;
    bool is_long = way_back_is_long(up ? facts->to : facts->from, up ? facts->from : facts->to);

    AUTO_STR between = {0};

    way_between(facts->from, facts->to, &between);
    found(ret, is_long ? ANSWER_NO : ANSWER_YES, "from %s to %s%s%s%s", facts->from_text,
          facts->to_text, is_long ? " leaves " : "", is_long ? str_text(&between) : "",
          is_long ? " out" : "");
}

/* Is the way back from a release to an older one barred to the images alone? */
static void ask_back(struct release now, const char *now_text, struct release then, struct finding *ret)
{
    const struct way_back_row *row = way_back_barred(now, then);
    AUTO_STR least = {0};

    if (row == NULL) {
        found(ret, ANSWER_YES, "this downgrade is supported");
        return;
    }
    release_text(row->least, &least);
    found(ret, ANSWER_NO, "from %s one can go back to %s at the earliest (%s)", now_text, least.s,
          row->source);
}

static void ask_way_back(const struct rule_facts *facts, struct finding *ret)
{
    ask_back(facts->from, facts->from_text, facts->to, ret);
}

/* From the target to what runs now: where it is barred, this is the point of no return. */
static void ask_return(const struct rule_facts *facts, struct finding *ret)
{
    ask_back(facts->to, facts->to_text, facts->from, ret);
}

static void ask_same(const struct rule_facts *facts, struct finding *ret)
{
    bool same = release_compare(facts->from, facts->to) == 0;

    found(ret, same ? ANSWER_NO : ANSWER_YES, same ? "%s runs already" : "%s runs",
          facts->cluster.version);
}

const struct rule rules_path[] = {
    {"release-known", RULE_BLOCKER, "The release that runs can be told", 0, ANY, ANY, NULL, ask_release,
     "wait for a leader (\\leader --wait 60); for a build of one's own without a number, exclude this rule",
     "fe-core com/starrocks/common/Version"},
    {"target-other", RULE_NOTE, "The target is another release than the one that runs", RULE_TO, ANY,
     ANY, NULL, ask_same, "nothing, if the images are to be replaced all the same", UPGRADE_DOCS},
    {"target-known", RULE_WARNING, "belay knows the line of releases of the target", RULE_TO, ANY, ANY, NULL,
     ask_known, "read its release notes: the rules about what a release changes end with 4.1",
     "StarRocks docs, release_notes: 2.5 to 4.1"},
    {"target-withdrawn", RULE_BLOCKER, "The target was not withdrawn", RULE_TO, ANY, ANY, NULL,
     ask_withdrawn, "take the newest patch release of the same line",
     "StarRocks docs, release notes: \"Yanked\""},
    {"target-container", RULE_BLOCKER, "The target's container image starts its backends",
     RULE_KUBE, ANY, BETWEEN(4, 1, 0, 4, 1, 1), NULL, NULL, "take 4.1.1 or later",
     "StarRocks docs, release-4.1.md, Container Image Issue; PR #71825"},
    {"one-minor-at-a-time", RULE_BLOCKER, "No minor release is left out", RULE_TO | RULE_MINOR, ANY, ANY,
     NULL, ask_steps,
     "go one minor release at a time, with \\image between two of them: the followers load it",
     UPGRADE_DOCS ", \"strongly recommend\"; starrocks-kubernetes-operator #660"},
    {"downgrade-supported", RULE_BLOCKER, "StarRocks supports this downgrade", RULE_DOWN, ANY, ANY, NULL,
     ask_way_back, "go to the release named or a later one of its line; else the way back is a restore",
     DOWNGRADE_DOCS},
    {"way-back", RULE_NOTE, "The images alone lead back from the target to what runs now", RULE_UP, ANY,
     ANY, NULL, ask_return,
     "past the first FE of the new release the way back is \\restore: have a proved \\backup",
     DOWNGRADE_DOCS},
    {.id = NULL},
};
