/* JSON written as text with 'single quotes' and @NAMES@ to fill in. */
#ifndef PRACTICE_KUBECTL_TEMPLATE_H
#define PRACTICE_KUBECTL_TEMPLATE_H

#include <jansson.h>

/*
 * Names and values by turns, then NULL: template_json("{'a':'@B@'}", "B", "x", NULL). A value goes
 * in as it is. Returns a new reference; a template that is not JSON ends the program.
 */
json_t *template_json(const char *text, ...) __attribute__((sentinel));

#endif
