"""What a run left changed for a time is offered to be put back at the next start."""
import pytest

from leases import lease
from practice import DOWN, Practice
from terminal import Shell, at
from writes import begin, states

VACUUM = "lake_autovacuum_grace_period_minutes"
OFFER = "Put back now what is temporary?"


@pytest.fixture
def seed():
    with Practice("seed") as cluster:
        yield cluster


def start(cluster):
    """belay at a terminal, before its first question is answered."""
    return Shell(cluster.argv(), cluster.home, columns=200, no_prompt=True)


def test_it_is_offered_until_it_is_put_back(seed):
    assert seed.approved(f"\\backup '{seed.home}/b' --quiet", timeout=240).rc == 0
    was = seed.config(VACUUM)
    with start(seed) as shell:
        assert f"Temporary: {VACUUM} was set" in shell.question() and OFFER in shell.seen
        shell.press("\r")
        shell.answer()
    assert seed.config(VACUUM) == was
    with start(seed) as shell:
        shell.question()
        shell.press("y\r")
        assert "settings back" in shell.question()  # its plan, asked for as ever
        assert "final proof: yes" in shell.reply("y") or "done" in shell.seen
    assert seed.config(VACUUM) != was
    with at(seed) as shell:
        assert OFFER not in shell.seen


def test_what_is_needed_still_is_not_offered(seed):
    """Views are down, so the FE's own activation stays off; \\mv activate-all puts it back."""
    assert seed.approved(DOWN).rc == 0
    with at(seed) as shell:
        assert "Temporary: enable_mv_automatic_active_check" in " ".join(shell.seen.split())
        assert OFFER not in shell.seen


def lines(shell):
    """What was shown so far, whatever the width of the window."""
    return " ".join(shell.seen.split())


def test_what_an_upgrade_held_is_told_while_it_is_open_and_offered_when_it_is_not(seed):
    """Schedules, the FE's own activation, the Lease."""
    before = seed.clauses(), seed.config()
    line = "\\upgrade --to 3.3.9 --no-backup --no-proof --image-cn starrocks/cn:crash"
    assert seed.approved(line, timeout=120).rc == 8
    run = seed.run_id()
    with at(seed, columns=200) as shell:
        said = lines(shell)
        assert f"Run {run} (upgrade) is open: \\resume {run} goes on, \\undo {run} takes it back" in said, said
        assert "the Lease of the cluster is kept for it until then" in said and lease(seed) is not None
        assert (f"the schedules of 7 views are held by run {run}: \\resume {run} puts them back at its end,"
                f" \\mv resume-all at once") in said, said
        assert f"not put it back yet: \\resume {run} does at its end, \\settings back at once" in said, said
        assert OFFER not in said
        shell.ask(f"\\journal close {run}")
        assert "closed" in shell.reply("kube-starrocks") and lease(seed) is None
    with start(seed) as shell:
        shell.question()
        said = lines(shell)
        assert "\\mv resume-all puts them back" in said and OFFER in said, said
        shell.press("please\r")
        assert "That is neither yes nor no: y is yes" in shell.question()
        shell.press("y\r")
        assert "Plan mv resume-all" in " ".join(shell.question().split())
        shell.press("y\r")
        assert "Plan settings back" in " ".join(shell.question().split())
        shell.reply("y")
    assert (seed.clauses(), seed.config()) == before
    with at(seed) as shell:
        assert "Temporary" not in shell.seen and "is open" not in shell.seen


def test_paused_jobs_are_offered_too(seed):
    begin(seed, pipes=False)
    was = states(seed)
    assert seed.belay("\\writes pause", approve="reversible", timeout=120).rc == 0
    assert set(states(seed).values()) == {"PAUSED"}
    with start(seed) as shell:
        shell.question()
        assert "Temporary: 3 jobs that write are paused: \\writes resume" in lines(shell) and OFFER in shell.seen
        shell.press("y\r")
        assert "Plan writes resume" in " ".join(shell.question().split())
        shell.reply("y")
    assert {name for name, state in states(seed).items() if state == "PAUSED"} == {"broken"}, was
    with at(seed) as shell:
        assert "Temporary" not in shell.seen
