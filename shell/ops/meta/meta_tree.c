/* Judges a metadata directory: opens it, and what its members mean together. */
#include "meta_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collect.h"
#include "dir_walk.h"

void meta_verdict_done(struct meta_verdict *verdict)
{
    for (size_t i = 0; i < verdict->n_members; i++) {
        free(verdict->members[i].name);
        free(verdict->members[i].image);
        free(verdict->members[i].starmgr);
        free(verdict->members[i].je);
    }
    free(verdict->members);
    findings_done(&verdict->findings);
    strv_done(&verdict->lacks);
    free(verdict->role);
    free(verdict->node_name);
    free(verdict->host_type);
    free(verdict->run_mode);
    *verdict = (struct meta_verdict){0};
}

static int by_name(const void *name, const void *member)
{
    return strcmp(name, ((const struct meta_member *)member)->name);
}

const struct meta_member *meta_member_find(const struct meta_verdict *verdict, const char *name)
{
    if (verdict->n_members == 0)
        return NULL;
    return bsearch(name, verdict->members, verdict->n_members, sizeof(*verdict->members), by_name);
}

static bool is_dir_at(int dir_fd, const char *name)
{
    struct stat st;

    return fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

/* The metadata directory itself, or the meta/ in what was given. */
static void judge_dir(int dir_fd, struct meta_verdict *ret)
{
    struct collect collect = {.verdict = ret};
    int inner = -1;

    if (!is_dir_at(dir_fd, "image") && !is_dir_at(dir_fd, "bdb") && is_dir_at(dir_fd, "meta")) {
        inner = openat(dir_fd, "meta", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (inner < 0)
            findings_add(&ret->findings, FINDING_UNKNOWN, "meta", "cannot be opened: %s",
                         strerror(errno));
    }
    collect_dir(&collect, inner >= 0 ? inner : dir_fd);
    if (inner >= 0)
        close(inner);
    collect_judge(&collect);
    collect_done(&collect);
}

void meta_judge_archive(meta_reader *read, void *ctx, struct meta_verdict *ret)
{
    struct collect collect;

    *ret = (struct meta_verdict){0};
    collect = (struct collect){.verdict = ret};
    collect_tar(&collect, read, ctx);
    collect_judge(&collect);
    collect_done(&collect);
}

static ssize_t read_fd(void *ctx, void *buf, size_t len)
{
    ssize_t n;

    do {
        n = read(*(const int *)ctx, buf, len);
    } while (n < 0 && errno == EINTR);
    return n;
}

/* O_NONBLOCK: a FIFO must not hang us before we know what it is. */
bool meta_judge(const char *path, struct meta_verdict *ret, struct error *err)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

    if (fd < 0)
        return error_errno(err, errno == ENOENT || errno == ENOTDIR ? ERR_USAGE : ERR_UNKNOWN,
                           "cannot open %s", path);
    if (fstat(fd, &st) != 0) {
        error_errno(err, ERR_UNKNOWN, "cannot look at %s", path);
        close(fd);
        return false;
    }
    if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode)) {
        close(fd);
        return error_set(err, ERR_USAGE, "%s is neither a file nor a directory", path);
    }
    *ret = (struct meta_verdict){0};
    if (S_ISDIR(st.st_mode))
        judge_dir(fd, ret);
    else if (!dir_is_hollow(fd, &st, "", &ret->findings))
        meta_judge_archive(read_fd, &fd, ret);
    else
        ret->state = META_CANNOT_TELL;
    close(fd);
    return true;
}
