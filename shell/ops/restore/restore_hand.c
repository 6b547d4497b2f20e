/*
 * The way back for frontends that a person starts: StarRocks docs, Meta_recovery.md, "Recover
 * metadata on a new FE node".
 */
#include "restore_head.h"

#include <inttypes.h>

#include <kubectl.h>
#include <starrocks.h>

/* The frontend to put the backup on: the one it came from, else the leader, else unknown. */
static const char *restored_host(const struct restore_facts *facts)
{
    const struct cluster *cluster = &facts->cluster;

    for (size_t i = 0; i < cluster->n_frontends && facts->archive.given; i++) {
        if (str_equal(cluster->frontends[i].name, facts->archive.node_name))
            return cluster->frontends[i].host;
    }
    if (cluster->leader >= 0)
        return cluster->frontends[cluster->leader].host;
    return "THE HOST OF THE NEW LEADER";
}

static void stop_all(struct page *page, const struct restore_facts *facts)
{
    page_step(page, 1, "Stop everything that writes, then every frontend.");
    page_say(page, "What", "On each host, in the directory of the FE:");
    page_shell(page, "bin/stop_fe.sh && ! pgrep -f com.starrocks.StarRocksFE");
    for (size_t i = 0; i < facts->cluster.n_frontends; i++)
        page_say(page, i == 0 ? "Hosts" : "", "%s (%s)", facts->cluster.frontends[i].host,
                 facts->cluster.frontends[i].role);
    if (facts->cluster.n_frontends == 0)
        page_say(page, "Hosts", "not known: all of them, as your own notes list them.");
    page_say(page, "Must see", "no process, on any host. Two old frontends that go on keep the "
             "majority, and the restored one would follow them.");
}

static void put_in_place(struct page *page, const struct restore_facts *facts, const char *host)
{
    const struct restore_archive *archive = &facts->archive;
    const char *path = archive->given ? archive->path : "BACKUP/" RESTORE_ARCHIVE;
    AUTO_STRV file = {0};
    AUTO_STR word = {0};

    page_step(page, 2, "Put the metadata in place, on %s.", host);
    page_say(page, "What", "Copy the archive there and compare it. META is the directory that "
             "meta_dir in fe.conf names, else meta in the directory of the FE.");
    strv_add(&file, path);
    kube_words(&file, &word);
    page_shell(page, "scp %s '%s:/var/tmp/'", word.s, restore_plain(host) ? host : "HOST");
    page_say(page, "What", "From here on, there:");
    page_shell(page, "sha256sum /var/tmp/" RESTORE_ARCHIVE);
    page_say(page, "Must see", "%s", archive->given ? archive->sha256 : "<from its manifest>");
    page_shell(page, "META=$PWD/meta; ls \"$META\"");
    page_shell(page, "mkdir \"$META.new\" && tar --no-same-owner -xf /var/tmp/" RESTORE_ARCHIVE
               " -C \"$META.new\"");
    page_shell(page, "if [ -d \"$META.new/meta\" ]; then N=$META.new/meta; else N=$META.new; fi");
    page_shell(page, "ls \"$N/image/ROLE\" \"$N/image/VERSION\" \"$N\"/bdb/*.jdb && mv \"$META\" "
               "\"$META.before\" && mv \"$N\" \"$META\" && echo IN PLACE");
    page_say(page, "Must see", "the names of ROLE, VERSION and the journal files, then IN PLACE. 5 "
             "GB must stay free on that disk, or the FE does not start.");
}

static void correct_role(struct page *page, const struct restore_facts *facts, const char *host)
{
    const char *from = facts->archive.given ? facts->archive.node_name : "";

    for (size_t i = 0; i < facts->cluster.n_frontends; i++) {
        const struct frontend *f = &facts->cluster.frontends[i];
        if (!str_equal(f->host, host) || str_equal(f->name, from) || !restore_plain(f->name))
            continue;
        page_say(page, "What", "If the backup is of another frontend: image/ROLE holds that one's "
                 "name, and this release does not correct it (PR #54399 came with 3.3.9).");
        page_shell(page, "sed -i 's/^name=.*/name=%s/' \"$META/image/ROLE\"", f->name);
    }
}

static void start_one(struct page *page, const struct restore_facts *facts, const char *host)
{
    bool group = starrocks_value(SR_RESET_SWITCH, facts->release, RESET_ELECTION_GROUP) ==
                 RESET_ELECTION_GROUP;
    const char *key = group ? "bdbje_reset_election_group" : "metadata_failure_recovery";

    page_step(page, 3, "Start it as the leader of a group of its own.");
    if (starrocks_value(SR_FOREIGN_ROLE, facts->release, 0) == 0)
        correct_role(page, facts, host);
    page_say(page, "What", "The switch only counts at a start.");
    page_shell(page, "cp -p conf/fe.conf conf/fe.conf.before && printf '\\n%s = true\\n' >> "
               "conf/fe.conf && bin/start_fe.sh --daemon", key);
    page_say(page, "Must see", "after a while, in belay \\leader and \\nodes: this FE leads and is "
             "the only one; the nodes come back alive; the data is what it was at the backup.");
    page_say(page, "If not", "log/fe.log says why. \"bdb dir is empty\": bdb is missing. \"checksum "
             "mismatch\": the image is damaged. \"Unmatched run mode\": fe.conf differs from that "
             "time.");
    page_step(page, 4, "Start it once more, without the switch.");
    page_say(page, "Why", "Left in, every later start of the leader throws the other frontends "
             "out.");
    page_shell(page, "bin/stop_fe.sh && cp -p conf/fe.conf.before conf/fe.conf && ! grep -n "
               "'^%s' conf/fe.conf && bin/start_fe.sh --daemon", key);
    page_say(page, "Must see", "no line; in belay \\leader: the same FE.");
}

static void join_others(struct page *page, const struct restore_facts *facts, const char *host)
{
    page_step(page, 5, "Let the others join, one after the other.");
    page_say(page, "What", "At the leader, by SQL:");
    for (size_t i = 0; i < facts->cluster.n_frontends; i++) {
        const struct frontend *f = &facts->cluster.frontends[i];
        if (!str_equal(f->host, host))
            page_say(page, "", "ALTER SYSTEM ADD %s \"%s:%u\";",
                     str_equal(f->role, "OBSERVER") ? "OBSERVER" : "FOLLOWER", f->host,
                     facts->edit_log_port);
    }
    if (facts->cluster.n_frontends == 0)
        page_say(page, "", "ALTER SYSTEM ADD FOLLOWER \"HOST:%u\"; for each host",
                 facts->edit_log_port);
    page_say(page, "What", "Then on its host: the old metadata aside, an empty directory, the first "
             "start with the leader's address (edit_log_port), later ones without.");
    page_shell(page, "mv meta meta.before && mkdir meta && bin/start_fe.sh --helper '%s:%u' "
               "--daemon", restore_plain(host) ? host : "HOST", facts->edit_log_port);
    page_say(page, "Must see", "in belay \\nodes: alive, its journal close to the leader's, before "
             "the next one.");
    page_step(page, 6, "Afterwards: \\nodes, \\mv list, counts, then \\image and \\backup. Let the "
              "loads in again. meta.before can go once nobody wants it.");
}

void restore_hand_write(struct page *page, const struct restore_facts *facts)
{
    const char *host = restored_host(facts);

    page_line(page, "%s", "");
    page_line(page, "This is the documented way for frontends that are started by hand (StarRocks "
              "docs, Meta_recovery.md). Do not follow it for frontends in Kubernetes: there, start "
              "belay where kubectl reaches them and ask again.");
    stop_all(page, facts);
    put_in_place(page, facts, host);
    start_one(page, facts, host);
    join_others(page, facts, host);
}
