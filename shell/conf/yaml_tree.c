/* libyaml's events into a tree, within limits. */
#include "yaml_tree.h"

#include <stdarg.h>

#include <yaml.h>

#include <belay/str.h>
#include <mem.h>

#include "options.h"

#define MAX_DEPTH 32
#define MAX_NODES 100000

struct reader {
    yaml_parser_t parser;
    yaml_event_t event; /* the one that was read last */
    bool has_event;
    const char *name;
    size_t nodes;
    struct error *err;
};

void yaml_tree_free(struct yaml_node *node)
{
    if (node == NULL)
        return;
    for (size_t i = 0; i < node->n; i++) {
        if (node->keys != NULL)
            yaml_tree_free(node->keys[i]);
        yaml_tree_free(node->items[i]);
    }
    if (node->text != NULL)
        mem_wipe(node->text, strlen(node->text));
    free(node->text);
    free(node->keys);
    free(node->items);
    free(node);
}

bool yaml_tree_error(struct error *err, const char *name, const struct yaml_node *node, const char *fmt,
                ...)
{
    AUTO_STR text = {0};
    va_list ap;

    va_start(ap, fmt);
    str_vaddf(&text, fmt, ap);
    va_end(ap);
    return error_set(err, ERR_USAGE, "%s:%zu:%zu: %s", name, node->line, node->column, text.s);
}

static bool fail_at(struct reader *reader, const yaml_mark_t *mark, const char *what)
{
    return error_set(reader->err, ERR_USAGE, "%s:%zu:%zu: %s", reader->name, mark->line + 1,
                     mark->column + 1, what);
}

static bool next(struct reader *reader)
{
    if (reader->has_event)
        yaml_event_delete(&reader->event);
    reader->has_event = yaml_parser_parse(&reader->parser, &reader->event) != 0;
    if (reader->has_event)
        return true;
    const yaml_parser_t *parser = &reader->parser;
    const char *problem = parser->problem != NULL ? parser->problem : "this is no YAML";
    if (parser->error == YAML_READER_ERROR) {
        yaml_mark_t mark = parser->mark;
        return fail_at(reader, &mark, problem);
    }
    return fail_at(reader, &parser->problem_mark, problem);
}

static struct yaml_node *new_node(struct reader *reader, enum yaml_kind kind)
{
    struct yaml_node *node = mem_alloc(sizeof(*node));

    node->kind = kind;
    node->line = reader->event.start_mark.line + 1;
    node->column = reader->event.start_mark.column + 1;
    reader->nodes++;
    return node;
}

/* What a file of settings needs none of, and what makes a small file large. */
static bool plain(struct reader *reader)
{
    const yaml_event_t *event = &reader->event;
    const yaml_char_t *anchor = NULL;
    const yaml_char_t *tag = NULL;

    if (event->type == YAML_SCALAR_EVENT) {
        anchor = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
    } else if (event->type == YAML_SEQUENCE_START_EVENT) {
        anchor = event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
    } else if (event->type == YAML_MAPPING_START_EVENT) {
        anchor = event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
    }
    if (event->type == YAML_ALIAS_EVENT || anchor != NULL)
        return fail_at(reader, &event->start_mark, "anchors and aliases are not taken here");
    if (tag != NULL)
        return fail_at(reader, &event->start_mark, "tags are not taken here");
    if (reader->nodes >= MAX_NODES)
        return fail_at(reader, &event->start_mark, "the file has too many values");
    return true;
}

static struct yaml_node *scalar(struct reader *reader)
{
    const yaml_event_t *event = &reader->event;
    const char *text = (const char *)event->data.scalar.value;
    struct yaml_node *node = NULL;

    if (strlen(text) != event->data.scalar.length) {
        fail_at(reader, &event->start_mark, "a value has a NUL byte");
        return NULL;
    }
    node = new_node(reader, YAML_TEXT);
    if (*text != '\0' || event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
        node->text = mem_text(text);
    return node;
}

static struct yaml_node *any(struct reader *reader, unsigned depth);

/* Room for one more entry, which the caller fills at once. */
static void add(struct yaml_node *node, struct yaml_node *key, struct yaml_node *item)
{
    size_t cap = node->cap;

    node->items = mem_grow(node->items, &node->cap, node->n + 1, sizeof(struct yaml_node *));
    if (node->kind == YAML_MAPPING) {
        node->keys = mem_grow(node->keys, &cap, node->n + 1, sizeof(struct yaml_node *));
        node->keys[node->n] = key;
    }
    node->items[node->n++] = item;
}

/* The key whose value follows. */
static struct yaml_node *key_of(struct reader *reader, const struct yaml_node *mapping)
{
    struct yaml_node *key = NULL;

    if (reader->event.type != YAML_SCALAR_EVENT || !plain(reader)) {
        if (reader->err == NULL || reader->err->code == ERR_NONE)
            fail_at(reader, &reader->event.start_mark, "a key must be a word");
        return NULL;
    }
    key = scalar(reader);
    if (key != NULL && (key->text == NULL || yaml_tree_get(mapping, key->text) != NULL)) {
        yaml_tree_error(reader->err, reader->name, key, key->text == NULL ? "a key must be a word"
                                                                     : "this key was there before");
        yaml_tree_free(key);
        return NULL;
    }
    return key;
}

/* The entries of a list or mapping until its end event. false: error set. */
static bool entries(struct reader *reader, struct yaml_node *node, unsigned depth)
{
    yaml_event_type_t end = node->kind == YAML_LIST ? YAML_SEQUENCE_END_EVENT
                                                    : YAML_MAPPING_END_EVENT;

    for (;;) {
        struct yaml_node *key = NULL;
        if (!next(reader))
            return false;
        if (reader->event.type == end)
            return true;
        if (node->kind == YAML_MAPPING) {
            key = key_of(reader, node);
            if (key == NULL)
                return false;
            if (!next(reader)) {
                yaml_tree_free(key);
                return false;
            }
        }
        struct yaml_node *item = any(reader, depth + 1);
        if (item == NULL) {
            yaml_tree_free(key);
            return false;
        }
        add(node, key, item);
    }
}

static struct yaml_node *any(struct reader *reader, unsigned depth)
{
    if (!plain(reader))
        return NULL;
    if (reader->event.type == YAML_SCALAR_EVENT)
        return scalar(reader);
    if (depth >= MAX_DEPTH) {
        fail_at(reader, &reader->event.start_mark, "nested too deeply");
        return NULL;
    }
    bool list = reader->event.type == YAML_SEQUENCE_START_EVENT;
    struct yaml_node *node = new_node(reader, list ? YAML_LIST : YAML_MAPPING);
    if (entries(reader, node, depth))
        return node;
    yaml_tree_free(node);
    return NULL;
}

static struct yaml_node *document(struct reader *reader)
{
    struct yaml_node *root = NULL;

    if (!next(reader) || !next(reader)) /* the stream's start, then the document's or the end */
        return NULL;
    if (reader->event.type == YAML_STREAM_END_EVENT)
        return new_node(reader, YAML_MAPPING);
    if (!next(reader))
        return NULL;
    root = any(reader, 0);
    if (root == NULL || !next(reader) || !next(reader)) {
        yaml_tree_free(root);
        return NULL;
    }
    if (reader->event.type == YAML_STREAM_END_EVENT)
        return root;
    fail_at(reader, &reader->event.start_mark, "one document is wanted, and here begins another");
    yaml_tree_free(root);
    return NULL;
}

struct yaml_node *yaml_tree_read(const char *name, const char *data, size_t len, struct error *err)
{
    AUTO_ERROR own = {0};
    struct reader reader = {.name = name, .err = &own};

    if (yaml_parser_initialize(&reader.parser) == 0)
        mem_fatal("no memory to read YAML");
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)data, len);
    struct yaml_node *root = document(&reader);
    if (reader.has_event)
        yaml_event_delete(&reader.event);
    yaml_parser_delete(&reader.parser);
    if (root == NULL)
        error_move(err, &own);
    return root;
}

const char *options_yaml_version(void)
{
    return yaml_get_version_string();
}

const struct yaml_node *yaml_tree_get(const struct yaml_node *mapping, const char *key)
{
    for (size_t i = 0; mapping->kind == YAML_MAPPING && i < mapping->n; i++) {
        if (str_equal(mapping->keys[i]->text, key))
            return mapping->items[i];
    }
    return NULL;
}
