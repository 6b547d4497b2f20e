/* A look-up of a host's name in a thread of its own, which may be left behind. */
#include "resolve.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <unistd.h>

#include <belay/str.h>
#include <mem.h>
#include <thread.h>

#include "connect_wait.h"

/* Shared by the thread and who waits for it; the last one frees it. */
struct lookup {
    pthread_mutex_t lock;
    int owners;
    int done[2]; /* pipe: readable when there is an answer */
    char *host;
};

static void release(struct lookup *lookup)
{
    pthread_mutex_lock(&lookup->lock);
    int left = --lookup->owners;
    pthread_mutex_unlock(&lookup->lock);
    if (left > 0)
        return;
    close(lookup->done[0]);
    close(lookup->done[1]);
    pthread_mutex_destroy(&lookup->lock);
    free(lookup->host);
    free(lookup);
}

static void *look_up(void *arg)
{
    struct lookup *lookup = arg;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;

    if (getaddrinfo(lookup->host, NULL, &hints, &list) == 0)
        freeaddrinfo(list);
    /* A pipe that nobody has filled takes one byte. */
    if (write(lookup->done[1], "", 1) == 1)
        release(lookup);
    return NULL;
}

static struct lookup *start(const char *host)
{
    struct lookup *lookup = mem_alloc(sizeof(*lookup));

    lookup->owners = 2;
    lookup->host = mem_text(host);
    pthread_mutex_init(&lookup->lock, NULL);
    if (pipe2(lookup->done, O_CLOEXEC) != 0)
        mem_fatal("no descriptor left to look up a name");
    if (!thread_start_detached(look_up, lookup))
        mem_fatal("no thread left to look up a name");
    return lookup;
}

/* Nothing to ask a name server for. */
static bool is_numeric(const char *host)
{
    struct in6_addr six;
    struct in_addr four;

    return inet_pton(AF_INET, host, &four) == 1 || inet_pton(AF_INET6, host, &six) == 1 ||
           str_equal(host, "localhost") || *host == '\0';
}

bool resolve_host(const char *host, struct connect_wait *wait, struct error *err)
{
    bool ok = true;

    if (host == NULL || is_numeric(host))
        return true;
    struct lookup *lookup = start(host);
    if (connect_wait_for(wait, lookup->done[0], POLLIN, -1) != 1)
        ok = wait->stopped ? error_set(err, ERR_STOPPED, "stopped while looking up %s", host)
                           : error_set(err, ERR_CONNECTION, "no name server told the address of %s "
                                       "within %lld s", host, (long long)(wait->limit_ms / 1000));
    /* An unknown name is left to the library, whose error scripts know. */
    release(lookup);
    return ok;
}
