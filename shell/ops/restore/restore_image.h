/*
 * The form "image only": a backup without a usable journal, or one whose journal is left out.
 *
 * An FE refuses an image without bdb (MetaHelper.java) unless start_with_incomplete_meta says that
 * it shall do without. It then leads a new group alone, while the frontends that its image lists
 * stay listed, dead (recorded on 3.3.5 and 4.1.0). The reset of the group in that same start works on
 * 4.1.0 and makes 3.3.5 exit (recorded), so it is done in a start of its own: what lies on the volume
 * by then is a whole directory with a journal, as any other restore has it.
 */
#ifndef BELAY_RESTORE_IMAGE_H
#define BELAY_RESTORE_IMAGE_H

#include "restore_facts.h"

#define RESTORE_INCOMPLETE "start_with_incomplete_meta"
#define RESTORE_ALL "all"     /* what of the archive is used: everything … */
#define RESTORE_IMAGE "image" /* … or its image alone */

/* false: ERR_VERDICT, a clause without a hint: the image alone is less than the cluster was. */
bool restore_image_can(const struct restore_facts *facts, struct error *err);

/* What of the archive this restore uses: RESTORE_ALL, RESTORE_IMAGE. */
const char *restore_part(const struct restore_facts *facts);

/* The switch of the first start. */
const char *restore_first_switch(const struct restore_facts *facts);

#endif
