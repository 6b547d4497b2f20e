/*
 * A secret: a password on its way to a server. Never printed, logged, journaled or put into argv;
 * wiped when released.
 */
#ifndef BELAY_SECRET_H
#define BELAY_SECRET_H

struct secret {
    char *text; /* NULL: none given */
};

void secret_set(struct secret *secret, const char *text); /* copies; NULL forgets */
void secret_done(struct secret *secret);                  /* wipes and frees */

#endif
