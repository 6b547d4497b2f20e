"""kill -9 or a power cut at each fsync and rename of \\backup: resumed to a proved backup, or void."""
import os

from exec_faults import Template, at_every_call
from practice import PRELOADED, killed


def back_up(cluster, how, at):
    log = os.path.join(cluster.top, "durable.log")
    done = cluster.belay(f"\\backup {cluster.home}/saved", timeout=180, env={
        **PRELOADED, "BELAY_DURABLE_LOG": log, "BELAY_DURABLE_AT": str(at), "BELAY_DURABLE_HOW": how})
    with open(log, encoding="ascii") as file:
        return done, len(file.read().splitlines())


def proved(cluster):
    saved = f"{cluster.home}/saved"
    verify = cluster.belay(f"\\backup verify {saved}")
    assert verify.rc == 0 and verify.out.startswith("proved"), verify
    left = [name for _, _, names in os.walk(saved) for name in names
            if name.endswith(".tmp") or name == "spool.json"]
    assert left == [] and not os.path.exists(saved + ".part")


def test_at_every_durable_call():
    with Template() as template:
        with template.copy() as cluster:
            done, calls = back_up(cluster, "count", 0)
            assert done.rc == 0 and calls > 100, done

        def run(at):
            with template.copy() as cluster:
                done, _ = back_up(cluster, ("kill-after", "power-cut")[at % 2], at)
                saved = f"{cluster.home}/saved"
                # There is one call more or less in another run: as often as the image is asked for.
                assert killed(done) or at > calls - 5, (at, done)
                if os.path.exists(saved):
                    proved(cluster)
                if not cluster.journals() or not cluster.records():
                    assert not os.path.exists(saved)
                    return "no run"
                again = cluster.belay("\\resume", timeout=180)
                if "no run of this cluster is open" in again.err:
                    proved(cluster)
                    return "ended"
                if "the journal" in again.err and again.rc != 0:
                    assert not os.path.exists(saved), (at, again)
                    return "no run"
                assert again.rc == 0 and again.out.startswith("proved  "), (at, again)
                proved(cluster)
                return "resumed"

        ends = at_every_call(range(1, calls + 1), run, 12)  # most of the time a run waits for the image
    assert ends.count("resumed") > calls - 12, ends
