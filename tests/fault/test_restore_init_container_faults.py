"""\\restore in pods that an init container holds back, killed at every boundary of its journal."""
from restore import C, CR, STS, kubectl
from test_restore_faults import Restore, killed_at_every_boundary


def test_killed_at_every_boundary():
    with Restore(options="--form init-container") as restore:
        assert killed_at_every_boundary(restore) > 40
        for kind, name, path in ((CR, C, ".spec.starRocksFeSpec"), ("sts", STS, ".spec.template.spec")):
            assert kubectl(restore.cluster, "get", kind, name, "-o",
                           "jsonpath={%s.initContainers}" % path) == ""
