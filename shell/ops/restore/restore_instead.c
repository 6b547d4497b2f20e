/*
 * Until when setting the old images back is enough, and from when only a restore helps. Only the leader
 * writes the journal, and it has the images made: what a newer one wrote an older release may not read
 * (StarRocks docs, downgrade.md: ignore_unknown_log_id).
 */
#include "restore_instead.h"

#include <belay/str.h>
#include <way_back.h>

/* The release that the frontends run, or would run if they could start; the one of the backup. */
static bool releases(const struct restore_facts *facts, struct release *ret_now,
                     struct release *ret_then)
{
    const char *tag = strrchr(facts->set.image != NULL ? facts->set.image : "", ':');

    return (release_parse(tag != NULL ? tag + 1 : "", ret_now) ||
            release_parse(facts->version, ret_now)) &&
           release_parse(facts->archive.version, ret_then);
}

char *restore_instead(const struct restore_facts *facts)
{
    struct release now, then;
    AUTO_STR newer = {0};
    AUTO_STR older = {0};
    AUTO_STR least = {0};

    if (!facts->archive.given || !releases(facts, &now, &then) || release_compare(now, then) <= 0)
        return NULL;
    release_text(now, &newer);
    release_text(then, &older);
    const struct way_back_row *barred = way_back_barred(now, then);
    if (barred == NULL)
        return str_format("to set the images back to %s is enough as long as the frontends read their "
                          "metadata: StarRocks supports this downgrade, followers first, then the "
                          "leader, then the nodes%s. A restore is for when they do not", older.s,
                          way_back_is_long(now, then) ? ", one minor release at a time" : "");
    release_text(barred->least, &least);
    return str_format("to set the images back to %s is enough only until a frontend of %s has led: "
                      "from then on NOTHING BUT A RESTORE goes back to it, since %s goes back to %s "
                      "or later (%s)", older.s, newer.s, newer.s, least.s, barred->source);
}
