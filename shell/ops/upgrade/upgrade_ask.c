/* What the probes of an upgrade share: SQL at whichever frontend answers, rows of pods, a container's log. */
#include <belay/result.h>
#include <kubectl.h>

#include "session_inside.h"
#include "upgrade_inside.h"

#define LOG_LINES 20
#define LOG_MS 20000

const char *upgrade_pod_image(const json_t *pod, const char *container)
{
    size_t i;
    json_t *one;

    json_array_foreach((json_t *)json_at(pod, "spec", "containers", NULL), i, one)
    {
        if (str_equal(json_str(one, "name"), container))
            return json_str(one, "image");
    }
    return "";
}

bool upgrade_pod_ready(const json_t *pod)
{
    size_t i;
    json_t *one;

    json_array_foreach((json_t *)json_at(pod, "status", "conditions", NULL), i, one)
    {
        if (str_equal(json_str(one, "type"), "Ready"))
            return str_equal(json_str(one, "status"), "True");
    }
    return false;
}

bool upgrade_read(struct world *world, const char *through, const char *sql, struct result *ret,
                  struct error *err)
{
    struct session *session = session_of(world);

    if (session_read(session, NODE_ENTRY, sql, ret, err))
        return true;
    for (const char *at = through; *at != '\0' && !world_leaving(world);) {
        size_t len = strcspn(at, ",");
        AUTO_FREE char *node = mem_textn(at, len);
        if (session_read(session, node, sql, ret, NULL)) {
            error_done(err);
            return true;
        }
        at += len + (at[len] == ',');
    }
    return false;
}

const char *upgrade_list_of(const char *kind)
{
    return str_equal(kind, "FE")   ? "SHOW FRONTENDS"
           : str_equal(kind, "BE") ? "SHOW BACKENDS"
                                   : "SHOW COMPUTE NODES";
}

int upgrade_row(const struct result *rows, const char *pod, const char *address)
{
    AUTO_FREE char *prefix = str_format("%s.", pod);

    for (size_t i = 0; i < rows->n_rows; i++) {
        const char *host = result_text(rows, i, "IP");
        if (str_equal(host, pod) || str_starts(host, prefix) ||
            (*address != '\0' && str_equal(host, address)))
            return (int)i;
    }
    return -1;
}

bool upgrade_row_serves(const struct result *rows, size_t row, const char *release, struct str *why)
{
    const char *version = result_text(rows, row, "Version");
    struct release is = {0}, wanted = {0};

    if (strcasecmp(result_text(rows, row, "Alive"), "true") != 0) {
        str_addf(why, "%s is not alive", result_text(rows, row, "IP"));
        return false;
    }
    if (!release_parse(release, &wanted))
        return true;
    if (release_parse(version, &is) && release_compare(is, wanted) == 0)
        return true;
    str_addf(why, "%s says that it is of %s", result_text(rows, row, "IP"), version);
    return false;
}

static bool read_log(struct kube *kube, const char *pod, const char *container, bool previous,
                     struct str *ret)
{
    AUTO_STRV args = {0};

    strv_add(&args, "logs");
    strv_add(&args, pod);
    strv_addf(&args, "--container=%s", container);
    strv_addf(&args, "--tail=%d", LOG_LINES);
    strv_add(&args, "--limit-bytes=16384");
    if (previous)
        strv_add(&args, "--previous");
    return kube_run(kube, &args, NULL, LOG_MS, ret, NULL, NULL) && ret->len > 0;
}

void upgrade_log_tail(struct kube *kube, const char *pod, const char *container, struct strv *ret)
{
    AUTO_STR text = {0};

    if (kube == NULL ||
        (!read_log(kube, pod, container, true, &text) && !read_log(kube, pod, container, false, &text)))
        return;
    for (const char *line = text.s; *line != '\0';) {
        size_t len = strcspn(line, "\n");
        AUTO_FREE char *one = mem_textn(line, len);
        if (strspn(one, " \t\r") < len)
            strv_add(ret, one);
        line += len + (line[len] == '\n');
    }
}
