/*
 * JSON: jansson plus the few things everything here does with it. This is the one header of ours
 * that shows a type of an outside library.
 */
#ifndef BELAY_JSON_H
#define BELAY_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <belay/error.h>

#define AUTO_JSON __attribute__((cleanup(json_drop))) json_t

/* For AUTO_JSON: gives up one reference. */
void json_drop(json_t **value);

/*
 * Parses one JSON value that fills the text. Refuses text longer than limit bytes and duplicate
 * keys. Returns a new reference, or NULL with the error set (code ERR_FAILED, line and column).
 */
json_t *json_parse(const char *text, size_t len, size_t limit, struct error *err);

/* Canonical text: keys sorted, no spaces, UTF-8. Two equal values give equal bytes. free() it. */
char *json_canonical(const json_t *value);

/* The same, appended. */
struct str;
void json_add_canonical(const json_t *value, struct str *ret);
/* Puts the members of every object inside into that order, in place: values that are walked now and
 * values that were read back from a file are then walked alike. */
void json_sort(json_t *value);
/* Appends a text as json_put_str would store it and json_canonical write it, quotes and all. */
void json_add_text(const char *text, struct str *ret);
/* Appends an array of such texts. */
struct strv;
void json_add_texts(const struct strv *list, struct str *ret);

/* One level down by key; borrowed. Missing or other type: "", 0, false, NULL. */
const char *json_str(const json_t *object, const char *key);
int64_t json_int(const json_t *object, const char *key);
bool json_flag(const json_t *object, const char *key);

/* Several levels down: json_at(pod, "status", "phase", NULL); NULL when any level is missing. */
const json_t *json_at(const json_t *value, ...) __attribute__((sentinel));
/* The same as text, "" when missing or not a string. */
const char *json_str_at(const json_t *value, ...) __attribute__((sentinel));

/* By JSON pointer, "/spec/template/0/x" (no ~ in it); NULL when any level is missing. Borrowed. */
const json_t *json_pointer(const json_t *value, const char *pointer);

/*
 * Sets a member; bytes of key or text that are not UTF-8 are stored as \xNN text. A NULL text is
 * stored as null. json_put owns take, which may not be NULL.
 */
void json_put_str(json_t *object, const char *key, const char *text);
json_t *json_text(const char *text); /* such a string; new reference, never NULL */
/* The same at the end of an array: no text is lost, whatever its bytes. text may not be NULL. */
void json_add_str(json_t *array, const char *text);
void json_put_int(json_t *object, const char *key, int64_t number);
void json_put_bool(json_t *object, const char *key, bool flag);
void json_put(json_t *object, const char *key, json_t *take);

#endif
