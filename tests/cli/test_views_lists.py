"""Which view stands on which: the tree, the graph for other programs, the choice by pattern."""
import csv
import io
import json
from datetime import datetime

import pytest

from practice import Practice


@pytest.fixture(scope="module")
def seed():
    with Practice("seed") as cluster:
        yield cluster


def lines(cluster, command, *options):
    done = cluster.belay(command, args=options)
    assert done.rc == 0, done
    return done.out.splitlines()


def test_the_tree_draws_what_is_below_a_view_once(seed):
    drawn = lines(seed, "\\mv graph")
    text = "\n".join(drawn)
    assert text.count("── sales.orders_by_day") == 0
    assert text.count("─ sales.orders_by_day (view, active") == 2
    assert text.count("─ sales.orders_by_day (view, active; drawn above)") == 1
    assert "sales.daily_top (view, active)\n└─ sales.orders_by_month (view, active)\n" \
           "   └─ sales.orders_by_day (view, active)\n      └─ sales.orders" in text
    assert "sales.legacy_totals (view, INACTIVE)\n└─ sales.old_orders (gone)\n" in text
    assert "├─ web.clean_visits (plain view)\n" in text
    tops = [line.split(" ")[0] for line in drawn if line[0] not in "└├│ "]
    assert "sales.orders_by_day" not in tops and len(tops) == len(set(tops)) == 7


def test_a_part_of_the_list_is_called_one(seed):
    assert "\n3 of 12 views, cross-checked" in "\n" + seed.belay("\\mv --only ^web").err
    assert "\n0 of 12 views, cross-checked" in "\n" + seed.belay("\\mv --only ^nobody").err
    assert "\n12 views, cross-checked" in "\n" + seed.belay("\\mv").err


def test_a_base_that_is_chosen_without_its_dependants_is_a_top(seed):
    assert lines(seed, "\\mv graph --only by_month --except daily")[0] == \
        "sales.orders_by_month (view, active)"


def test_rows_for_programs_hold_every_edge(seed):
    edges = {tuple(pair) for pair in seed.sql(
        "SELECT d.name || '.' || o.name, d2.name || '.' || o2.name FROM dep"
        " JOIN object o ON o.id = dep.mv_id AND o.kind = 'MV' JOIN db d ON d.id = o.db_id"
        " JOIN object o2 ON o2.id = dep.base_id JOIN db d2 ON d2.id = o2.db_id")}
    assert len(edges) >= 12
    rows = [json.loads(line) for line in lines(seed, "\\mv graph", "--format=jsonl")]
    assert edges - {(row["view"], row["stands_on"]) for row in rows} == set()
    assert {row["kind"] for row in rows} == {"view", "table"}
    found = csv.DictReader(io.StringIO("\n".join(lines(seed, "\\mv graph", "--format=csv"))))
    assert [dict(row, level=int(row["level"])) for row in found] == rows


def test_dot(seed):
    drawn = lines(seed, "\\mv graph --dot --only ^sales[.]")
    assert drawn[0] == "digraph views {" and drawn[-1] == "}"
    assert '  "sales.margin" -> "ops.库存_mv";' in drawn
    assert '  "sales.legacy_totals" [shape=box, color=red];' in drawn
    assert not [line for line in drawn if line.startswith('  "web.')]


def test_dot_quotes_names(seed):
    seed.sql("UPDATE object SET name = 'a\"b\\c' || char(10) || 'd' WHERE name = 'refund_rate'")
    try:
        assert '  "sales.a\\"b\\\\c\\\\nd" [shape=box];' in lines(seed, "\\mv graph --dot")
    finally:
        seed.sql("UPDATE object SET name = 'refund_rate' WHERE name LIKE 'a\"b%'")


def test_a_pattern_that_is_none(seed):
    for command in ("\\mv graph --only (", "\\mv list --except [", "\\mv inactivate-all --only ("):
        done = seed.belay(command)
        assert done.rc == 2 and "not a regular expression" in done.err, command


def test_states_that_call_for_a_look_are_red_on_a_terminal(seed):
    shown = seed.belay_tty("\\mv list", "\\mv graph").raw.decode()
    assert "\033[31mfalse\033[0m" in shown and "\033[31mINACTIVE\033[0m" in shown
    assert "\033[31mtrue" not in shown and shown.count("\033[31m") == 2
    assert "\033" not in seed.belay("\\mv list", "\\mv graph").out
    assert "\033[31m" not in seed.belay_tty("\\mv list", env={"NO_COLOR": "1"}).raw.decode()


def test_the_last_refreshes_of_a_view(seed):
    done = seed.belay("REFRESH MATERIALIZED VIEW sales.margin WITH SYNC MODE",
                      "\\mv show sales.margin")
    assert done.rc == 0, done
    runs = done.out.split("\nruns ")[1].split("\n\n")[0].splitlines()
    recorded = seed.sql("SELECT count(*) FROM task_run WHERE mv_id ="
                        " (SELECT id FROM object WHERE name = 'margin')")[0][0]
    assert len(runs) == min(recorded, 6) and recorded >= 1
    assert "SUCCESS" in runs[0] and "by hand" in runs[0]
    assert [line.split()[:2] for line in runs] == sorted((line.split()[:2] for line in runs),
                                                         reverse=True)


def test_programs_get_a_row(seed):
    row, = json.loads(seed.belay("\\mv show sales.orders_by_day", args=("--format", "json")).out)
    assert row["view"] == "sales.orders_by_day" and row["active"] == "true" and row["level"] == 0
    assert row["tables"] == "sales.orders" and row["bases"] == ""
    assert row["stands_below"] == "sales.margin, sales.orders_by_month"
    assert row["definition"].startswith("CREATE MATERIALIZED VIEW `orders_by_day`")


def test_runs_that_cannot_be_read_do_not_hide_the_view(seed):
    seed.fault("error", match="%task_runs%", arg="5905|HY000|no node lives")
    done = seed.belay("\\mv show sales.margin")
    assert done.rc == 0 and "runs          " in done.out and "no node lives" in done.out, done
    assert "CREATE MATERIALIZED VIEW `margin`" in done.out


def test_a_name_may_be_quoted_as_in_sql(seed):
    plain = seed.belay("\\mv show sales.top-customers")
    quoted = seed.belay("\\mv show `sales`.`top-customers`")
    assert plain.rc == 0 and plain.out == quoted.out, quoted


# --- times ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", ["3.3.3", "3.5.16", "4.1"])
def test_times_are_of_one_clock(scenario):
    """4.1.0 prints those of its lists in UTC+8, those of task_runs by the session's zone."""
    with Practice(scenario, speed=1) as cluster:
        ended = {f"mv-{id}": at for id, at in cluster.sql(
            "SELECT mv_id, strftime('%Y-%m-%d %H:%M:%S', max(finish_ms) / 1000, 'unixepoch')"
            " FROM task_run GROUP BY mv_id")}
        raw = cluster.belay("SELECT TASK_NAME, LAST_REFRESH_FINISHED_TIME AS t FROM"
                            " information_schema.materialized_views").rows
        hours = {(datetime.fromisoformat(r["t"]) - datetime.fromisoformat(ended[r["TASK_NAME"]]))
                 .total_seconds() / 3600 for r in raw if r["t"] not in ("", "NULL")}
        assert hours == ({8} if scenario == "4.1" else {0})
        listed = {f"{r['database']}.{r['name']}": r["last_finished"] for r in
                  cluster.belay("\\mv").rows if r["last_finished"]}
        assert set(listed.values()) <= set(ended.values()) and len(listed) >= 10, listed
        shown = cluster.belay("\\mv show sales.margin").out
        assert f"\nfinished      {listed['sales.margin']}\n" in shown, shown
        started = {r["started"] for r in cluster.belay("\\nodes").rows if r["kind"] == "FE"}
        assert started == {at for at, in cluster.sql(
            "SELECT strftime('%Y-%m-%d %H:%M:%S', start_ms / 1000, 'unixepoch') FROM fe")}


def test_a_release_that_prints_them_right_is_left_alone():
    """It is measured: a heartbeat that agrees with the clock says so (repaired by PR #73619)."""
    with Practice("3.5.16", speed=1) as cluster:
        before = cluster.belay("\\mv").rows
        cluster.sql("UPDATE fe SET version = '4.1.9-0'")
        assert cluster.belay("\\mv").rows == before
