"""Every kubectl exec of \\backup gone wrong: what is proved is whole, what is refused is no backup."""
import os
import re

from exec_faults import HARMLESS, LIMIT, SAYS, Template, at_every_call, exec_calls, table
from restore import STS


def back_up(cluster):
    return cluster.belay(f"\\backup {cluster.home}/saved", args=LIMIT, timeout=180)


def whole(cluster, done, row):
    """A proved backup, from which nothing was left out since it could not be read."""
    path = f"{cluster.home}/saved"
    assert done.rc == 0 and done.out.startswith("proved  "), (row, done)
    assert "could not be read" not in done.err and "lacks" not in done.err, (row, done)
    assert not os.path.exists(path + ".part"), row
    verify = cluster.belay(f"\\backup verify {path}")
    assert verify.rc == 0 and verify.out.startswith("proved"), (row, verify)


def refused(cluster, done, row):
    """Nothing that looks like a backup, and why: with the pod, and what was wrong."""
    path = f"{cluster.home}/saved"
    assert row.kind != HARMLESS, (row, done)
    assert not os.path.exists(path), (row, done)
    assert not os.path.exists(path + ".part/manifest.json"), (row, done)
    told = "\n".join(done.err.splitlines()[-3:])
    assert STS in told and re.search(SAYS, told), (row, done)


def test_every_call_of_a_backup():
    with Template() as template:
        with template.copy() as cluster:
            whole(cluster, back_up(cluster), "undisturbed")
            rows = table(exec_calls(cluster))
        assert len({row.match for row in rows}) >= 12

        def run(row):
            with template.copy() as cluster:
                row.disturb(cluster)
                done = back_up(cluster)
                assert row.struck(cluster), (row, done)
                if done.rc != 0:
                    refused(cluster, done, row)
                    done = cluster.belay("\\resume", args=LIMIT, timeout=180)
                whole(cluster, done, row)

        at_every_call(rows, run, 10)  # most of the time a run waits for the image
