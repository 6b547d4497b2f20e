"""Bad days: no compute node, no privilege, no kubectl, no quorum, lost connections, no journal.

Some of these wait for the limit of a proof (15 or 30 s). They run beside each other, each against a
cluster of its own, and their tests look at how it went.
"""
import os
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from practice import DOWN, UP, Practice, wait_for

BASES = ["ops.alerts_recent", "ops.库存_mv", "sales.orders_by_day", "sales.refund_rate",
         "sales.top-customers", "web.sessions", "web.visits_by_page"]
LEFT = "sales.legacy_totals"  # inactive before, and left so
OFF = 'ADMIN SET FRONTEND CONFIG ("enable_mv_automatic_active_check"="false")'


def alter(view, verb):
    database, name = view.split(".")
    return f"ALTER MATERIALIZED VIEW `{database}`.`{name}` {verb}"


def all_down(cluster):
    return not cluster.active() and cluster.config() == ["false"] * 3


def all_up(cluster):
    return (set(cluster.views()) - cluster.active() == {LEFT}
            and cluster.config() == ["true"] * 3)


def read_between(cluster, statement):
    """Between two sends of this statement its view was read back at the leader."""
    texts = cluster.sent("%")
    first = texts.index(statement)
    second = texts.index(statement, first + 1)
    return any("FROM information_schema.materialized_views WHERE" in t for t in texts[first:second])


# --- what waits for the limit of a proof ------------------------------------------------------


def drop_before_inactive():
    """The connection is cut before the server has the statement, for every view of one group."""
    with Practice() as cluster:
        digest = cluster.digest(DOWN)
        for view in BASES:
            cluster.fault("drop-before", alter(view, "INACTIVE"))
        done = cluster.belay(DOWN, approve=digest, timeout=120)
        assert done.rc == 0 and all_down(cluster), done
        assert "already so" not in done.err, done  # they were sent, by this run
        counts = Counter(cluster.sent("ALTER%"))
        for view in cluster.views():
            if view != LEFT:
                times = counts.pop(alter(view, "INACTIVE"))
                assert times == (2 if view in BASES else 1), (view, times)
        assert not counts
        assert all(read_between(cluster, alter(view, "INACTIVE")) for view in BASES)
        attempts = [r["attempt"] for r in cluster.records() if r["type"] == "intent"]
        assert attempts.count(2) == len(BASES)


def drop_before_active_and_setting():
    """The same on the way back, at one view and at the setting."""
    with Practice() as cluster:
        assert cluster.approved(DOWN).rc == 0
        digest = cluster.digest(UP)
        cluster.forget()
        cluster.fault("drop-before", alter("web.sessions", "ACTIVE"))
        cluster.fault("drop-before", "ADMIN SET%")
        done = cluster.belay(UP, approve=digest, timeout=120)
        assert done.rc == 0 and all_up(cluster), done
        twice = [s for s, n in Counter(cluster.changes()).items() if n == 2]
        assert sorted(twice) == sorted([alter("web.sessions", "ACTIVE"),
                                        OFF.replace("false", "true")])
        assert max(Counter(cluster.changes()).values()) == 2


def transport_error():
    """A transport's exception in the code of a syntax error: sent again, but not blindly."""
    with Practice() as cluster:
        statement = alter("sales.orders_by_month", "INACTIVE")
        digest = cluster.digest(DOWN)
        cluster.fault("error", statement, "1064|HY000|Socket is closed by peer.")
        done = cluster.belay(DOWN, approve=digest, timeout=120)
        assert done.rc == 0 and all_down(cluster), done
        assert "already so" not in done.err, done  # the others of its group were sent once, by us
        counts = Counter(cluster.changes())
        assert counts.pop(statement) == 2 and set(counts.values()) == {1}
        assert read_between(cluster, statement)


def no_answer_at_all():
    """Neither the statement nor the proof is answered: sent once, exit 9, then \\resume."""
    with Practice() as cluster:
        statement = alter("sales.daily_top", "INACTIVE")
        digest = cluster.digest(DOWN)
        cluster.fault("drop-before", statement)
        cluster.once_sent(statement, "INSERT INTO fault (match, kind, arg, remaining) VALUES"
                          " ('SHOW MATERIALIZED VIEWS%', 'error', '1064|HY000|not today', -1),"
                          " ('%materialized_views%', 'error', '1064|HY000|not today', -1)")
        began = time.monotonic()
        done = cluster.belay(DOWN, approve=digest, args=["--guide-timeout", "3"], timeout=120)
        assert done.rc == 9 and "sent, outcome unknown" in done.err, done
        assert time.monotonic() - began < 60
        assert cluster.changes() == [OFF, statement]
        cluster.as_before()
        cluster.clear_faults()
        resumed = cluster.belay("\\resume", approve=digest)
        assert resumed.rc == 0 and all_down(cluster), resumed


def no_quorum():
    """The followers go in the middle of a run; when they are back, \\resume finishes it."""
    with Practice(speed=20) as cluster:
        statement = alter("sales.daily_top", "INACTIVE")
        digest = cluster.digest(DOWN, fe=1)
        cluster.fault("slow", statement, "1500")
        began = time.monotonic()
        process = cluster.start(DOWN, approve=digest, fe=1, args=["--guide-timeout", "3"])
        wait_for(lambda: cluster.sent(statement))
        cluster.event("lose-quorum")
        _, said = process.communicate(timeout=120)
        assert process.returncode == 9, said.decode()
        assert b"outcome unknown" in said and b"\\resume" in said, said.decode()
        assert time.monotonic() - began < 75
        assert set(cluster.changes()) == {OFF, statement}
        cluster.event("revive-fe")
        wait_for(lambda: cluster.belay("\\leader").rc == 0, 30)
        resumed = cluster.belay("\\resume", approve=digest)
        for _ in range(20):  # an FE that does not serve yet cannot be told, and is not believed
            if resumed.rc != 9:
                break
            resumed = cluster.belay("\\resume", approve=digest)
        assert resumed.rc == 0 and not cluster.active(), resumed
        # Once, or again after the proof had said that it did not work.
        assert max(Counter(cluster.changes()).values()) <= 2
        assert Counter(cluster.changes())[statement] == 1 or read_between(cluster, statement)


SLOW = [drop_before_inactive, drop_before_active_and_setting, transport_error, no_answer_at_all,
        no_quorum]


@pytest.fixture(scope="module")
def slow():
    with ThreadPoolExecutor(len(SLOW)) as pool:
        yield {how.__name__: pool.submit(how) for how in SLOW}


@pytest.fixture(scope="module", autouse=True)
def begun(request):
    """All of them begin with the first test of this file; their own tests come last."""
    if any(item.name.startswith("test_slow") for item in request.session.items):
        request.getfixturevalue("slow")


# --- nodes and privileges ---------------------------------------------------------------------


@pytest.mark.parametrize("scenario", ["seed", "3.5.16", "4.1"])
def test_without_compute_nodes_no_list_is_taken_for_empty(scenario):
    """3.3.3 answers with an error, 3.5.16 with no rows and success, 4.1 from the FE alone."""
    with Practice(scenario) as cluster:
        cluster.event("kill-cn")
        for line in ("\\mv", f"{DOWN} --dry-run", DOWN, UP):
            done = cluster.belay(line, approve="reversible")
            assert done.rc == 9, (line, done)
            assert "cannot tell" in done.err and "node" in done.err, done
            assert done.out == "" and "Nothing is to be done" not in done.err
        nodes = cluster.belay("\\nodes")
        assert nodes.rc == 0
        assert {r["alive"] for r in nodes.rows if r["kind"] == "CN"} == {"false"}
        assert not cluster.changes() and not cluster.journals()
        cluster.event("revive-cn")
        assert cluster.belay("\\mv").rc == 0


@pytest.mark.parametrize("hidden", ["name = 'margin'", "1 = 1"])
def test_a_short_list_with_success_is_not_believed(hidden):
    """The list comes with success and has fewer rows than the catalog holds, or none."""
    with Practice() as cluster:
        cluster.once_sent("%FROM information_schema.materialized_views",
                          f"UPDATE object SET kind = 'HIDDEN' WHERE kind = 'MV' AND {hidden}")
        for line in ("\\mv", DOWN):
            done = cluster.belay(line, approve="reversible")
            assert done.rc == 9 and "cannot tell which views" in done.err, done
            assert done.out == "" and not cluster.changes()
            cluster.sql("UPDATE object SET kind = 'MV' WHERE kind = 'HIDDEN'")


@pytest.mark.parametrize("user", ["nobody", "operator"])
def test_without_privileges(user):
    with Practice() as cluster:
        for line in ("\\mv", f"{DOWN} --dry-run", DOWN, UP):
            done = cluster.belay(line, user=user, approve="reversible")
            assert done.rc == 9, (line, done)
            assert "cannot tell" in done.err and "Access denied" in done.err, done
            assert done.out == "" and "Nothing is to be done" not in done.err
        assert not cluster.changes()


def test_a_role_that_is_not_active_on_login():
    """dba's roles must be switched on first; then everything works."""
    with Practice() as cluster:
        done = cluster.belay("\\mv", user="dba", args=["--password=dba-secret"])
        assert done.rc == 0 and len(done.rows) == 12, done


# --- kubectl ----------------------------------------------------------------------------------

def test_an_fe_without_a_leader_is_no_stranger():
    """It answers what it cannot forward in the code of a syntax error, as a MySQL would."""
    with Practice() as cluster:
        cluster.fault("error", match="SHOW FRONTENDS", times=-1,
                      arg="1064|HY000|java.net.ConnectException: Connection refused")
        done = cluster.belay("\\leader")
        assert done.rc == 9 and "does not reach its leader: an election may be under way" in done.err
        assert "is it a StarRocks FE" not in done.err, done


NO_KUBE = {
    "no-kube": ({"kube": False, "args": ["--no-kube"]}, "--no-kube"),
    "nonexistent": ({"kube": False, "args": ["--kubectl", "/nonexistent"]}, "/nonexistent"),
    "empty PATH": ({"kube": False, "env": {"PATH": ""}}, "not found on PATH"),
    "wrong namespace": ({"args": ["--namespace", "nope"]}, "namespace nope"),
}


@pytest.mark.parametrize("name", NO_KUBE)
def test_without_kubectl_sql_works(name):
    how, why = NO_KUBE[name]
    with Practice() as cluster:
        done = cluster.belay("SELECT 41 + 1", **how)
        assert done.rc == 0 and done.out.endswith("42\n"), done
        leader = cluster.belay("\\leader", **how)
        assert leader.rc == 0 and leader.rows[0]["fe"] == cluster.leader(), leader
        nodes = cluster.belay("\\nodes", **how)
        assert nodes.rc == 0 and len(nodes.rows) == 6, nodes
        assert why in nodes.err and "note:" in nodes.err, nodes
        assert {r["image"] for r in nodes.rows} == {"NULL"}
        # What needs another FE says what is missing; nothing is sent in another way.
        done = cluster.belay(DOWN, approve="reversible", **how)
        assert done.rc != 0 and "OPERATE" not in done.err, done
        assert not cluster.changes()


def test_kubectl_that_hangs_or_refuses():
    with Practice() as cluster:
        for kind in ("refuse", "exit"):
            cluster.fault(kind, times=-1, program="kubectl")
            done = cluster.belay("\\nodes")
            assert done.rc == 0 and len(done.rows) == 6 and "note:" in done.err, done
            cluster.clear_faults()


# --- leaders ----------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [0, 4, 10])
def test_the_leader_moves_between_plan_and_step(after):
    """At the first statement, in a group, at the last: the new leader gets and shows the rest."""
    with Practice() as cluster:
        digest = cluster.digest(DOWN)
        before = cluster.leader()
        cluster.fault("leader-moves", "ALTER MATERIALIZED VIEW% INACTIVE", after=after)
        done = cluster.belay(DOWN, approve=digest)
        assert cluster.leader() != before
        assert done.rc == 0 and all_down(cluster), done
        assert set(Counter(cluster.changes()).values()) == {1}
        up = cluster.approved(UP)
        assert up.rc == 0 and all_up(cluster), up


def test_the_leader_moves_before_the_setting():
    with Practice() as cluster:
        digest = cluster.digest(DOWN)
        cluster.fault("leader-moves", "ADMIN SET%")
        done = cluster.belay(DOWN, approve=digest)
        assert done.rc == 0 and all_down(cluster), done


# --- lost connections that need no waiting ----------------------------------------------------


def test_cut_after_every_statement():
    """Each statement ran and its answer was lost: the proof says yes, nothing is sent twice."""
    with Practice() as cluster:
        for line, ok in ((DOWN, all_down), (UP, all_up)):
            digest = cluster.digest(line)
            cluster.forget()
            cluster.fault("drop-after", "ALTER%", times=-1)
            cluster.fault("drop-after", "ADMIN SET%", times=-1)
            done = cluster.belay(line, approve=digest)
            cluster.clear_faults()
            assert done.rc == 0 and ok(cluster), done
            counts = Counter(cluster.changes())
            assert len(counts) == 12 and set(counts.values()) == {1}, counts


def test_a_plain_refusal_is_not_sent_again():
    with Practice() as cluster:
        statement = alter("sales.daily_top", "INACTIVE")
        digest = cluster.digest(DOWN)
        cluster.fault("error", statement, "1064|HY000|Getting analyzing error. no.", times=-1)
        began = time.monotonic()
        done = cluster.belay(DOWN, approve=digest)
        assert done.rc == 1 and "Getting analyzing error. no" in done.err, done
        assert time.monotonic() - began < 10  # a refusal is not waited for
        assert cluster.sent(statement) == [statement]
        # What it stands on is not taken down from under it.
        assert cluster.active() == {"sales.daily_top", "sales.orders_by_month",
                                    "sales.orders_by_day"}


def test_a_read_is_asked_again_after_a_cut():
    with Practice() as cluster:
        for match in ("SHOW FRONTENDS", "%information_schema.materialized_views", "SHOW PROC%"):
            cluster.fault("drop-before", match)
            assert cluster.belay("\\mv").rc == 0, match
        cluster.fault("drop-in-rows", "%object_dependencies%")
        done = cluster.belay("\\mv")
        assert done.rc == 0 and len(done.rows) == 12, done


def test_a_setting_that_cannot_be_read_back_is_not_taken_for_set():
    with Practice() as cluster:
        cluster.fault("error", "ADMIN SHOW FRONTEND CONFIG LIKE 'enable_mv%",
                      "1064|HY000|not today", times=-1)
        done = cluster.belay(DOWN, approve=cluster.digest(DOWN))
        assert done.rc == 9, done
        assert not cluster.changes()


# --- where the journal lives ------------------------------------------------------------------


def state_in(cluster, name, make):
    path = os.path.join(cluster.top, name)
    make(path)
    return path


def shared(path):
    os.mkdir(path)
    os.chmod(path, 0o755)


@pytest.fixture(scope="module")
def idle():
    with Practice() as one:
        one.known_digest = one.digest(DOWN)
        yield one


@pytest.mark.parametrize("name, make, word", [
    ("a-file", lambda path: open(path, "w", encoding="ascii").close(), "Not a directory"),
    ("shared", shared, "open to other users"),
    ("dangling", lambda path: os.symlink("/proc/nowhere", path), ""),
])
def test_a_state_directory_that_cannot_be_used(idle, name, make, word):
    state = state_in(idle, name, make)
    done = idle.belay(DOWN, approve=idle.known_digest, state=state)
    assert done.rc == 6 and word in done.err, done
    assert not idle.changes()


def test_a_directory_on_a_read_only_file_system(idle):
    done = idle.belay(DOWN, approve=idle.known_digest, state="/proc/sys/belay")
    assert done.rc == 6, done
    assert not idle.changes()


# --- how the slow ones went -------------------------------------------------------------------


@pytest.mark.parametrize("how", SLOW, ids=lambda how: how.__name__)
def test_slow(slow, how):
    slow[how.__name__].result(150)
