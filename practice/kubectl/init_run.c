/* Init containers (kubernetes.io/docs/concepts/workloads/pods/init-containers). */
#include "init_run.h"

#include <belay/json.h>
#include <belay/list.h>
#include <belay/str.h>

#include "file.h"
#include "init_files.h"
#include "mem.h"
#include "mounts.h"
#include "store.h"

#define NO_SUCH_COMMAND 127 /* as POSIX sh ends */
#define WAITS (-1)          /* no exit status yet */

/* One container at work. */
struct play {
    const char *dir;
    const json_t *pod, *container;
    struct str out; /* what it wrote, for the status */
};

/* What the container sees at an absolute path; NULL: nothing may be there. free() it. */
static char *place(const struct play *play, const char *path)
{
    if (*path != '/' || strstr(path, ".."))
        return NULL;
    char *claim = mounts_place(play->dir, play->pod, play->container, path);
    if (claim)
        return claim;
    AUTO_FREE char *image = mem_text(json_str(play->container, "image"));
    for (char *p = image; *p; p++)
        *p = *p == '/' || *p == ':' ? '_' : *p;
    return str_format("%s/images/%s%s", play->dir, image, path);
}

static int failed(struct play *play, const char *name, const char *path, const char *why)
{
    str_addf(&play->out, "%s: %s: %s", name, path, why);
    return 1;
}

/* rm -rf of a path, or of what is below it; what is not there is no error. */
static int play_rm(struct play *play, struct strv *words)
{
    AUTO_ERROR err = {0};
    for (size_t i = 2; i < words->n; i++) {
        bool below = str_ends(words->v[i], "/*");
        AUTO_FREE char *path = mem_textn(words->v[i], strlen(words->v[i]) - (below ? 2 : 0));
        AUTO_FREE char *real = place(play, path);
        if (!real)
            return failed(play, "rm", path, "not played");
        if (!(below ? init_empty(real, &err) : file_remove_tree(real, &err)))
            return failed(play, "rm", path, err.message);
    }
    return 0;
}

/* cp -r FROM/. TO */
static int play_cp(struct play *play, struct strv *words)
{
    AUTO_ERROR err = {0};
    if (words->n != 4 || !str_ends(words->v[2], "/."))
        return failed(play, "cp", words->v[words->n - 1], "not played");
    AUTO_FREE char *path = mem_textn(words->v[2], strlen(words->v[2]) - 2);
    AUTO_FREE char *from = place(play, path);
    AUTO_FREE char *to = place(play, words->v[3]);
    if (!from || !to || !file_exists(from))
        return failed(play, "cp: cannot stat", words->v[2], "No such file or directory");
    return init_copy(from, to, &err) ? 0 : failed(play, "cp", words->v[3], err.message);
}

static int play_command(struct play *play, const char *text, size_t len)
{
    static const struct {
        const char *name, *options; /* by space */
        int (*run)(struct play *play, struct strv *words);
    } known[] = {{"rm", " -rf -fr ", play_rm}, {"cp", " -r -a -rf ", play_cp}};
    AUTO_STRV words = {0};
    for (size_t i = 0; i < len;) {
        size_t n = strcspn(text + i, " \t\n");
        n = n < len - i ? n : len - i;
        if (n > 0) {
            AUTO_FREE char *word = mem_textn(text + i, n);
            strv_add(&words, word);
        }
        i += n + 1;
    }
    for (size_t i = 0; words.n > 2 && i < sizeof known / sizeof *known; i++) {
        AUTO_FREE char *option = str_format(" %s ", words.v[1]);
        if (str_equal(words.v[0], known[i].name) && strstr(known[i].options, option))
            return known[i].run(play, &words);
    }
    str_addf(&play->out, "sh: 1: %s: not found", words.n > 0 ? words.v[0] : "");
    return NO_SUCH_COMMAND;
}

/* command and args of the container in one list. */
static void command_of(const json_t *container, struct strv *ret)
{
    static const char *const keys[] = {"command", "args"};
    size_t i;
    json_t *word;
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        json_array_foreach (json_object_get(container, keys[k]), i, word)
            strv_add(ret, json_string_value(word) ? json_string_value(word) : "");
}

/* "while :; do sleep N & wait; done", behind a trap or not. */
static bool sleeps_for_ever(const char *text)
{
    static const char loop[] = "while :; do sleep ", end[] = " & wait; done";
    const char *at = strstr(text, loop);
    if (!at || (at != text && !str_starts(text, "trap ")))
        return false;
    at += sizeof loop - 1;
    at += strspn(at, "0123456789");
    return str_equal(at, end);
}

/* The exit status, or WAITS. A container without a command of its own does nothing here. */
static int play_container(struct play *play)
{
    AUTO_STRV command = {0};
    command_of(play->container, &command);
    if (command.n == 0)
        return 0;
    if (command.n != 3 || *command.v[1] != '-' || !str_ends(command.v[1], "c"))
        return play_command(play, "", 0);
    int status = 0;
    const char *at = command.v[2];
    if (sleeps_for_ever(at))
        return WAITS;
    while (at && status == 0) {
        const char *next = strstr(at, "&&");
        status = play_command(play, at, next ? (size_t)(next - at) : strlen(at));
        at = next ? next + 2 : NULL;
    }
    return status;
}

static json_t *running_json(const struct play *play, int64_t at)
{
    return json_pack("{s:s,s:s,s:s,s:b,s:b,s:i,s:{},s:{s:{s:o}}}", "name",
                     json_str(play->container, "name"), "image", json_str(play->container, "image"),
                     "imageID", "", "ready", 0, "started", 1, "restartCount", 0, "lastState", "state",
                     "running", "startedAt", store_time(at));
}

static json_t *status_json(const struct play *play, int status, int64_t at)
{
    if (status == WAITS)
        return running_json(play, at);
    json_t *end = json_pack("{s:{s:i,s:o,s:s,s:s}}", "terminated", "exitCode", status, "finishedAt",
                            store_time(at), "message", str_text(&play->out), "reason",
                            status == 0 ? "Completed" : "Error");
    json_t *wait = json_pack("{s:{s:s}}", "waiting", "reason", "CrashLoopBackOff");
    json_t *now = status == 0 ? end : wait, *last = status == 0 ? json_object() : end;
    if (status == 0)
        json_decref(wait);
    return json_pack("{s:s,s:s,s:s,s:b,s:i,s:o,s:o}", "name", json_str(play->container, "name"),
                     "image", json_str(play->container, "image"), "imageID", "", "ready",
                     (int)(status == 0), "restartCount", 0, "lastState", last, "state", now);
}

static bool behind(const json_t *pod, size_t count)
{
    const json_t *states = json_at(pod, "status", "initContainerStatuses", NULL);
    size_t i, ready = 0;
    json_t *state;
    json_array_foreach (states, i, state)
        ready += json_flag(state, "ready");
    return ready == count;
}

enum init_end init_run(const char *dir, json_t *pod, int64_t at)
{
    const json_t *containers = json_at(pod, "spec", "initContainers", NULL);
    if (behind(pod, json_array_size(containers)))
        return INIT_PASSED;
    json_t *states = json_array(), *container;
    enum init_end end = INIT_PASSED;
    size_t i;
    json_array_foreach (containers, i, container) {
        struct play play = {.dir = dir, .pod = pod, .container = container};
        int status = play_container(&play);
        json_array_append_new(states, status_json(&play, status, at));
        str_done(&play.out);
        end = status == 0 ? INIT_PASSED : status == WAITS ? INIT_WAITS : INIT_FAILED;
        if (end != INIT_PASSED)
            break;
    }
    json_put(json_object_get(pod, "status"), "initContainerStatuses", states);
    return end;
}
