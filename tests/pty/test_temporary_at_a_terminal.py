"""What a run left changed for a time is offered to be put back at the next start."""
import pytest

from practice import DOWN, Practice
from terminal import Shell, at

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
