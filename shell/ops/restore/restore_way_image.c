/* What of the page is of the form "image only": why it is so, and the start that makes the group. */
#include "restore_image.h"
#include "restore_target.h"
#include "restore_way.h"

void restore_write_regroup(struct restore_way *way)
{
    const struct restore_facts *facts = way->facts;
    struct page *page = way->page;
    AUTO_FREE char *pod = restore_pod(&facts->set, 0);

    page_step(page, restore_number(way, STEP_GROUP), "The other switch, and %s once more: a group of "
              "its own.", pod);
    page_say(page, "Why", "It leads now, but the frontends that its image lists stay listed, dead. A "
             "start with %s makes a group of it alone. Both switches in one start work on 4.1.0 and "
             "make 3.3.5 exit (recorded); one after the other is right for both.",
             restore_switch(facts));
    page_say(page, "What", "One switch out, the other in, in one patch of the ConfigMap.");
    restore_conf_exchange(way, RESTORE_INCOMPLETE, restore_switch(facts));
    page_say(page, "Must see", "configmap/%s patched, then 1.", facts->set.config_map);
    page_say(page, "What", "Delete the pod by its uid; the StatefulSet makes it again.");
    restore_take_uid(way);
    restore_write_action(way, "group");
    restore_say_new_pod(way, 0);
    restore_wait_ready(way, 0, "--timeout=3600s");
    page_say(page, "Must see", "another uid than before, then condition met; in belay \\leader: %s, "
             "and no other frontend is listed.", pod);
    page_say(page, "If not", "Others are still listed: the pod started before the switch was in its "
             "fe.conf. Begin this step again.");
}
