"""Taking a cluster over from another operator: only when its time is out, only by typing the name."""
import os
import re
import signal

import pytest

from leases import NAME, holder, lease, put, record
from people import Person
from practice import DOWN
from restore import STS
from terminal import Practice, at, wait_for
from upgrades import changes, deleted, is_of

CLUSTER = "kube-starrocks"
UPGRADE = "\\upgrade --to 3.3.9 --no-backup --leave-views --no-proof"
LONG_AGO = "2020-01-01T00:00:00.000000Z"


@pytest.fixture
def seed():
    with Practice("seed") as cluster:
        yield cluster


def test_the_second_operator_takes_over_from_the_first_who_stops(seed):
    """kill -9 and a laptop that wakes again: the whole bad day."""
    digest = seed.digest(DOWN)
    seed.fault("slow", "ALTER%daily_top% INACTIVE", "1000")
    first = seed.start(DOWN, approve=digest)
    wait_for(lambda: seed.sent("ALTER%daily_top% INACTIVE"))
    first.send_signal(signal.SIGSTOP)  # a laptop that is closed, with one statement on its way
    wait_for(lambda: "sales.daily_top" not in seed.active())
    who = holder(seed)
    other = os.path.join(seed.top, "other")
    seed.sql("UPDATE k8s_object SET json = json_set(json, '$.spec.renewTime', ?) WHERE name = ?",
             LONG_AGO, NAME)  # its time is out
    with at(seed, "--state-dir", other, columns=200) as shell:
        shell.ask("\\mv inactivate web.funnel")
        shell.press(CLUSTER + "\r")
        asked = shell.question()
        assert f"{who} holds this cluster" in asked and "its time has run out" in asked, asked
        assert f"Type {who} to take it over" in asked
        out = shell.reply("y")  # not its name
        assert "another operator holds this cluster" in out and holder(seed) == who, out
        assert seed.journals(other) == [] and "done" not in out
        shell.ask("\\mv inactivate web.funnel")
        shell.press(CLUSTER + "\r")
        shell.question()
        sent = len(seed.sent("ALTER% INACTIVE"))
        out = shell.reply(who)
        assert f"taken over from {who}" in out and "final proof: yes" in out, out
        told, = record(seed, seed.journals(other)[0])
        assert (told["from"], told["transitions"]) == (who, 1)
        assert lease(seed) is None  # given back at the end
        assert len(seed.sent("ALTER% INACTIVE")) > sent
        everything = seed.changes()
        first.send_signal(signal.SIGCONT)
        assert first.wait(60) == 11
        assert seed.changes() == everything, "the first sent something after it was taken over"
        assert b"was removed" in first.stderr.read()


def test_nobody_is_asked_before_its_time_is_out(seed):
    who = put(seed)
    with at(seed, columns=200) as shell:
        out = shell.run(DOWN)
        assert f"another operator holds this cluster: {who}" in out and "Type" not in out, out
        assert who in shell.run("\\lease")
    assert seed.changes() == [] and holder(seed) == who


def test_enter_is_no(seed):
    who = put(seed, renewed=LONG_AGO)
    with at(seed, columns=200) as shell:
        for answer in ("", who + " ", who[:-1], CLUSTER):
            shell.ask(DOWN)
            shell.press(CLUSTER + "\r")
            shell.question()
            assert "holds this cluster" in shell.reply(answer)
    assert seed.changes() == [] and holder(seed) == who and seed.journals() == []


def test_one_that_is_renewed_while_the_name_is_typed_is_not_taken(seed):
    """The person was shown another state of things than there is."""
    who = put(seed, renewed=LONG_AGO)
    with at(seed, columns=200) as shell:
        shell.ask(DOWN)
        shell.press(CLUSTER + "\r")
        shell.question()
        put(seed, renewed="2020-01-01T00:00:01.000000Z")
        assert "changed meanwhile" in shell.reply(who)
    assert seed.changes() == [] and holder(seed) == who


@pytest.mark.parametrize("alive", [False, True])
def test_without_the_servers_clock_one_watches(seed, alive):
    """Two machines' clocks are no basis: it must go unrenewed for as long as it lasts."""
    who = put(seed, seconds=1)
    seed.fault("exit", "%--raw /version%", "1", times=-1, program="kubectl")
    if alive:  # renewed between the two readings
        seed.sql("CREATE TRIGGER renews AFTER INSERT ON kubectl_log WHEN new.argv LIKE '%get leases%'"
                 " BEGIN UPDATE k8s_object SET json = json_set(json, '$.spec.renewTime',"
                 f" '2026-01-01T00:00:00.' || substr(1000000 + new.id, 2) || 'Z') WHERE name = '{NAME}';"
                 " END")
    with at(seed, columns=200) as shell:
        shell.ask(DOWN)
        shell.press(CLUSTER + "\r")
        if alive:
            assert "another operator holds this cluster" in shell.answer()
            assert holder(seed) == who
            return
        assert f"Type {who}" in shell.question()
        assert "final proof: yes" in shell.reply(who)
    assert lease(seed) is None


def test_a_holder_cannot_write_to_the_terminal(seed):
    put(seed, "bert\x1b[2J@x/1\nError: all is well")
    with at(seed, columns=200) as shell:
        seen = len(shell.seen)
        shell.run(DOWN)
        shell.run("\\lease")
        assert "\x1b[2J" not in shell.seen[seen:]
    assert seed.changes() == []


def test_an_upgrade_is_taken_over_on_another_machine():
    """Before the leader goes; what the first one then still sends is stopped by the Lease."""
    with Practice("seed") as cluster:
        digest = cluster.digest(UPGRADE)
        anna, bert = (Person(cluster, who) for who in ("anna@one", "bert@two"))
        cluster.fault("slow", f"%get pods {STS}-1 %", "4000", program="kubectl")
        first = cluster.start(UPGRADE, approve=digest, state=anna.state, env=anna.env)
        wait_for(lambda: deleted(cluster) == [f"{STS}-2", f"{STS}-0"], 120)
        wait_for(lambda: cluster.sql("SELECT 1 FROM fault WHERE remaining = 0"), 120)
        first.send_signal(signal.SIGSTOP)  # the laptop is closed
        gone = deleted(cluster)
        file = anna.hands_over_to(bert, 1)
        who = holder(cluster)
        assert who.startswith("anna@one/")
        cluster.sql("UPDATE k8s_object SET json = json_set(json, '$.spec.renewTime', ?) WHERE name = ?",
                    LONG_AGO, NAME)
        with at(cluster, "--state-dir", bert.state, env=bert.env, columns=200) as shell:
            # The stage of the nodes is done: nothing is asked for it.
            asked = shell.ask(f"\\resume '{file}'", 120)
            assert re.search(r"Done .* steps; goes on at step [0-9]+, replace the leader, last", asked), asked
            assert f"Type {who} to take it over" in asked, asked
            shell.press(who + "\r")
            asked = shell.question(120)
            assert f"taken over from {who}" in asked and "Type the cluster's name" in asked, asked
            out = shell.reply(CLUSTER, 180)
            assert "final proof: yes" in out, out
        assert lease(cluster) is None
        told = record(cluster, cluster.journals(bert.state)[0])[-1]
        assert told["from"] == who and told["holder"].startswith("bert@two/"), told
        is_of(cluster, "3.3.9")
        everything = changes(cluster)
        first.send_signal(signal.SIGCONT)  # and opened again
        first.wait(120)
        assert first.returncode in (7, 11), first.stderr.read()  # the world differs, or the Lease does
        assert changes(cluster) == everything and deleted(cluster) == [*gone, f"{STS}-1"]
