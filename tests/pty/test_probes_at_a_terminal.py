"""How a DBA judges a client, at a terminal: the probes that need a person. The others: tests/cli."""
import os
import re
import time

import pytest

from hostile import EOF, OK, Hostile, column, number, text
from mariadb import MariaDb
from practice import DOWN
from terminal import BELAY, CTRL_C, CTRL_Z, READING, TAB, Practice, Shell, at, cells, wait_for
from test_interrupt import Job, arrives
from test_reconnect import kill, own_connection

SECRET = "correct-horse-battery"
PASTE_BEGIN, PASTE_END = "\x1b[200~", "\x1b[201~"


@pytest.fixture(scope="module")
def server():
    with MariaDb() as started:
        started.sql("create database shop; create table shop.t (a int, b varchar(20));")
        yield started


@pytest.fixture
def log(server):
    server.forget()
    return server


@pytest.fixture
def cluster():
    with Practice("seed") as started:
        yield started


def terminal(server, *args, **kwargs):
    kwargs.setdefault("columns", 200)
    return Shell([BELAY, *server.login, "--no-auto-rehash", *args], server.home, **kwargs)


def files_that_hold(top, what):
    """The files under a folder that hold these bytes."""
    found = []
    for folder, _, names in os.walk(top):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    if what in file.read():
                        found.append(path)
    return found


def test_06_no_password_in_history_and_tee(log):
    with terminal(log) as shell:
        shell.run("tee tee-file")
        shell.run(f"create user y identified by '{SECRET}';")
        shell.run(f"set password for y = password('{SECRET}');")
        shell.run("select 'kept';")
        shell.leave()
    log.sql("drop user if exists y")
    assert files_that_hold(log.home, b"kept"), "nothing was kept at all"
    assert not files_that_hold(log.home, SECRET.encode())


def test_07_a_long_command_in_mid_typing_never_connects(log):
    with terminal(log, "shop") as shell:
        connection = own_connection(log, shell)
        log.forget()
        shell.begin("select 1")
        shell.answer()
        shell.run("\\restore-plan x")
        shell.press(CTRL_C)
        shell.answer()
        shell.run("\\restore-plam x")
        assert own_connection(log, shell) == connection
    assert not [entry for entry in log.entries() if entry.command == "Connect"]


def test_09_an_insert_after_a_killed_connection_is_sent_once(log):
    """Seen at the socket before it is sent; what cannot be seen there is said to be unsure."""
    with terminal(log, "shop") as shell:
        kill(log, own_connection(log, shell))
        out = shell.run("insert into t values (9, 'nine');")
        assert "connection lost; connected again" in out or "outcome unknown" in out, out
    assert len(log.sent("^insert")) == 1


def test_10_a_select_after_a_killed_connection_runs_again(log):
    with terminal(log) as shell:
        shell.run("use shop")
        kill(log, own_connection(log, shell))
        out = shell.run("select database();")
        assert re.search(r"\| shop +\|", out), out


def paste(shell, block):
    shell.press(PASTE_BEGIN + block.replace("\n", "\r") + PASTE_END)


def test_15_a_drop_in_the_middle_of_a_paste_asks_once(log):
    log.sql("create or replace table shop.gone (a int)")
    lines = [f"select {n};" for n in range(10)]
    lines[4] = "drop table gone;"
    with terminal(log, "shop") as shell:
        paste(shell, "\n".join(lines))
        shell.press("\r")
        shell.until("DROP TABLE gone")
        assert not log.sent("^drop")
        shell.press("n\r")
        wait_for(lambda: log.sent("^select 9"))
        assert not log.sent("^drop")
        shell.answer()
        assert shell.seen.count("DROP TABLE gone") == 1
        # The same on one line behind a harmless statement.
        shell.begin("update t set a = 1 where b = 2; drop table gone;")
        shell.until("DROP TABLE gone")
        shell.press("y\r")
        shell.answer()
    assert len(log.sent("^update")) == len(log.sent("^drop table gone")) == 1


def test_17_the_grid_holds_at_a_terminal(log):
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    with terminal(log) as shell:
        out = shell.run(f"select '库存' as a, '{family}' as b, 'x\\ty' as c, 'p\\nq' as d, 1 as e;")
    # As a terminal shows it: the joined letters of a family are one, two cells wide.
    lines = [line.replace(family, "FF") for line in out.splitlines() if line[:1] in "+|" and line]
    assert len({cells(line) for line in lines}) == 1 and len(lines) >= 5, out


def test_18_an_escape_sequence_in_a_column_stays_text(log):
    with terminal(log) as shell:
        out = shell.run("select convert(concat(char(27), '[31mred', char(27), ']0;title', char(7))"
                        " using utf8mb4) as a;")
        assert "\\e[31mred" in out, out
        assert "\x1b[31mred" not in shell.seen and "\x1b]0;title" not in shell.seen


def test_20_ten_thousand_tables_cost_nothing_at_the_start():
    """At most one statement before the first prompt, and nobody waits for names."""
    asked = []
    def play(wire):
        wire.log_in()
        while True:
            asked.append(wire.query())
            names = [b"table_%d" % n for n in range(10000)]
            for payload in ([number(1), column("Tables_in_shop"), EOF] +
                            [text(name) for name in names] + [EOF]):
                wire.send(payload)
    with Hostile(play) as server:
        best = 99
        for _ in range(5):
            asked.clear()
            begun = time.monotonic()
            with Shell(server.argv("shop"), server.home) as shell:
                best = min(best, time.monotonic() - begun)
                assert len(asked) <= 1, asked
                shell.press("\\q\r")
                shell.ended()
        # 0.1 s for a machine that has nothing else to do, and no instrumented build.
        assert best < 1, best


def test_21_tab_during_a_hung_server_leaves_the_line_usable():
    hung = []
    def play(wire):
        wire.log_in()
        while True:
            sql = wire.query()
            if re.match(b"show|.*information_schema", sql, re.I | re.S):
                hung.append(sql)
                wire.read()  # never answered
            for payload in wire.rows([b"answered"]) if b"mine" in sql else [OK]:
                wire.send(payload)
    with Hostile(play) as server, Shell(server.argv("shop"), server.home) as shell:
        for keys in ("select a.", "xyz", "\x15", "use ", "\x15", "select mine from t"):
            shell.press(keys)
            if keys in ("select a.", "use ", "select mine from t"):
                shell.press(TAB)
        shell.press(" where a = 1;\r")
        assert "answered" in shell.answer(), shell.seen
        assert hung, "nobody asked for names"


def test_27_y_is_no_answer_to_a_question_for_the_name(cluster):
    with at(cluster) as shell:
        page = shell.ask(DOWN)
        assert "Type the cluster's name" in page, page
        shell.press("y\r")
        assert "That is neither yes nor no" in shell.question()
        assert "declined: nothing was sent" in shell.reply("")
    assert cluster.changes() == []


def test_29_suspended_and_back(cluster):
    """At the prompt and in a query; more of it in test_interrupt.py."""
    job = Job(cluster)
    with job as shell:
        shell.press("select 'half',")
        shell.until("'half',")
        shell.press(CTRL_Z)
        job.stopped()
        shell.press("fg\r")
        shell.until("'half',")
        shell.press(" sleep(2) as s;\r")
        arrives(cluster, "select 'half', sleep(2)%")
        shell.press(CTRL_Z)
        job.stopped()
        shell.press("fg\r")
        shell.until(re.compile(r"\| half +\|"))
        shell.until(READING)
        shell.press("\\q\r")
        shell.until(job.PROMPT)
