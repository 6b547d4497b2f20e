/* Two runs at once would each take the other's effect for a change of the world. */
#include "hold.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sys/file.h>
#include <unistd.h>

#include <belay/str.h>
#include <clock.h>
#include <file.h>

#define MAX_HOLDER 1024

static int held_by_another(const char *path, struct error *err)
{
    AUTO_STR holder = {0};

    if (!file_read(path, MAX_HOLDER, &holder, NULL))
        str_clear(&holder);
    error_set(err, ERR_LEASE, "another belay is working on this cluster: %s",
              holder.len > 0 ? holder.s : "it is just beginning");
    error_hint(err, "nothing was sent; wait until it has ended: \\journal list shows its run");
    return -1;
}

/* For people only: a holder that cannot be written down holds all the same. */
static void write_holder(int fd, const char *command)
{
    char host[256] = "";
    char now[CLOCK_TEXT];
    const struct passwd *who = getpwuid(getuid());
    AUTO_STR text = {0};

    gethostname(host, sizeof(host) - 1);
    clock_utc(clock_unix_ms(), now);
    str_addf(&text, "%s on %s, process %ld, \\%s, since %s", who != NULL ? who->pw_name : "somebody",
             host, (long)getpid(), command, now);
    if (ftruncate(fd, 0) == 0)
        file_write_all(fd, text.s, text.len, "run.lock", NULL);
}

int hold_take(const char *dir, const char *command, struct error *err)
{
    AUTO_FREE char *path = file_join(dir, "run.lock");

    if (!file_private_dir(dir, err))
        return -1;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        error_errno(err, ERR_OUTPUT, "cannot hold the cluster for this run: %s", path);
        return -1;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
        write_holder(fd, command);
        return fd;
    }
    int number = errno;
    close(fd);
    if (number == EWOULDBLOCK)
        return held_by_another(path, err);
    errno = number;
    error_errno(err, ERR_OUTPUT, "cannot hold the cluster for this run: %s", path);
    return -1;
}

bool hold_look(const char *dir, struct str *ret_path, struct str *ret_holder)
{
    AUTO_FREE char *path = file_join(dir, "run.lock");
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    bool held = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;

    if (held && file_read(path, MAX_HOLDER, ret_holder, NULL))
        str_add(ret_path, path);
    if (fd >= 0)
        close(fd);
    return held && ret_path->len > 0;
}
