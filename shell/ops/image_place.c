/* Where the metadata of an FE is reached, and whether it is the leader's. */
#include "image_place.h"

#include <belay/backup.h>
#include <belay/cluster.h>
#include <mem.h>

#include "image_files.h"
#include "kinds.h"
#include "session_inside.h"

#define COMMAND_WORDS 64

/* --- facts ------------------------------------------------------------------------------------- */

/* At blanks: what a shell would do with quotes is the shell's. */
static void words_of(const char *text, struct strv *ret)
{
    for (const char *p = text + strspn(text, " \t"); *p != '\0'; p += strspn(p, " \t")) {
        size_t len = strcspn(p, " \t");
        strv_addn(ret, p, len);
        p += len;
    }
}

bool backup_place(const char *dir, const char *command, json_t **ret, struct error *err)
{
    AUTO_STRV words = {0};
    size_t len = dir != NULL ? strlen(dir) : 0;

    *ret = NULL;
    if (dir == NULL && command == NULL)
        return true;
    if (dir == NULL) {
        error_set(err, ERR_USAGE, "--via-command needs --meta-dir: where the metadata lies there");
        return error_hint(err, "it is meta_dir of fe.conf, else meta in the FE's directory");
    }
    if (!kube_dir_ok(dir)) {
        error_set(err, ERR_USAGE, "--meta-dir %s: an absolute path of letters, digits and - _ . / , @ + is "
                  "wanted", dir);
        return error_hint(err, "a link with a plain name will do");
    }
    words_of(command != NULL ? command : "", &words);
    if (words.n > COMMAND_WORDS || (command != NULL && words.n == 0) ||
        (words.n > 0 && words.v[0][0] == '-'))
        return error_set(err, ERR_USAGE, "--via-command '%s' names no program", command);
    while (len > 1 && dir[len - 1] == '/')
        len--;
    AUTO_FREE char *path = mem_textn(dir, len);
    json_t *list = json_array();
    for (size_t i = 0; i < words.n; i++)
        json_add_str(list, words.v[i]);
    *ret = json_object();
    json_put(*ret, "command", list);
    json_put_str(*ret, "dir", path);
    return true;
}

char *image_place_text(const json_t *place)
{
    return json_canonical(place);
}

/* NULL: it is the name of a pod. New reference. */
static json_t *parse(const char *text)
{
    return *text == '{' ? json_parse(text, strlen(text), 1 << 16, NULL) : NULL;
}

static void command_of(const json_t *place, struct strv *ret)
{
    size_t i;
    json_t *word;

    json_array_foreach(json_object_get(place, "command"), i, word)
    {
        if (json_is_string(word))
            strv_add(ret, json_string_value(word));
    }
}

void image_place_way(const char *text, struct str *ret)
{
    AUTO_JSON *place = parse(text);
    AUTO_STRV command = {0};

    command_of(place, &command);
    if (command.n == 0)
        return;
    str_add(ret, " through ");
    strv_join(&command, " ", ret);
}

void image_place_say(const char *text, struct str *ret)
{
    AUTO_JSON *place = parse(text);

    str_add(ret, place != NULL ? json_str(place, "dir") : text);
    image_place_way(text, ret);
}

/* --- the way there ----------------------------------------------------------------------------- */

bool image_place_is_host(const char *text)
{
    return *text == '{';
}

bool image_place_open(struct session *session, const char *text, struct image_place *ret,
                      struct error *err)
{
    AUTO_JSON *place = parse(text);
    AUTO_STRV command = {0};

    *ret = (struct image_place){.pod_less = image_place_is_host(text)};
    if (!ret->pod_less) {
        ret->pod = mem_text(text);
        ret->kube = session_kube(session, err);
        return ret->kube != NULL;
    }
    ret->pod = mem_text(json_str(place, "dir"));
    if (!kube_dir_ok(ret->pod))
        return error_set(err, ERR_USAGE, "\"%s\" is no metadata directory", ret->pod);
    command_of(place, &command);
    ret->kube = kube_by_command(&command, ret->pod, session->options.kubectl_ms,
                                session->options.leave_fd);
    return true;
}

void image_place_done(struct image_place *place)
{
    if (place->pod_less)
        kube_free(place->kube);
    free(place->pod);
    *place = (struct image_place){0};
}

/* --- the leader's? ------------------------------------------------------------------------------ */

/* The value behind key= in text of Java's Properties, which writes \: for a colon. */
static void property(const char *text, const char *key, struct str *ret)
{
    size_t len = strlen(key);

    for (const char *line = text; *line != '\0'; line += strcspn(line, "\n"), line += *line == '\n') {
        if (strncmp(line, key, len) != 0 || line[len] != '=')
            continue;
        str_clear(ret);
        for (const char *p = line + len + 1; *p != '\0' && *p != '\n' && *p != '\r'; p++) {
            if (*p != '\\')
                str_addc(ret, *p);
        }
    }
}

static bool read_property(const struct image_place *place, const char *file, const char *key,
                          struct str *ret, struct error *err)
{
    AUTO_STR text = {0};

    if (!image_files_text(place->kube, place->pod, file, &text, err))
        return false;
    property(str_text(&text), key, ret);
    return ret->len > 0 || error_set(err, ERR_UNKNOWN, "%s: %s has no %s", place->pod, file, key);
}

static bool judge(const struct image_place *place, const struct cluster *cluster, const char *name,
                  const char *id, struct error *err)
{
    const struct frontend *leader = &cluster->frontends[cluster->leader];

    if (!str_equal(id, cluster->id)) {
        error_set(err, ERR_DRIFT, "%s is of cluster %s, the server says %s", place->pod, id, cluster->id);
        return error_hint(err, "nothing was copied; look at --meta-dir and --via-command");
    }
    if (str_equal(name, leader->name))
        return true;
    error_set(err, ERR_DRIFT, "%s is the metadata of %s, but %s leads now", place->pod, name,
              leader->name);
    return error_hint(err, "give the way to the leader's: \\leader names its host");
}

bool image_place_leads(struct session *session, const struct image_place *place, struct error *err)
{
    struct cluster cluster = {.leader = -1};
    bool checked = false;
    AUTO_STR name = {0};
    AUTO_STR id = {0};

    bool ok = cluster_read(session, false, &cluster, err) &&
              cluster_leader(session, &cluster, &checked, err) &&
              read_property(place, "ROLE", "name", &name, err) &&
              read_property(place, "VERSION", "clusterId", &id, err) &&
              judge(place, &cluster, name.s, id.s, err);
    cluster_done(&cluster);
    return ok;
}

static void ask(struct world *world, const struct probe *const *probes, size_t n, struct evidence *ret)
{
    for (size_t i = 0; i < n; i++) {
        struct image_place place = {0};
        AUTO_ERROR err = {0};
        if (image_place_open(session_of(world), probes[i]->args.v[0], &place, &err) &&
            image_place_leads(session_of(world), &place, &err))
            evidence_set(&ret[i], ANSWER_YES, "%s is the leader's by its ROLE", place.pod);
        else
            evidence_set(&ret[i], err.code == ERR_DRIFT ? ANSWER_NO : ANSWER_CANNOT_TELL, "%s",
                         err.message);
        image_place_done(&place);
    }
}

static void say(const struct probe *probe, struct str *ret)
{
    image_place_say(probe->args.v[0], ret);
    str_add(ret, " is the leader's");
}

const struct probe_kind probe_place_leads = {"place_leads", ask, say};
