"""At a terminal: lost connections, what is put back, what is sent again; ^C on servers near and far."""
import fcntl
import os
import pty
import re
import subprocess
import termios
import time

import pytest

from mariadb import MariaDb, clean_env, end_process
from relay import Relay
from terminal import BELAY, CTRL_C, Practice, Shell, at, wait_for


@pytest.fixture(scope="module")
def server():
    with MariaDb() as started:
        started.sql("create database shop; create table shop.t (a int, b varchar(20));"
                    "create user app@localhost")
        yield started


@pytest.fixture(autouse=True)
def fresh(request):
    if "server" in request.fixturenames:
        started = request.getfixturevalue("server")
        started.sql("delete from shop.t; insert into shop.t values (1, 'one')")
        started.forget()


def terminal(server, *args, port=None, **kwargs):
    login = ["-h127.0.0.1", f"-P{port or server.port}", "-uroot", "--no-auto-rehash"]
    return Shell([BELAY, *login, *args], server.home, columns=200, **kwargs)


def own_connection(server, shell):
    """The id of the user's connection."""
    out = shell.run("select concat('id=', connection_id());")
    return int(re.search(r"id=(\d+)", out).group(1))


def kill(server, connection):
    server.kill(connection)
    wait_for(lambda: not server.sql(
        f"select 1 from information_schema.processlist where id = {connection}"))


# --- the connection goes while nobody speaks ----------------------------------------------------

def test_insert_after_a_loss_is_sent_once_and_where_it_belongs(server):
    with terminal(server) as shell:
        shell.run("use shop")
        kill(server, own_connection(server, shell))
        out = shell.run("insert into t values (2, 'two');")
        assert "connection lost; connected again to 127.0.0.1:" in out, out
        assert "(database shop restored)" in out and "1 row affected" in out, out
        assert "[shop]" in shell.prompt()
    assert len(server.sent("^insert into t values \\(2")) == 1
    assert server.sql("select count(*) from t where a = 2", "shop") == [["1"]]


def test_an_end_is_told_while_a_line_is_typed(server):
    with terminal(server, "shop") as shell:
        connection = own_connection(server, shell)
        shell.press("select 'half of it',")
        shell.until("half of it',")
        server.kill(connection)
        shell.until("the server has ended the connection; the next statement connects again")
        shell.press(" 'and the rest';\r")
        assert re.search(r"\| half of it +\| and the rest +\|", shell.answer())
        # Said once for each connection.
        assert shell.seen.count("has ended the connection") == 1
        kill(server, own_connection(server, shell))
        assert "1 row in set" in shell.run("select 1;")


def test_what_was_set_is_set_again(server):
    with terminal(server, "shop") as shell:
        shell.run("set sql_mode = 'ANSI_QUOTES', max_statement_time = 7, @X = 5;")
        shell.run("set session wait_timeout = 1000;")
        shell.run("set @now = now(), global slow_query_log = 0;")
        shell.run("set names latin1;")
        shell.run("prepare p from 'select 1';")
        shell.run("create temporary table scratch (a int);")
        shell.run("set max_statement_time = default;")
        first = own_connection(server, shell)
        kill(server, first)
        server.forget()
        out = shell.run("select @@sql_mode, @@wait_timeout, @x, @now is null;")
        assert re.search(r"ANSI_QUOTES +\| +1000 \| +5 \| +1 \|", out), out
        assert "(database shop, character set, 3 variables restored)" in out, out
        for lost in ("variable @now", "prepared statement p", "temporary table scratch"):
            assert f"lost with the connection: {lost}" in out, out
        assert own_connection(server, shell) != first
        # One SET a variable, none of what is the server's, and what was lost is said once.
        sets = [entry.text for entry in server.sent("^set")]
        assert sets == ["SET sql_mode = 'ANSI_QUOTES'", "SET @X = 5",
                        "SET session wait_timeout = 1000", "SET names latin1"], sets
        kill(server, own_connection(server, shell))
        assert "scratch" not in shell.run("select 1;")


@pytest.mark.parametrize("before, lost", [
    ("begin;", "an open transaction"), ("set autocommit = 0;", "what was not committed"),
    ("set @then = now();", "variable @then"), ("lock tables t write;", "locks on tables"),
], ids=["begin", "autocommit", "variable", "locks"])
def test_what_was_meant_for_the_lost_session_is_not_sent(server, before, lost):
    with terminal(server, "shop") as shell:
        shell.run(before)
        shell.run("insert into t values (20, 'in it');")
        kill(server, own_connection(server, shell))
        server.forget()
        out = shell.run("insert into t values (21, 'meant for it');")
        assert f"lost with the connection: {lost}" in out, out
        assert "could not be put back as it was; nothing was sent" in out, out
        assert not server.sent("^insert")
        # Whoever was told may send it all the same.
        assert "1 row affected" in shell.run("insert into t values (22, 'without it');")
        kill(server, own_connection(server, shell))
        if "autocommit" not in before:  # lost once, not for ever
            assert "1 row affected" in shell.run("insert into t values (23, 'again');")


def test_what_cannot_be_put_back_is_said_and_the_rest_is(server):
    server.sql("create database gone; grant all on *.* to root@localhost")
    with terminal(server) as shell:
        shell.run("use gone")
        shell.run("set @x = 1;")
        shell.run("set @@session.sql_mode = 'ANSI';")
        connection = own_connection(server, shell)
        server.sql("drop database gone")
        kill(server, connection)
        out = shell.run("select @x, @@sql_mode;")
        assert "not restored: database gone: Unknown database 'gone'" in out, out
        assert "2 variables restored" in out and "1 row in set" in out, out


def test_without_reconnect_nothing_is_sent(server):
    with terminal(server, "--skip-reconnect", "shop") as shell:
        kill(server, own_connection(server, shell))
        out = shell.run("insert into t values (3, 'three');")
        assert "was lost; nothing was sent" in out, out
        assert "lost" in shell.run("select 1;")
    assert not server.sent("^insert")


# --- the connection goes under a statement --------------------------------------------------------

def test_a_statement_that_reads_is_sent_again(server):
    with Relay(server.port) as relay, terminal(server, "shop", port=relay.port) as shell:
        shell.run("set @x = 7;")
        shell.begin("select @x + 1 as x, sleep(2) as slept;")
        server.arrives("sleep\\(2\\)")
        relay.cut(0)
        out = shell.answer()
        assert "connection lost; connected again" in out and re.search(r"\| +8 \| +0 \|", out), out
    assert len(server.sent("sleep\\(2\\)")) == 2


def test_it_is_sent_again_once(server):
    with Relay(server.port) as relay, terminal(server, "shop", port=relay.port) as shell:
        shell.begin("select sleep(100);")
        for number in range(2):
            wait_for(lambda n=number: len(server.sent("sleep\\(100\\)")) == n + 1)
            relay.cut(number)
        out = shell.answer()
        assert "ERROR 2013" in out and "the next statement connects again" in out, out
        assert "1 row in set" in shell.run("select 1;")
    assert len(server.sent("sleep\\(100\\)")) == 2


@pytest.mark.parametrize("statement, check", [
    ("insert into t select 5, sleep(100)", "look at the rows, or SHOW LOAD"),
    ("create table u as select sleep(100)", "SHOW CREATE of what it makes"),
    ("select sleep(100) into outfile 'never-written'", "look at what it changes"),
], ids=["insert", "create", "outfile"])
def test_what_changes_is_never_sent_again(server, statement, check):
    with Relay(server.port) as relay, terminal(server, "shop", port=relay.port) as shell:
        shell.begin(statement + ";")
        server.arrives("sleep\\(100\\)")
        relay.cut(0)
        out = shell.answer()
        assert "sent, outcome unknown" in out and check in out, out
        assert "1 row in set" in shell.run("select 1;")
        assert "[shop]" in shell.prompt()
    assert len(server.sent("sleep\\(100\\)")) == 1


def test_rows_that_were_shown_are_not_shown_twice(server):
    """The result has begun: sending again would print its first rows a second time."""
    server.sql("create or replace table big as select seq, repeat('x', 100) as pad"
               " from seq_1_to_200000", "shop")
    with Relay(server.port) as relay, terminal(server, "-q", "shop", port=relay.port) as shell:
        shell.begin("select *, if(seq = 150000, sleep(100), 0) as z from big;")
        server.arrives("sleep\\(100\\)")
        wait_for(lambda: server.running("sleep"))
        relay.cut(0)
        out = shell.answer(60)
        assert "ERROR 2013" in out, out[-500:]
    assert len(server.sent("sleep\\(100\\)")) == 1


def test_a_loss_at_the_practice_cluster():
    """USE, SET CATALOG and roles, as StarRocks has them."""
    with Practice("seed") as cluster, at(cluster, "--no-auto-rehash", columns=200) as shell:
        shell.run("set catalog default_catalog;")
        shell.run("use sales;")
        shell.run("set role all;")
        shell.run("set query_timeout = 77;")
        cluster.fault("drop-before", "select count(*) from orders%")
        cluster.forget()
        out = shell.run("select count(*) from orders;")
        assert "(catalog default_catalog, database sales, roles, 1 variable restored)" in \
            out, out
        assert "1 row in set" in out
        assert len(cluster.sent("select count(*) from orders%")) == 2
        assert [text.lower() for text in cluster.sent("set%")][:3] == [
            "set catalog `default_catalog`", "set role all", "set query_timeout = 77"]
        assert re.search(r"\| +77 \|", shell.run("select @@query_timeout;"))
        # An INSERT that was lost with its answer is not sent again.
        cluster.fault("drop-after", "insert into%")
        out = shell.run("insert into sales.refunds values (1, '2026-11-20', 5);")
        assert "sent, outcome unknown" in out, out
        assert len(cluster.sent("insert into%")) == 1


# --- ^C -------------------------------------------------------------------------------------------

@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_ctrl_c_on_a_real_server(tls):
    with MariaDb(tls=tls) as server:
        with terminal(server, *(["--ssl-mode=required"] if tls else [])) as shell:
            shell.run("set @x = 3;")
            connection = own_connection(server, shell)
            shell.begin("select sleep(100);")
            server.arrives("sleep\\(100\\)")
            shell.press(CTRL_C)
            shell.until("asking the server to stop")
            shell.answer()
            assert server.sent(f"^KILL QUERY {connection}$")
            assert not server.sent("custom_query_id")
            assert re.search(r"\| +3 \|", shell.run("select @x;"))
            assert own_connection(server, shell) == connection
            server.sql("create database if not exists shop")
            shell.run("use shop")
            # While rows come, too: these are read in another way than the first answer.
            shell.begin("select seq, if(seq = 5000, sleep(100), 0) as s from seq_1_to_10000;")
            server.arrives("seq_1_to_10000")
            wait_for(lambda: server.running("seq_1_to"))
            shell.press(CTRL_C)
            shell.answer()
            assert own_connection(server, shell) == connection


def test_ctrl_c_amid_rows(server):
    with terminal(server, "-q", "shop") as shell:
        connection = own_connection(server, shell)
        shell.begin("select seq, sleep(if(seq = 5000, 100, 0)) from seq_1_to_10000;")
        server.arrives("seq_1_to_10000")
        wait_for(lambda: server.running("seq_1_to"))
        shell.press(CTRL_C)
        shell.answer()
        assert own_connection(server, shell) == connection


def test_two_ctrl_c_on_a_dead_server_give_the_prompt_back(server):
    """The thirteenth probe: the machine of the server hangs; nobody waits for it."""
    with terminal(server, "shop") as shell:
        shell.begin("select sleep(100);")
        server.arrives("sleep\\(100\\)")
        server.freeze()
        try:
            shell.press(CTRL_C)
            shell.until("ends the connection")
            begun = time.monotonic()
            shell.press(CTRL_C)
            shell.until("ending the connection")
            shell.answer()
            # Two seconds on a machine that has nothing else to do.
            assert time.monotonic() - begun < 8
            assert shell.child.isalive()
        finally:
            server.freeze(False)
        assert "1 row in set" in shell.run("select 1;")


def test_three_ctrl_c_wait_for_nothing(server):
    with terminal(server, "shop") as shell:
        shell.begin("insert into t select 6, sleep(100);")
        server.arrives("sleep\\(100\\)")
        server.freeze()
        try:
            for told in ("ends the connection", "leaves it at once", "outcome unknown"):
                shell.press(CTRL_C)
                shell.until(told)
            shell.answer()
        finally:
            server.freeze(False)
        assert "1 row in set" in shell.run("select 1;")


def test_ctrl_c_behind_a_balancer_with_two_fes():
    """The twelfth probe: the second connection reaches another FE, and the query dies all the same."""
    with Practice("3.5.16") as cluster:
        with Relay(cluster.port(0), cluster.port(1)) as relay, \
                at(cluster, "--no-auto-rehash", "--port", str(relay.port), columns=200) as shell:
            shell.run("use sales")
            shell.begin("select sleep(100);")
            fe, connection = wait_for(lambda: cluster.sql(
                "SELECT fe, connection_id FROM statement_log WHERE text LIKE 'select sleep(100)%'"))[0]
            shell.press(CTRL_C)
            assert "ERROR" in shell.answer()
            killed = cluster.sql("SELECT fe, text FROM statement_log WHERE text LIKE 'KILL%'")
            assert len(killed) == 1 and killed[0][0] != fe, killed
            assert re.fullmatch(r"KILL QUERY 'belay-[0-9a-f]+'", killed[0][1])
            # One SET a session; the session lives.
            shell.run("select 1;")
            assert len(cluster.sent("SET custom_query_id%")) == 1
            shell.run("select 'still here' from orders;")
            assert cluster.sql("SELECT fe, connection_id FROM statement_log"
                               " WHERE text LIKE 'select ''still here%'") == [(fe, connection)]


@pytest.mark.parametrize("fault", ["drop-before", "hang"])
def test_a_loss_before_the_statement_is_no_doubt_about_it(fault):
    """belay's own statement is the first on the connection: it finds the loss, or waits in vain."""
    with Practice("3.5.16") as cluster:
        with at(cluster, "--no-auto-rehash", columns=200) as shell:
            cluster.fault(fault, "SET custom_query_id%", times=1 if fault == "drop-before" else -1)
            shell.begin("insert into sales.refunds values (1, '2026-11-20', 5);")
            if fault == "hang":
                wait_for(lambda: cluster.sent("SET custom_query_id%"))
                shell.press(CTRL_C)
            out = shell.answer()
            assert "outcome unknown" not in out, out
            assert ("nothing was sent" in out) == (fault == "hang"), out
            assert len(cluster.sent("insert into%")) == (1 if fault == "drop-before" else 0)


def test_a_number_is_never_sent_to_another_fe():
    """3.3 knows no names, and its numbers mean other connections on other FEs."""
    with Practice("seed") as cluster:
        with Relay(cluster.port(0), *[cluster.port(1)] * 40) as relay, \
                at(cluster, "--no-auto-rehash", "--port", str(relay.port), columns=200) as shell:
            shell.begin("select sleep(100);")
            wait_for(lambda: cluster.sent("select sleep(100)%"))
            shell.press(CTRL_C)
            out = shell.until("leads to another server")
            shell.press(CTRL_C)
            out = shell.answer()
            assert "ERROR" in out or "belay:" in out
            assert cluster.sent("KILL%") == []
            assert "1 row in set" in shell.run("select 1;")


def test_a_late_stop_cannot_hit_the_next_statement():
    """The KILL is on its way when the statement ends by itself: what follows goes elsewhere."""
    with Practice("seed") as cluster, at(cluster, "--no-auto-rehash", columns=200) as shell:
        shell.run("use sales;")
        cluster.fault("hang", "KILL QUERY%")
        shell.begin("select sleep(2), 'slept';")
        _, connection = wait_for(lambda: cluster.sql(
            "SELECT fe, connection_id FROM statement_log WHERE text LIKE 'select sleep(2)%'"))[0]
        shell.press(CTRL_C)
        wait_for(lambda: cluster.sent("KILL QUERY%"))
        out = shell.answer()
        assert "slept" in out and "this connection is given up" in out, out
        assert "1 row in set" in shell.run("select count(*) from orders;")
        assert cluster.sql("SELECT connection_id FROM statement_log WHERE text LIKE"
                           " 'select count(*) from orders%'") != [(connection,)]


def test_the_right_fe_comes_up_again():
    """A balancer deals connections out in turn; the number is sent where it was seen."""
    with Practice("seed") as cluster:
        with Relay(*[cluster.port(n) for n in range(3)]) as relay, \
                at(cluster, "--no-auto-rehash", "--port", str(relay.port), columns=200) as shell:
            shell.begin("select sleep(100);")
            fe, connection = wait_for(lambda: cluster.sql(
                "SELECT fe, connection_id FROM statement_log WHERE text LIKE 'select sleep(100)%'"))[0]
            shell.press(CTRL_C)
            assert "ERROR" in shell.answer()
            assert cluster.sql("SELECT fe, text FROM statement_log WHERE text LIKE 'KILL%'") == [
                (fe, f"KILL QUERY {connection}")]


def test_sigint_ignore(server):
    with terminal(server, "--sigint-ignore", "shop") as shell:
        shell.begin("select sleep(1), 'slept';")
        server.arrives("sleep\\(1\\)")
        shell.press(CTRL_C * 3)
        assert re.search(r"\| slept \|", shell.answer())
    assert not server.sent("^kill")


def test_a_terminal_that_goes_away_takes_the_statement_along(server):
    """The window is closed: nobody can see the answer, and nobody could stop it any more."""
    window, end = pty.openpty()
    process = subprocess.Popen([BELAY, *server.login, "--no-auto-rehash", "shop"], stdin=end,
                               stdout=end, stderr=end, start_new_session=True, cwd=server.home,
                               preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
                               env=clean_env(server.home))
    os.close(end)
    try:
        os.write(window, b"insert into t select 30, sleep(100);\r")
        server.arrives("sleep\\(100\\)")
        wait_for(lambda: server.running("sleep"))
        os.close(window)
        assert process.wait(20) == 129
        wait_for(lambda: not server.running("sleep"))
    finally:
        end_process(process)
    assert server.sent("^KILL QUERY")
    assert server.sql("select * from t where a = 30", "shop") == []
