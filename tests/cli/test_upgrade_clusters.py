"""One night of test_upgrade_path.py on each kind of cluster: operators old and new, none, Helm's, warehouses."""
import pytest

from practice import Practice
from test_upgrade_path import hop
from writes import begin


@pytest.mark.parametrize("scenario", [
    "plain-statefulset", "helm-owned", "warehouses", "seed,operator=1.9.4", "seed,operator=1.7.1",
    "seed,operator=1.9.10", "seed,operator=1.11.3", "shared-nothing,operator=1.9.4"])
def test_each_kind_of_cluster(scenario):
    with Practice(scenario) as cluster:
        cluster.sql("UPDATE mv SET next_run_ms = NULL")
        begin(cluster)
        hop(cluster, "4.0.7" if scenario == "warehouses" else "3.3.9")
