/*
 * FE settings: ADMIN SET FRONTEND CONFIG goes to all live FEs, ADMIN SHOW is answered by the FE that
 * is asked; so each one is asked (recorded on 3.3.5 to 4.1.0).
 */
#include "fe_settings.h"

#include <belay/str.h>
#include <quote.h>

#include "kinds.h"
#include "session_inside.h"

/* ret_there: the FE has it. */
static bool find(struct session *session, const char *host, const char *key, struct str *ret,
                 bool *ret_there, struct error *err)
{
    AUTO_RESULT rows = {0};
    AUTO_STR sql = {0};

    str_add(&sql, "ADMIN SHOW FRONTEND CONFIG LIKE ");
    if (!quote_text(key, &sql, err) || !session_read(session, host, sql.s, &rows, err))
        return false;
    *ret_there = false;
    for (size_t i = 0; i < rows.n_rows && !*ret_there; i++) {
        *ret_there = str_equal(result_text(&rows, i, "Key"), key);
        if (*ret_there)
            str_add(ret, result_text(&rows, i, "Value"));
    }
    return true;
}

bool setting_read(struct session *session, const char *host, const char *key, struct str *ret,
                  struct error *err)
{
    bool there = false;

    if (!find(session, host, key, ret, &there, err))
        return false;
    return there || error_set(err, ERR_UNKNOWN, "FE %s has no setting %s", host, key);
}

/* All of one FE; once it cannot be asked the rest is not tried. */
static bool read_all(struct session *session, const char *host, const struct strv *keys,
                     json_t *values, struct error *err)
{
    for (size_t i = 0; i < keys->n; i++) {
        json_t *of = json_object_get(values, keys->v[i]);
        AUTO_STR value = {0};
        bool there = false;
        if (!find(session, host, keys->v[i], &value, &there, err))
            return false;
        if (!there)
            continue;
        if (of == NULL) {
            of = json_object();
            json_put(values, keys->v[i], of);
        }
        json_put_str(of, host, str_text(&value));
    }
    return true;
}

void settings_read(struct session *session, const struct cluster *cluster, const struct strv *keys,
                   json_t **ret_values, json_t **ret_unread)
{
    *ret_values = json_object();
    *ret_unread = json_object();
    for (size_t i = 0; i < cluster->n_frontends; i++) {
        const struct frontend *f = &cluster->frontends[i];
        AUTO_ERROR err = {0};
        if (!f->alive)
            json_put_str(*ret_unread, f->host, "not alive");
        else if (!read_all(session, f->host, keys, *ret_values, &err))
            json_put_str(*ret_unread, f->host, err.message);
    }
}

bool setting_sql(const char *key, const char *value, struct str *ret, struct error *err)
{
    str_add(ret, "ADMIN SET FRONTEND CONFIG (");
    if (!quote_text_double(key, ret, err))
        return false;
    str_add(ret, "=");
    if (!quote_text_double(value, ret, err))
        return false;
    str_add(ret, ")");
    return true;
}

/* What the FEs of a probe say: how many of them this or that. */
struct told {
    size_t as_set, as_before, else_, not_told;
    struct str seen;
};

/* The hosts are the arguments from `at` on; old: the value of before, NULL: none is known. */
static void hear(struct session *session, const struct probe *probe, size_t at, const char *old,
                 struct told *ret)
{
    for (size_t i = at; i < probe->args.n; i++) {
        AUTO_STR value = {0};
        AUTO_ERROR err = {0};
        if (ret->seen.len > 0)
            str_add(&ret->seen, ", ");
        str_addf(&ret->seen, "%.*s ", (int)strcspn(probe->args.v[i], "."), probe->args.v[i]);
        if (!setting_read(session, probe->args.v[i], probe->args.v[0], &value, &err)) {
            str_addf(&ret->seen, "cannot tell (%s)", err.message);
            pool_forget(session->pool, probe->args.v[i]);
            ret->not_told++;
            continue;
        }
        str_add(&ret->seen, str_text(&value));
        bool set = str_equal(str_text(&value), probe->args.v[1]);
        bool before = !set && old != NULL && str_equal(str_text(&value), old);
        ret->as_set += set;
        ret->as_before += before;
        ret->else_ += !set && !before;
    }
}

static void answer_with(struct told *take, const struct probe *probe, enum answer answer,
                        struct evidence *ret)
{
    if (take->seen.len == 0)
        evidence_set(ret, ANSWER_CANNOT_TELL, "%s can be read back on no FE", probe->args.v[0]);
    else
        evidence_set(ret, answer, "%s", str_text(&take->seen));
    str_done(&take->seen);
}

static void ask(struct world *world, const struct probe *const *probes, size_t n,
                struct evidence *ret)
{
    for (size_t i = 0; i < n; i++) {
        struct told told = {0};
        hear(session_of(world), probes[i], 2, NULL, &told);
        answer_with(&told, probes[i], told.else_ > 0      ? ANSWER_NO
                                      : told.not_told > 0 ? ANSWER_CANNOT_TELL
                                                          : ANSWER_YES, &ret[i]);
    }
}

static void say(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s is %s on %zu FEs", probe->args.v[0], probe->args.v[1], probe->args.n - 2);
}

const struct probe_kind probe_setting = {"setting", ask, say};

/* A FE that restarted has the old value again, and the setting is to be put back all the same. */
static void ask_among(struct world *world, const struct probe *const *probes, size_t n,
                      struct evidence *ret)
{
    for (size_t i = 0; i < n; i++) {
        struct told told = {0};
        hear(session_of(world), probes[i], 3, probes[i]->args.v[2], &told);
        answer_with(&told, probes[i], told.else_ > 0      ? ANSWER_NO
                                      : told.not_told > 0 ? ANSWER_CANNOT_TELL
                                      : told.as_set > 0   ? ANSWER_YES
                                                          : ANSWER_NO, &ret[i]);
    }
}

static void say_among(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "%s is %s on one of %zu FEs, and on the others %s", probe->args.v[0], probe->args.v[1],
             probe->args.n - 3, probe->args.v[2]);
}

const struct probe_kind probe_setting_among = {"setting_among", ask_among, say_among};
