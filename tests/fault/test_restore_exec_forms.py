"""The other forms of \\restore: each kind of kubectl exec gone wrong once, another way in each form."""
import os
import re

import pytest

from exec_faults import HARMLESS, SAYS, Template, at_every_call, exec_calls, table
from restore import C, CR, OPERATOR, STS, get, kubectl, make_plain
from test_restore_exec_faults import LOOKS, metadata

PATIENT = ["--kubectl-timeout", "20"]  # far more than any call here takes


class Restore:
    """One form of it, on copies of one cluster that changed after its backup."""

    def __init__(self, options="", scenario="seed", change=lambda cluster: None, few=1):
        self.options, self.scenario, self.change, self.few = options, scenario, change, few
        self.before = None

    def prepare(self, cluster):
        self.change(cluster)
        done = cluster.belay(f"\\backup {cluster.home}/saved", timeout=120)
        assert done.rc == 0, done
        self.before = metadata(cluster)
        assert cluster.belay("CREATE DATABASE later").rc == 0
        # It is not wrecked: frontends that start in vain again and again keep the machine busy.

    def run(self, cluster):
        line = f"\\restore {cluster.home}/saved {self.options}"
        cluster.approve = cluster.digest(line, args=PATIENT)
        return cluster.belay(line, args=PATIENT, approve=cluster.approve, timeout=180)

    def is_done(self, cluster, row):
        assert metadata(cluster) == self.before, row
        assert cluster.sql("SELECT count(*), sum(alive) FROM fe") == [(3, 3)], row
        for kind, name in ((CR, C), ("sts", STS)):
            assert "belay-restore" not in get(cluster, kind, name, ".spec"), row
        assert "belay-restore" not in kubectl(cluster, "get", "pods", "-o", "name"), row
        assert get(cluster, "deploy", OPERATOR, ".spec.replicas") in ("1", ""), row

    def disturbed(self, template, row):
        with template.copy() as cluster:
            # What only looks is asked again at once: both answers are lost. Where the first does not
            # come there is no time for a second.
            twice = LOOKS.search(row.match) and row.kind not in (HARMLESS, "stalls")
            row.disturb(cluster, 2 if twice else 1)
            done = self.run(cluster)
            assert row.struck(cluster), (row, done)
            through = done.rc == 0
            if not through:
                self.stopped(cluster, done, row)
                done = cluster.belay("\\resume", approve=cluster.approve, args=PATIENT, timeout=180)
            assert done.rc == 0, (row, done)
            self.is_done(cluster, row)
            return through

    def stopped(self, cluster, done, row):
        """It says where and what; and what a frontend would start from is all old, or all new."""
        assert row.kind != HARMLESS, (row, done)
        meta = os.path.join(cluster.dir, "pods", f"{STS}-0", "opt/starrocks/fe/meta")
        new = "image-only" in self.options and not os.path.exists(f"{meta}/bdb")
        assert {"image"} | ({"bdb"} if not new else set()) <= set(os.listdir(meta)), (row, done)
        told = "\n".join(done.err.splitlines()[-4:])
        where = STS if "init-container" in self.options else "belay-restore-"
        assert where in told and re.search(SAYS, told) and "\\resume" in told, (row, done)

    def at_every_call(self):
        with Template(self.prepare, self.scenario) as template:
            with template.copy() as cluster:
                done = self.run(cluster)
                assert done.rc == 0, done
                self.is_done(cluster, "undisturbed")
                rows = table(exec_calls(cluster), self.few)
            assert len({row.match for row in rows}) >= 9
            return at_every_call(rows, lambda row: self.disturbed(template, row), 6)


FORMS = {"init container": Restore("--form init-container", few=1),
         "operator off": Restore("--form operator-off", few=2),
         "image only": Restore("--form image-only", "3.4.8", few=3),
         "plain StatefulSet": Restore(change=make_plain, few=4)}


@pytest.mark.parametrize("form", FORMS)
def test_every_call(form):
    ends = FORMS[form].at_every_call()
    assert ends.count(True) > 0 and ends.count(False) > 0, ends
