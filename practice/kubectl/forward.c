/*
 * `kubectl port-forward`: listens on 127.0.0.1 (and ::1 without --address) and relays to the FE
 * that plays the pod. As recorded: a connect always succeeds, the first connection that the pod
 * refuses ends the whole forward, and so does the end of the pod.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "file.h"
#include "forward.h"
#include "relay.h"
#include "target.h"
#include "verbs.h"
#include "world_db.h"

#define RELAYS_MAX 64
#define QUERY_PORT 9030
#define LOOK_MS 200 /* how often the pod's end is looked for */

struct forward {
    struct call *call;
    const char *pod;
    int local, remote;   /* ports; local 0: any */
    int listeners[2];    /* IPv4, IPv6; -1: none */
    int64_t ended; /* how many times all forwards were ended when this one began */
    struct relay *relays[RELAYS_MAX];
    size_t n;
    long past; /* pieces from clients of relays that are over */
};

static volatile sig_atomic_t stop_signal;

static void on_signal(int number)
{
    stop_signal = number;
}

/* Said at once: the caller waits for the line. */
static void say(const char *text)
{
    file_write_all(STDOUT_FILENO, text, strlen(text), "stdout", NULL);
}

/* A listening socket on the loopback address; -1 with errno. */
static int listen_on(int family, int *port)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)*port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)*port)};
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    v6.sin6_addr = in6addr_loopback;
    struct sockaddr *address = family == AF_INET ? (struct sockaddr *)&v4 : (struct sockaddr *)&v6;
    socklen_t len = family == AF_INET ? sizeof v4 : sizeof v6;
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int one = 1;
    if (fd < 0)
        return -1;
    if (family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
    if (bind(fd, address, len) != 0 || listen(fd, 16) != 0 ||
        getsockname(fd, address, &len) != 0) {
        int kept = errno;
        close(fd);
        errno = kept;
        return -1;
    }
    *port = ntohs(family == AF_INET ? v4.sin_port : v6.sin6_port);
    return fd;
}

/* Opens the listeners and says so. false: the message is on stderr. */
static bool open_listeners(struct forward *forward)
{
    struct call *call = forward->call;
    int wanted = forward->local;
    forward->listeners[0] = listen_on(AF_INET, &forward->local);
    if (forward->listeners[0] < 0 && call->args.address) {
        call_fail(call,
                  "Unable to listen on port %d: Listeners failed to create with the following "
                  "errors: [unable to create listener: Error listen tcp4 127.0.0.1:%d: bind: %s]\n"
                  "error: unable to listen on any of the requested ports: [{%d %d}]",
                  wanted, wanted, errno == EADDRINUSE ? "address already in use" : strerror(errno),
                  wanted, forward->remote);
        return false;
    }
    forward->listeners[1] = call->args.address ? -1 : listen_on(AF_INET6, &forward->local);
    static const char *const shown[] = {"127.0.0.1", "[::1]"};
    for (int i = 0; i < 2; i++) {
        AUTO_FREE char *line = str_format("Forwarding from %s:%d -> %d\n", shown[i], forward->local,
                                          forward->remote);
        if (forward->listeners[i] >= 0)
            say(line);
    }
    return forward->listeners[0] >= 0 || forward->listeners[1] >= 0;
}

/* The port on 127.0.0.1 where the pod's FE really listens; 0: nothing listens there. */
static int real_port(struct forward *forward)
{
    if (forward->remote != QUERY_PORT)
        return 0;
    return (int)db_int(forward->call->db, 0,
                       "SELECT listen_port FROM fe WHERE pod = ?1 AND alive = 1", "s",
                       forward->pod);
}

static int connect_to(int port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = port > 0 ? socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) : -1;
    if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
        close(fd);
        return -1;
    }
    if (fd >= 0) /* what is passed on is not gathered first */
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    return fd;
}

/* Takes one connection. false: the pod refused it, which ends the forward. */
static bool take_connection(struct forward *forward, int listener)
{
    int near = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (near < 0 || forward->n == RELAYS_MAX) {
        if (near >= 0)
            close(near);
        return true;
    }
    setsockopt(near, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    AUTO_FREE char *line = str_format("Handling connection for %d\n", forward->local);
    say(line);
    int far = connect_to(real_port(forward));
    if (far < 0) {
        call_fail(forward->call,
                  "an error occurred forwarding %d -> %d: error forwarding port %d to pod %s/%s, "
                  "uid : no forward found for port %d in pod \"%s/%s\"",
                  forward->local, forward->remote, forward->remote, forward->pod, forward->call->ns,
                  forward->remote, forward->call->ns, forward->pod);
        close(near);
        return false;
    }
    fcntl(far, F_SETFL, O_NONBLOCK);
    forward->relays[forward->n++] = relay_new(near, far);
    return true;
}

/* The pod is gone, another one, or its FE does not run; or event forwards-die. */
static bool pod_ended(struct forward *forward)
{
    if (world_meta_int(forward->call->world, FORWARDS_ENDED) != forward->ended)
        return true;
    return forward->remote == QUERY_PORT && real_port(forward) == 0;
}

static long pieces(const struct forward *forward)
{
    long sum = forward->past;

    for (size_t i = 0; i < forward->n; i++)
        sum += forward->relays[i]->half[0].pieces;
    return sum;
}

/* A fault: with this piece the pod is lost. coming: another piece can be read. */
static bool is_lost(const struct forward *forward, bool coming)
{
    const struct faults *faults = &forward->call->faults;

    return faults->lost_at > 0 &&
           pieces(forward) + (faults->lost_before && coming) >= faults->lost_at;
}

static bool step(struct forward *forward)
{
    struct pollfd fds[2 + 2 * RELAYS_MAX];
    for (size_t i = 0; i < 2; i++)
        fds[i] = (struct pollfd){.fd = forward->listeners[i], .events = POLLIN};
    for (size_t i = 0; i < forward->n; i++)
        relay_want(forward->relays[i], &fds[2 + 2 * i]);
    if (poll(fds, 2 + 2 * forward->n, LOOK_MS) < 0)
        return errno == EINTR;
    for (size_t i = forward->n; i-- > 0;) {
        bool coming = (fds[2 + 2 * i].revents & POLLIN) != 0;
        char first;
        if (coming && recv(forward->relays[i]->half[0].from, &first, 1, MSG_PEEK) > 0 &&
            is_lost(forward, true))
            return false;
        bool goes_on = relay_move(forward->relays[i]);
        if (is_lost(forward, false))
            return false;
        if (goes_on)
            continue;
        forward->past += forward->relays[i]->half[0].pieces;
        relay_free(forward->relays[i]);
        forward->relays[i] = forward->relays[--forward->n];
    }
    for (size_t i = 0; i < 2; i++)
        if ((fds[i].revents & POLLIN) && !take_connection(forward, forward->listeners[i]))
            return false;
    return !pod_ended(forward);
}

/* "9030", ":9030", "19555:9030", names instead of the right number. false: message on stderr. */
static bool parse_ports(struct forward *forward, const char *text)
{
    const char *colon = strchr(text, ':');
    const char *remote = colon ? colon + 1 : text;
    if (str_equal(remote, "query") || str_equal(remote, "query-port"))
        forward->remote = QUERY_PORT;
    else
        forward->remote = (int)strtol(remote, NULL, 10);
    if (forward->remote < 1 || forward->remote > 65535) {
        call_fail(forward->call, "error: Pod '%s' does not have a named port '%s'", forward->pod,
                  remote);
        return false;
    }
    forward->local = colon ? (int)strtol(text, NULL, 10) : forward->remote;
    return true;
}

/* We end with our parent. Done first: it may go as soon as it has read our first line. */
static pid_t watch_parent(void)
{
    pid_t parent = getppid();
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    return parent;
}

int verb_forward(struct call *call)
{
    pid_t parent = watch_parent();
    const char *word = args_word(&call->args, 0), *ports = args_word(&call->args, 1);
    if (!word || !ports)
        return call_fail(call, "error: TYPE/NAME and list of ports are required for port-forward\n"
                               "See 'kubectl port-forward -h' for help and examples");
    AUTO_JSON *pod = target_pod(call, word);
    if (!pod)
        return 1;
    struct forward forward = {.call = call,
                              .ended = world_meta_int(call->world, FORWARDS_ENDED), .pod = json_str_at(pod, "metadata", "name", NULL)};
    const char *phase = json_str_at(pod, "status", "phase", NULL);
    if (!parse_ports(&forward, ports))
        return 1;
    if (!str_equal(phase, "Running"))
        return call_fail(call, "error: unable to forward port because pod is not running. Current "
                               "status=%s",
                         phase);
    if (!call_allowed(call, "create", kind_pods(), forward.pod, "portforward",
                      "error: error upgrading connection: ") ||
        !open_listeners(&forward))
        return 1;

    bool going = true;
    while (going && !stop_signal && getppid() == parent)
        going = step(&forward);
    while (forward.n > 0)
        relay_free(forward.relays[--forward.n]);
    if (!going)
        return call_fail(call, "error: lost connection to pod");
    if (stop_signal == SIGTERM) { /* kubectl dies of it, without a word and at once */
        signal(SIGTERM, SIG_DFL);
        raise(SIGTERM);
    }
    return 0;
}
