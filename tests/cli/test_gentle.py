"""Views paused by their refresh clause: the exact clause comes back, nothing is refreshed, what somebody
else changed is theirs."""
from collections import Counter

import pytest

from practice import DOWN, PAUSE, RESUME, UP, Practice, wait_for

LEFT = "sales.legacy_totals"
ON_LOAD = {"sales.orders_by_day", "sales.orders_by_month", "web.sessions"}
PAUSED = {"ops.alerts_recent", "ops.库存_mv", "sales.daily_top", "sales.margin", "sales.top-customers",
          "web.funnel", "web.visits_by_page"}


def alter(view, clause):
    database, name = view.split(".", 1)
    return f"ALTER MATERIALIZED VIEW `{database}`.`{name}` {clause}"


def runs(cluster):
    return cluster.sql("SELECT count(*) FROM task_run")[0][0]


def paused(cluster):
    return {f"{r['database']}.{r['name']}" for r in cluster.belay("\\mv ledger").rows
            if r["what"] == "paused"}


def id_of(cluster, name):
    return cluster.sql("SELECT id FROM object WHERE name = ?", name)[0][0]


# --- the whole way, on each release ---------------------------------------------------------------


@pytest.mark.parametrize("scenario", ["seed", "3.4.8", "3.5.16", "4.1", "shared-nothing"])
def test_pause_and_resume(scenario):
    with Practice(scenario, speed=1) as cluster:
        before, states, ran = cluster.clauses(), cluster.views(), runs(cluster)
        page = cluster.belay(f"{PAUSE} --dry-run")
        left = page.out[page.out.index("Left as found"):]
        for view in ON_LOAD:
            assert f"{view}: REFRESH ASYNC: not pausable: would run at once on the way back" in left
        assert "sales.refund_rate: REFRESH MANUAL: nothing to pause" in left, page
        assert f"{LEFT}: inactive before" in left, page

        down = cluster.belay(PAUSE, approve=page.digest)
        assert down.rc == 0 and "7 done; final proof: yes" in down.err, down
        now = cluster.clauses()
        assert {view for view in before if now[view] != before[view]} == PAUSED
        assert all(now[view][0] == "MANUAL" for view in PAUSED)
        assert now["ops.alerts_recent"][1] == 1  # DEFERRED is kept
        assert cluster.views() == states and cluster.config() == ["true"] * 3
        assert paused(cluster) == PAUSED
        again = cluster.belay(PAUSE)
        assert again.rc == 0 and "paused already, by run 00001" in again.err, again
        # Clauses come with the list, in one answer for all views.
        assert not cluster.sent("SHOW CREATE%")

        cluster.forget()
        up = cluster.belay(RESUME, approve=page.digest)  # what was approved covers its undo
        assert up.rc == 0 and "7 done; final proof: yes" in up.err, up
        assert not cluster.sent("SHOW CREATE%")
        assert cluster.clauses() == before and cluster.views() == states
        assert len(cluster.changes()) == 7 and runs(cluster) == ran
        assert paused(cluster) == set()
        again = cluster.belay(RESUME)
        assert again.rc == 0 and "Nothing is to be done" in again.err, again
        assert len(cluster.changes()) == 7


def test_names_that_break_careless_programs():
    with Practice("hostile", speed=1) as cluster:
        before, ran = cluster.clauses(), runs(cluster)
        nasty = {view for view in before if view.startswith("nasty.")}
        assert len(nasty) > 12 and any("\n" in view for view in nasty)
        assert cluster.approved(f"{PAUSE} --only '^nasty'").rc == 0
        assert {v for v, clause in cluster.clauses().items() if clause != before[v]} == nasty
        assert set(cluster.sent("ALTER%")) == {alter(view, "REFRESH MANUAL") for view in nasty}
        done = cluster.approved(RESUME)
        assert done.rc == 0 and "final proof: yes" in done.err, done
        assert cluster.clauses() == before and runs(cluster) == ran
        assert set(Counter(cluster.changes()).values()) == {1}


def test_named_views():
    with Practice(speed=1) as cluster:
        before = cluster.clauses()
        done = cluster.approved("\\mv pause sales.top-customers ops.库存_mv")
        assert done.rc == 0 and paused(cluster) == {"sales.top-customers", "ops.库存_mv"}, done
        for line, rc, says in (
                ("\\mv pause sales.orders_by_day", 1, "would run at once on the way back"),
                ("\\mv pause sales.nothing", 2, "there is no asynchronous view"),
                ("\\mv pause sales.funel web.funnel", 2, "sales.funel"),
                ("\\mv pause funnel", 2, "did you mean web.funnel?"),
                ("\\mv pause web.Funnel", 2, "did you mean web.funnel?"),
                ("\\mv resume web.funnel", 7, "was not paused by belay")):
            refused = cluster.belay(line, approve="reversible")
            assert refused.rc == rc and says in refused.err, refused
        assert cluster.approved("\\mv resume ops.库存_mv").rc == 0
        assert paused(cluster) == {"sales.top-customers"}
        rest = cluster.belay(RESUME, approve="reversible")
        assert rest.rc == 0 and cluster.clauses() == before, rest


def test_a_pause_spares_the_forced_refresh():
    """Down while MANUAL: ACTIVE refreshes nothing, on a release where it forces."""
    with Practice("3.5.16", speed=1) as cluster:
        before = cluster.clauses()
        assert cluster.approved(PAUSE).rc == 0
        line = "\\mv inactivate web.funnel sales.top-customers"
        assert cluster.belay(f"{line} --dry-run").out.count("full refresh") == 0
        assert cluster.approved(line).rc == 0
        page = cluster.belay(f"{RESUME} --dry-run")
        assert "Note     inactive: 2 of these 7 views; bring them up first" in page.out, page
        assert page.out.count("(its ACTIVE then is a full refresh)") == 2, page
        # The clause back makes their ACTIVE dear: that is more than was approved with the pause.
        refused = cluster.belay(RESUME, approve="reversible")
        assert refused.rc == 4 and "this plan is disruptive" in refused.err, refused
        assert cluster.approved(UP).rc == 0
        done = cluster.approved(RESUME)
        assert done.rc == 0 and cluster.clauses() == before, done
        assert cluster.sql("SELECT count(*) FROM task_run WHERE force = 1") == [(0,)]


# --- what \\mv inactivate-all says about it --------------------------------------------------------------


def test_it_is_offered_where_active_would_refresh_in_full():
    with Practice(speed=1) as cluster:
        page = cluster.belay(f"{DOWN} --dry-run").out
        assert ("refreshes 10 of these 11 views in full; \\mv pause-all would not, for 7 of them"
                in " ".join(page.split())), page
    with Practice("4.1", speed=1) as cluster:
        assert "pause" not in cluster.belay(f"{DOWN} --dry-run").out


def test_a_view_that_could_not_come_back_can_be_paused():
    """Over an inactive base that is left: INACTIVE has no way back, the clause has."""
    with Practice(speed=1) as cluster:
        before = cluster.clauses()
        assert cluster.belay("ALTER MATERIALIZED VIEW sales.orders_by_day INACTIVE").rc == 0
        page = " ".join(cluster.belay(f"{DOWN} --dry-run").out.split())
        assert "so it stays up until an FE starts; \\mv pause sales.margin stops its schedule" in page, page
        assert "\\mv pause sales.orders_by_month" not in page  # that one is refreshed on load
        refused = cluster.belay("\\mv inactivate sales.margin", approve="reversible")
        assert refused.rc == 7 and "\\mv pause sales.margin" in refused.err, refused
        assert cluster.approved("\\mv pause sales.margin").rc == 0
        assert "sales.margin" in cluster.active() and paused(cluster) == {"sales.margin"}
        assert cluster.approved(RESUME).rc == 0 and cluster.clauses() == before


def test_refreshes_that_run_are_cancelled_when_asked():
    with Practice(speed=1) as cluster:
        cluster.sql(f"UPDATE mv SET refresh_ms = 3600000 WHERE id = {id_of(cluster, 'daily_top')}")
        assert cluster.belay("REFRESH MATERIALIZED VIEW sales.daily_top").rc == 0
        wait_for(lambda: cluster.belay("SELECT 1").rc == 0 and cluster.sql(
            "SELECT count(*) FROM task_run WHERE state = 'RUNNING'") == [(1,)])
        done = cluster.approved(f"{DOWN} --cancel")
        assert done.rc == 0 and "final proof: yes" in done.err and not cluster.active(), done
        assert cluster.sent("CANCEL%") == ["CANCEL REFRESH MATERIALIZED VIEW `sales`.`daily_top`"]
        sent = cluster.changes()
        assert sent.index(alter("sales.daily_top", "INACTIVE")) < sent.index(cluster.sent("CANCEL%")[0])
        ended = cluster.belay("\\mv runs --since 1h").rows[-1]
        assert ended["state"] == "FAILED" and ended["expected"].startswith("cancelled by belay"), ended


# --- a user's INACTIVE that the leader lost -------------------------------------------------------------


@pytest.mark.parametrize("scenario, spoil", [("seed", True), ("seed", False), ("4.1", False)])
def test_a_pause_of_a_user_is_put_back(scenario, spoil):
    """By a refused ACTIVE up to 3.3, by INACTIVE of its base from 4.0.2 on: the FE would wake it."""
    view, by_hand = "sales.margin", "user use alter materialized view set status to inactive"
    with Practice(scenario, speed=1) as cluster:
        assert cluster.belay(alter(view, "INACTIVE")).rc == 0
        before, clauses = cluster.views(), cluster.clauses()
        assert cluster.approved(DOWN).rc == 0
        if spoil:
            refused = cluster.belay(alter(view, "ACTIVE"))
            assert refused.rc == 1 and "Can not active materialized view" in refused.err, refused
        reason = "SELECT reason FROM mv WHERE id = ?", id_of(cluster, "margin")
        lost = cluster.sql(*reason) != [(by_hand,)]
        assert lost == (spoil or scenario == "4.1")
        ran = cluster.sql("SELECT count(*) FROM task_run WHERE mv_id = ?", reason[1])
        up = cluster.approved(UP)
        assert up.rc == 0 and "final proof: yes" in up.err, up
        assert len(cluster.sent(alter(view, "REFRESH MANUAL"))) == lost, up
        assert cluster.sql(*reason) == [(by_hand,)] and cluster.config() == ["true"] * 3
        cluster.event("checker-round")
        assert cluster.views() == before and cluster.clauses() == clauses
        assert cluster.sql("SELECT count(*) FROM task_run WHERE mv_id = ?", reason[1]) == ran


@pytest.mark.parametrize("scenario", ["seed", "4.1"])
def test_a_pause_of_a_view_that_a_load_into_its_base_wakes(scenario):
    """Every refresh of a view first wakes it, unless its user took it down (recorded on both)."""
    view, base = "sales.orders_by_month", "sales.orders_by_day"
    with Practice(scenario) as cluster:
        assert cluster.belay(alter(view, "INACTIVE")).rc == 0
        before, clauses = cluster.views(), cluster.clauses()
        assert clauses[view] == clauses[base] == ["ASYNC", 0, None, None, None]
        assert cluster.approved(DOWN).rc == 0
        if scenario == "seed":
            assert cluster.belay(alter(view, "ACTIVE")).rc == 1  # refused, which spoils the pause
        # Something was loaded: the refresh of the base, once it is up, has something to do.
        cluster.sql("UPDATE object SET data_version = data_version + 1 WHERE name = 'orders'")
        runs = "SELECT state FROM task_run WHERE mv_id = ? ORDER BY id", id_of(cluster, "orders_by_month")
        ran = len(cluster.sql(*runs))
        up = cluster.approved(UP)
        assert up.rc == 0 and "final proof: yes" in up.err, up
        assert "1 view that its user took down: when the clause comes back a run begins" in " ".join(
            up.err.split()), up
        cluster.event("checker-round")
        wait_for(lambda: not cluster.sql("SELECT 1 FROM task_run WHERE state IN ('PENDING', 'RUNNING')"))
        assert cluster.views() == before and cluster.clauses() == clauses
        assert cluster.config() == ["true"] * 3
        assert cluster.sql(*runs)[ran:] == [("FAILED",)]  # begun by its clause, while it was down


def test_what_belay_took_down_was_no_pause_of_a_user():
    """Its base went down by itself later: the FE may wake it."""
    with Practice(speed=1) as cluster:
        assert cluster.approved(DOWN).rc == 0 and cluster.approved(UP).rc == 0
        assert cluster.belay(alter("sales.orders_by_day", "INACTIVE")).rc == 0
        cluster.sql("UPDATE mv SET active = 0, reason = 'base-mv inactive: orders_by_day' WHERE id = ?",
                    id_of(cluster, "margin"))
        page = cluster.belay(f"{UP} --dry-run").out
        assert "sales.margin: inactive, not by belay: base-mv inactive" in page, page
        assert "pauses of users" not in page and "REFRESH MANUAL" not in page, page


# --- the one proof at the end ----------------------------------------------------------------------------


def woken(cluster, name):
    return f"UPDATE mv SET active = 1, lasting_active = 1 WHERE id = {id_of(cluster, name)}"


@pytest.mark.parametrize("scenario", ["seed", "4.1"])
@pytest.mark.parametrize("what", ["a target", "left as found", "the setting of one FE"])
def test_what_a_later_step_spoils_is_found(scenario, what):
    """A target, a view that was left, the checker of an FE that restarted: none is forgotten."""
    with Practice(scenario, speed=1) as cluster:
        digest = cluster.digest(DOWN)
        spoil, says = {
            "a target": (woken(cluster, "daily_top"), "sales.daily_top is inactive by the user: no"),
            "left as found": (woken(cluster, "legacy_totals"), f"{LEFT} is inactive, as it was found: no"),
            "the setting of one FE": (
                "UPDATE config SET value = 'true' WHERE name = 'enable_mv_automatic_active_check' AND"
                " fe_id = (SELECT id FROM fe WHERE ordinal = 2)", "is false on 3 FEs: no"),
        }[what]
        cluster.once_sent("ALTER%`visits_by_page` INACTIVE", spoil)  # long after daily_top
        done = cluster.belay(DOWN, approve=digest)
        assert done.rc == 8 and "the final proof says" in done.err and says in done.err, done


# --- what others do meanwhile -------------------------------------------------------------------------


AFTER_THE_FACTS = "ADMIN SHOW%automatic_active%"  # views are read before it, their steps run after it


def own_clause(cluster, name):
    """Its user gives the view another schedule."""
    return ("UPDATE mv SET moment = 'ASYNC', every_n = 9, every_unit = 'MINUTE' WHERE id ="
            f" {id_of(cluster, name)}")


def drop(cluster, name):
    one = id_of(cluster, name)
    return [f"DELETE FROM {table} WHERE {column} = {one}" for table, column in
            (("mv", "id"), ("dep", "mv_id"), ("object", "id"))]


def test_a_clause_changed_between_plan_and_step():
    """The view is left and listed, and stops nobody else."""
    with Practice(speed=1) as cluster:
        digest = cluster.digest(PAUSE)
        cluster.once_sent(AFTER_THE_FACTS, own_clause(cluster, "margin"))
        done = cluster.belay(PAUSE, approve=digest)
        assert done.rc == 0 and "final proof: yes" in done.err, done
        assert any("gone" in line and "sales.margin" in line and "INTERVAL 9 MINUTE" in line
                   for line in done.err.splitlines()), done
        cluster.as_before()
        assert paused(cluster) == PAUSED - {"sales.margin"}
        assert not cluster.sent("ALTER%margin%")
        assert cluster.clauses()["sales.margin"] == ["ASYNC", 0, None, 9, "MINUTE"]


@pytest.mark.parametrize("line", [PAUSE, RESUME])
def test_a_view_dropped_between_plan_and_step(line):
    with Practice(speed=1) as cluster:
        if line == RESUME:
            assert cluster.approved(PAUSE).rc == 0
        digest = cluster.digest(line)
        cluster.forget()
        cluster.once_sent(AFTER_THE_FACTS, *drop(cluster, "top-customers"))
        done = cluster.belay(line, approve=digest)
        assert done.rc == 0 and "final proof: yes" in done.err, done
        assert any("gone" in line and "sales.top-customers" in line
                   for line in done.err.splitlines()), done
        assert len(cluster.changes()) == 6 and not cluster.sent("ALTER%top-customers%")


def test_a_clause_changed_while_it_was_paused():
    with Practice(speed=1) as cluster:
        assert cluster.approved(PAUSE).rc == 0
        cluster.sql(own_clause(cluster, "margin"))
        cluster.forget()
        done = cluster.approved(RESUME)
        assert done.rc == 0, done
        assert ("sales.margin: changed by somebody since belay paused it: REFRESH ASYNC EVERY(INTERVAL"
                " 9 MINUTE), was REFRESH ASYNC EVERY(INTERVAL 12 HOUR)") in done.err, done
        assert not cluster.sent("ALTER%margin%") and len(cluster.changes()) == 6
        assert paused(cluster) == {"sales.margin"}
        refused = cluster.belay("\\mv resume sales.margin", approve="reversible")
        assert refused.rc == 7 and "changed by somebody" in refused.err, refused
        # Paused once more, it is the new clause that comes back.
        assert cluster.approved("\\mv pause sales.margin").rc == 0
        assert cluster.approved(RESUME).rc == 0
        assert cluster.clauses()["sales.margin"] == ["ASYNC", 0, None, 9, "MINUTE"]
        assert paused(cluster) == set()


def test_a_clause_that_its_user_gave_back():
    """Nothing is sent for it, and the ledger forgets it."""
    with Practice(speed=1) as cluster:
        before = cluster.clauses()
        assert cluster.approved("\\mv pause sales.margin web.funnel").rc == 0
        back = alter("sales.margin", "REFRESH ASYNC EVERY(INTERVAL 12 HOUR)")
        assert cluster.belay(back).rc == 0
        cluster.forget()
        done = cluster.approved(RESUME)
        assert done.rc == 0 and "1 done, 1 already so" in done.err, done
        assert cluster.clauses() == before and paused(cluster) == set()
        assert not cluster.sent("ALTER%margin%")


def test_another_view_of_the_same_name():
    with Practice(speed=1) as cluster:
        assert cluster.approved("\\mv pause sales.top-customers").rc == 0
        one = id_of(cluster, "top-customers")
        cluster.sql(f"UPDATE mv SET id = {one + 5000} WHERE id = {one}")
        cluster.sql(f"UPDATE dep SET mv_id = {one + 5000} WHERE mv_id = {one}")
        cluster.sql(f"UPDATE object SET id = {one + 5000} WHERE id = {one}")
        cluster.forget()
        done = cluster.belay(RESUME)
        assert done.rc == 0 and "the view that belay paused is gone" in done.err, done
        assert not cluster.changes()


# --- a refresh on the way back ----------------------------------------------------------------------


def refresh(cluster, name, seconds_on, priority=0, manual=0):
    """A run of the view, submitted so many seconds after the newest run there is."""
    return ("INSERT INTO task_run (mv_id, query_id, job_id, create_ms, state, priority, manual) SELECT"
            f" {id_of(cluster, name)}, 'a-new-run', 'a-job', max(create_ms) + {seconds_on * 1000},"
            f" 'SUCCESS', {priority}, {manual} FROM task_run")


@pytest.mark.parametrize("priority, manual, rc", [(0, 0, 8), (50, 0, 0), (80, 1, 0), (100, 0, 0)])
def test_a_refresh_that_came_of_it(priority, manual, rc):
    """What ALTER itself would start has the lowest priority; others were asked for by somebody else."""
    with Practice(speed=1) as cluster:
        assert cluster.approved(PAUSE).rc == 0
        digest = cluster.digest(RESUME)
        cluster.once_sent("ALTER%`funnel`%", refresh(cluster, "funnel", 61, priority, manual))
        done = cluster.belay(RESUME, approve=digest)
        assert done.rc == rc, done
        if rc != 0:
            assert "web.funnel was not refreshed by giving its clause back: no: a refresh began" in done.err
        assert paused(cluster) == set()


@pytest.mark.parametrize("off, rc", [(0, 0), (1, 0), (60, 8)])
def test_the_next_time_of_its_schedule_is_no_surprise(off, rc):
    """With START on its grid, without START on the beat of the runs before."""
    with Practice(speed=1) as cluster:
        assert cluster.approved("\\mv pause sales.top-customers web.funnel").rc == 0
        digest = cluster.digest(RESUME)
        newest = cluster.sql("SELECT max(create_ms) FROM task_run")[0][0] // 1000
        first = cluster.sql("SELECT min(create_ms) FROM task_run WHERE mv_id = ?",
                            id_of(cluster, "funnel"))[0][0] // 1000
        on_grid = 3600 - newest % 3600 + off                 # START at a full hour, every hour
        on_beat = 86400 - (newest - first) % 86400 + off     # every 1440 minutes, from the first on
        cluster.once_sent("ALTER%`funnel`%", refresh(cluster, "funnel", on_beat),
                          refresh(cluster, "top-customers", on_grid - on_beat))
        done = cluster.belay(RESUME, approve=digest)
        assert done.rc == rc, done


# --- lost answers ---------------------------------------------------------------------------------


def test_connection_lost_after_each_statement_was_sent():
    with Practice(speed=1) as cluster:
        before = cluster.clauses()
        digest = cluster.digest(PAUSE)
        cluster.fault("drop-after", "ALTER%REFRESH%", times=7)
        done = cluster.belay(PAUSE, approve=digest)
        assert done.rc == 0 and "7 done; final proof: yes" in done.err, done
        cluster.fault("drop-after", "ALTER%REFRESH%", times=7)
        done = cluster.belay(RESUME, approve=digest)
        assert done.rc == 0 and "7 done; final proof: yes" in done.err, done
        assert cluster.clauses() == before
        assert set(Counter(cluster.changes()).values()) == {1}


def test_the_leader_moves_in_the_middle():
    with Practice("3.5.16", speed=1) as cluster:
        before = cluster.clauses()
        for line in (PAUSE, RESUME):
            digest = cluster.digest(line)
            cluster.fault("leader-moves", "ALTER%`margin` REFRESH%")
            done = cluster.belay(line, approve=digest)
            for _ in range(5):  # what could not be told then is asked anew
                if done.rc == 0:
                    break
                done = cluster.belay("\\resume", approve=digest)
            assert done.rc == 0, done
            assert paused(cluster) == (PAUSED if line == PAUSE else set())
        # Another leader knows no DEFERRED of a view whose clause was altered (up to 3.5).
        before["ops.alerts_recent"][1] = 0
        assert cluster.clauses() == before


def test_a_refusal_stops_nobody_else():
    with Practice(speed=1) as cluster:
        digest = cluster.digest(PAUSE)
        cluster.fault("error", alter("sales.margin", "%"), "1064|HY000|Getting analyzing error. no.")
        done = cluster.belay(PAUSE, approve=digest)
        assert done.rc == 1 and "sales.margin schedule off: Getting analyzing error" in done.err, done
        assert paused(cluster) == PAUSED - {"sales.margin"}
        resumed = cluster.belay("\\resume", approve=digest)
        assert resumed.rc == 0 and paused(cluster) == PAUSED, resumed


def test_the_way_back_needs_to_see_refreshes():
    """When it could not be told what came of it, nothing is sent."""
    with Practice("4.1", speed=1) as cluster:
        assert cluster.approved(PAUSE).rc == 0
        digest = cluster.digest(RESUME)
        cluster.forget()
        cluster.fault("error", "SELECT%task_runs%", "5904|42000|Warehouse is not available.", times=-1)
        done = cluster.belay(RESUME, approve=digest)
        assert done.rc == 9 and "newest refresh" in done.err and not cluster.changes(), done
        cluster.clear_faults()
        assert cluster.belay("\\resume", approve=digest).rc == 0
