/* A YAML file as a tree of texts, lists and mappings, each with its place. */
#ifndef BELAY_YAML_TREE_H
#define BELAY_YAML_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include <belay/error.h>

enum yaml_kind { YAML_TEXT, YAML_LIST, YAML_MAPPING };

struct yaml_node {
    enum yaml_kind kind;
    char *text;              /* YAML_TEXT: the scalar; NULL for an empty one that is not quoted */
    struct yaml_node **keys; /* YAML_MAPPING: texts */
    struct yaml_node **items;
    size_t n;
    size_t cap;
    size_t line;   /* from 1 */
    size_t column; /* from 1 */
};

/*
 * Reads one document. NULL with ERR_USAGE, the message "name:line:column: problem": wrong YAML,
 * anchors, aliases and tags (a file of settings needs none), a key that is no text or comes twice,
 * several documents, over 32 levels, over 100,000 nodes. An empty file is an empty mapping.
 * Free with yaml_tree_free, which wipes the texts.
 */
struct yaml_node *yaml_tree_read(const char *name, const char *data, size_t len, struct error *err);
void yaml_tree_free(struct yaml_node *node);

/* The value of a key, NULL when there is none. Borrowed. */
const struct yaml_node *yaml_tree_get(const struct yaml_node *mapping, const char *key);

/* Sets the error "name:line:column: …" at a node. Returns false. */
bool yaml_tree_error(struct error *err, const char *name, const struct yaml_node *node, const char *fmt,
                ...) __attribute__((format(printf, 4, 5)));

#endif
