"""\\upgrade at a terminal: what it asks before its page."""
import pytest

from practice import Practice
from quiet import work
from terminal import assert_fits, at

UPGRADE = "\\upgrade --to 3.3.9 --no-backup --leave-views --no-proof"
PAUSED = "PAUSE ROUTINE LOAD FOR `sales`.`orders_in`"
PLAN = "Plan     upgrade"
OFFER = "Pause them until the end (--pause-writes)? [y]es [n]o, Enter: stop here: "


@pytest.fixture(scope="module")
def cluster():
    with Practice("seed") as served:
        served.sql("UPDATE mv SET next_run_ms = NULL")
        yield served


@pytest.fixture
def loads(cluster):
    work(cluster, "routine_load", "sales", "orders_in", state="RUNNING")
    yield cluster
    cluster.sql("DELETE FROM work")


def asked_again(shell, keys):
    """What follows an answer to a first question, with the second one."""
    shell.press(keys + "\r")
    return shell.question()


def test_whether_writes_are_paused(loads):
    with at(loads) as shell:
        first = shell.ask(UPGRADE)
        assert_fits(first, 80)
        assert "Now writes: routine loads: 1 (sales.orders_in)." in first
        assert " ".join(first.split()).endswith(OFFER.strip()) and PLAN not in first
        page = asked_again(shell, "y")
        assert PAUSED in page and "Writes   paused before a pod goes" in page
        assert "declined" in shell.reply("")
        page = (shell.ask(UPGRADE), asked_again(shell, "no"))[1]
        assert PAUSED not in page and "go on while pods are replaced: routine loads: 1" in page
        assert "declined" in shell.reply("")
        # Neither yes nor no is no answer: a tired person is not taken at a slip of the hand.
        for slip in ("", "yess", "kube-starrocks"):
            shell.ask(UPGRADE)
            out = shell.reply(slip)
            assert "declined: nothing was sent" in out and PLAN not in out, slip
    assert not loads.sent("PAUSE%")


def test_what_is_chosen_already_is_not_asked(loads):
    with at(loads) as shell:
        assert PAUSED in shell.ask(f"{UPGRADE} --pause-writes")
        assert "declined" in shell.reply("")
        assert "Nothing was sent" in shell.run(f"{UPGRADE} --dry-run")
        assert "saved:" in shell.run(f"{UPGRADE} --save {loads.home}/p.json")
        page = shell.ask(f"\\run {loads.home}/p.json")
        assert PLAN in page and PAUSED not in page
        assert "declined" in shell.reply("")


def test_nothing_writes_nothing_is_asked(cluster):
    with at(cluster) as shell:
        page = shell.ask(UPGRADE)
        assert PLAN in page and "Writes   none is seen now" in page
        assert "declined" in shell.reply("")


def test_the_choice_is_part_of_the_run():
    """It is recorded with the command, so who goes on with the run goes on with the same plan."""
    with Practice("seed") as cluster:
        cluster.sql("UPDATE mv SET next_run_ms = NULL")
        work(cluster, "routine_load", "sales", "orders_in", state="RUNNING")
        with at(cluster) as shell:
            shell.ask(UPGRADE)
            assert "[y]es [e]ach" in asked_again(shell, "y")
            assert "Disruptive" in asked_again(shell, "y")
            assert "stopped" in shell.reply("")
            assert cluster.sent("PAUSE%") == [PAUSED]
            page = shell.ask("\\resume")
            assert PAUSED in page and "Now writes" not in page
            assert "declined" in shell.reply("")


def test_whether_fe_conf_is_changed():
    """On 3.5 each start of a leader can refresh views in full; both questions come one after the other."""
    with Practice("seed@3.4.10") as cluster:
        cluster.sql("UPDATE mv SET next_run_ms = NULL")
        work(cluster, "routine_load", "sales", "orders_in", state="RUNNING")
        line = UPGRADE.replace("3.3.9", "3.5.15")
        with at(cluster) as shell:
            assert "Now writes" in shell.ask(line)
            told = " ".join(asked_again(shell, "n").split())
            assert "On 3.5.15 each start of a leader can take views for inactive" in told
            assert "(ConfigMap kube-starrocks-fe-cm)" in told and "[y]es [n]o, Enter: stop here:" in told
            page = " ".join(asked_again(shell, "y").split())
            assert "put enable_mv_post_image_reload_cache = false into ConfigMap" in page
            assert "declined" in shell.reply("")
            assert PLAN in shell.ask(line + " --pause-writes --write-fe-conf")
            assert "declined" in shell.reply("")
