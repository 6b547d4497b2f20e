/* What an image alone is good for. */
#include "restore_image.h"

#include <belay/str.h>

#include "restore_target.h"

const char *restore_part(const struct restore_facts *facts)
{
    return facts->image_only ? RESTORE_IMAGE : RESTORE_ALL;
}

const char *restore_first_switch(const struct restore_facts *facts)
{
    return facts->image_only ? RESTORE_INCOMPLETE : restore_switch(facts);
}

/*
 * Which shard of which tablet lies where is in starmgr's own image, and what was made since that in
 * starmgr's journal, which is in bdb too: without either, tables have no tablets.
 */
bool restore_image_can(const struct restore_facts *facts, struct error *err)
{
    const struct restore_archive *archive = &facts->archive;

    if (!archive->given || !str_equal(archive->run_mode, "shared_data") ||
        (archive->starmgr_id > 0 && !archive->starmgr_in_bdb))
        return true;
    return error_set(err, ERR_VERDICT, "the backup %s has %s: without its journal (bdb) tables would "
                     "have no tablets", archive->dir,
                     archive->starmgr_id > 0 ? "a starmgr image that is older than its FE image"
                                             : "no starmgr image");
}
