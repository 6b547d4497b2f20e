/* Lists for completion that are made here. */
#include "local.h"

#include <belay/str.h>

#include "script/favourites.h"
#include "names.h"
#include "shell_inside.h"

static void favourite_names(struct strv *ret)
{
    struct favourites favourites = {0};

    if (favourites_read(&favourites, NULL)) {
        for (size_t i = 0; favourites.tree != NULL && i < favourites.tree->n; i++) {
            if (favourites.tree->keys[i]->text != NULL)
                strv_add(ret, favourites.tree->keys[i]->text);
        }
    }
    favourites_done(&favourites);
}

/* Out of "2 10.0.0.7:9030 LEADER". */
static void frontend_addresses(struct shell *shell, struct strv *ret)
{
    struct complete_key key = {.kind = COMPLETE_FRONTEND};
    struct complete_names frontends = {0};

    if (!names_give(shell, &key, &frontends))
        return;
    for (size_t i = 0; i < frontends.n; i++) {
        const char *address = strchr(frontends.v[i], ' ');
        if (address != NULL)
            strv_addn(ret, address + 1, strcspn(address + 1, " "));
    }
}

bool names_local(struct shell *shell, const struct complete_key *key, struct strv *room)
{
    bool run = key->kind == COMPLETE_RUN;
    bool favourite = key->kind == COMPLETE_FAVOURITE;

    if (!run && !favourite && key->kind != COMPLETE_HOST)
        return false;
    strv_done(room);
    *room = (struct strv){0};
    if (run)
        session_runs(shell->session, room);
    else if (favourite)
        favourite_names(room);
    else
        frontend_addresses(shell, room);
    strv_sort(room);
    return true;
}
