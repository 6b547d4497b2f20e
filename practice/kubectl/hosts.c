/* Hosts: addresses, scripts, pid files. */
#include "hosts.h"

#include <inttypes.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <belay/str.h>

#include "controllers.h"
#include "fe_start.h"
#include "mem.h"
#include "pods.h"
#include "pods_bytes.h"
#include "world_db.h"
#include "world_nodes.h"

#define FIRST 21          /* the last part of the first address, as in the recordings */
#define NO_PROCESS 9999999 /* above the largest pid_max of Linux */

bool hosts_are(struct world *w)
{
    return world_meta_int(w, "hosts") != 0;
}

char *hosts_address(int ordinal)
{
    return str_format("127.0.0.%d", FIRST + ordinal);
}

static bool write_script(struct world *w, const char *pod, const char *name, const char *text,
                         struct error *err)
{
    AUTO_FREE char *sub = str_format("bin/%s", name);
    AUTO_FREE char *path = pods_path(world_dir(w), pod, sub);

    return bytes_to_file(path, text, strlen(text), err) &&
           (chmod(path, 0755) == 0 || error_errno(err, ERR_OUTPUT, "cannot change %s", path));
}

static bool write_scripts(struct world *w, const char *pod, struct error *err)
{
    char self[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);

    if (len <= 0)
        return error_errno(err, ERR_FAILED, "cannot tell what program this is");
    self[len] = '\0';
    AUTO_FREE char *start = str_format("#!/bin/sh\n"
                                       "helper=\n"
                                       "while [ $# -gt 0 ]; do\n"
                                       "  [ \"$1\" != --helper ] || { helper=$2; shift; }\n"
                                       "  shift\n"
                                       "done\n"
                                       "exec '%s' start-fe --dir '%s' --arg \"$helper\" '%s'\n",
                                       self, world_dir(w), pod);
    AUTO_FREE char *stop = str_format("#!/bin/sh\nexec '%s' stop-fe --dir '%s' '%s'\n", self,
                                      world_dir(w), pod);
    return write_script(w, pod, "start_fe.sh", start, err) &&
           write_script(w, pod, "stop_fe.sh", stop, err);
}

/* The same frontend under its host's address. */
static bool move(struct world *w, struct controllers *c, const char *pod, int ordinal,
                 struct error *err)
{
    AUTO_FREE char *host = hosts_address(ordinal);

    return db_run(world_db(w), err,
                  "UPDATE fe SET name = replace(name, host, ?2), host = ?2"
                  " WHERE pod = ?1", "ss", pod, host) &&
           fe_identity(c, pod, err) && write_scripts(w, pod, err);
}

bool hosts_begin(struct world *w, struct error *err)
{
    struct controllers c = {.world = w, .db = world_db(w), .at = world_now_ms(w)};
    AUTO_STMT *row = db_prepare(world_db(w), err, "SELECT pod, ordinal FROM fe", "");

    while (row != NULL && sqlite3_step(row) == SQLITE_ROW) {
        if (!move(w, &c, db_column(row, 0), sqlite3_column_int(row, 1), err))
            return false;
    }
    /* A process that starts anew listens on its own address. */
    return row != NULL && world_meta_set_int(w, "hosts", 1, err) &&
           db_run(world_db(w), err, "UPDATE fe SET start_ms = start_ms + 1", "") &&
           db_script(world_db(w), err, "DELETE FROM k8s_object; DELETE FROM k8s_pod") &&
           hosts_look(w, err);
}

static bool runs(struct world *w, const char *pod)
{
    return db_int(world_db(w), 0, "SELECT count(*) FROM fe WHERE pod = ?1 AND alive", "s", pod) > 0;
}

bool hosts_fe_start(struct world *w, const char *pod, const char *helper, struct error *err)
{
    struct controllers c = {.world = w, .db = world_db(w), .at = world_now_ms(w)};
    bool exits = false;

    if (runs(w, pod))
        return error_set(err, ERR_FAILED, "Frontend running as process %" PRId64
                         ".  Stop it first.", world_meta_int(w, "server_pid"));
    /* start_fe.sh does not wait for what becomes of it. */
    return fe_start_on_host(&c, pod, helper, &exits, err) &&
           (exits || nodes_fe_start(w, pod, NULL, err)) && hosts_look(w, err);
}

bool hosts_fe_stop(struct world *w, const char *pod, struct error *err)
{
    if (!runs(w, pod))
        return error_set(err, ERR_FAILED, "ERROR: pid process may not be FE. ");
    AUTO_FREE char *pid = pods_path(world_dir(w), pod, "bin/fe.pid");
    if (!nodes_fe_stop(w, pod, err) || !hosts_look(w, err))
        return false;
    return unlink(pid) == 0 || error_errno(err, ERR_OUTPUT, "cannot remove %s", pid);
}

/* A process that ended by itself leaves its file, with a number that is nobody's. */
bool hosts_look(struct world *w, struct error *err)
{
    AUTO_STMT *row = db_prepare(world_db(w), err, "SELECT pod, alive FROM fe", "");

    while (hosts_are(w) && row != NULL && sqlite3_step(row) == SQLITE_ROW) {
        bool alive = sqlite3_column_int(row, 1) != 0;
        AUTO_FREE char *path = pods_path(world_dir(w), db_column(row, 0), "bin/fe.pid");
        AUTO_FREE char *text = str_format("%" PRId64 "\n",
                                          alive ? world_meta_int(w, "server_pid") : NO_PROCESS);
        if (!alive && access(path, F_OK) != 0)
            continue;
        if (!bytes_to_file(path, text, strlen(text), err))
            return false;
    }
    return row != NULL;
}
