/* Finds the operator's Deployment. */
#include "operator_found.h"

#include <belay/json.h>
#include <belay/list.h>
#include <belay/str.h>
#include <kubectl.h>
#include <mem.h>

#include "restore/restore_set.h"

void operator_found_done(struct operator_found *found)
{
    free(found->name);
    free(found->ns);
    free(found->uid);
    free(found->selector);
    free(found->version);
    *found = (struct operator_found){0};
}

static void read_deployment(const json_t *deployment, struct operator_found *ret)
{
    AUTO_FREE char *selector = restore_selector(deployment);
    const json_t *metadata = json_object_get(deployment, "metadata");
    const char *name = json_str(metadata, "name"), *ns = json_str(metadata, "namespace");

    if (!kube_name_ok(name) || !kube_name_ok(ns) || !restore_plain(selector) ||
        !restore_plain(json_str(metadata, "uid")))
        return;
    ret->name = mem_text(name);
    ret->ns = mem_text(ns);
    ret->uid = mem_text(json_str(metadata, "uid"));
    ret->selector = mem_text(selector);
    ret->replicas = json_int(json_object_get(deployment, "spec"), "replicas");
}

/* The version is the tag of its image. */
void operator_find(struct kube *kube, struct operator_found *ret)
{
    static const char *const words[] = {"get", "deployments.apps", "--all-namespaces",
                                        "--selector=app=kube-starrocks-operator", "--output=json",
                                        "--request-timeout=15s"};
    AUTO_JSON *list = NULL;
    AUTO_STRV args = {0};
    AUTO_STR text = {0};

    kube_get(kube, "deployments.apps", NULL, "app=kube-starrocks-operator", &list, NULL);
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        strv_add(&args, words[i]);
    if (json_array_size(json_object_get(list, "items")) == 0 &&
        kube_run(kube, &args, NULL, 0, &text, NULL, NULL)) {
        json_decref(list);
        list = json_parse(str_text(&text), text.len, (size_t)64 << 20, NULL);
    }
    const json_t *deployment = json_array_get(json_object_get(list, "items"), 0);
    const json_t *containers = json_at(deployment, "spec", "template", "spec", "containers", NULL);
    const char *image = json_str(json_array_get(containers, 0), "image");
    const char *slash = strrchr(image, '/');
    const char *tag = strrchr(slash != NULL ? slash : image, ':');
    ret->n = json_array_size(json_object_get(list, "items"));
    if (deployment == NULL)
        return;
    ret->stopped = json_int(json_object_get(deployment, "status"), "readyReplicas") == 0;
    read_deployment(deployment, ret);
    if (tag != NULL && release_parse(tag, &ret->release))
        ret->version = mem_text(tag + 1);
}

int operator_crd_knows(struct kube *kube, const char *field)
{
    AUTO_ERROR err = {0};
    AUTO_STRV args = {0};

    strv_add(&args, "explain");
    strv_add(&args, field);
    strv_add(&args, "--api-version=starrocks.com/v1");
    if (kube_run(kube, &args, NULL, 0, NULL, NULL, &err))
        return 1;
    return err.message != NULL && strstr(err.message, "does not exist") != NULL ? 0 : -1;
}
