/* Shared by the files that read a runbook. */
#ifndef BELAY_RUNBOOK_INSIDE_H
#define BELAY_RUNBOOK_INSIDE_H

#include <stdbool.h>

#include <belay/cluster.h>
#include <belay/json.h>
#include <belay/list.h>
#include <belay/str.h>
#include <yaml_tree.h>

/* All borrowed. */
struct reading {
    const char *path;
    const struct cluster *cluster;
    json_t *vars;
    json_t *ids; /* of the steps so far */
    struct error *err;
};

/* All but runbook_words: false with the error, which names the place. */

/* Sets the error at a node; returns false. */
bool runbook_wrong(const struct reading *reading, const struct yaml_node *node, const char *what);

/* A mapping with nothing but these keys, closed by NULL. */
bool runbook_keys(const struct reading *reading, const struct yaml_node *node, const char *what,
                  const char *const *keys);

/* One text without control characters. */
bool runbook_text(const struct reading *reading, const struct yaml_node *node, const char *what);

/* The same with its variables filled in; appends. */
bool runbook_filled(const struct reading *reading, const struct yaml_node *node, const char *what, bool sql,
                    struct str *ret);

/* A member of ret from a key, which must be there when it is required. */
bool runbook_take_text(const struct reading *reading, const struct yaml_node *node, const char *key,
                       bool required, json_t *ret);

/* A list of words; added. */
bool runbook_take_words(const struct reading *reading, const struct yaml_node *node, const char *what,
                        struct strv *ret);

/* The words as an array; new reference. */
json_t *runbook_words(const struct strv *words);

/* The node of `where`: leader, entry, or a frontend by its host; borrowed from the cluster. */
bool runbook_take_where(const struct reading *reading, const struct yaml_node *node, const char **ret);

/* A probe; new reference in ret. what: "a need". */
bool runbook_read_probe(const struct reading *reading, const struct yaml_node *node, const char *what,
                        json_t **ret);

#endif
