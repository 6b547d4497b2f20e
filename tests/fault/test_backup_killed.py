"""kill -9 or a power cut at each fsync and rename of \\backup: resumed to a proved backup, or void."""
import glob
import json
import os

from exec_faults import Template, at_every_call
from practice import PRELOADED, killed

STREAM = "%sh -s -- " + "_" * 32  # of the copy in one pass: nothing behind the nonce


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


def killed_and_resumed(cluster, how, at, may_end=False):
    """What became of it; may_end: the call may be one that this run does not come to."""
    done, _ = back_up(cluster, how, at)
    saved = f"{cluster.home}/saved"
    assert killed(done) or may_end, (at, done)
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


def test_at_every_durable_call():
    with Template() as template:
        with template.copy() as cluster:
            done, calls = back_up(cluster, "count", 0)
            assert done.rc == 0 and calls > 100, done

        def run(at):
            with template.copy() as cluster:
                # There is one call more or less in another run: as often as the image is asked for.
                return killed_and_resumed(cluster, ("kill-after", "power-cut")[at % 2], at,
                                          at > calls - 5)

        ends = at_every_call(range(1, calls + 1), run, 12)  # most of the time a run waits for the image
    assert ends.count("resumed") > calls - 12, ends


def test_while_it_is_taken_by_way_of_a_file_in_the_pod():
    """The stream was cut before; what the record beside the copy says holds at each of its moments."""
    with Template() as template:
        def run(way):
            with template.copy() as cluster:
                cluster.fault("truncate", STREAM, "5000", program="kubectl")
                end = killed_and_resumed(cluster, *way)
                assert glob.glob(f"{cluster.dir}/pods/*/opt/starrocks/fe/log/belay-*") == []
                with open(f"{cluster.home}/saved/copy.json", encoding="utf-8") as file:
                    return end, json.load(file)["meta"].get("streams_from")

        # The copy begins behind the 18th call, and in this way has some twelve.
        ways = [(how, at) for at in range(17, 33) for how in ("kill-after", "power-cut")]
        ends = at_every_call(ways, run, 12)
    assert all(end == "resumed" for end, _ in ends), ends
    assert len([offsets for _, offsets in ends if offsets]) > len(ends) // 2, ends
