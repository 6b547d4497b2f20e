"""The true state of the views: one list, measured by the catalog, and what it must not be taken for."""
import re

import pytest

from practice import DOWN, UP, Practice, wait_for


def test_one_list_one_query_a_database_and_no_show_create():
    with Practice() as cluster:
        for line in (f"{DOWN} --dry-run", "\\mv", "\\mv show sales.daily_top"):
            cluster.forget()
            assert cluster.belay(line).rc == 0
            sent = cluster.sent("SHOW PROC '/dbs%") + cluster.sent("%IS_ACTIVE%materialized_views%")
            databases = len(cluster.sql("SELECT name FROM db WHERE name <> 'information_schema'"))
            assert len(sent) == len(set(sent)) <= databases + 2, sent
            assert not cluster.sent("SHOW MATERIALIZED%")
            assert len(cluster.sent("SHOW CREATE%")) == ("show" in line)  # of the one view
            assert len(cluster.sent("%object_dependencies%")) == 1


def test_what_is_wrong_below_a_view_is_said():
    with Practice() as cluster:
        listed = cluster.belay("\\mv")
        assert listed.rc == 0 and "sales.legacy_totals: sales.old_orders was dropped" in listed.err
        shown = cluster.belay("\\mv show sales.legacy_totals")
        assert "\nnote          sales.old_orders was dropped\n" in shown.out, shown
        # Of what was not chosen nothing is said.
        assert "old_orders" not in cluster.belay("\\mv --only ^web").err


def test_a_renamed_base_is_followed_by_its_id():
    """sys.object_dependencies of older releases shows the name from when the view was made."""
    with Practice() as cluster:
        cluster.sql("UPDATE object SET name = 'per_day' WHERE name = 'orders_by_day'")
        listed = cluster.belay("\\mv")
        level = {f"{r['database']}.{r['name']}": (r["level"], r["depends_on"]) for r in listed.rows}
        assert level["sales.orders_by_month"] == ("1", "sales.per_day"), listed
        assert "sales.orders_by_month: sales.orders_by_day is called sales.per_day now" in listed.err


def started(cluster, seconds):
    """The leader started so long before its last heartbeat."""
    cluster.sql("UPDATE fe SET start_ms = heartbeat_ms - ? WHERE role = 'LEADER'", seconds * 1000)


def test_a_leader_that_has_just_started_is_not_believed_too_early():
    """3.5.8 and later: views read as inactive, without a reason, until they are loaded."""
    with Practice("3.5.16", speed=1) as cluster:
        cluster.sql("UPDATE mv SET active = 0, lasting_active = 0 WHERE id ="
                    " (SELECT id FROM object WHERE name = 'orders_by_day')")
        started(cluster, 60)
        for line in ("\\mv", f"{DOWN} --dry-run", DOWN):
            done = cluster.belay(line, approve="reversible")
            assert done.rc == 9 and "1 seem inactive" in done.err and "ask again in" in done.err, done
            assert done.out == "" and not cluster.changes()
        started(cluster, 181)
        done = cluster.belay("\\mv")
        assert done.rc == 0 and sum(r["active"] == "false" for r in done.rows) == 2, done


def test_the_time_after_a_start_matters_only_for_views_that_may_be_loading():
    with Practice("3.5.16", speed=1) as cluster:
        started(cluster, 1)
        assert cluster.belay("\\mv").rc == 0  # one is inactive, because its base was dropped
    with Practice(speed=1) as cluster:  # 3.3.3 loads them before it serves
        cluster.sql("UPDATE mv SET active = 0 WHERE id ="
                    " (SELECT id FROM object WHERE name = 'orders_by_day')")
        started(cluster, 1)
        assert cluster.belay("\\mv").rc == 0


def test_a_user_who_sees_less_is_told_so():
    """A list that is short with success: the catalog holds more."""
    with Practice() as cluster:
        cluster.once_sent("%FROM information_schema.materialized_views",
                          "UPDATE object SET kind = 'HIDDEN' WHERE name = 'margin'")
        done = cluster.belay("\\mv")
        assert done.rc == 9 and "first difference: sales.margin, not in the list" in done.err, done
        assert "SET ROLE ALL was sent, SHOW GRANTS" in done.err


def test_sync_views_stand_apart():
    """A rollup of its table has no INACTIVE and is no table of the catalog."""
    with Practice("shared-nothing") as cluster:
        done = cluster.belay("\\mv")
        assert done.rc == 0 and "synchronous views are not listed" in done.err, done
        rollups = cluster.sql("SELECT name FROM object WHERE kind = 'ROLLUP'")
        assert rollups and all(name not in done.out for name, in rollups)


def test_3_0_has_the_flag_but_no_reason_and_no_table_of_dependencies():
    with Practice("3.0") as cluster:
        done = cluster.belay("\\mv")
        rows = {f"{r['database']}.{r['name']}": r for r in done.rows}
        assert done.rc == 0 and rows["sales.legacy_totals"]["active"] == "false", done
        assert rows["sales.daily_top"]["level"] == "2"
        assert rows["sales.margin"]["depends_on"] == "ops.库存_mv, sales.orders_by_day"
        assert "clean_visits" not in done.err
        sent = cluster.sent("%materialized_views")
        assert not cluster.sent("%object_dependencies%") and len(sent) == 1
        assert "INACTIVE_REASON" not in sent[0] and "IS_ACTIVE" in sent[0]
        down = cluster.approved(DOWN)
        assert down.rc == 0 and not cluster.active(), down


@pytest.mark.parametrize("scenario", ["3.0", "2.5"])
def test_plain_views_in_between_are_followed(scenario):
    """As the table of dependencies of later releases does."""
    with Practice("3.3.3") as later:
        tree = later.belay("\\mv graph").out
    with Practice(scenario) as cluster:
        ours = cluster.belay("\\mv graph")
        drawn = [re.sub(r"\(view, [^)]*", "(view", text) for text in (tree, ours.out)]
        assert ours.rc == 0 and "web.clean_visits (plain view)" in tree and drawn[0] == drawn[1], ours
        cluster.fault("error", "%information_schema.views", "1064|HY000|no", times=-1)
        done = cluster.belay("\\mv")
        assert done.rc == 0 and ("the plain view web.clean_visits stands on cannot be read for sure"
                                 in done.err), done


def test_2_5_does_not_show_which_views_are_active():
    with Practice("2.5") as cluster:
        done = cluster.belay("\\mv")
        assert done.rc == 0 and {r["active"] for r in done.rows} == {"unknown"}, done
        assert "no statement of this release shows" in done.err
        assert {r["level"] for r in done.rows} == {"0", "1", "2"}
        assert "(view, state unknown)" in cluster.belay("\\mv graph").out
        for line in (f"{DOWN} --dry-run", DOWN, UP):
            done = cluster.belay(line, approve="reversible")
            assert done.rc == 9 and "cannot tell which views are active" in done.err, done
        assert not cluster.changes()


def test_frontends_that_were_restarted_are_waited_for():
    """As the practice FE plays a start of 3.5: views read inactive until they are loaded."""
    with Practice("3.5.16", speed=10) as cluster:
        cluster.event("restart-fes")
        refused = []

        def told():
            done = cluster.belay("\\mv")
            refused.append(done)
            return done.rc == 0

        wait_for(told, limit=60)
        assert any("may still be loading them" in done.err for done in refused), refused
        assert sum(r["active"] == "false" for r in refused[-1].rows) == 1, refused[-1]
        # The FE's own check says it in other words now (recorded on 3.5.16); it is the same reason.
        down = next(r for r in refused[-1].rows if r["active"] == "false")
        assert down["reason"].startswith("check and set active failed: "), refused[-1]
        shown = cluster.belay("\\mv show sales.legacy_totals").out
        assert "\nremedy        bring the table back" in shown, shown
