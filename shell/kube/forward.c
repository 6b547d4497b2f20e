/* kubectl port-forward as a child beside us. */
#include "forward.h"

#include <mem.h>
#include <process.h>

#include "kube_inside.h"

#define SAYS "Forwarding from 127.0.0.1:"

struct forward {
    struct process child;
    unsigned port;
};

struct forward *forward_start(struct kube *kube, const char *pod, unsigned port, struct error *err)
{
    AUTO_STRV args = {0};
    AUTO_STRV argv = {0};
    AUTO_STRV env = {0};
    AUTO_ERROR why = {0};
    AUTO_STR line = {0};
    struct forward *forward;

    if (!kube_name_ok(pod)) {
        error_set(err, ERR_KUBE, "\"%s\" is not the name of a pod", pod);
        return NULL;
    }
    strv_add(&args, "port-forward");
    strv_addf(&args, "pod/%s", pod);
    strv_addf(&args, ":%u", port);
    strv_add(&args, "--address=127.0.0.1");
    kube_argv(kube, &args, &argv);
    kube_environment(&env);
    forward = mem_alloc(sizeof(*forward));
    if (!process_start((const char *const *)argv.v, (const char *const *)env.v, NULL,
                       &forward->child, err)) {
        free(forward);
        return NULL;
    }
    if (process_read_line(&forward->child, 15000, &line, &why) &&
        str_starts(str_text(&line), SAYS) &&
        sscanf(line.s + strlen(SAYS), "%u", &forward->port) == 1 && forward->port > 0 &&
        forward->port < 65536)
        return forward;
    error_set(err, ERR_KUBE, "cannot reach %s through kubectl port-forward: %s%s", pod,
              why.code == ERR_NONE ? "it said: " : "",
              why.code == ERR_NONE ? str_text(&line) : why.message);
    forward_stop(forward);
    return NULL;
}

void forward_stop(struct forward *forward)
{
    if (forward == NULL)
        return;
    process_stop(&forward->child, 0);
    free(forward);
}

/* It says a line for each connection; unread they would fill the pipe and stop it. */
static void drain(struct forward *forward)
{
    AUTO_STR line = {0};

    while (process_read_line(&forward->child, 0, &line, NULL))
        str_clear(&line);
}

unsigned forward_port(const struct forward *forward)
{
    return forward->port;
}

bool forward_alive(struct forward *forward)
{
    drain(forward);
    return process_alive(&forward->child);
}
