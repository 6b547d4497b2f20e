/* FE settings that belay changes for the length of a run. */
#ifndef BELAY_FE_SETTINGS_H
#define BELAY_FE_SETTINGS_H

#include <stdbool.h>

#include <belay/cluster.h>
#include <belay/error.h>
#include <belay/json.h>
#include <belay/plan.h>
#include <belay/session.h>
#include <belay/str.h>

/* The FE activates repairable views by itself, every minute, with whatever ACTIVE costs. */
#define SETTING_CHECKER "enable_mv_automatic_active_check"

/* The value on one FE; appends. */
bool setting_read(struct session *session, const char *host, const char *key, struct str *ret,
                  struct error *err);

/* The same of several on every FE: values gets {key: {host: value}} without the settings that a FE does
 * not have, unread {host: why} for those that cannot be asked. New references. Blocks. */
void settings_read(struct session *session, const struct cluster *cluster, const struct strv *keys,
                   json_t **ret_values, json_t **ret_unread);

/* ADMIN SET FRONTEND CONFIG ("key"="value"); appends. One key a statement. */
bool setting_sql(const char *key, const char *value, struct str *ret, struct error *err);

/* A change of one setting on all FEs. Texts are borrowed. */
struct setting_change {
    const char *key;
    const char *value;
    const char *undo;
    const char *op;       /* for the ledger: "setting away", "setting back"; NULL: no concern of it */
    const json_t *values; /* {host: value} that was observed */
    const json_t *unread; /* {host: why} */
};

/*
 * A step that sends it to the leader and reads it back on every FE that can be asked; the others are
 * named in what the plan leaves. A FE forgets it when it restarts. NULL: it cannot be quoted.
 */
struct step *setting_step(struct plan *plan, struct stage *stage, const struct cluster *cluster,
                          const struct setting_change *change, const char *id, const char *title,
                          struct error *err);

/* Adds to what a plan proves at its end that the step's setting is still so. */
void setting_final(struct plan *plan, const struct step *step);

/* What belay set it to, by the ledger's entry. Borrowed. */
const char *setting_wanted(const char *key, const json_t *entry);

/*
 * The value to put back: the leader's before belay changed it, by the ledger's entry (NULL: it did
 * not) or as observed; another FE's where the leader's is not known. "": none is. Borrowed.
 */
const char *setting_before(const struct cluster *cluster, const json_t *entry, const json_t *values);

#endif
