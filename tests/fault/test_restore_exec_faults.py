"""Every kubectl exec of \\restore gone wrong: resumed to the same end, and never a state between."""
import os
import re

from exec_faults import HARMLESS, LIMIT, SAYS, Template, at_every_call, exec_calls, table
from restore import STS, kubectl

LOOKS = re.compile(r" (new|live) \d\d%| [0-9]+% _{64}$")  # at the files, and at the archive in the pod


def metadata(cluster):
    return (cluster.sql("SELECT value FROM meta WHERE key IN ('cluster_id', 'token')"),
            cluster.sql("SELECT d.name, o.name, o.id FROM db d LEFT JOIN object o"
                        " ON o.db_id = d.id ORDER BY 1, 2"), cluster.views())


def put_back(cluster, before, row):
    assert metadata(cluster) == before, row
    assert cluster.sql("SELECT count(*), sum(alive) FROM fe") == [(3, 3)], row
    assert "belay-restore" not in kubectl(cluster, "get", "pods", "-o", "name"), row


def stopped(cluster, done, row):
    """It says where and what; and what a frontend would start from is all old, or all new."""
    assert row.kind != HARMLESS, (row, done)
    meta = os.path.join(cluster.dir, "pods", f"{STS}-0", "opt/starrocks/fe/meta")
    assert {"image", "bdb"} <= set(os.listdir(meta)), (row, done)
    told = "\n".join(done.err.splitlines()[-4:])
    assert "belay-restore-" in told and re.search(SAYS, told) and "\\resume" in told, (row, done)


def restore(cluster):
    line = f"\\restore {cluster.home}/saved"
    cluster.approve = cluster.digest(line)
    return cluster.belay(line, args=LIMIT, approve=cluster.approve, timeout=180)


def test_every_call_of_a_restore():
    before = []

    def prepare(cluster):
        done = cluster.belay(f"\\backup {cluster.home}/saved", timeout=120)
        assert done.rc == 0, done
        before.append(metadata(cluster))
        assert cluster.belay("CREATE DATABASE later").rc == 0
        cluster.event("wreck-meta")

    with Template(prepare) as template:
        with template.copy() as cluster:
            done = restore(cluster)
            assert done.rc == 0, done
            put_back(cluster, before[0], "undisturbed")
            rows = table(exec_calls(cluster))
        assert len({row.match for row in rows}) >= 10

        def run(row):
            with template.copy() as cluster:
                # What only looks is asked again at once: both answers are lost.
                row.disturb(cluster, 2 if LOOKS.search(row.match) and row.kind != HARMLESS else 1)
                done = restore(cluster)
                assert row.struck(cluster), (row, done)
                through = done.rc == 0
                if not through:
                    stopped(cluster, done, row)
                    done = cluster.belay("\\resume", approve=cluster.approve, args=LIMIT,
                                         timeout=180)
                assert done.rc == 0, (row, done)
                put_back(cluster, before[0], row)
                return through

        ends = at_every_call(rows, run, 6)
        assert ends.count(True) > 10 and ends.count(False) > 2, ends.count(True)
