/* The password to log in with, from where the settings say that it is. */
#ifndef BELAY_PASSWORD_H
#define BELAY_PASSWORD_H

#include <stdbool.h>

#include <belay/error.h>
#include <secret.h>
#include <settings.h>

/*
 * Reads it from the settings, a file, a program or the terminal; NULL inside when nothing was said.
 * Blocks while a person types, and at most 60 s for a program. ERR_USAGE when a file is readable by
 * others or cannot be read, or there is no terminal (under a classic name the first line of standard
 * input is taken then); ERR_FAILED when the program failed;
 * ERR_DECLINED after ^C.
 */
bool password_find(const struct settings *settings, struct secret *ret, struct error *err);

#endif
