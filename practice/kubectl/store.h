/* The API server's memory: objects as JSON in SQLite, with resourceVersion, uid, generation. */
#ifndef PRACTICE_KUBECTL_STORE_H
#define PRACTICE_KUBECTL_STORE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include <belay/json.h>

#include "kinds.h"

/* Makes the tables of the stand-in; harmless when they exist. */
bool store_setup(sqlite3 *db, struct error *err);

/* A new reference, or NULL when there is no such object (or it cannot be read). */
json_t *store_get(sqlite3 *db, const struct kind *kind, const char *ns, const char *name);

/* A new array of all objects of a namespace (NULL: all), ordered by namespace and name. */
json_t *store_list(sqlite3 *db, const struct kind *kind, const char *ns);

/*
 * The same of those alone that have the string `value` (without what JSON escapes) as some member's
 * value or name: the others are not parsed, which is most of what the controllers cost. Which member
 * it is the caller looks at.
 */
json_t *store_list_with(sqlite3 *db, const struct kind *kind, const char *ns, const char *value);

/*
 * Adds the object: metadata gets uid, creationTimestamp (now_ms), resourceVersion and, for kinds
 * with a spec, generation 1. The object is changed in place.
 */
bool store_create(sqlite3 *db, const struct kind *kind, json_t *object, int64_t now_ms,
                  struct error *err);

/*
 * Stores the changed object with a new resourceVersion; a new generation when anything but
 * metadata and status differs from what was there. Nothing is written when nothing differs.
 */
bool store_update(sqlite3 *db, const struct kind *kind, json_t *object, struct error *err);

bool store_delete(sqlite3 *db, const struct kind *kind, const char *ns, const char *name,
                  struct error *err);

/* Appends an Event about the object. */
bool store_event(sqlite3 *db, const json_t *about, const char *type, const char *reason,
                 const char *message, int64_t now_ms, struct error *err);

/* "2026-11-24T06:36:05Z" of a time in milliseconds, as a new JSON string. */
json_t *store_time(int64_t ms);

/* "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", random, version 4. */
void store_uid(char ret[37]);

#endif
