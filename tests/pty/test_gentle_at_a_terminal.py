"""Pausing views by hand: what is asked, what is remembered when a new session begins."""
from practice import PAUSE, RESUME, Practice
from terminal import Shell, at


def test_paused_asked_and_remembered():
    with Practice("seed", speed=1) as cluster:
        before = cluster.clauses()
        with at(cluster, columns=200) as shell:
            shell.prompt()
            assert "Temporary:" not in shell.seen
            page = shell.ask(PAUSE)
            assert "Reversible. Run these 7 steps?" in page, page
            assert "declined" in shell.reply("n") and not cluster.changes()
            shell.ask(PAUSE)
            assert "7 done; final proof: yes" in shell.reply("y")
        with Shell(cluster.argv(), cluster.home, columns=200, no_prompt=True) as shell:
            offer = " ".join(shell.question().split())
            assert (f"Temporary: the schedules of 7 views are held by run {cluster.run_id()}: \\mv resume-all "
                    "puts them back") in offer, offer
            shell.press("\r")
            shell.answer()
            shell.ask(RESUME)
            assert "7 done; final proof: yes" in shell.reply("y")
        assert cluster.clauses() == before
        with at(cluster) as shell:
            shell.prompt()
            assert "Temporary:" not in shell.seen
