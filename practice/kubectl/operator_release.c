/* The table of operator releases. */
#include "operator_release.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define LAST 999999

/* starrocks-kubernetes-operator; recorded on 1.7.1, 1.9.4, 1.9.10, 1.11.3 and 1.11.5. */
static const struct {
    enum operator_trait trait;
    int from, to;
    const char *source;
} TRAITS[] = {
    {OPERATOR_AT_ONCE, 107000, 107999, "the hash is that of the live object; recorded 1.7.1"},
    {OPERATOR_WHOLE, 107000, 109000, "pkg/k8sutils/k8sutils.go, until #397"},
    {OPERATOR_OVER, 109001, 111003, "#397, until #718; recorded 1.9.10, 1.11.3"},
    {OPERATOR_INITS, 109005, LAST, "#499, #461"},
    {OPERATOR_STRATEGY, 109009, LAST, "#594"},
    {OPERATOR_STRATEGY_COUNTS, 110000, LAST, "#616; recorded 1.11.3, not 1.9.10"},
    {OPERATOR_KEEPS_MANY, 109001, LAST, "#394; recorded 1.9.4, 1.11.5"},
    {OPERATOR_GRACEFUL_STOP, 111000, LAST, "#658"},
    {OPERATOR_TELLS, 109000, LAST, "ff60bc9d"},
    {OPERATOR_ROLLOUT, 108000, LAST, "pkg/k8sutils/templates/statefulset/status.go at v1.8.0"},
    {OPERATOR_RECONCILING, 109000, LAST, "pkg/starrockscluster_controller.go at v1.8.8; recorded"
                                         " 1.7.1"},
    {OPERATOR_WAREHOUSES, 109000, LAST, "#323"},
    {OPERATOR_FULL_ROLLOUT, 111005, LAST, "#739"},
};

int operator_release(const char *image)
{
    const char *tag = image ? strrchr(image, ':') : NULL;
    int major = 0, minor = 0, patch = 0;
    if (!tag || sscanf(tag, ":v%3d.%3d.%3d", &major, &minor, &patch) != 3)
        return LAST;
    return major * 100000 + minor * 1000 + patch;
}

bool operator_has(int release, enum operator_trait trait)
{
    for (size_t i = 0; i < sizeof TRAITS / sizeof *TRAITS; i++)
        if (TRAITS[i].trait == trait && release >= TRAITS[i].from && release <= TRAITS[i].to)
            return true;
    return false;
}
