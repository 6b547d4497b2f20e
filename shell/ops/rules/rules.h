/*
 * The rules of preflight: constant tables, one for each subject. A rule asks facts that were read once;
 * it answers yes (it holds), no (a finding) or cannot tell.
 */
#ifndef BELAY_RULES_H
#define BELAY_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include <belay/cluster.h>
#include <belay/json.h>
#include <belay/preflight.h>
#include <belay/probe.h>
#include <belay/str.h>
#include <release.h>

enum rule_level { RULE_BLOCKER, RULE_WARNING, RULE_NOTE };

/* When a rule is asked. Without any: always. */
enum rule_when {
    RULE_SHARED_DATA = 1,
    RULE_SHARED_NOTHING = 2,
    RULE_KUBE = 4,      /* the FEs run in pods that kubectl shows */
    RULE_OPERATOR = 8,  /* … that the operator made */
    RULE_PLAIN = 256,   /* … of StatefulSets that nobody else looks after */
    RULE_HOSTS = 512,   /* the FEs run on hosts, or nothing is known of Kubernetes */
    RULE_UP = 16,       /* the target is newer */
    RULE_DOWN = 32,     /* the target is older */
    RULE_TO = 64,       /* there is a target */
    RULE_MINOR = 128    /* the target differs in more than the patch number */
};

/* Facts as the rules read them. */
struct rule_facts {
    const json_t *json;
    struct cluster cluster;
    struct release from; /* what the leader runs; {0}: it cannot be told */
    struct release to;   /* {0}: no target */
    const char *from_text; /* "3.3.3", "" */
    const char *to_text;
};

struct finding {
    enum answer answer;
    struct str text;   /* what was seen; untrusted */
    struct str remedy; /* what to do, where that can be told better than by the rule; or empty */
};

struct rule {
    const char *id; /* stable: people exclude rules by it */
    enum rule_level level;
    const char *title; /* what holds when all is well */
    unsigned when;     /* enum rule_when */
    struct release_range from; /* what runs now */
    struct release_range to;   /* the target; not {0}: asked only with one */
    const char *needs; /* readings by name, separated by spaces; NULL: none. One that is unread: cannot tell */
    /* Fills a zeroed finding. NULL: that the rule is asked at all is the finding. */
    void (*ask)(const struct rule_facts *facts, struct finding *ret);
    const char *remedy;
    const char *source; /* public */
};

struct rule_table {
    const char *subject;
    const struct rule *rules; /* closed by one without an id */
};

/* All tables, closed by one without a subject (rules_table.c). */
extern const struct rule_table rule_tables[];

extern const struct rule rules_path[];
extern const struct rule rules_release[];
extern const struct rule rules_nodes[];
extern const struct rule rules_work[];
extern const struct rule rules_settings[];
extern const struct rule rules_views[];
extern const struct rule rules_meta[];
extern const struct rule rules_pods[];
extern const struct rule rules_operator[];
extern const struct rule rules_access[];

/* The rule of this place in all tables; ret_subject may be NULL. NULL: there are no more. */
const struct rule *rule_at(size_t i, const char **ret_subject);
/* By its id; NULL: there is none. */
const struct rule *rule_find(const char *id);
const char *rule_level_name(enum rule_level level);

/* --- for the rules ------------------------------------------------------------------------------ */

/* A reading, borrowed; NULL when it is unread. */
const json_t *rule_read(const struct rule_facts *facts, const char *reading);

/* Texts of a finding: the first one sets the answer, each further one is joined by "; " and may only make
 * it worse: no is worse than cannot tell, cannot tell than yes. */
void found(struct finding *finding, enum answer answer, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* What a person calls a node: its pod, else its host. Borrowed. */
const char *rule_frontend(const struct frontend *frontend);
const char *rule_node(const struct node *node);

/* Does nothing of these kinds (a, b, c) of \writes go on? A list (by its name in know/writes.c) that could
 * not be read is a doubt. */
void rule_ask_writes(const struct rule_facts *facts, const char *kinds, const char *list,
                     struct finding *ret);

/* Has the setting this value on every FE? */
void rule_ask_setting(const struct rule_facts *facts, const char *key, const char *value,
                      struct finding *ret);

/* The StatefulSet of "fe", "be" or "cn" that the cluster's resource owns, or of no owner; a warehouse's is
 * another. Borrowed; NULL: none. */
const json_t *rule_set(const struct rule_facts *facts, const char *component);

/* "kube-starrocks-fe-0": a host up to its first dot, in a finding: "%.*s" of RULE_SHORT(host). */
#define RULE_SHORT(host) (int)strcspn(host, "."), host

#endif
