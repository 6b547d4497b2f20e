/* The way back as a text, where that is saved, and as a plan. */
#include <belay/restore.h>

#include <belay/json.h>
#include <clock.h>
#include <file.h>
#include <mem.h>

#include "meta/manifest.h"
#include "restore_form.h"
#include "restore_head.h"
#include "restore_recipe.h"
#include "restore_run.h"
#include "restore_target.h"

/* The metadata of before lies under the run's name: any other would not be found, and nothing said. */
static bool run_is_named(const char *run, const struct restore_facts *facts, struct error *err)
{
    if (run == NULL)
        return true;
    if (!clock_is_stamp(run)) {
        error_set(err, ERR_USAGE, "'%s' is no run of \\restore", run);
        return error_hint(err, "it looks like 20261124T020000Z: \\restore tells it where it stops, and "
                               "each volume has a directory .belay/old-… of that name");
    }
    if (facts->kind == RESTORE_HAND)
        return error_set(err, ERR_USAGE, "--run is for frontends of a StatefulSet, and not for the form "
                         "%s", facts->form->name);
    return true;
}

bool restore_plan_text(struct session *session, const char *backup,
                       const struct restore_wants *wants, struct str *ret, struct error *err)
{
    struct restore_facts facts = {0};
    AUTO_STR text = {0};
    struct page page = {.out = &text, .kubectl = &facts.kubectl};
    int64_t now_ms = clock_unix_ms();

    if (!restore_facts_read(session, backup, wants, &facts, err))
        return false;
    bool ok = restore_form_choose(&facts, wants->form, err) && run_is_named(wants->run, &facts, err);
    if (ok) {
        restore_head_write(&page, &facts, now_ms);
        ok = facts.form->write(&page, &facts, now_ms, err);
    }
    restore_facts_done(&facts);
    if (ok)
        str_addn(ret, text.s, text.len);
    return ok;
}

/* A file that the manifest lists must stay as it was written: this one would damage the backup. */
static bool is_listed(const char *dir, const char *name)
{
    AUTO_FREE char *path = file_join(dir, MANIFEST_NAME);
    AUTO_JSON *manifest = file_exists(path) ? manifest_read(path, NULL) : NULL;
    size_t i;
    json_t *entry;

    json_array_foreach(json_object_get(manifest, "files"), i, entry)
    {
        if (str_equal(json_str(entry, "name"), name))
            return true;
    }
    return false;
}

bool restore_plan_save(const char *backup, const char *file, const struct str *text,
                       char **ret_path, struct error *err)
{
    AUTO_FREE char *dir = file_expand_home(backup != NULL ? backup : ".");
    AUTO_FREE char *path = NULL;

    if (file != NULL)
        path = file_expand_home(file);
    else if (!is_listed(dir, RESTORE_PLAN_FILE))
        path = file_join(dir, RESTORE_PLAN_FILE);
    else
        path = file_join(dir, MANIFEST_LATER_PLAN);
    if (!file_write_atomic(path, str_text(text), text->len, 0600, err))
        return false;
    *ret_path = mem_text(path);
    return true;
}

bool restore_gather(struct session *session, const char *backup, const struct restore_wants *wants,
                    json_t **ret, struct error *err)
{
    struct restore_facts facts = {0};

    if (!restore_facts_read(session, backup, wants, &facts, err))
        return false;
    if (!restore_form_choose(&facts, wants->form, err)) {
        restore_facts_done(&facts);
        return false;
    }
    AUTO_FREE char *image = facts.kind != RESTORE_HAND ? restore_start_image(&facts, wants->keep_image)
                                                       : NULL;
    bool ok = restore_refuse(&facts, image, err);
    if (ok) {
        *ret = restore_recipe(&facts, wants->keep_image);
        json_put(*ret, "head", restore_head_lines(&facts, image));
        AUTO_FREE char *through = facts.has_sql ? cluster_through(&facts.cluster) : NULL;
        json_put_str(*ret, "through", through != NULL                ? through
                                         : facts.kind == RESTORE_HAND ? "no frontend answers"
                                                                     : "kubectl: no frontend answers");
        ok = facts.form->gather == NULL || facts.form->gather(session, &facts, *ret, err);
        if (!ok) {
            json_decref(*ret);
            *ret = NULL;
        }
    }
    restore_facts_done(&facts);
    return ok;
}

struct plan *restore_plan(const char *command, const json_t *facts, struct error *err)
{
    struct plan *plan = restore_recipe_plan(command, facts, err);

    if (plan != NULL)
        plan->through = mem_text(json_str(facts, "through"));
    return plan;
}
