"""The prompt: its format, what its escapes stand for in a session, its colour, its width."""
import os
import re

import pytest

import mariadb
from terminal import CTRL_D, READING, Practice, Shell, at, cells, plain


def first(shell):
    """The prompt that stands there when the first line is read."""
    return shell.prompt()


# --- where the format comes from -----------------------------------------------------------------

def test_environment_option_and_command(cluster):
    with at(cluster, env={"MYSQL_PS1": "ps1 \\u> "}) as shell:
        assert first(shell) == "ps1 root>"
        out = shell.run("\\R now \\d\\S> ")
        assert "PROMPT set to 'now \\d\\S> '" in out
        assert first(shell) == "now (none);>"
        out = shell.run("prompt")
        assert "Returning to default PROMPT of ps1 \\u>" in out
        assert first(shell) == "ps1 root>"
    with at(cluster, "--prompt=mine \\c> ", env={"MYSQL_PS1": "ps1> "}) as shell:
        assert first(shell) == "mine 1>"
        shell.run("select 1;")
        assert first(shell) == "mine 2>"
        shell.run("\\R again \\c> ")
        assert first(shell) == "again 1>"


def test_belay_ps1_goes_before_mysqls(cluster):
    with at(cluster, env={"MYSQL_PS1": "theirs> ", "BELAY_PS1": "ours> "}) as shell:
        assert first(shell) == "ours>"


def test_prompt_words_in_a_script_answer_as_the_classic_client(cluster):
    done = cluster.belay("\\R x> ")
    assert done.rc == 0 and "PROMPT set to 'x> '" in done.err, done


# --- escapes in a session ------------------------------------------------------------------------

def test_who_and_where(cluster):
    port = cluster.port(0)
    with at(cluster, "--prompt=\\u \\U \\h \\p \\f [\\k.\\d] \\N \\l> ", columns=200) as shell:
        assert first(shell) == (f"root 'root'@'127.0.0.1' 127.0.0.1 {port} 127.0.0.1:{port} "
                                "[default_catalog.(none)] StarRocks ;>")
        shell.run("use sales")
        assert "[default_catalog.sales]" in first(shell)
        shell.run("delimiter //")
        assert "StarRocks //>" in first(shell)


def test_account_is_asked_once_and_only_when_wanted(cluster):
    cluster.forget()
    with at(cluster, "--prompt=\\U> ") as shell:
        shell.run("select 1;")
        shell.run("select 2;")
    assert len(cluster.sent("%USER()%")) == 1
    cluster.forget()
    with at(cluster) as shell:
        shell.run("select 1;")
    assert cluster.sent("%USER()%", "SHOW FRONTENDS%") == []


def test_the_role_follows_the_fe():
    with Practice("3.5.16") as cluster:
        roles = {row[0]: row[1].lower() for row in
                 cluster.sql("SELECT ordinal, role FROM fe ORDER BY ordinal")}
        for ordinal in (0, 1):
            argv = cluster.argv(args=["--prompt=<\\L> "], fe=ordinal)
            with Shell(argv, cluster.home) as shell:
                assert first(shell) == f"<{roles[ordinal]}>"


def test_the_role_of_a_hung_fe_does_not_hold_the_prompt():
    with Practice("seed") as cluster:
        cluster.fault("hang", "SHOW FRONTENDS%", times=-1)
        with at(cluster, "--prompt=<\\L> ") as shell:
            assert first(shell) == "<>"
            assert "1 row in set" in shell.run("select 1;")


def test_status_of_the_last_statement(cluster):
    with at(cluster, "--prompt=<\\E> ") as shell:
        assert first(shell) == "<0>"
        shell.run("selec 1;")
        assert first(shell) == "<1>"
        shell.run("\\nonsense")
        assert first(shell) == "<2>"
        shell.run("select 1;")
        assert first(shell) == "<0>"


def test_an_open_run_is_in_the_prompt():
    with Practice("seed") as cluster:
        with at(cluster) as shell:
            cluster.fault("error", "ALTER%`margin` INACTIVE", arg="1064|HY000|no", times=-1)
            shell.ask("\\mv inactivate-all")
            shell.reply("kube-starrocks", 60)
            assert "(open: mv inactivate-all)>" in first(shell)
        with at(cluster) as shell:
            assert "(open: mv inactivate-all)>" in first(shell)
            shell.press(CTRL_D)
            assert "A run is open" in shell.answer()
            assert "1 row in set" in shell.run("select 1;")
            shell.press(CTRL_D)
            assert shell.ended() == 0


# --- colour and width ----------------------------------------------------------------------------

@pytest.mark.parametrize("environment,colour", [("production", "\x1b[1;31m"), ("test", "\x1b[32m")])
def test_the_environment_colours_the_prompt(cluster, environment, colour):
    with at(cluster, f"--environment={environment}") as shell:
        shell.until("> ")
        assert colour in shell.seen
    with at(cluster, f"--environment={environment}", env={"NO_COLOR": "1"}) as shell:
        shell.until("> ")
        assert colour not in shell.seen
    with at(cluster) as shell:
        shell.until("> ")
        assert colour not in shell.seen


def test_following_lines_are_aligned_to_wide_and_coloured_prompts(cluster):
    for prompt in ("--prompt=生产 \\d> ", "--prompt=\\[\x1b[31m\\]red\\[\x1b[0m\\] \\d> "):
        with at(cluster, prompt) as shell:
            width = cells(first(shell)) + 1
            shell.begin("select")
            shell.until(READING)
            shell.until(re.compile("-> "))
            shown = plain(shell.child.before + shell.child.after)
            assert cells(shown) == width, repr(shown)


def test_following_lines_have_room_in_a_narrow_window(cluster):
    with at(cluster, columns=30) as shell:
        shell.begin("select")
        shell.until(READING)
        shell.until("    -> ")
        assert plain(shell.child.before).strip() == ""
        assert "1 row in set" in shell.run("1;")


# --- the classic names ---------------------------------------------------------------------------

@mariadb.needed
def test_the_prompts_of_the_classic_names(tmp_path):
    with mariadb.MariaDb() as server:
        for name, prompt in (("mariadb", "MariaDB [(none)]>"), ("mysql", "mysql>")):
            argv = [os.path.join(server.bin, name), *server.login]
            with Shell(argv, str(tmp_path)) as shell:
                assert first(shell).splitlines()[-1] == prompt
                shell.begin("select")
                shell.until(READING)
                shell.until("    -> ")
                out = shell.run("1;")
                assert "1 row in set" in out
                shell.begin("\\R x\\_\\d> ")
                shell.until("PROMPT set to 'x\\_\\d> '")
                shell.until(READING)
                assert first(shell) == "x (none)>"
                shell.run("begin;")
                shell.run("\\R [\\T]> ")
                assert first(shell) == ("[*]>" if name == "mysql" else "[T]>")


@mariadb.needed
def test_every_letter_as_the_mariadb_client(tmp_path):
    """One prompt after the other, set by the command; what depends on the time is left out,
    and line breaks and tabs, which libedit draws in its own way.
    """
    letters = "aAbBCdeEfFgGhHiIjJkKlLMNpqQSTuUvVWxXzZ_ '\"[]{}()#%$1~"
    seen = []
    with mariadb.MariaDb() as server:
        for program in (mariadb.CLASSIC, os.path.join(server.bin, "mariadb")):
            argv = [program, *(["--no-defaults"] if program == mariadb.CLASSIC else []),
                    *server.login]
            env = {"EDITOR": "vi", "TERM": "dumb"}
            with Shell(argv, str(tmp_path), env=env, no_prompt=True, columns=200) as shell:
                shell.until("[(none)]> ")
                prompts = []
                for letter in letters:
                    shell.press(f"\\R <\\{letter}>@@ \r")
                    shell.until("PROMPT set to")
                    shell.until(re.compile(r"@@ '\r?\n"))
                    shell.until("@@ ")
                    prompts.append((letter, plain(shell.child.before)))
                seen.append(prompts)
    assert [p for p in zip(*seen) if p[0] != p[1]] == []
