/*
 * The steps that put the switch into fe.conf and take it out again. The text of fe.conf is never
 * printed: it goes from kubectl into a file, and from that file into the patch.
 */
#include "restore_way.h"

#include "restore_acts.h"
#include "restore_image.h"

/* "fe.conf" for sed: a dot means itself. free() it. */
static char *key_pattern(const char *key)
{
    AUTO_STR text = {0};

    for (const char *p = key; *p != '\0'; p++)
        str_addf(&text, *p == '.' ? "[%c]" : "%c", *p);
    return str_take(&text);
}

/* V = the JSON string of fe.conf in a file that kubectl wrote. */
static void take_text(struct restore_way *way, const char *variable, const char *file)
{
    AUTO_FREE char *key = key_pattern(way->facts->set.key);

    page_shell(way->page, "%s=$(sed -n 's/^ *\"%s\": \\(\".*\"\\),\\{0,1\\}$/\\1/p' %s)", variable,
               key, file);
}

/* The same text with the switch, as JSON: in a variable of the shell. */
static void with_switch(struct restore_way *way, const char *variable, const char *name)
{
    page_shell(way->page, "%s=${V%%\\\"}'\\n" RESTORE_MARK "\\n%s = true\\n\"'", variable, name);
}

static void patch_map(struct restore_way *way, const char *file)
{
    AUTO_STR option = {0};

    str_addf(&option, "--patch-file=%s", file);
    page_kubectl(way->page, "", "", "patch", "configmaps", way->facts->set.config_map,
                 "--type=json", "--field-manager=belay", option.s, NULL);
}

/* How often the switch is in the ConfigMap now. */
static void count_switch(struct restore_way *way, const char *name)
{
    AUTO_STR path = {0};
    AUTO_STR after = {0};

    str_add(&path, "jsonpath={.data.");
    for (const char *p = way->facts->set.key; *p != '\0'; p++)
        str_addf(&path, *p == '.' ? "\\%c" : "%c", *p);
    str_add(&path, "}");
    str_addf(&after, " | grep -c '^%s = true$'", name);
    page_kubectl(way->page, "", after.s, "get", "configmaps", way->facts->set.config_map, "-o",
                 path.s, NULL);
}

void restore_write_switch_on(struct restore_way *way)
{
    const struct restore_facts *facts = way->facts;
    struct page *page = way->page;
    const char *key = facts->set.key;
    const char *name = restore_first_switch(facts);

    page_step(page, restore_number(way, STEP_SWITCH_ON),
              "Put %s = true into fe.conf (ConfigMap %s, key %s).", name,
              facts->set.config_map, key);
    if (facts->image_only)
        page_say(page, "Why", "An FE refuses an image without bdb: \"image exists, but bdb dir is "
                 "empty\" (MetaHelper.java). With the switch it starts from the image alone and leads "
                 "(recorded on 3.3.5 and 4.1.0). It only counts at a start, and is taken out again in "
                 "step %d.", restore_number(way, STEP_GROUP));
    else
        page_say(page, "Why", "The restored frontend is one of a group that is gone; with the switch "
                 "it becomes the leader of a group of its own. It only counts at a start, and is "
                 "taken out again in step %d.", restore_number(way, STEP_SWITCH_OFF));
    page_say(page, "What", "The old text goes from kubectl into fe-cm.before.json and from there "
             "into the patch; it is not shown, it holds secrets. The patch is refused when anybody "
             "changed the ConfigMap meanwhile, and a second run does not take the switch for the "
             "old text.");
    page_kubectl(page, "", " > fe-cm.now.json", "get", "configmaps", facts->set.config_map, "-o",
                 "json", NULL);
    page_shell(page, "if grep -q '%s *= *true' fe-cm.now.json; then echo 'THE SWITCH IS ON ALREADY'; "
               "else cp fe-cm.now.json fe-cm.before.json; fi", name);
    take_text(way, "V", "fe-cm.before.json");
    page_shell(page, "R=$(sed -n 's/^ *\"resourceVersion\": \"\\([0-9]*\\)\".*/\\1/p' "
               "fe-cm.now.json)");
    with_switch(way, "W", name);
    page_shell(page, "printf '[{\"op\":\"test\",\"path\":\"/metadata/resourceVersion\","
               "\"value\":\"%%s\"},{\"op\":\"test\",\"path\":\"/data/%s\",\"value\":%%s},"
               "{\"op\":\"replace\",\"path\":\"/data/%s\",\"value\":%%s}]\\n' \"$R\" \"$V\" \"$W\" "
               "> fe-cm.on.json", key, key);
    patch_map(way, "fe-cm.on.json");
    count_switch(way, name);
    page_say(page, "Must see", "configmap/%s patched, then 1. No pod starts: there is none.",
             facts->set.config_map);
    page_say(page, "If not", "\"The request is invalid\" is all that the server says when the text "
             "is not the expected one: begin this step again. THE SWITCH IS ON ALREADY and 1: this "
             "step was done before, go on; fe-cm.before.json is from then.");
}

void restore_conf_exchange(struct restore_way *way, const char *from, const char *to)
{
    const char *key = way->facts->set.key;

    take_text(way, "V", "fe-cm.before.json");
    with_switch(way, "W", from);
    with_switch(way, "X", to);
    page_shell(way->page, "printf '[{\"op\":\"test\",\"path\":\"/data/%s\",\"value\":%%s},"
               "{\"op\":\"replace\",\"path\":\"/data/%s\",\"value\":%%s}]\\n' \"$W\" \"$X\" "
               "> fe-cm.group.json", key, key);
    patch_map(way, "fe-cm.group.json");
    count_switch(way, to);
}

void restore_write_switch_off(struct restore_way *way)
{
    const struct restore_facts *facts = way->facts;
    struct page *page = way->page;
    const char *key = facts->set.key;

    page_step(page, restore_number(way, STEP_SWITCH_OFF), "Take the switch out of fe.conf again.");
    page_say(page, "Why", "Left in, every later start of the leader throws the other frontends out.");
    take_text(way, "V", "fe-cm.before.json");
    with_switch(way, "W", restore_switch(facts));
    page_shell(page, "printf '[{\"op\":\"test\",\"path\":\"/data/%s\",\"value\":%%s},"
               "{\"op\":\"replace\",\"path\":\"/data/%s\",\"value\":%%s}]\\n' \"$W\" \"$V\" "
               "> fe-cm.off.json", key, key);
    patch_map(way, "fe-cm.off.json");
    page_kubectl(page, "", " > fe-cm.after.json", "get", "configmaps", facts->set.config_map, "-o",
                 "json", NULL);
    take_text(way, "A", "fe-cm.after.json");
    page_shell(page, "[ -n \"$A\" ] && [ \"$A\" = \"$V\" ] && echo 'fe.conf AS BEFORE'");
    page_say(page, "Must see", "configmap/%s patched, then fe.conf AS BEFORE.",
             facts->set.config_map);
    page_say(page, "If not", "Somebody changed fe.conf meanwhile: take the two lines out by hand, "
             "the comment of belay and the one below it.");
    page_kubectl(page, "# only by hand: ", "", "edit", "configmaps", facts->set.config_map, NULL);
}
