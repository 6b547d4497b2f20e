"""The pager and the tee at a terminal."""
import os
import re
import signal

import pytest

from terminal import CTRL_C, READING, alive, plain, ready, wait_for

MANY = "select TABLE_NAME from information_schema.tables;"
FOOTER = re.compile(r"18 rows in set \(\d")


def start(cluster, rows=12, columns=80, **env):
    # A pager of the test's own tells when it runs, and waits for a line.
    return ready(cluster, rows=rows, columns=columns, env=env)


PAGER = "echo PAGED; head -n 3; echo ASKS; read line < /dev/tty; echo LEFT"


def test_a_small_result_needs_no_pager(cluster):
    with start(cluster, PAGER=PAGER) as shell:
        out = shell.run("select 1;")
        assert "PAGED" not in out and "1 row in set" in out


def test_a_tall_result_is_paged_and_leaving_early_is_quiet(cluster):
    with start(cluster, PAGER=PAGER) as shell:
        shell.begin(MANY)
        page = shell.until("ASKS")
        assert "PAGED" in page and "TABLE_NAME" in page and "rows in set" not in page
        shell.press("\r")
        rest = shell.answer()
        assert re.search(r"LEFT\s+18 rows in set", rest), rest
        assert "belay:" not in page + rest and "Broken" not in page + rest
        assert "1 row in set" in shell.run("select 1;")


def test_a_wide_result_is_paged(cluster):
    with start(cluster, columns=40, PAGER="echo PAGED; cat") as shell:
        assert "PAGED" not in shell.run("select 'narrow';")
        assert "PAGED" in shell.run("select '%s' as wide;" % ("x" * 60))
        # One column a line may wrap.
        assert "PAGED" not in shell.run("select '%s' as wide\\G" % ("x" * 60))


def test_what_is_made_for_the_window_is_paged_only_when_it_is_tall(cluster):
    """A leader's host is longer than a line of 80: a pager would cut it and show no more."""
    with start(cluster, PAGER="echo PAGED; cat") as shell:
        out = shell.run("\\leader")
        assert "PAGED" not in out and ".svc.cluster.local" in out, out
    with start(cluster, columns=40, PAGER="echo PAGED; cat") as shell:
        shell.run("\\set format auto")
        out = shell.run("select '%s' as wide;" % ("x" * 60))
        assert "PAGED" not in out and "1. row" in out, out
        assert "PAGED" in shell.run(MANY)


def test_help_is_paged_and_a_command_too(cluster):
    with start(cluster, PAGER="echo PAGED; cat") as shell:
        assert "PAGED" in shell.run("\\help")
        shell.run("\\n")
        assert "PAGED" not in shell.run("\\help")


def test_interrupt_is_for_the_pager(cluster):
    pager = ("trap 'echo TRAPPED; echo LEFT; exit' INT; cat > /dev/null; echo PAGED;"
             " while :; do sleep 0.1; done")
    with start(cluster, PAGER=pager) as shell:
        shell.begin(MANY)
        shell.until("PAGED")
        shell.press(CTRL_C)
        rest = shell.answer()
        assert "TRAPPED" in rest and "LEFT" in rest and FOOTER.search(rest), rest
        assert "asking the server" not in rest
        assert "1 row in set" in shell.run("select 1;")


def test_a_pager_that_was_named_gets_everything(cluster):
    with start(cluster) as shell:
        assert "PAGER set to 'cat | tr 1 X'" in shell.run("\\P cat | tr 1 X")
        assert "|    X |" in shell.run("select 1;")
        assert "PAGER set to stdout" in shell.run("nopager")
        assert "|    1 |" in shell.run("select 1;")
        assert "PAGER set to 'cat | tr 1 X'" in shell.run("pager")


def test_a_pager_that_does_not_exist_is_refused(cluster):
    with start(cluster) as shell:
        assert "no program nosuchpager" in shell.run("\\P nosuchpager -x")
        assert "1 row in set" in shell.run("select 1;")


def test_a_pager_that_fails_is_told(cluster):
    with start(cluster) as shell:
        shell.run("\\P cat; exit 3")
        assert "ended with status 3" in shell.run("select 1;")


@pytest.mark.parametrize("pager", ["", "cat"])
def test_no_pager_by_the_environment(cluster, pager):
    with start(cluster, PAGER=pager) as shell:
        assert FOOTER.search(shell.run(MANY))


def test_a_redirected_result_shows_only_its_footer(cluster, tmp_path):
    with start(cluster, PAGER="echo PAGED; cat") as shell:
        out = shell.run(MANY[:-1] + f" \\g > {tmp_path}/out")
        assert FOOTER.search(out) and "TABLE_NAME |" not in out and "PAGED" not in out
        with open(tmp_path / "out", encoding="utf-8") as file:
            assert "| TABLE_NAME" in file.read()
        out = shell.run("select 1 \\g | sleep 0; echo READ")
        assert re.search(r"READ\s+1 row in set", out), out


def test_the_tee_reads_as_the_terminal_did(cluster, tmp_path):
    path = str(tmp_path / "tee")
    with start(cluster, PAGER="cat >/dev/null") as shell:
        assert f"Logging to file '{path}'" in shell.run(f"\\T {path}")
        shell.press("select 1 as a,\r2 as b;\r")
        shell.until("1 row in set")
        shell.until(READING)
        shell.run("select nonsense from nowhere;")
        shell.run(MANY)
        shell.run("create user x identified\\\nby 'geheim1';".replace("\\\n", " "))
        shell.press("create user x identified by\r'geheim2';\r")
        shell.until("ERROR")
        shell.until(READING)
        assert "Outfile disabled." in shell.run("\\t")
        shell.run("select 77;")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    assert re.search(r"> select 1 as a,\n *-> 2 as b;\n\+------\+------\+\n\| a ", text), text
    assert "> select nonsense from nowhere;\nERROR 1" in text
    assert text.count("rows in set") == 1 and "orders_by_month" in text, "what was paged is there"
    assert "geheim" not in text and "'***'" in text
    assert text.endswith("> \\t\n") and "\033" not in text and "\001" not in text
    assert os.stat(path).st_mode & 0o777 == 0o600
    assert plain(text) == text


def test_pager_by_option(cluster):
    with ready(cluster, "--pager=echo PAGED; cat", rows=12) as shell:
        assert "PAGED" in shell.run("select 1;")
    with ready(cluster, "--no-pager", rows=12, env={"PAGER": PAGER}) as shell:
        assert "PAGED" not in shell.run(MANY)


def test_a_program_behind_o_that_ends_does_not_swallow_results(cluster, tmp_path):
    with start(cluster) as shell:
        shell.run(f"\\o | cat > {tmp_path}/out")
        shell.run("select 'kept' as a;")
        wait_for(lambda: "| kept |" in (tmp_path / "out").read_text(encoding="utf-8"))
        shell.press("x" + CTRL_C)  # the terminal sends it to all of the group
        shell.until(READING)
        wait_for(lambda: not shell.children())
        out = " ".join(shell.run("select 'seen' as b;").split())  # a long path is folded
        assert "has ended" in out and "| seen |" in out, out
    with open(tmp_path / "out", encoding="utf-8") as file:
        assert "| kept |" in file.read()


def test_less_shows_colours_and_keeps_lines_whole(cluster):
    with start(cluster, PAGER="echo \"LESS=[$LESS]\"; cat", LESS="") as shell:
        assert "LESS=[]" in shell.run(MANY)
    with start(cluster, PAGER="echo \"LESS=[$LESS]\"; cat") as shell:
        assert "LESS=[SRXF]" in shell.run(MANY)


def test_status_names_pager_and_tee(cluster, tmp_path):
    with start(cluster, PAGER="cat; true") as shell:
        shell.run(f"\\T {tmp_path}/t")
        page = shell.run("\\s")
        assert re.search(r"Current pager: +cat; true", page), page
        assert f"'{tmp_path}/t'" in page


@pytest.mark.parametrize("number, status", [(signal.SIGHUP, 129), (signal.SIGTERM, 143)])
def test_a_window_that_closes_ends_belay_and_the_pager(cluster, number, status):
    with start(cluster, PAGER="echo PAGED; exec sleep 60") as shell:
        shell.begin(MANY)
        shell.until("PAGED")
        pager, = shell.children()
        os.kill(shell.child.pid, number)
        assert shell.ended() == status
        wait_for(lambda: not alive(pager))
