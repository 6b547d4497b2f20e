/* The table of resource types. */
#include "kinds.h"

#include <strings.h>

static const struct kind kinds[] = {
    {"pods", "pod", "po", "", "v1", "Pod", true},
    {"statefulsets", "statefulset", "sts", "apps", "v1", "StatefulSet", true},
    {"starrocksclusters", "starrockscluster", "src", "starrocks.com", "v1", "StarRocksCluster",
     true},
    {"starrockswarehouses", "starrockswarehouse", "warehouses", "starrocks.com", "v1",
     "StarRocksWarehouse", true},
    {"configmaps", "configmap", "cm", "", "v1", "ConfigMap", true},
    {"persistentvolumeclaims", "persistentvolumeclaim", "pvc", "", "v1", "PersistentVolumeClaim",
     true},
    {"services", "service", "svc", "", "v1", "Service", true},
    {"deployments", "deployment", "deploy", "apps", "v1", "Deployment", true},
    {"events", "event", "ev", "", "v1", "Event", true},
    {"leases", "lease", "", "coordination.k8s.io", "v1", "Lease", true},
    {"poddisruptionbudgets", "poddisruptionbudget", "pdb", "policy", "v1", "PodDisruptionBudget", true},
    {"controllerrevisions", "controllerrevision", "", "apps", "v1", "ControllerRevision", true},
    {"endpoints", "endpoints", "ep", "", "v1", "Endpoints", true},
    {"poddisruptionbudgets", "poddisruptionbudget", "pdb", "policy", "v1", "PodDisruptionBudget", true},
    {"secrets", "secret", "", "", "v1", "Secret", true},
    {"nodes", "node", "no", "", "v1", "Node", false},
    {"namespaces", "namespace", "ns", "", "v1", "Namespace", false},
    {"customresourcedefinitions", "customresourcedefinition", "crd crds", "apiextensions.k8s.io",
     "v1", "CustomResourceDefinition", false},
};

/* Is the word of n bytes one of the names in a list by spaces? */
static bool in_list(const char *list, const char *word, size_t n)
{
    while (*list) {
        size_t len = strcspn(list, " ");
        if (len == n && strncasecmp(list, word, n) == 0)
            return true;
        list += len + (list[len] == ' ');
    }
    return false;
}

const struct kind *kind_find(const char *word)
{
    size_t n = strcspn(word, ".");
    const char *rest = word[n] ? word + n + 1 : NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const struct kind *k = &kinds[i];
        if (!in_list(k->plural, word, n) && !in_list(k->singular, word, n) &&
            !in_list(k->shorts, word, n) && !in_list(k->kind, word, n))
            continue;
        AUTO_FREE char *full = str_format("%s.%s", k->version, k->group);
        if (!rest || str_equal(rest, k->group) || str_equal(rest, full))
            return k;
    }
    return NULL;
}

const struct kind *kind_of_manifest(const char *api_version, const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const struct kind *k = &kinds[i];
        AUTO_FREE char *full = *k->group ? str_format("%s/%s", k->group, k->version)
                                         : str_format("%s", k->version);
        if (str_equal(api_version, full) && str_equal(name, k->kind))
            return k;
    }
    return NULL;
}

const struct kind *kind_pods(void)
{
    return &kinds[0];
}

char *kind_resource(const struct kind *kind)
{
    return *kind->group ? str_format("%s.%s", kind->plural, kind->group)
                        : str_format("%s", kind->plural);
}

char *kind_object(const struct kind *kind, const char *name)
{
    return *kind->group ? str_format("%s.%s/%s", kind->singular, kind->group, name)
                        : str_format("%s/%s", kind->singular, name);
}
