/* Which forms there are, and which one this cluster is restored with. */
#include "restore_form.h"

#include <mem.h>
#include <operator.h>

#include "restore_acts.h"
#include "restore_head.h"
#include "restore_image.h"
#include "restore_snapshot.h"
#include "restore_steps.h"
#include "restore_way.h"

static bool in_kubernetes(const struct restore_facts *facts, struct error *err)
{
    return facts->kind != RESTORE_HAND ||
           error_set(err, ERR_VERDICT, "no StatefulSet has these frontends%s", restore_no_kube(facts));
}

static bool may_make_pods(const struct restore_facts *facts, struct error *err)
{
    return facts->may_create_pods != 0 ||
           error_set(err, ERR_VERDICT, "you may not create pods in namespace %s", facts->set.ns);
}

static bool operator_acts(const struct restore_facts *facts, struct error *err)
{
    return !facts->op.stopped ||
           error_set(err, ERR_VERDICT, "the operator is not running: it would act on nothing");
}

static bool lacks_journal(const struct restore_facts *facts)
{
    return facts->archive.given && !facts->archive.has_journal;
}

static bool by_helper_pod(const struct restore_facts *facts, struct error *err)
{
    if (lacks_journal(facts))
        return error_set(err, ERR_VERDICT, "the backup holds no journal (bdb/*.jdb)");
    return in_kubernetes(facts, err) && may_make_pods(facts, err) && operator_acts(facts, err);
}

static bool from_image(const struct restore_facts *facts, struct error *err)
{
    return in_kubernetes(facts, err) && may_make_pods(facts, err) && operator_acts(facts, err) &&
           restore_image_can(facts, err);
}

static bool without_operator(const struct restore_facts *facts, struct error *err)
{
    if (facts->kind == RESTORE_PLAIN)
        return error_set(err, ERR_VERDICT, "no operator owns StatefulSet %s", facts->set.name);
    if (!in_kubernetes(facts, err) || !may_make_pods(facts, err) ||
        (lacks_journal(facts) && !restore_image_can(facts, err)))
        return false;
    if (*facts->op.name != '\0' && facts->op.n == 1)
        return true;
    return error_set(err, ERR_VERDICT, "%s", facts->op.n > 1
                     ? "more than one Deployment looks like the operator's"
                     : "the operator's Deployment (label app=kube-starrocks-operator) is not to be "
                       "seen");
}

/* Is there nothing in the way of an init container in the CR? */
static bool field_reaches_pods(const struct restore_facts *facts, struct error *err)
{
    const struct behaviour_row *row = operator_row(OP_INIT_FIELD, facts->op.release);

    if (row == NULL)
        return error_set(err, ERR_UNKNOWN, "the operator's release is not known, and before 1.9.5 it "
                         "has no field for init containers");
    if (row->value == 0)
        return error_set(err, ERR_VERDICT, "%s", row->says);
    if (facts->crd_has_init == 0)
        return error_set(err, ERR_VERDICT, "the installed CRD does not know initContainers and would "
                         "drop it (helm upgrade leaves an old CRD as it is)");
    return facts->crd_has_init > 0 ||
           error_set(err, ERR_UNKNOWN, "whether the installed CRD knows initContainers cannot be told");
}

static bool by_init_container(const struct restore_facts *facts, struct error *err)
{
    if (facts->kind == RESTORE_PLAIN)
        return error_set(err, ERR_VERDICT, "no operator owns StatefulSet %s", facts->set.name);
    if (!in_kubernetes(facts, err) || !operator_acts(facts, err) ||
        (lacks_journal(facts) && !restore_image_can(facts, err)) || !field_reaches_pods(facts, err))
        return false;
    if (facts->set.in_order && facts->wanted > 1)
        return error_set(err, ERR_VERDICT, "StatefulSet %s starts its pods in order (OrderedReady): "
                         "the first, held back, would keep the others away", facts->set.name);
    if (str_equal(facts->cr_first_init, RESTORE_CONTAINER) ||
        str_equal(facts->set.first_init, RESTORE_CONTAINER))
        return error_set(err, ERR_VERDICT, "an init container " RESTORE_CONTAINER " is there already: "
                         "an earlier restore was not finished");
    return true;
}

static bool run_by_hand(const struct restore_facts *facts, struct error *err)
{
    if (facts->kind != RESTORE_HAND)
        return error_set(err, ERR_VERDICT, "StatefulSet %s has these frontends", facts->set.name);
    return !lacks_journal(facts) || restore_image_can(facts, err);
}

static bool write_hand(struct page *page, const struct restore_facts *facts, int64_t now_ms,
                       struct error *err)
{
    (void)err;
    restore_hand_write(page, facts, now_ms);
    return true;
}

const struct restore_form restore_forms[] = {
    {.name = "helper-pod",
     .title = "a pod of its own on the volume of each frontend",
     .good = "it needs no field of the resource and leaves nothing in it, with any operator or none",
     .works = by_helper_pod,
     .write = restore_way_write,
     .plan = restoring_by_helpers},
    {.name = "image-only",
     .title = "the same, and the journal of the backup is left out",
     .works = from_image,
     .write = restore_way_write,
     .plan = restoring_by_helpers},
    {.name = "init-container",
     .title = "an init container in the resource, for this once, that holds each frontend back",
     .works = by_init_container,
     .holds = true,
     .write = restore_way_write,
     .plan = restoring_by_helpers},
    {.name = "operator-off",
     .title = "the operator at 0, the StatefulSet changed itself, helper pods",
     .works = without_operator,
     .by_set = true,
     .write = restore_way_write,
     .plan = restoring_without_operator},
    {.name = "cluster-snapshot",
     .title = "the cluster snapshot in the object storage, by the operator's disasterRecovery",
     .asked = true,
     .works = restore_snapshot_can,
     .gather = restore_snapshot_gather,
     .head = restore_snapshot_head,
     .write = restore_snapshot_write,
     .plan = restoring_by_snapshot},
    {.name = "hosts",
     .title = "frontends that are processes of hosts",
     .works = run_by_hand,
     .write = write_hand,
     .plan = restoring_on_hosts},
    {0},
};

static const struct restore_form *find(const char *name)
{
    const struct restore_form *form = restore_forms;

    while (form->name != NULL && !str_equal(form->name, name))
        form++;
    return form->name != NULL ? form : NULL;
}

const char *restore_form_name(size_t i)
{
    return restore_forms[i].name;
}

const struct restore_form *restore_form_of(const json_t *recipe)
{
    return find(json_str(recipe, "form"));
}

/* The first that works here unasked, other than `but`; NULL: none. */
static const struct restore_form *first_that_works(const struct restore_facts *facts,
                                                   const struct restore_form *but)
{
    for (const struct restore_form *form = restore_forms; form->name != NULL; form++) {
        if (form != but && !form->asked && form->works(facts, NULL))
            return form;
    }
    return NULL;
}

static bool unknown_form(const char *name, struct error *err)
{
    AUTO_STR names = {0};

    for (const struct restore_form *form = restore_forms; form->name != NULL; form++)
        str_addf(&names, "%s%s", names.len > 0 ? ", " : "", form->name);
    error_set(err, ERR_USAGE, "there is no form \"%s\" of a restore", name);
    return error_hint(err, "it is one of %s", names.s);
}

static bool take(struct restore_facts *facts, const struct restore_form *form, char *take_why)
{
    facts->form = form;
    facts->image_only = form->works == from_image || lacks_journal(facts);
    free(facts->form_why);
    facts->form_why = take_why;
    return true;
}

static bool asked_for(struct restore_facts *facts, const char *name, struct error *err)
{
    const struct restore_form *form = find(name);
    AUTO_ERROR why = {0};

    if (form == NULL)
        return unknown_form(name, err);
    if (form->works(facts, &why))
        return take(facts, form, mem_text("asked for by --form"));
    const struct restore_form *other = first_that_works(facts, form);
    error_set(err, why.code, "a restore by %s (%s) cannot be done here: %s", name, form->title,
              why.message);
    if (other == NULL)
        return error_hint(err, "no form of a restore can be done here as it is");
    return error_hint(err, "--form %s can: %s", other->name, other->title);
}

bool restore_form_choose(struct restore_facts *facts, const char *name, struct error *err)
{
    const struct restore_form *form = first_that_works(facts, NULL);
    AUTO_ERROR why = {0};

    if (name != NULL)
        return asked_for(facts, name, err);
    if (form == restore_forms)
        return take(facts, form, mem_text(form->good));
    restore_forms->works(facts, &why);
    if (form == NULL && lacks_journal(facts) && !restore_image_can(facts, err))
        return false;
    if (form == NULL)
        return take(facts, restore_forms, str_format("no form can be done here as it is: %s",
                                                     why.message));
    return take(facts, form, str_format("%s cannot be done here: %s", restore_forms->name,
                                        why.message));
}

void restore_form_others(const struct restore_facts *facts, struct str *ret)
{
    bool first = true;

    for (const struct restore_form *form = restore_forms; form->name != NULL; form++) {
        if (form == facts->form || !form->works(facts, NULL))
            continue;
        str_addf(ret, "%s%s", first ? "" : ", ", form->name);
        first = false;
    }
}

void restore_form_say(struct page *page, const struct restore_facts *facts)
{
    AUTO_STR others = {0};

    restore_form_others(facts, &others);
    page_say(page, "Form", "%s: %s", facts->form->name, facts->form->title);
    page_say(page, "", "why: %s", facts->form_why);
    if (others.len > 0)
        page_say(page, "", "can be done here too, with --form: %s", others.s);
}
