"""A port-forward that dies in each step of a plan: opened again, gone on with, no statement sent twice."""
import re

from exec_faults import Template, at_every_call
from forwards import forwards, run
from upgrades import deleted, is_of
from writes import begin, states

PAUSE = ("\\writes pause",)
GO = ("--approve", "reversible")


def test_in_each_step_of_a_plan():
    with Template(lambda cluster: cluster.sql("UPDATE mv SET next_run_ms = NULL")) as template:
        def one(way):
            to, kind, at = way
            with template.copy() as cluster:
                begin(cluster)
                first = cluster.sql("SELECT pod FROM fe ORDER BY ordinal")[0][0]
                pod = cluster.leader() if to == "leader" else first
                cluster.fault(kind, f"%port-forward pod/{pod} %", str(at), program="kubectl")
                done = run(cluster, *PAUSE, args=GO)
                assert done.rc == 0 and "final proof: yes" in done.err, (way, done)
                sent = cluster.sent("PAUSE%", "ALTER PIPE%", "ADMIN SET%")
                assert len(sent) == len(set(sent)) == 8, (way, sent)
                assert states(cluster) == dict.fromkeys(states(cluster), "PAUSED"), way
                return len(forwards(cluster))

        with template.copy() as cluster:
            begin(cluster)
            assert run(cluster, *PAUSE, args=GO).rc == 0
            usual = len(forwards(cluster))
        # A connection takes two pieces, a statement one; the plan has some eighty of the leader.
        ways = [("leader", kind, at) for at in (1, 2, 3, 5, 9, 14, 18, 19, 20, 21, 22, 23, 24, 26, 29, 32, 38, 46, 58)
                for kind in ("lose", "lose-before")]
        ways += [("entry", kind, at) for at in (1, 2, 3, 4, 6, 9) for kind in ("lose", "lose-before")]
        seen = at_every_call(ways, one, 12)
    assert sum(n > usual for n in seen) > len(ways) - 8, (usual, seen)


UP = "\\upgrade --to 3.3.9 --no-backup --leave-views --no-proof"


def test_in_each_stage_of_an_upgrade():
    """Forwards to pods that are replaced die anyhow; here they die amid a statement, too. Nobody goes twice."""
    with Template() as template:
        def one(way):
            pod, kind, at = way
            with template.copy() as cluster:
                plan = run(cluster, UP + " --dry-run")
                digest = re.search(r"sha256:[0-9a-f]{64}", plan.out)[0]
                cluster.fault(kind, f"%port-forward pod/{pod} %", str(at), program="kubectl")
                done = run(cluster, UP, args=("--approve", digest))
                if done.rc != 0:
                    assert done.rc in (3, 9, 10) and "\\resume" in done.err, (way, done)
                    done = run(cluster, "\\resume", args=("--approve", digest))
                assert done.rc == 0 and "final proof: yes" in done.err, (way, done)
                is_of(cluster, "3.3.9")
                gone = deleted(cluster)
                assert len(gone) == len(set(gone)) == 3, (way, gone)
                return cluster.sql("SELECT count(*) FROM fault WHERE remaining = 0")[0][0]

        pods = [pod for pod, in template.cluster.sql("SELECT pod FROM fe ORDER BY ordinal")]
        ways = [(pod, kind, at) for pod in pods for kind, at in
                (("lose", 2), ("lose-before", 5), ("lose", 9), ("lose-before", 16), ("lose", 30))]
        struck = at_every_call(ways, one, 4)
    assert sum(struck) > len(ways) * 2 // 3, struck
