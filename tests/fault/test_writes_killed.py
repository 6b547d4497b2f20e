"""kill -9 or a power cut at each fsync and rename of \\writes pause and resume: gone on with to the end."""
import os

from exec_faults import Template, at_every_call
from practice import PRELOADED, killed
from writes import LOADS, begin, states

SETTINGS = "SELECT fe_id, name, value FROM config ORDER BY fe_id, name"


def run(cluster, line, how, at):
    log = os.path.join(cluster.top, "durable.log")
    done = cluster.belay(line, approve="reversible", timeout=180, env={
        **PRELOADED, "BELAY_DURABLE_LOG": log, "BELAY_DURABLE_AT": str(at), "BELAY_DURABLE_HOW": how})
    with open(log, encoding="ascii") as file:
        return done, len(file.read().splitlines())


def go_on(cluster, line):
    """\\resume, or the line again where nothing was begun or all had ended."""
    again = cluster.belay("\\resume", approve="reversible")
    if again.rc != 0:
        assert "no run of this cluster is open" in again.err or "the journal" in again.err, again
        again = cluster.belay(line, approve="reversible")
    assert again.rc == 0, again


def test_at_every_durable_call():
    with Template() as template:
        with template.copy() as cluster:
            begin(cluster)
            done, away = run(cluster, "\\writes pause", "count", 0)
            assert done.rc == 0 and away > 5, done
            done, both = run(cluster, "\\writes resume", "count", 0)
            assert done.rc == 0 and both > away + 5, done
        back = both - away

        def one(way):
            line, how, at = way
            with template.copy() as cluster:
                begin(cluster)
                before = cluster.sql(SETTINGS)
                if line == "\\writes resume":
                    assert cluster.belay("\\writes pause", approve="reversible").rc == 0
                done, _ = run(cluster, line, how, at)
                assert killed(done) or at > (away, back)[line == "\\writes resume"] - 3, (way, done)
                go_on(cluster, line)
                if line == "\\writes pause":
                    assert states(cluster) == dict.fromkeys([*LOADS, "broken"], "PAUSED"), way
                    assert cluster.belay("\\writes resume", approve="reversible").rc == 0
                now = states(cluster)
                assert now.pop("broken") == "PAUSED" and set(now.values()) <= {"NEED_SCHEDULE", "RUNNING"}
                assert cluster.sql(SETTINGS) == before, way
                assert "was paused by" not in cluster.belay("\\writes").err
                return killed(done)

        ways = [(line, ("kill-after", "power-cut")[at % 2], at)
                for line, calls in (("\\writes pause", away), ("\\writes resume", back))
                for at in range(1, calls + 1)]
        ends = at_every_call(ways, one, 12)
    assert ends.count(True) > len(ways) - 6, ends
