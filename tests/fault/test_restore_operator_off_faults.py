"""\\restore with the operator at 0, killed at every boundary of its journal."""
from restore import kubectl
from test_restore_faults import Restore, killed_at_every_boundary


def test_killed_at_every_boundary():
    with Restore(options="--form operator-off") as restore:
        assert killed_at_every_boundary(restore) > 44
        assert kubectl(restore.cluster, "get", "deploy", "kube-starrocks-operator", "-o",
                       "jsonpath={.spec.replicas} {.status.readyReplicas}") == "1 1"
