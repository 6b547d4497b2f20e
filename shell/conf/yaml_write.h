/* One entry of a YAML file as text, quoted where YAML wants it. */
#ifndef BELAY_YAML_WRITE_H
#define BELAY_YAML_WRITE_H

#include <stdbool.h>

#include <belay/error.h>

struct str;

/*
 * Appends "key: text", a text of several lines as a block; about not NULL: "key:" with "about" and
 * `name` (the key of the text) below it. Ends with a newline. ERR_FAILED: not UTF-8.
 */
bool yaml_add_entry(const char *key, const char *about, const char *name, const char *text,
                    struct str *ret, struct error *err);

#endif
