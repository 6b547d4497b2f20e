"""Pausing views by hand: what is asked, what is remembered when a new session begins."""
from practice import PAUSE, RESUME, Practice
from terminal import at


def test_paused_asked_and_remembered():
    with Practice("seed", speed=1) as cluster:
        before = cluster.clauses()
        with at(cluster, columns=200) as shell:
            shell.prompt()
            assert "Paused:" not in shell.seen
            page = shell.ask(PAUSE)
            assert "Reversible. Run these 7 steps?" in page, page
            assert "declined" in shell.reply("n") and not cluster.changes()
            shell.ask(PAUSE)
            assert "7 done; final proof: yes" in shell.reply("y")
        with at(cluster, columns=200) as shell:
            shell.prompt()
            assert ("Paused: belay stopped the schedule of 7 views: \\mv resume-all gives it back"
                    in shell.seen), shell.seen
            shell.ask(RESUME)
            assert "7 done; final proof: yes" in shell.reply("y")
        assert cluster.clauses() == before
        with at(cluster) as shell:
            shell.prompt()
            assert "Paused:" not in shell.seen
