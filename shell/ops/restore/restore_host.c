/* Which hosts there are, and the way to each. */
#include "restore_host.h"

#include <belay/cluster.h>
#include <exec.h>
#include <mem.h>

#include "image_place.h"
#include "restore_acts.h"
#include "restore_scripts_host.h"

#define HOST_MARK "{host}"
#define LOOK_MS 60000

char *restore_line_after(const struct str *text, const char *word)
{
    size_t len = strlen(word);

    for (const char *line = str_text(text); *line != '\0';) {
        size_t n = strcspn(line, "\n");
        if (n > len && strncmp(line, word, len) == 0 && line[len] == ' ')
            return mem_textn(line + len + 1, n - len - 1);
        line += n + (line[n] == '\n');
    }
    return NULL;
}

bool restore_host_look(struct session *session, const char *place, const char *home,
                       struct str *ret, struct error *err)
{
    struct image_place at = {0};
    AUTO_STRV params = {0};
    int status = 0;

    strv_add(&params, home);
    bool ok = image_place_open(session, place, &at, err) &&
              exec_text(at.kube, (struct exec_target){at.pod, RESTORE_CONTAINER}, script_host_look,
                        &params, LOOK_MS, ret, &status, err);
    image_place_done(&at);
    return ok;
}

/* "ssh {host}" for one host; *ret_marked: the mark was there. New reference. */
static json_t *command_to(const json_t *command, const char *host, bool *ret_marked)
{
    json_t *words = json_array();
    size_t i;
    json_t *word;

    *ret_marked = false;
    json_array_foreach((json_t *)command, i, word)
    {
        const char *text = json_string_value(word);
        const char *mark = strstr(text, HOST_MARK);
        *ret_marked = *ret_marked || mark != NULL;
        AUTO_FREE char *filled = mark == NULL ? mem_text(text)
                                              : str_format("%.*s%s%s", (int)(mark - text), text, host,
                                                           mark + strlen(HOST_MARK));
        json_add_str(words, filled);
    }
    return words;
}

/* The place of a host as a text; "": no way leads there. free() it. */
static char *place_of(const struct restore_facts *facts, const char *host, bool first)
{
    bool marked = false;

    if (facts->place == NULL || !restore_plain(host))
        return mem_text("");
    AUTO_JSON *command = command_to(json_object_get(facts->place, "command"), host, &marked);
    if (!first && !marked)
        return mem_text("");
    AUTO_JSON *place = json_pack("{s:O,s:s}", "command", command, "dir", json_str(facts->place, "dir"));
    return image_place_text(place);
}

static void add(const struct restore_facts *facts, const struct frontend *f, bool first, json_t *ret)
{
    json_t *host = json_object();
    AUTO_FREE char *place = place_of(facts, f->host, first);

    json_put_str(host, "host", f->host);
    json_put_str(host, "role", str_equal(f->role, "OBSERVER") ? "OBSERVER" : "FOLLOWER");
    json_put_int(host, "port", f->query_port);
    json_put_str(host, "place", place);
    json_put_str(host, "home", facts->home);
    json_array_append_new(ret, host);
}

/* The frontend that gets the backup: the one it came from, else the leader, else a follower. */
static size_t first_of(const struct restore_facts *facts, const struct cluster *cluster)
{
    size_t found = 0;

    for (size_t i = cluster->n_frontends; i-- > 0;) {
        if (!str_equal(cluster->frontends[i].role, "OBSERVER"))
            found = i;
    }
    if (cluster->leader >= 0)
        found = (size_t)cluster->leader;
    for (size_t i = 0; i < cluster->n_frontends && facts->archive.given; i++) {
        if (str_equal(cluster->frontends[i].name, facts->archive.node_name))
            found = i;
    }
    return found;
}

json_t *restore_hosts(const struct restore_facts *facts)
{
    struct cluster then = {.leader = -1};
    const struct cluster *cluster = &facts->cluster;
    json_t *hosts = json_array();

    if (facts->archive.cluster != NULL && cluster_from_json(facts->archive.cluster, &then, NULL) &&
        then.n_frontends > 0)
        cluster = &then;
    size_t first = first_of(facts, cluster);
    if (first < cluster->n_frontends)
        add(facts, &cluster->frontends[first], true, hosts);
    for (size_t i = 0; i < cluster->n_frontends; i++) {
        if (i != first)
            add(facts, &cluster->frontends[i], false, hosts);
    }
    cluster_done(&then);
    return hosts;
}
