"""^C, ^Z, signals and the window's size: who waits gets out, and nothing is left behind."""
import os
import re
import signal

import pytest

from practice import DOWN
from terminal import (CTRL_C, CTRL_Z, READING, TAKEN, Practice, Shell, alive, at, practice,
                      wait_for)

NAME = "kube-starrocks"


@pytest.fixture
def cluster():
    with Practice("seed") as started:
        yield started


def arrives(cluster, like):
    """Waits until the statement is at the server; the FE and the connection it came over."""
    return wait_for(lambda: cluster.sql(
        "SELECT fe, connection_id FROM statement_log WHERE text LIKE ? ORDER BY id DESC", like))[0]


def assert_line_mode(stty):
    """What a shell expects of its terminal, in the words of stty -a."""
    assert {"icanon", "echo", "isig", "icrnl", "opost"} <= set(stty.split()), stty


# --- a statement ---------------------------------------------------------------------------------

def test_ctrl_c_ends_the_statement_at_the_same_fe(cluster):
    with at(cluster, "--port", str(cluster.port(2))) as shell:
        shell.begin("select sleep(100);")
        fe, connection = arrives(cluster, "select sleep(100)%")
        shell.press(CTRL_C)
        shell.until("asking the server to stop this statement")
        out = shell.answer()
        assert "ERROR" in out, out
        killed_at, killer = arrives(cluster, f"KILL QUERY {connection}")
        assert killed_at == fe == "kube-starrocks-fe-2" and killer != connection
        # The same connection goes on: its session has not lost anything.
        shell.run("use sales")
        shell.begin("select sleep(101);")
        arrives(cluster, "select sleep(101)%")
        shell.press(CTRL_C)
        shell.answer()
        assert "[sales]" in shell.prompt()
        assert "1 row in set" in shell.run("select count(*) from orders;")
        assert arrives(cluster, "select count(*) from orders%") == (fe, connection)


def test_second_ctrl_c_ends_the_connection(cluster):
    cluster.fault("error", "KILL QUERY%", arg="1094|HY000|Unknown thread id")
    with at(cluster) as shell:
        shell.run("use sales")
        shell.begin("select sleep(100);")
        _, connection = arrives(cluster, "select sleep(100)%")
        shell.press(CTRL_C)
        shell.until("could not ask it")
        shell.press(CTRL_C)
        shell.until("ending the connection")
        shell.answer()
        assert cluster.sent(f"KILL {connection}")
        # The next statement connects again, in the same database.
        assert "1 row in set" in shell.run("select count(*) from orders;")


def test_a_server_that_refuses_to_end_the_connection_is_left(cluster):
    cluster.fault("error", "KILL%", arg="1094|HY000|Unknown thread id", times=-1)
    with at(cluster) as shell:
        cluster.fault("hang", "insert into%")
        shell.begin("insert into sales.refunds values (1, '2026-11-20', 5);")
        arrives(cluster, "insert into sales.refunds%")
        shell.press(CTRL_C)
        shell.until("could not ask it")
        shell.press(CTRL_C)
        shell.until("ending the connection")
        shell.until("could not ask it")
        out = shell.answer()
        assert "outcome unknown" in out, out
        assert "1 row in set" in shell.run("select 1;")


def test_third_ctrl_c_leaves_a_server_that_answers_nothing(cluster):
    with at(cluster) as shell:
        cluster.fault("hang", "insert into%")
        cluster.fault("hang", "SHOW PROCESSLIST%", times=-1)
        shell.begin("insert into sales.refunds values (1, '2026-11-20', 5);")
        arrives(cluster, "insert into sales.refunds%")
        shell.press(CTRL_C)
        shell.until("ends the connection")
        shell.press(CTRL_C)
        shell.until("leaves it at once")
        shell.press(CTRL_C)
        out = shell.answer()
        assert "outcome unknown" in out, out
        assert "1 row in set" in shell.run("select 1;")


def test_status_of_a_stopped_batch_statement(cluster):
    argv = cluster.argv("select sleep(100)", "select 2")
    with Shell(argv, cluster.home, no_prompt=True) as shell:
        arrives(cluster, "select sleep(100)%")
        shell.press(CTRL_C)
        assert shell.ended() == 130, shell.seen
    assert cluster.sent("select 2") == []


# --- a guided run --------------------------------------------------------------------------------

def test_ctrl_c_stops_a_run_after_this_step_and_resume_goes_on(cluster):
    cluster.fault("slow", "ALTER%`margin` INACTIVE", arg="1500")
    with at(cluster) as shell:
        shell.ask(DOWN)
        shell.press(NAME + "\r")
        arrives(cluster, "ALTER%`margin` INACTIVE")
        shell.press(CTRL_C)
        shell.until("stopping after this step")
        out = shell.answer()
        assert re.search(r"\\resume \S+ goes on", out), out
        sent = cluster.sent("ALTER%INACTIVE")
        assert 2 <= len(sent) < 11
        # What was sent was read back and journaled before it stopped.
        open_steps = [r for r in cluster.records() if r["type"] == "outcome"]
        assert len(open_steps) >= len(sent)
        shell.ask("\\resume")
        out = shell.reply(NAME)
        assert "final proof: yes" in out, out
    assert cluster.active() == set()
    sent = cluster.sent("ALTER%INACTIVE")
    assert len(sent) == 11 and len(set(sent)) == 11


def test_second_ctrl_c_leaves_a_run_at_once(cluster):
    cluster.fault("hang", "ALTER%`margin` INACTIVE")
    with at(cluster) as shell:
        shell.ask(DOWN)
        shell.press(NAME + "\r")
        arrives(cluster, "ALTER%`margin` INACTIVE")
        shell.press(CTRL_C)
        shell.until("stopping after this step; ^C again leaves at once")
        shell.press(CTRL_C)
        out = shell.answer(5)
        assert "unknown" in out.lower() and "\\resume" in out, out
        shell.ask("\\resume")
        out = shell.reply(NAME)
        assert "final proof: yes" in out, out
    assert cluster.active() == set()


@pytest.mark.parametrize("presses, statuses", [(1, (5,)), (2, (5, 9))])
def test_status_of_a_stopped_run(cluster, presses, statuses):
    digest = cluster.digest(DOWN)
    cluster.forget()
    kind = "slow" if presses == 1 else "hang"
    cluster.fault(kind, "ALTER%`margin` INACTIVE", arg="1500")
    argv = cluster.argv(DOWN, approve=digest)
    with Shell(argv, cluster.home, no_prompt=True) as shell:
        arrives(cluster, "ALTER%`margin` INACTIVE")
        shell.press(CTRL_C)
        shell.until("stopping after this step")
        if presses == 2:
            shell.press(CTRL_C)
        assert shell.ended() in statuses, shell.seen
        assert "\\resume" in shell.seen
    assert len(cluster.sent("ALTER%INACTIVE")) < 11


# --- kubectl -------------------------------------------------------------------------------------

def kubectl_hangs(cluster, shell, line):
    cluster.fault("hang", "%", program="kubectl", times=-1)
    shell.begin(line)
    return wait_for(shell.children)


def test_ctrl_c_during_a_kubectl_call(cluster):
    with at(cluster) as shell:
        hanging = kubectl_hangs(cluster, shell, "\\nodes")
        shell.press(CTRL_C)
        shell.answer(8)
        assert not any(alive(pid) for pid in hanging)
        cluster.clear_faults()
        assert "1 row in set" in shell.run("select 1;")
        assert "kube-starrocks-fe-1" in shell.run("\\leader")


# --- signals -------------------------------------------------------------------------------------

@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("where", ["prompt", "statement", "question", "kubectl"])
def test_a_signal_ends_it_with_128_and_leaves_no_child(cluster, number, where):
    with at(cluster) as shell:
        if where == "statement":
            shell.begin("select sleep(100);")
            arrives(cluster, "select sleep(100)%")
        elif where == "question":
            shell.ask(DOWN)
        elif where == "kubectl":
            kubectl_hangs(cluster, shell, "\\nodes")
        left = shell.children()
        shell.child.kill(number)
        assert shell.ended() == 128 + number, shell.seen
        assert not any(alive(pid) for pid in left)
    assert cluster.changes() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_practice_cluster_ends_with_its_shell(tmp_path, number):
    with practice(str(tmp_path)) as shell:
        served = wait_for(shell.children)
        shell.child.kill(number)
        assert shell.ended() == 128 + number
        wait_for(lambda: not any(alive(pid) for pid in served))


def test_terminal_is_as_before_after_a_signal(cluster):
    """The modes that readline changed are put back: the shell that follows has its echo."""
    script = " ".join(f"'{word}'" for word in cluster.argv())
    argv = ["/bin/bash", "--norc", "-c", f"{script}; stty -a; read -r x"]
    with Shell(argv, cluster.home) as shell:
        belay = wait_for(shell.children)[0]
        os.kill(belay, signal.SIGTERM)
        shell.until("speed")
        assert_line_mode(shell.until("extproc"))
    assert not alive(belay)


# --- the window ----------------------------------------------------------------------------------

def widest(text):
    return max(len(line) for line in text.splitlines())


def test_a_new_size_counts_for_the_next_output(cluster):
    with at(cluster, columns=200) as shell:
        wide = shell.run("\\leader")
        assert widest(wide) > 80
        shell.child.setwinsize(40, 80)
        narrow = shell.run("\\mv")
        assert widest(narrow) <= 80, narrow
        shell.child.setwinsize(40, 200)
        assert widest(shell.run("\\leader")) > 80


def test_a_new_size_while_typing_keeps_what_was_typed(cluster):
    with at(cluster) as shell:
        shell.press("select 'typed before',")
        shell.until("before',")
        for columns in (30, 120, 80):
            shell.child.setwinsize(40, columns)
        shell.press(" 'and after';")
        out = shell.run("")
        assert "| typed before   | and after   |" in out, out


# --- ^Z ------------------------------------------------------------------------------------------

class Job:
    """belay as a job of an interactive bash, as a person starts it."""

    PROMPT = "job-control$ "

    def __init__(self, cluster):
        self.shell = Shell(["/bin/bash", "--norc", "--noediting", "-i"], cluster.home,
                           env={"PS1": self.PROMPT}, no_prompt=True)
        self.shell.until(self.PROMPT)
        words = " ".join(f"'{word}'" for word in cluster.argv())
        self.shell.press(words + "\r")
        self.shell.until(READING)

    def __enter__(self):
        return self.shell

    def __exit__(self, *_):
        self.shell.__exit__()

    def stopped(self):
        self.shell.until("Stopped")
        self.shell.until(self.PROMPT)
        self.shell.press("stty -a\r")
        assert_line_mode(self.shell.until(self.PROMPT))


def test_ctrl_z_at_the_prompt(cluster):
    job = Job(cluster)
    with job as shell:
        shell.press("select 'typed',")
        shell.until("'typed',")
        shell.press(CTRL_Z)
        shell.until(TAKEN)  # what readline switched on is off while others have the terminal
        job.stopped()
        shell.press("fg\r")
        shell.until("'typed',")
        shell.press(" 'on';\r")
        shell.until(re.compile(r"\| typed +\| on +\|"))
        shell.until(READING)
        shell.press("\\q\r")
        shell.until(job.PROMPT)


def test_ctrl_z_while_a_statement_runs(cluster):
    job = Job(cluster)
    with job as shell:
        shell.begin("select sleep(2), 'slept';")
        arrives(cluster, "select sleep(2)%")
        shell.press(CTRL_Z)
        job.stopped()
        shell.press("fg\r")
        shell.until(re.compile(r"\| slept +\|"))
        shell.until(READING)
        assert "1 row in set" in shell.run("select 1;")
        shell.press("\\q\r")
        shell.until(job.PROMPT)


def test_ctrl_z_at_a_question(cluster):
    job = Job(cluster)
    with job as shell:
        shell.ask(DOWN)
        shell.press(CTRL_Z)
        job.stopped()
        shell.press("fg\r")
        assert "declined: nothing was sent" in shell.reply("")
        assert "1 row in set" in shell.run("select 1;")
        shell.press("\\q\r")
        shell.until(job.PROMPT)
    assert cluster.changes() == []
