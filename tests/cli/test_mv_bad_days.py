"""What others do to views between plan and step, and cuts at each statement in turn."""
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from practice import DOWN, UP, Practice, wait_for

LEFT = "sales.legacy_totals"  # inactive before, and left so
USER = "user use alter materialized view set status to inactive"
VIEW = "sales.top-customers"
ONE = "(SELECT id FROM object WHERE name = 'top-customers')"
CHECKER_OFF = ["false"] * 3
AT_THE_GATE, IN_A_GROUP = "ADMIN SET%", "ALTER%daily_top% INACTIVE"


def alter(view, verb):
    database, name = view.split(".")
    return f"ALTER MATERIALIZED VIEW `{database}`.`{name}` {verb}"


def all_but(cluster, *names):
    return set(cluster.views()) - {LEFT, *names}


# --- another name, another definition ----------------------------------------------------------


@pytest.mark.parametrize("when", [AT_THE_GATE, IN_A_GROUP])
def test_renamed_between_plan_and_step(when):
    """Before the gate of the views it is a new question; later it is gone, and stops nobody else."""
    with Practice() as cluster:
        digest = cluster.digest(DOWN)
        cluster.once_sent(when, f"UPDATE object SET name = 'best-customers' WHERE id = {ONE}")
        done = cluster.belay(DOWN, approve=digest)
        if when == AT_THE_GATE:
            assert done.rc == 7 and "new: sales.best-customers" in done.err, done
        else:
            assert done.rc == 0 and cluster.active() == {"sales.best-customers"}, done
            assert f"gone  {VIEW} INACTIVE: it is called sales.best-customers now (id " in done.err
            assert "and is left as it is: give the command again" in done.err
        cluster.as_before()
        assert not cluster.sent("ALTER%customers`%")
        if when == AT_THE_GATE:
            assert cluster.belay("\\resume", approve=digest).rc == 0
        assert cluster.active() == {"sales.best-customers"}
        again = cluster.approved(DOWN)  # under its new name
        assert again.rc == 0 and not cluster.active(), again
        up = cluster.approved(UP)
        assert up.rc == 0 and cluster.active() == all_but(cluster), up
        assert set(Counter(cluster.changes()).values()) == {1}


def test_renamed_while_it_was_down():
    """The ledger knows it by its id."""
    with Practice() as cluster:
        assert cluster.approved(DOWN).rc == 0
        cluster.sql(f"UPDATE object SET name = 'best-customers' WHERE id = {ONE}")
        up = cluster.approved(UP)
        assert up.rc == 0 and cluster.active() == all_but(cluster), up
        assert cluster.sent("ALTER%customers` ACTIVE") == [alter("sales.best-customers", "ACTIVE")]


@pytest.mark.parametrize("change", [
    f"UPDATE mv SET moment = 'MANUAL', start_at = NULL, every_n = NULL, every_unit = NULL"
    f" WHERE id = {ONE}",
    f"UPDATE object SET comment = 'REFRESH ASYNC EVERY(INTERVAL 1 DAY)' WHERE id = {ONE}"])
def test_altered_between_plan_and_step(change):
    """Down and up change the flag alone: what its user altered meanwhile stays altered."""
    with Practice() as cluster:
        digest = cluster.digest(DOWN)
        cluster.once_sent(IN_A_GROUP, change)
        down = cluster.belay(DOWN, approve=digest)
        assert down.rc == 0 and not cluster.active(), down
        cluster.as_before()
        rows = f"SELECT moment, every_n, comment FROM mv JOIN object o USING (id) WHERE id = {ONE}"
        altered = cluster.sql(rows)
        up = cluster.approved(UP)
        assert up.rc == 0 and cluster.active() == all_but(cluster), up
        assert cluster.sql(rows) == altered and not cluster.sent("ALTER%REFRESH%")


# --- its base goes, somebody wakes it ----------------------------------------------------------

GONE = ["DELETE FROM object WHERE name = 'visits'",
        "UPDATE mv SET active = 0, reason = 'base-table dropped: visits', lasting_active = 0,"
        " lasting_reason = 'base-table dropped: visits' WHERE id IN (SELECT id FROM object"
        " WHERE name IN ('visits_by_page', 'sessions'))"]
OVER_VISITS = ("web.visits_by_page", "web.sessions")


def test_a_base_table_dropped_before_the_views_are_taken_down():
    """What it stood on is inactive by the FE: INACTIVE would change nothing, and what stands on that
    could not come back. Both are left, and the others go down and up."""
    with Practice() as cluster:
        digest = cluster.digest(DOWN)
        cluster.once_sent(AT_THE_GATE, *GONE)
        down = cluster.belay(DOWN, approve=digest)
        cluster.as_before()
        assert down.rc == 0 and cluster.active() == {"web.funnel"}, down
        assert not cluster.sent("ALTER%`web`%")
        up = cluster.approved(UP)
        assert up.rc == 0 and cluster.active() == all_but(cluster, *OVER_VISITS), up


def test_a_base_table_dropped_while_the_views_are_taken_down():
    """Their INACTIVE came too late, and says so; on the way back they stop nobody else."""
    with Practice(speed=1) as cluster:
        digest = cluster.digest(DOWN)
        cluster.once_sent(IN_A_GROUP, *GONE)
        down = cluster.belay(DOWN, approve=digest, args=["--guide-timeout", "3"])
        cluster.as_before()
        assert down.rc == 8 and not cluster.active(), down
        for view in OVER_VISITS:
            assert (f"{view} INACTIVE: sent, but its proof says no: inactive, but not by the user:"
                    " base-table dropped: visits") in down.err, down
        page = cluster.belay(f"{UP} --dry-run")
        assert page.rc == 0, page
        assert "web.funnel: stays down: its base web." in page.out, page
        up = cluster.belay(UP, approve=page.digest)
        assert cluster.active() == all_but(cluster, "web.funnel", *OVER_VISITS), up
        assert not cluster.sent("ALTER%`web`% ACTIVE")
        for done in (up, cluster.belay(UP)):  # done, but not all that was asked for
            assert done.rc == 8 and "1 view that belay took down stays down: web.funnel" in done.err, done
        # Something of belay's is down still: the FE shall not wake it behind its back.
        assert cluster.config() == CHECKER_OFF, up
        named = cluster.belay("\\mv activate web.funnel", approve="reversible")
        assert named.rc == 7 and "its base web." in named.err, named


def test_somebody_activates_one_meanwhile():
    wake = ("UPDATE mv SET active = 1, reason = '', lasting_active = 1, lasting_reason = ''"
            " WHERE id = (SELECT id FROM object WHERE name = 'daily_top')")
    with Practice() as cluster:
        before = cluster.views()
        digest = cluster.digest(DOWN)
        cluster.once_sent("ALTER%visits_by_page% INACTIVE", wake)
        down = cluster.belay(DOWN, approve=digest)
        cluster.as_before()
        # Its own proof had said yes: only the proof over all of them at the end can know.
        assert down.rc == 8, down
        assert "the final proof says: sales.daily_top is inactive by the user: no: active" in down.err
        assert cluster.active() == {"sales.daily_top"}
        again = cluster.approved(DOWN)  # only what came up is taken down once more
        assert again.rc == 0 and not cluster.active(), again
        times = Counter(cluster.sent("ALTER% INACTIVE"))
        assert times.pop(alter("sales.daily_top", "INACTIVE")) == 2 and set(times.values()) == {1}
        cluster.sql(wake)  # and one more time, before the way back
        up = cluster.approved(UP)
        assert up.rc == 0 and cluster.views() == before, up
        assert not cluster.sent(alter("sales.daily_top", "ACTIVE"))


# --- answers that say nothing ------------------------------------------------------------------


@pytest.mark.parametrize("ran", [True, False])
def test_the_command_may_be_succeed(ran):
    """A forwarded statement that timed out: read back first, sent again only when it did not run."""
    statement = alter(VIEW, "INACTIVE")
    with Practice(speed=1) as cluster:
        digest = cluster.digest(DOWN)
        cluster.fault("error", statement,
                      "1064|HY000|Execute timeout, the command may be succeed, you'd better retry")
        if ran:
            cluster.once_sent(statement,
                              f"UPDATE mv SET active = 0, reason = '{USER}', lasting_active = 0,"
                              f" lasting_reason = '{USER}' WHERE id = {ONE}".replace("''", "'"))
        down = cluster.belay(DOWN, approve=digest, timeout=120)
        assert down.rc == 0 and not cluster.active(), down
        assert Counter(cluster.changes())[statement] == (1 if ran else 2)


@pytest.mark.parametrize("privilege", ["ALTER", "ANY"])
def test_a_privilege_missing_on_one_view(privilege):
    who = {"user": "dba", "args": ["--password=dba-secret"]}
    with Practice() as cluster:
        digest = cluster.digest(DOWN, **who)
        cluster.sql("INSERT INTO revoked SELECT 'dba', id, ? FROM object WHERE name = 'margin'",
                    privilege)
        if privilege == "ANY":
            # The catalog holds one view more than the user is shown: no list is believed.
            for line in ("\\mv", f"{DOWN} --dry-run", DOWN):
                done = cluster.belay(line, approve=digest, **who)
                assert done.rc == 9 and "cannot tell which views there are" in done.err, done
                assert "margin" in done.err, done
            assert not cluster.changes()
            return
        down = cluster.belay(DOWN, approve=digest, **who)
        assert down.rc == 1 and "ALTER privilege(s) on MATERIALIZED VIEW margin" in down.err, down
        # The bases of what stays up stay up; the others are down.
        assert cluster.active() == {"sales.margin", "sales.orders_by_day", "ops.库存_mv"}
        assert len(cluster.sent(alter("sales.margin", "INACTIVE"))) == 1
        up = cluster.approved(UP, **who)
        assert up.rc == 0 and cluster.active() == all_but(cluster), up


# --- a cut at each statement in turn -----------------------------------------------------------

WORKERS = 3
CUTS = ("drop-before", "drop-after", "drop-in-rows")


@pytest.fixture(scope="module")
def template():
    """A cluster that is not served, with the digest of the way down and what the way down sends."""
    one = Practice()
    try:
        one.serve()
        one.plan = one.digest(DOWN)
        one.forget()
        one.stop_serving()
        with Practice(like=one) as cluster:
            assert cluster.belay(DOWN, approve=one.plan).rc == 0
            one.n = len(cluster.sent("%"))
            one.views_down = cluster.views()
        yield one
    finally:
        one.__exit__()


@pytest.mark.parametrize("kind", CUTS)
def test_a_cut_at_each_statement_in_turn(template, kind):
    """Reads are asked again, changes are read back; each change is sent once, all are down."""
    assert 15 <= template.n <= 120

    def cut(at):
        with Practice(like=template, speed=1) as cluster:
            # A change that did not arrive is waited for: test_bad_days cuts those.
            reads = "" if kind == "drop-after" else " AND new.text NOT LIKE 'A%'"
            cluster.sql("CREATE TRIGGER cut AFTER INSERT ON statement_log WHEN (SELECT count(*)"
                        f" FROM statement_log) = {at}{reads} BEGIN INSERT INTO fault (match, kind)"
                        f" VALUES ('%', '{kind}'); END")
            done = cluster.belay(DOWN, approve=template.plan, timeout=120)
            assert done.rc == 0, (kind, at, done)
            assert cluster.views() == template.views_down, (kind, at, done)
            assert set(Counter(cluster.changes()).values()) == {1}, (kind, at, done)

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(cut, range(1, template.n + 1)))


# --- refreshes that fail too often (4.0.1 and later) ---------------------------------------------------


def fail_once(cluster, view):
    """A refresh of the view that fails, because no compute node lives."""
    seen = cluster.sql("SELECT coalesce(max(id), 0) FROM task_run")[0][0]
    assert cluster.belay(f"REFRESH MATERIALIZED VIEW {view} FORCE").rc == 0
    wait_for(lambda: cluster.belay("SELECT 1").rc == 0 and cluster.sql(
        "SELECT 1 FROM task_run WHERE id > ? AND state = 'FAILED'", seen))


def test_too_many_failures_take_a_view_down():
    """The FE's own reason is told with what to do; \\mv does not touch the view."""
    with Practice("4.1", speed=20) as cluster:
        assert cluster.belay('ADMIN SET FRONTEND CONFIG ("max_task_consecutive_fail_count"="3")').rc == 0
        cluster.event("kill-cn")
        for _ in range(2):
            fail_once(cluster, "web.sessions")
        assert "web.sessions" in cluster.active()
        fail_once(cluster, "web.sessions")
        assert cluster.views()["web.sessions"] == (False, "mv consecutive failures: sessions")
        cluster.event("revive-cn")
        shown = cluster.belay("\\mv show web.sessions").out
        assert "\nreason        mv consecutive failures: sessions\n" in shown, shown
        assert "\nremedy        see why with \\mv runs and repair that, then activate it" in shown
        error = [r["error"] for r in cluster.belay("\\mv runs --since 1h --only sessions").rows][-1]
        assert "has continuously failed 3 times and has been suspended" in error
        page = cluster.belay(f"{DOWN} --dry-run").out
        assert ("web.sessions: inactive before: its refreshes failed too often in a row" in page), page
        cluster.event("checker-round")  # it is left to its user
        assert "web.sessions" not in cluster.active()
        assert cluster.belay("ALTER MATERIALIZED VIEW web.sessions ACTIVE").rc == 0
        assert "web.sessions" in cluster.active()


def test_what_belay_took_down_may_fail_too_often():
    """Runs that loads begin fail while it is down; the reason they leave lasts as the user's does."""
    with Practice("4.1", speed=20) as cluster:
        assert cluster.belay('ADMIN SET FRONTEND CONFIG ("max_task_consecutive_fail_count"="2")').rc == 0
        before = cluster.views()
        cluster.fault("error", "ALTER%funnel% INACTIVE", "1064|HY000|no", times=-1)
        assert cluster.approved(DOWN).rc == 1
        for number in range(3):
            assert cluster.belay(f"INSERT INTO sales.orders VALUES ({number}, '2026-11-25', 'x', 1)").rc == 0
            wait_for(lambda: cluster.belay("SELECT 1").rc == 0 and not cluster.sql(
                "SELECT 1 FROM task_run WHERE state IN ('PENDING', 'RUNNING')"))
        assert cluster.views()["sales.orders_by_day"] == (False,
                                                          "mv consecutive failures: orders_by_day")
        cluster.clear_faults()
        run = cluster.run_id()
        digest = "sha256:" + cluster.records(cluster.journals()[0])[0]["digest"]
        done = cluster.belay(f"\\resume {run}", approve=digest)
        assert done.rc == 0 and "final proof: yes" in done.err, done
        assert cluster.approved(UP).rc == 0
        assert {v: s[0] for v, s in cluster.views().items()} == {v: s[0] for v, s in before.items()}
