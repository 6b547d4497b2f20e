"""\\restore by hand, on the night when no frontend answers: the prompt, the question, the run."""
import os
import re

from practice import Practice, wait_for
from terminal import at


def no_frontend(cluster):
    backup = os.path.join(cluster.home, "saved")
    done = cluster.belay(f"\\backup {backup}", timeout=120)
    assert done.rc == 0, done
    cluster.event("wreck-meta")
    wait_for(lambda: cluster.belay("SELECT 1").rc == 3)
    return f"\\restore {backup}"


def test_asked_for_and_run_without_a_frontend():
    with Practice("seed") as cluster:
        line = no_frontend(cluster)
        runs = len(cluster.journals())
        with at(cluster, columns=200, no_prompt=True) as shell:
            status = shell.ended()
            assert status == 3 and "--no-connect opens the prompt" in shell.seen, shell.seen
        with at(cluster, "--no-connect", columns=200) as shell:
            shell.prompt()
            assert "Not connected (--no-connect)" in shell.seen
            page = shell.ask(line)
            for wrong in ("kube-starrocks", "y"):
                assert re.search(r"No way back from step (?!1 )\d+ on\. Type", page), page
                shell.press(wrong + "\r")
                page = shell.question()
                assert "That is neither yes nor no" in page, page
            assert "declined" in shell.reply("kube-starrocks 000000")
            shell.ask(line)
            assert "declined" in shell.reply("")
            assert len(cluster.journals()) == runs
            page = shell.ask(line)
            six = re.search(r"a space and ([0-9a-f]{6}) to run", page).group(1)
            end = shell.reply(f"kube-starrocks {six}", limit=120)
            assert "final proof: yes" in end and "Restored." in end, end
            assert "sales" in shell.run("SHOW DATABASES;")
        assert cluster.sql("SELECT count(*), sum(alive) FROM fe") == [(3, 3)]
