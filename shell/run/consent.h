/* May this statement be sent? */
#ifndef BELAY_CONSENT_H
#define BELAY_CONSENT_H

#include <stdbool.h>
#include <stddef.h>

struct error;
struct shell;

/*
 * false with ERR_DECLINED: a destructive statement typed at the keyboard was not confirmed (with a
 * strict guard by the cluster's name), or the guard is strict and there is nobody to ask.
 */
bool consent_statement(struct shell *shell, const char *sql, size_t len, struct error *err);

#endif
