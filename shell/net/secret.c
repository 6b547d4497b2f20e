/* Secrets: copied into memory of their own, wiped when released. */
#include "secret.h"

#include <mem.h>

void secret_set(struct secret *secret, const char *text)
{
    secret_done(secret);
    secret->text = mem_text(text);
}

void secret_done(struct secret *secret)
{
    if (secret->text != NULL)
        mem_wipe(secret->text, strlen(secret->text));
    free(secret->text);
    secret->text = NULL;
}
