/* Opens the state file, keeps its clock and its small values. */
#include "world.h"

#include <string.h>

#include <belay/str.h>

#include "clock.h"
#include "file.h"
#include "mem.h"
#include "scenario.h"
#include "world_db.h"
#include "world_events.h"

struct world {
    sqlite3 *db;
    char *dir;
    int64_t at_ms; /* in a transaction: the moment it has, of an event: the event's; else 0 */
};

static char *state_path(const char *dir)
{
    return file_join(dir, "cluster.db");
}

bool world_exists(const char *dir)
{
    AUTO_FREE char *path = state_path(dir);
    return file_exists(path);
}

/* Which tables there are: a number that another text of the schema does not have. */
static int64_t schema_number(void)
{
    uint32_t hash = 2166136261U; /* FNV-1a */
    for (const char *p = world_schema; *p != '\0'; p++)
        hash = (hash ^ (unsigned char)*p) * 16777619U;
    return (int64_t)(hash & 0x7FFFFFFFU);
}

/* A state file that another version of belay wrote has other tables. */
static bool is_ours(struct world *w, struct error *err)
{
    if (db_int(w->db, 0, "PRAGMA user_version", "") == schema_number())
        return true;
    error_set(err, ERR_USAGE, "the practice cluster in %s is of another version of belay", w->dir);
    return error_hint(err, "give another --practice-dir, or remove this one: only practice is in it");
}

static struct world *open_at(const char *dir, int flags, struct error *err)
{
    struct world *w = mem_alloc(sizeof *w);
    w->dir = mem_text(dir);
    AUTO_FREE char *path = state_path(dir);
    if (sqlite3_open_v2(path, &w->db, flags | SQLITE_OPEN_FULLMUTEX, NULL) != SQLITE_OK) {
        error_set(err, ERR_USAGE, "cannot open %s: %s", path, sqlite3_errmsg(w->db));
        world_close(w);
        return NULL;
    }
    sqlite3_busy_timeout(w->db, 10000);
    /* What is created is removed again when that fails: it needs no journal, and is half the size. */
    const char *journal = (flags & SQLITE_OPEN_CREATE) != 0 ? "OFF" : "WAL";
    AUTO_FREE char *pragmas = str_format("PRAGMA journal_mode=%s; PRAGMA synchronous=OFF;"
                                         "PRAGMA temp_store=MEMORY;"
                                         "PRAGMA case_sensitive_like=ON;", journal);
    if (!db_script(w->db, err, pragmas) || ((flags & SQLITE_OPEN_CREATE) == 0 && !is_ours(w, err))) {
        world_close(w);
        return NULL;
    }
    return w;
}

struct world *world_open(const char *dir, struct error *err)
{
    return open_at(dir, SQLITE_OPEN_READWRITE, err);
}

static bool fill(struct world *w, const char *scenario, int64_t speed, struct error *err)
{
    int64_t real = clock_unix_ms();
    AUTO_FREE char *number = str_format("PRAGMA user_version = %lld", (long long)schema_number());
    w->at_ms = real;
    return db_script(w->db, err, world_schema) && db_script(w->db, err, number) &&
           db_run(w->db, err,
                  "INSERT INTO meta VALUES ('base_real_ms', ?1), ('base_ms', ?1), ('speed', ?2),"
                  " ('last_ms', ?1)",
                  "ii", real, speed) &&
           scenario_load(w, scenario, err);
}

struct world *world_create(const char *dir, const char *scenario, int64_t speed, struct error *err)
{
    if (world_exists(dir)) {
        error_set(err, ERR_USAGE, "%s holds a practice cluster already", dir);
        return NULL;
    }
    if (!file_private_dir(dir, err))
        return NULL;
    struct world *w = open_at(dir, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, err);
    if (w == NULL)
        return NULL;
    bool done = world_begin(w, err) && fill(w, scenario, speed, err);
    if (!world_end(w, done, done ? err : NULL) || !done ||
        !db_script(w->db, err, "PRAGMA journal_mode=WAL")) {
        world_close(w);
        AUTO_FREE char *path = state_path(dir);
        file_remove_tree(path, NULL);
        return NULL;
    }
    return w;
}

void world_close(struct world *w)
{
    if (w == NULL)
        return;
    db_forget(w->db);
    sqlite3_close_v2(w->db);
    free(w->dir);
    free(w);
}

sqlite3 *world_db(struct world *w)
{
    return w->db;
}

const char *world_dir(struct world *w)
{
    return w->dir;
}

int64_t world_now_ms(struct world *w)
{
    if (w->at_ms != 0)
        return w->at_ms;
    int64_t base = world_meta_int(w, "base_ms");
    int64_t now = base + (clock_unix_ms() - world_meta_int(w, "base_real_ms")) *
                             world_meta_int(w, "speed");
    int64_t last = world_meta_int(w, "last_ms");
    return now > last ? now : last;
}

/* The clock goes on from `ms` now, whatever it said before. */
static bool rebase(struct world *w, int64_t ms, struct error *err)
{
    return world_meta_set_int(w, "base_ms", ms, err) &&
           world_meta_set_int(w, "base_real_ms", clock_unix_ms(), err);
}

bool world_set_speed(struct world *w, int64_t speed, struct error *err)
{
    if (speed < 1 || speed > 10000)
        return error_set(err, ERR_USAGE, "the speed must be 1 to 10000, not %lld",
                         (long long)speed);
    if (!world_begin(w, err))
        return false;
    bool done = rebase(w, world_now_ms(w), err) && world_meta_set_int(w, "speed", speed, err);
    return world_end(w, done, err) && done;
}

bool world_resume(struct world *w, struct error *err)
{
    if (!world_begin(w, err))
        return false;
    bool done = rebase(w, world_meta_int(w, "last_ms"), err);
    return world_end(w, done, err) && done;
}

bool world_begin(struct world *w, struct error *err)
{
    if (!db_script(w->db, err, "BEGIN IMMEDIATE"))
        return false;
    w->at_ms = world_now_ms(w); /* one moment for all that happens in it */
    return true;
}

bool world_end(struct world *w, bool keep, struct error *err)
{
    w->at_ms = 0;
    if (keep && db_script(w->db, err, "COMMIT"))
        return true;
    sqlite3_exec(w->db, "ROLLBACK", NULL, NULL, NULL);
    return !keep;
}

/* Takes what is due by `now`, oldest first; each event sees its own time as the present. */
static bool take_events(struct world *w, int64_t now, struct error *err)
{
    for (int i = 0; i < 20000; i++) {
        AUTO_STMT *row = db_prepare(w->db, err,
                                    "SELECT id, at_ms, kind, n, text FROM event WHERE at_ms <= ?1"
                                    " ORDER BY at_ms, id LIMIT 1", "i", now);
        if (row == NULL)
            return false;
        if (sqlite3_step(row) != SQLITE_ROW)
            return true;
        struct event event = {.at_ms = sqlite3_column_int64(row, 1),
                              .kind = db_column(row, 2),
                              .n = sqlite3_column_int64(row, 3),
                              .text = db_column(row, 4)};
        w->at_ms = event.at_ms;
        if (!event_happens(w, &event, err) ||
            !db_run(w->db, err, "DELETE FROM event WHERE id = ?1", "i",
                    sqlite3_column_int64(row, 0)))
            return false;
    }
    return true;
}

bool world_advance(struct world *w, struct error *err)
{
    int64_t now = world_now_ms(w);
    if (db_int(w->db, 0, "SELECT EXISTS (SELECT 1 FROM event WHERE at_ms <= ?1)", "i", now) == 0)
        return true;
    if (!world_begin(w, err))
        return false;
    bool done = take_events(w, now, err);
    done = done && world_meta_set_int(w, "last_ms", now, err);
    return world_end(w, done, done ? err : NULL) && done;
}

int64_t world_meta_int(struct world *w, const char *key)
{
    return db_int(w->db, 0, "SELECT value FROM meta WHERE key = ?1", "s", key);
}

char *world_meta_text(struct world *w, const char *key)
{
    return db_text(w->db, "SELECT value FROM meta WHERE key = ?1", "s", key);
}

bool world_meta_set_int(struct world *w, const char *key, int64_t value, struct error *err)
{
    return db_run(w->db, err,
                  "INSERT INTO meta VALUES (?1, ?2)"
                  " ON CONFLICT (key) DO UPDATE SET value = excluded.value", "si", key, value);
}

bool world_journal(struct world *w, struct error *err)
{
    int64_t id = world_meta_int(w, "journal_id") + 1;
    if (!world_meta_set_int(w, "journal_id", id, err))
        return false;
    if (world_meta_int(w, "roll_requested") == 0)
        return true;
    return world_meta_set_int(w, "roll_requested", 0, err) &&
           world_meta_set_int(w, "rolled_to", id, err);
}

bool world_starmgr_journal(struct world *w, struct error *err)
{
    int64_t id = world_meta_int(w, "starmgr_journal_id") + 1;
    if (!world_meta_set_int(w, "starmgr_journal_id", id, err))
        return false;
    if (world_meta_int(w, "starmgr_roll_requested") == 0)
        return true;
    return world_meta_set_int(w, "starmgr_roll_requested", 0, err) &&
           world_meta_set_int(w, "starmgr_rolled_to", id, err);
}

int64_t world_next_id(struct world *w)
{
    int64_t id = world_meta_int(w, "next_id");
    world_meta_set_int(w, "next_id", id + 1, NULL);
    return id;
}

bool world_schedule(struct world *w, int64_t in_ms, const char *kind, int64_t n, const char *text,
                    struct error *err)
{
    return db_run(w->db, err, "INSERT INTO event (at_ms, kind, n, text) VALUES (?1, ?2, ?3, ?4)",
                  "isis", world_now_ms(w) + in_ms, kind, n, text);
}
