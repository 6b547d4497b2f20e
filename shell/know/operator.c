/* The release table of the operator. Rows of one behaviour do not overlap; a test checks that. */
#include "operator.h"

#include <stddef.h>

#define R(a, b, c) {a, b, c}
#define ALWAYS {0, 0, 0}

static const struct behaviour_row table[] = {
    {OP_PROBE_FIELD, R(1, 2, 0), R(1, 8, 4), 0,
     "this operator has no field for the startup probe: an FE that loads for more than its "
     "probe allows is killed",
     "starrocks-kubernetes-operator 125f47ff, first in v1.8.4"},
    {OP_PROBE_FIELD, R(1, 8, 4), ALWAYS, 1, NULL,
     "starrocks-kubernetes-operator 125f47ff, first in v1.8.4"},

    {OP_REFUSES_ONE, R(1, 2, 0), R(1, 9, 1), 0,
     "from more than one to one is obeyed by this operator, and leaves one FE without a majority",
     "before starrocks-kubernetes-operator #394"},
    {OP_REFUSES_ONE, R(1, 9, 1), ALWAYS, 1,
     "from more than one to one is refused by this operator, and then it applies no other change",
     "starrocks-kubernetes-operator #394 (50b22417); recorded on 1.11.5"},

    {OP_UNDOES_EDITS, R(1, 6, 0), R(1, 7, 0), 0, NULL,
     "starrocks-kubernetes-operator pkg/k8sutils/k8sutils.go at v1.6.1"},
    {OP_UNDOES_EDITS, R(1, 7, 0), R(1, 8, 0), 1,
     "this operator puts a StatefulSet that was edited by hand back within a second",
     "starrocks-kubernetes-operator pkg/k8sutils/k8sutils.go at v1.7.1; recorded on 1.7.1"},
    {OP_UNDOES_EDITS, R(1, 8, 0), ALWAYS, 0,
     "a StatefulSet scaled by hand stays so until the next change of the resource, and then jumps "
     "back",
     "starrocks-kubernetes-operator pkg/common/resource_utils/statefulset.go; recorded on 1.11.5"},

    {OP_INIT_FIELD, R(1, 2, 0), R(1, 9, 5), 0,
     "this operator has no field for init containers (it came with 1.9.5)",
     "before starrocks-kubernetes-operator #499 (d5fb6d35)"},
    {OP_INIT_FIELD, R(1, 9, 5), ALWAYS, 1, NULL,
     "starrocks-kubernetes-operator #499 (d5fb6d35); recorded on 1.11.5"},

    {OP_KEEPS_INIT, R(1, 9, 1), R(1, 11, 4), 1,
     "this operator writes a JSON merge patch, which leaves a list that is not wanted any more",
     "starrocks-kubernetes-operator #397 (b437e476), pkg/k8sutils/k8sutils.go at v1.11.3"},
    {OP_KEEPS_INIT, R(1, 11, 4), ALWAYS, 0, NULL,
     "starrocks-kubernetes-operator #718 (5262d6f1), PatchByThreeWayMerge"},

    {OP_RECOVERY_FIELD, R(1, 2, 0), R(1, 10, 0), 0,
     "the resource has disasterRecovery with operators from 1.10.0 on",
     "starrocks-kubernetes-operator #621"},
    {OP_RECOVERY_FIELD, R(1, 10, 0), ALWAYS, 1, NULL, "starrocks-kubernetes-operator #621"},
    {OP_DROPS_NODES, R(1, 2, 0), R(1, 11, 0), 0, NULL, "before starrocks-kubernetes-operator #663"},
    {OP_DROPS_NODES, R(1, 11, 0), ALWAYS, 1,
     "this operator drops compute nodes that the restored metadata lists and that have no pod",
     "starrocks-kubernetes-operator #663 (2d52369a), cn_controller.go"},

    {OP_ON_DELETE, R(1, 2, 0), R(1, 9, 9), ON_DELETE_NEVER,
     "the resource has no updateStrategy before operator 1.9.9, and one that is put into the "
     "StatefulSet by hand is overwritten together with the image",
     "before starrocks-kubernetes-operator #594 (0c8aefb0); recorded on 1.9.4 and 1.7.1"},
    {OP_ON_DELETE, R(1, 9, 9), R(1, 11, 4), ON_DELETE_SET_FIRST,
     "this operator's own write of OnDelete is refused by the API server, and takes the image with it, "
     "unless the StatefulSet has it already",
     "starrocks-kubernetes-operator #594 (0c8aefb0); recorded on 1.9.10 and 1.11.3"},
    {OP_ON_DELETE, R(1, 11, 4), ALWAYS, ON_DELETE_BY_RESOURCE, NULL,
     "starrocks-kubernetes-operator #718 (5262d6f1), PatchByThreeWayMerge; recorded on 1.11.5"},

    {OP_HASHES_STRATEGY, R(1, 2, 0), R(1, 10, 0), 0,
     "this operator does not see that the strategy alone was changed",
     "before starrocks-kubernetes-operator #616; recorded on 1.9.10"},
    {OP_HASHES_STRATEGY, R(1, 10, 0), ALWAYS, 1, NULL,
     "starrocks-kubernetes-operator #616; recorded on 1.11.3 and 1.11.5"},
};

const struct behaviour_row *operator_row(enum operator_behaviour what, struct release release)
{
    return behaviour_find(table, sizeof(table) / sizeof(table[0]), what, release);
}

int operator_value(enum operator_behaviour what, struct release release, int careful)
{
    const struct behaviour_row *row = operator_row(what, release);

    return row == NULL ? careful : row->value;
}

const struct behaviour_row *operator_table(unsigned *ret_rows)
{
    *ret_rows = (unsigned)(sizeof(table) / sizeof(table[0]));
    return table;
}
