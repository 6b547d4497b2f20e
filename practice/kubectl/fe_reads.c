/* The table of ways back that the release notes and downgrade.md of StarRocks bar. */
#include "fe_reads.h"

#include <belay/str.h>

#include "mem.h"
#include "pods.h"
#include "world_db.h"
#include "world_image.h"
#include "world_release.h"

#define LAST 999999

/* What `written` or a later release of its line wrote is not read by a release in that range. */
static const struct {
    int written, until, from, to;
    const char *source;
} BARRED[] = {
    {40100, LAST, 0, 40005, "release-4.1.md: never below 4.0.6"},
    {40000, 40099, 0, 30501, "release-4.0.md: 3.5.2 and later"},
    {30502, 30599, 30500, 30501, "release-3.5.md: not from 3.5.2"},
    {30500, 30599, 0, 30405, "release-3.5.md: 3.4.6 and later"},
    {30400, 30499, 0, 30308, "release-3.4.md: 3.3.9 and later"},
    {30309, 30399, 0, 30210, "release-3.3.md: from 3.3.9 on 3.2.11 and later"},
    {30300, 30308, 0, 30202, "release-3.3.md: never 3.2.0 to 3.2.2"},
    {30000, 30299, 0, 20502, "release-3.0.md: 2.5.3 and later"},
};

#define V2_ONLY 30500 /* image v1 is no longer read (#58376); what it says then is not recorded */

char *fe_cannot_read(struct world *w, const char *pod, int release)
{
    int64_t written = world_meta_int(w, IMAGE_WRITTEN_BY);
    for (size_t i = 0; i < sizeof BARRED / sizeof BARRED[0]; i++) {
        if (written >= BARRED[i].written && written <= BARRED[i].until &&
            release >= BARRED[i].from && release <= BARRED[i].to)
            /* EditLog.java: an entry whose code it does not know; which code is not recorded. */
            return mem_text("catch exception when replaying journal: JournalInconsistentException: "
                            "failed to load journal type: UNKNOWN Operation Type");
    }
    if (release >= V2_ONLY && pods_newest_image(world_dir(w), pod, "v2") == 0 &&
        pods_newest_image(world_dir(w), pod, "") > 0)
        return mem_text("image of version v1 cannot be loaded, no image in image/v2");
    return NULL;
}
