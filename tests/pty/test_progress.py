"""The line that says how far a long statement is."""
import re

import pytest

from terminal import CTRL_C, Practice, ready

ERASED = "\r\x1b[K"


@pytest.fixture(scope="module", params=["seed", "4.1"])
def cluster(request):
    with Practice(request.param) as practice:
        yield practice


def start(cluster, *args, **env):
    return ready(cluster, *args, env=env)


def test_a_long_statement_tells_what_the_server_knows(cluster):
    with start(cluster) as shell:
        shell.run("\\set progress 1")
        shell.begin("select sleep(6) as s;")
        # How long, then what SHOW PROC says, over a second connection.
        shell.until(re.compile(r"\r\x1b\[K\d\.\d+ s[^\r]*read 3417 rows  1\.170 MB  memory 168\.000 KB"))
        if cluster.scenario == "4.1":
            assert "40.00%  read" in shell.seen
        rest = shell.answer()
        assert "| s " in rest and "3417" not in rest, rest
        # The line was erased before the first row.
        assert re.search(r"\r\x1b\[K\r?\+---", shell.seen), shell.seen[-600:]


def test_a_short_statement_says_nothing(cluster):
    with start(cluster) as shell:
        cluster.forget()
        shell.run("select 1;")
        assert ERASED not in shell.seen and not cluster.sent("SHOW PROC%current_queries%")


def test_it_can_be_switched_off_and_interrupted(cluster):
    with start(cluster) as shell:
        shell.run("\\set progress off")
        shell.run("select sleep(1.5) as s;")
        assert ERASED not in shell.seen
        shell.run("\\set progress 1")
        shell.begin("select sleep(60) as s;")
        shell.until("(^C stops it)")
        shell.press(CTRL_C)
        assert "asking the server" in shell.answer(limit=15)
        assert "1 row in set" in shell.run("select 1;")


def test_a_second_connection_that_fails_is_nobodys_trouble(cluster):
    cluster.fault("error", match="SHOW PROC%", times=9)
    with start(cluster) as shell:
        shell.run("\\set progress 1")
        shell.begin("select sleep(4) as s;")
        shell.until("(^C stops it)")
        rest = shell.answer()
        assert "1 row in set" in rest and "ERROR" not in shell.seen
    cluster.clear_faults()


def test_the_classic_option(cluster):
    with start(cluster, "--skip-progress-reports") as shell:
        assert "progress" in shell.run("\\set")
        assert re.search(r"progress +\| off", shell.seen), shell.seen
