/*
 * Takes the archive that lies in the pod, stream by stream. What a broken one brought stays when it is
 * the beginning of the pod's file by its digest: of a cut one nobody said that it is.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include <belay/str.h>
#include <clock.h>
#include <file.h>
#include <mem.h>

#include "backup_inside.h"
#include "backup_spool.h"
#include "session_inside.h"

#define TRIES 3 /* that bring nothing */
#define PAUSE_MS 1000

struct fetching {
    struct world *world;
    const struct image_place *place;
    const struct spool *spool;
    const char *path;
    int fd;
    uint64_t have;
};

/* PATH OFFSET: what comes behind so many bytes. */
static const char rest[] = "tail -c +$(($2 + 1)) \"$1\"";

static bool take(void *ctx, const void *data, size_t len, struct error *err)
{
    struct fetching *f = ctx;

    if (!file_write_all(f->fd, data, len, f->path, err))
        return false;
    f->have += len;
    world_progress(f->world, f->have, f->spool->size, "copying the metadata");
    return true;
}

/* A cut end mark may be behind the last byte: it goes. */
static bool open_file(struct fetching *f, struct error *err)
{
    struct stat st;

    f->fd = open(f->path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (f->fd < 0 || fstat(f->fd, &st) != 0)
        return error_errno(err, ERR_OUTPUT, "cannot open %s", f->path);
    f->have = (uint64_t)st.st_size;
    if (f->have <= f->spool->size)
        return true;
    f->have = f->spool->size;
    return ftruncate(f->fd, (off_t)f->have) == 0 ||
           error_errno(err, ERR_OUTPUT, "cannot shorten %s", f->path);
}

static bool close_file(struct fetching *f, struct error *err)
{
    bool ok = fsync(f->fd) == 0 || error_errno(err, ERR_OUTPUT, "cannot make %s durable", f->path);

    if (close(f->fd) != 0 && ok)
        ok = error_errno(err, ERR_OUTPUT, "cannot write %s", f->path);
    f->fd = -1;
    return ok;
}

/* What is here counts only as the beginning of what is there; else all of it is taken anew. */
static enum spool_end go_behind(struct fetching *f, struct error *err)
{
    char here[65];
    char there[65];
    uint64_t size = 0;

    if (f->have > 0) {
        world_progress(f->world, f->have, f->spool->size, "comparing what has arrived");
        if (!backup_hash(f->path, &size, here, err))
            return SPOOL_FAILED;
        if (!image_files_sum_of_first(f->place->kube, f->place->pod, f->spool->path, f->have, there,
                                      err))
            return err->code == ERR_STOPPED ? SPOOL_FAILED : SPOOL_BROKEN;
        if (!str_equal(here, there))
            f->have = 0;
    }
    if (ftruncate(f->fd, (off_t)f->have) == 0 && lseek(f->fd, 0, SEEK_END) >= 0)
        return SPOOL_WHOLE;
    error_errno(err, ERR_OUTPUT, "cannot write %s", f->path);
    return SPOOL_FAILED;
}

static enum spool_end stream(struct fetching *f, json_t *ret_offsets, struct error *err)
{
    struct exec_target target = {f->place->pod, FE_CONTAINER};
    struct exec_stream_end end = {0};
    AUTO_STRV params = {0};

    json_array_append_new(ret_offsets, json_integer((json_int_t)f->have));
    strv_add(&params, f->spool->path);
    strv_addf(&params, "%" PRIu64, f->have);
    bool ran = exec_stream(f->place->kube, target, rest, &params, 0, take, f, &end, err);
    AUTO_FREE char *why = end.why;
    if (!ran)
        return err->code == ERR_KUBE || err->code == ERR_CONNECTION ? SPOOL_BROKEN : SPOOL_FAILED;
    if (end.whole && f->have == f->spool->size)
        return SPOOL_WHOLE;
    error_set(err, ERR_VERDICT, "%s: %s", f->place->pod,
              end.whole ? "the archive there is shorter than it was" : why);
    return SPOOL_BROKEN;
}

static enum spool_end piece(struct fetching *f, json_t *ret_offsets, struct error *err)
{
    if (!open_file(f, err))
        return SPOOL_FAILED;
    enum spool_end end = go_behind(f, err);
    if (end == SPOOL_WHOLE && f->have < f->spool->size)
        end = stream(f, ret_offsets, err);
    AUTO_ERROR closing = {0};
    if (close_file(f, &closing))
        return end;
    if (end != SPOOL_FAILED)
        error_set(err, closing.code, "%s", closing.message);
    return SPOOL_FAILED;
}

enum spool_end spool_fetch(struct world *world, const struct image_place *place,
                           const struct spool *spool, const char *path, json_t *ret_offsets,
                           struct error *err)
{
    struct fetching f = {.world = world, .place = place, .spool = spool, .path = path, .fd = -1};
    uint64_t most = 0;

    for (int idle = 0;;) {
        error_done(err);
        enum spool_end end = piece(&f, ret_offsets, err);
        if (end != SPOOL_BROKEN || world_leaving(world))
            return end;
        idle = f.have > most ? 0 : idle + 1;
        most = f.have > most ? f.have : most;
        if (idle == TRIES)
            return end;
        AUTO_FREE char *text = str_format("going on: %s", err->message);
        world_progress(world, f.have, spool->size, text);
        clock_sleep(PAUSE_MS, world->leave_fd);
    }
}
