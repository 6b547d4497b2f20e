/*
 * The way back for frontends that are processes of hosts, as a page: StarRocks docs, Meta_recovery.md,
 * "Recover metadata on a new FE node". The names of the scripts and of the pid file are those of
 * StarRocks (bin/start_fe.sh, bin/stop_fe.sh). A block says in its first line where it is for.
 */
#include "restore_head.h"

#include <inttypes.h>

#include <clock.h>
#include <kubectl.h>
#include <mem.h>
#include <starrocks.h>

#include "restore_host.h"
#include "restore_image.h"
#include "restore_recipe.h"
#include "restore_target.h"

struct hand {
    struct page *page;
    const struct restore_facts *facts;
    json_t *recipe;
    const json_t *hosts;
    const char *first;  /* a host that can be pasted, else HOST */
    const char *inbox;  /* where the archive goes there */
    const char *meta;   /* as a shell has it there */
    char id[CLOCK_TEXT]; /* names what is put aside */
    int step, at_stop, at_swap, at_start;
};

#define UNKNOWN_HOST "THE HOST OF THE NEW LEADER"

static const char *host_name(const struct hand *h, size_t i)
{
    return json_str(json_array_get(h->hosts, i), "host");
}

/* Its role for the group is that of a follower, as in image/ROLE. */
static bool leads(const struct hand *h, size_t i)
{
    const struct cluster *cluster = &h->facts->cluster;

    return cluster->leader >= 0 && str_equal(cluster->frontends[cluster->leader].host, host_name(h, i));
}

static void at_host(const struct hand *h, const char *host)
{
    page_shell(h->page, "# on %s, as the user of the FE", restore_plain(host) ? host : "HOST");
    if (*h->facts->home != '\0')
        page_shell(h->page, "cd %s", h->facts->home);
    else
        page_shell(h->page, "# in the directory of the FE");
}

/* Status 1 of pgrep: none. Any other, without a pgrep 127, proves nothing. */
#define GONE                                                                                       \
    "if pgrep -f \"$PWD/lib/.*com.starrocks.StarRocksFE\"; then echo RUNNING; elif [ $? = 1 ]; then " \
    "echo STOPPED; fi"

static void stop_all(struct hand *h)
{
    struct page *page = h->page;

    h->at_stop = ++h->step;
    page_step(page, h->step, "Stop everything that writes, then every frontend.");
    page_say(page, "What", "Loads, connectors, schedulers first: what is written from now on is lost. "
             "Then on each host; a supervisor that starts frontends again is to be switched off.");
    for (size_t i = 0; i < json_array_size(h->hosts); i++)
        page_say(page, i == 0 ? "Hosts" : "", "%s (%s)", host_name(h, i),
                 leads(h, i) ? "the leader" : json_str(json_array_get(h->hosts, i), "role"));
    if (json_array_size(h->hosts) == 0) {
        page_say(page, "Hosts", "not known: all of them, as your own notes list them.");
        at_host(h, "HOST");
        page_shell(page, "bin/stop_fe.sh || true\n" GONE);
    }
    for (size_t i = 0; i < json_array_size(h->hosts); i++) {
        at_host(h, host_name(h, i));
        page_shell(page, "bin/stop_fe.sh || true\n" GONE);
        page_say(page, "Must see", "STOPPED (%s)", host_name(h, i));
    }
    page_say(page, "Why all", "Two old frontends that go on keep the majority, and the restored one "
             "would follow them.");
    page_say(page, "If not", "RUNNING, with its number: wait, look again; kill it only when it has not "
             "ended after many minutes.");
}

static void receive(struct hand *h)
{
    const struct restore_archive *archive = &h->facts->archive;
    const char *path = archive->given ? archive->path : "BACKUP/" RESTORE_ARCHIVE;
    struct page *page = h->page;
    AUTO_STRV file = {0};
    AUTO_STR word = {0};

    page_say(page, "What", "Copy the archive there, from here, and compare it there.");
    strv_add(&file, path);
    kube_words(&file, &word);
    page_shell(page, "scp %s '%s:%s'", word.s, h->first, h->inbox);
    page_say(page, "Must see", "its name with 100%%, and no error.");
    at_host(h, h->first);
    if (archive->given)
        page_shell(page, "echo '%s  %s' | sha256sum -c -", archive->sha256, h->inbox);
    else
        page_shell(page, "sha256sum %s", h->inbox);
    page_say(page, "Must see", "%s", archive->given ? "OK behind the name. It compares with the digest "
                                                      "in the backup's manifest"
                                                    : RESTORE_UNKNOWN);
}

static void put_in_place(struct hand *h)
{
    const char *role = json_str(h->recipe, "role");
    bool image = h->facts->image_only;
    struct page *page = h->page;

    h->at_swap = ++h->step;
    page_step(page, h->step, "Put the metadata in place, on %s.",
              json_array_size(h->hosts) > 0 ? host_name(h, 0) : UNKNOWN_HOST);
    receive(h);
    page_say(page, "What", "Unpack it beside the old metadata%s. META is the directory that meta_dir "
             "in fe.conf names, else meta in the directory of the FE.",
             image ? ", without its journal" : "");
    at_host(h, h->first);
    page_shell(page, "META=%s; ls \"$META\"; df -Pk \"$META\"", h->meta);
    page_shell(page, "rm -rf \"$META.new\"; mkdir \"$META.new\" && tar --no-same-owner -xf %s -C "
               "\"$META.new\"", h->inbox);
    page_shell(page, "if [ -d \"$META.new/meta\" ]; then mv \"$META.new/meta\"/* \"$META.new\"; rmdir "
               "\"$META.new/meta\"; fi");
    if (image)
        page_shell(page, "rm -rf \"$META.new/bdb\"; test ! -e \"$META.new/bdb\"");
    page_shell(page, "ls \"$META.new/image/ROLE\" \"$META.new/image/VERSION\"%s && echo UNPACKED",
               image ? "" : " \"$META.new\"/bdb/*.jdb");
    page_say(page, "Must see", "the names of ROLE, VERSION%s, then UNPACKED. In column Available at "
             "least 5242880 (it counts in KiB): with less than 5 GB the FE does not start "
             "(MetaHelper.java).", image ? "" : " and the journal files");
    if (*role != '\0') {
        page_say(page, "What", "image/ROLE holds the name of the frontend that the backup is of, and "
                 "%s. Give it this one's.",
                 image ? "a start from an image alone does not correct it"
                       : "this release does not correct it (PR #54399 came with 3.3.9)");
        at_host(h, h->first);
        page_shell(page, "sed -i 's/^name=.*/name=%s/' \"%s.new/image/ROLE\" && grep ^name= "
                   "\"%s.new/image/ROLE\"", role, h->meta, h->meta);
        page_say(page, "Must see", "name=%s", role);
    }
    page_say(page, "What", "The old metadata aside, the new in its place.");
    at_host(h, h->first);
    page_shell(page, "META=%s; mv \"$META\" \"$META.before-%s\" && mv \"$META.new\" \"$META\" && echo "
               "IN PLACE", h->meta, h->id);
    page_say(page, "Must see", "IN PLACE. If META is a mount point it cannot be moved: then move image "
             "and bdb in it aside, and the new ones in.");
}

static void others_aside(struct hand *h)
{
    struct page *page = h->page;

    if (json_array_size(h->hosts) == 1)
        return;
    page_step(page, ++h->step, "The metadata of the other frontends aside.");
    page_say(page, "Why", "With an old image/ROLE they would start as members of the old group. With "
             "an empty directory they join the restored leader, but only with --helper: without it "
             "an empty one makes a new, empty cluster.");
    for (size_t i = 1; i < json_array_size(h->hosts); i++) {
        at_host(h, host_name(h, i));
        page_shell(page, "META=%s; mv \"$META\" \"$META.before-%s\" && mkdir \"$META\" && echo EMPTY",
                   h->meta, h->id);
        page_say(page, "Must see", "EMPTY (%s)", host_name(h, i));
    }
}

static void prove(struct hand *h, bool alone)
{
    page_say(h->page, "Must see", "after a while, in belay \\leader and \\nodes, or by SHOW FRONTENDS: "
             "this FE leads%s; the nodes come back alive; the data is what it was at the %s.",
             alone ? " and is the only one" : ", the others are listed, dead",
             h->facts->image_only ? "image" : "backup");
}

static void start_one(struct hand *h)
{
    const char *key = restore_first_switch(h->facts);
    struct page *page = h->page;

    h->at_start = ++h->step;
    page_step(page, h->step, "%s", h->facts->image_only
                                       ? "Start it from the image alone."
                                       : "Start it as the leader of a group of its own.");
    page_say(page, "Why", "%s", h->facts->image_only
             ? "An FE refuses an image without bdb (\"image exists, but bdb dir is empty\", "
               "MetaHelper.java). With the switch it starts from the image and leads (recorded on "
               "3.3.5 and 4.1.0). It only counts at a start."
             : "The restored frontend is one of a group that is gone; with the switch it becomes the "
               "leader of a group of its own (recorded on 3.3.5 and 4.1.0). It only counts at a "
               "start.");
    at_host(h, h->first);
    page_shell(page, "cp -p conf/fe.conf conf/fe.conf.before-%s && printf '\\n%s = true\\n' >> "
               "conf/fe.conf && bin/start_fe.sh --daemon", h->id, key);
    prove(h, !h->facts->image_only);
    page_say(page, "If not", "log/fe.out and log/fe.log say why. \"JAVA_HOME is not set\": set it for "
             "this user. \"bdb dir is empty\": bdb is missing. \"checksum mismatch\": the image is "
             "damaged. \"Unmatched run mode\": fe.conf differs from that time. \"current node is not "
             "added to the cluster\": the switch is not in fe.conf. An empty cluster: image/ROLE was "
             "not in place; stop it and go to the last section.");
    if (!h->facts->image_only)
        return;
    page_step(page, ++h->step, "Start it with the other switch: a group of its own.");
    page_say(page, "Why", "The frontends that its image lists are listed still. Both switches in one "
             "start work on 4.1.0 and make 3.3.5 exit (recorded); one after the other is right for "
             "both.");
    at_host(h, h->first);
    page_shell(page, "bin/stop_fe.sh && cp -p conf/fe.conf.before-%s conf/fe.conf && printf '\\n%s = "
               "true\\n' >> conf/fe.conf && bin/start_fe.sh --daemon", h->id,
               restore_switch(h->facts));
    prove(h, true);
}

static void start_again(struct hand *h)
{
    struct page *page = h->page;

    page_step(page, ++h->step, "Start it once more, without the switch.");
    page_say(page, "Why", "Left in, every later start of the leader throws the other frontends "
             "out.");
    at_host(h, h->first);
    page_shell(page, "bin/stop_fe.sh && cp -p conf/fe.conf.before-%s conf/fe.conf && ! grep -n '^%s' "
               "conf/fe.conf && bin/start_fe.sh --daemon", h->id, restore_switch(h->facts));
    page_say(page, "Must see", "no line; in belay \\leader: the same FE. ADMIN SHOW FRONTEND CONFIG "
             "LIKE '%s' says false.", restore_switch(h->facts));
}

static void join_others(struct hand *h)
{
    const struct restore_facts *facts = h->facts;
    struct page *page = h->page;

    if (json_array_size(h->hosts) == 1)
        return;
    page_step(page, ++h->step, "Let the others join, one after the other.");
    page_say(page, "What", "For each: the statement at the leader, by SQL, then its first start with "
             "the leader's address (edit_log_port); later starts need none.");
    if (json_array_size(h->hosts) == 0) {
        page_say(page, "SQL", "ALTER SYSTEM ADD FOLLOWER \"HOST:%u\";", facts->edit_log_port);
        at_host(h, "HOST");
        page_shell(page, "bin/start_fe.sh --helper '%s:%u' --daemon", h->first, facts->edit_log_port);
    }
    for (size_t i = 1; i < json_array_size(h->hosts); i++) {
        page_say(page, "SQL", "ALTER SYSTEM ADD %s \"%s:%u\";",
                 json_str(json_array_get(h->hosts, i), "role"), host_name(h, i),
                 facts->edit_log_port);
        at_host(h, host_name(h, i));
        page_shell(page, "bin/start_fe.sh --helper '%s:%u' --daemon", h->first, facts->edit_log_port);
    }
    page_say(page, "Must see", "in belay \\nodes, or by SHOW FRONTENDS: alive, its journal close to the "
             "leader's, before the next one.");
}

static void afterwards(struct hand *h)
{
    struct page *page = h->page;

    page_step(page, ++h->step, "Afterwards.");
    page_say(page, "What", "\\nodes, \\mv list, counts of a few tables, then \\image and \\backup. "
             "Views that were taken down before the backup are down again: \\mv ledger knows them. "
             "Let the loads in again, and supervisors.");
    page_say(page, "Days later", "The directories that end in .before-%s, on each host, and the archive "
             "%s on the first, can go once nobody wants them.", h->id, h->inbox);
}

static void give_up(struct hand *h)
{
    struct page *page = h->page;

    page_line(page, "%s", "");
    page_line(page, "GIVING UP: how to leave this plan half way, with the metadata of before");
    page_say(page, "Until", "the restored cluster takes its first writes that is possible, from every "
             "step. The frontends must be stopped as in step %d. Before step %d nothing was moved: "
             "only start them then.", h->at_stop, h->at_swap);
    for (size_t i = 0; i < json_array_size(h->hosts); i++) {
        at_host(h, host_name(h, i));
        page_shell(page, "META=%s; if [ -d \"$META.before-%s\" ]; then mv \"$META\" \"$META.undone-%s\" "
                   "&& mv \"$META.before-%s\" \"$META\"; fi", h->meta, h->id, h->id, h->id);
        if (i == 0)
            page_shell(page, "if [ -f conf/fe.conf.before-%s ]; then cp -p conf/fe.conf.before-%s "
                       "conf/fe.conf; fi", h->id, h->id);
        page_shell(page, "ls \"$META/image/ROLE\" && echo AS BEFORE");
        page_say(page, "Must see", "AS BEFORE (%s)", host_name(h, i));
    }
    page_say(page, "Then", "Start all of them: bin/start_fe.sh --daemon. They are the old group and have "
             "their majority.");
}

void restore_hand_write(struct page *page, const struct restore_facts *facts, int64_t now_ms)
{
    struct hand h = {.page = page, .facts = facts, .recipe = restore_recipe_hosts(facts)};
    bool known = *facts->home != '\0';
    AUTO_FREE char *inbox = known ? str_format("%s/meta.in.tar", facts->home)
                                  : mem_text("/var/tmp/meta.in.tar");

    clock_stamp(now_ms, h.id);
    h.hosts = json_object_get(h.recipe, "hosts");
    h.first = restore_plain(host_name(&h, 0)) ? host_name(&h, 0) : "HOST";
    h.inbox = inbox;
    h.meta = known ? json_str(facts->place, "dir") : "$PWD/meta";
    page_line(page, "%s", "");
    page_line(page, "This is the documented way for frontends that are started by hand (StarRocks "
              "docs, Meta_recovery.md). Do not follow it for frontends in Kubernetes: there, start "
              "belay where kubectl reaches them and ask again.");
    stop_all(&h);
    put_in_place(&h);
    others_aside(&h);
    start_one(&h);
    start_again(&h);
    join_others(&h);
    afterwards(&h);
    give_up(&h);
    json_decref(h.recipe);
}
