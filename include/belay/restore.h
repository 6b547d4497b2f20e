/*
 * The way back: how the metadata of a backup is put into this cluster as it is now, as a plan and as
 * a text for a person who does it with kubectl alone. Everything here reads only.
 */
#ifndef BELAY_RESTORE_H
#define BELAY_RESTORE_H

#include <stdbool.h>

#include <belay/error.h>
#include <belay/json.h>
#include <belay/plan.h>
#include <belay/session.h>
#include <belay/str.h>

/* How it is to be done; all of it may be absent. Borrowed. */
struct restore_wants {
    const char *form;        /* as --form takes it */
    bool keep_image;         /* start the frontends with the image that they have now */
    const char *meta_dir;    /* frontends that are processes of hosts: their metadata directory, … */
    const char *via_command; /* … the command that leads there, "{host}" in it for each, … */
    const char *home;        /* … and the FE's home; NULL: the directory above */
    const char *run;         /* the text is about this run of \restore, by its stamp, that stopped */
};

/*
 * Appends the text. backup is the directory of a backup, or NULL: then the archive is called
 * BACKUP/meta.tar. Without a form in wants it is what fits this cluster. A directory without a
 * manifest, as \backup has it before its end, is judged by its meta.tar alone; a name that ends in
 * ".part" is printed without that.
 *
 * ERR_USAGE: no such form, or a run that is none or of another form. ERR_VERDICT when the backup is damaged, when the form asked for cannot be
 * done here, or when no plan can work here (metadata on an emptyDir):
 * the hint says what to change. ERR_UNKNOWN when the cluster cannot be told, ERR_KUBE when kubectl
 * fails. Without kubectl the text is about frontends that are run by hand.
 */
bool restore_plan_text(struct session *session, const char *backup,
                       const struct restore_wants *wants, struct str *ret, struct error *err);

/*
 * Writes the text (mode 0600): to file when that is not NULL, else into the directory of the backup,
 * under a name that its manifest does not list. *ret_path is where; free() it. ERR_OUTPUT.
 */
bool restore_plan_save(const char *backup, const char *file, const struct str *text,
                       char **ret_path, struct error *err);

/* What --form takes, NULL behind the last. */
const char *restore_form_name(size_t i);

/*
 * Facts for the plan below: the backup, checked byte by byte, and the cluster, as far as it answers:
 * kubectl, or a way to the hosts, and the backup's own notes are enough. New reference in ret.
 * ERR_VERDICT when it must not be done (restore_run.h). Blocks.
 */
bool restore_gather(struct session *session, const char *backup, const struct restore_wants *wants,
                    json_t **ret, struct error *err);

/* The plan that restores. Free with plan_free; NULL with the error. */
struct plan *restore_plan(const char *command, const json_t *facts, struct error *err);

#endif
