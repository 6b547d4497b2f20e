"""Waves at a terminal: what one sees while they wait, ^C between them, and the words of no return."""
import re

import pytest

from practice import DOWN, UP
from terminal import CTRL_C, Practice, at, wait_for

NAME = "kube-starrocks"


@pytest.fixture
def cluster():
    with Practice("seed") as started:
        assert started.approved(DOWN).rc == 0
        started.forget()
        yield started



def test_ctrl_c_between_waves(cluster):
    cluster.once_sent("ALTER MATERIALIZED VIEW%visits_by_page%", *[
        "INSERT INTO task_run (mv_id, query_id, job_id, create_ms, state) SELECT id, 'q', 'j', 0,"
        " 'PENDING' FROM object WHERE name = 'legacy_totals'"] * 5)
    with at(cluster) as shell:
        page = shell.ask(UP)
        assert "-- wave 2 of 3, level 1" in page or "[l]ist all" in page
        shell.press(NAME + "\r")
        shell.until("-- wave 2 of 3, level 1")
        shell.until(re.compile(r"waiting .* runs? or waits?"))  # it says what it waits for
        shell.press(CTRL_C)
        out = shell.answer()
        assert "stopping after this step" in out and re.search(r"\\resume \S+ goes on", out), out
        assert not cluster.sent("ALTER%`margin` ACTIVE") and cluster.sent("ALTER%ACTIVE")
        cluster.as_before()
        cluster.sql("DELETE FROM task_run WHERE query_id = 'q'")
        shell.ask("\\resume")
        out = shell.reply(NAME)
        assert "final proof: yes" in out and "Forecast and fact: " in out, out
    sent = cluster.sent("ALTER% ACTIVE")
    assert len(sent) == len(set(sent)) == 11


def test_what_pauses_is_seen_at_the_end(cluster):
    cluster.sql("CREATE TRIGGER f AFTER UPDATE OF state ON task_run WHEN new.state = 'SUCCESS'"
                " AND new.mv_id = (SELECT id FROM object WHERE name = 'sessions') BEGIN UPDATE"
                " task_run SET state = 'FAILED', error_message = 'no memory' WHERE id = new.id; END")
    with at(cluster) as shell:
        shell.ask(f"{UP} --max-running 1")
        out = shell.reply(NAME)
        flat = " ".join(out.split())
        assert "paused: 1 of the last wave's 7 refreshes failed: web.sessions (no memory)" in flat
        shell.ask("\\resume")
        assert "final proof: yes" in shell.reply(NAME)


def test_no_return_wants_the_digest_too():
    with Practice("3.5.10") as cluster:
        assert cluster.approved(DOWN).rc == 0
        cluster.forget()
        with at(cluster) as shell:
            page = shell.ask(UP)
            assert re.search(r"No way back from (here|step \d+ on)\.", page) and "reads empty" in page, page
            word = re.search(r"digest ([0-9a-f]{6})", page).group(1)
            shell.press(NAME + "\r")
            again = " ".join(shell.question().split())
            assert f"a yes is {NAME} {word}, Enter alone is no" in again and not cluster.changes(), again
            assert "final proof: yes" in shell.reply(f"{NAME} {word}")
            wait_for(lambda: len(cluster.active()) == 11)
