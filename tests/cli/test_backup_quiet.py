"""\\writes, \\backup with and without --quiet, and \\settings on releases and run modes."""
import os

import pytest

from backups import read_manifest, write_manifest
from practice import Practice
from quiet import CLONE, COMPACTION, GRACE, RECYCLE, STATISTICS, TRASH, backup, set_to, work

BALANCE = ("tablet_sched_disable_balance", "tablet_sched_disable_colocate_balance")

# Scenario → what stays, what is put back; each with the value before and while quiet.
STAYS = {
    "seed@3.1.5": {GRACE: ("5", "10080"), TRASH: ("86400", "604800")},
    "seed": {GRACE: ("30", "10080"), TRASH: ("86400", "604800")},
    "3.5.16": {GRACE: ("30", "10080"), TRASH: ("86400", "604800"), RECYCLE: ("1800", "604800")},
    "4.1": {GRACE: ("30", "10080"), TRASH: ("86400", "604800"), RECYCLE: ("1800", "604800")},
    "shared-nothing": {TRASH: ("86400", "604800"), BALANCE[0]: ("false", "true"),
                       BALANCE[1]: ("false", "true")},
}
WINDOW = {COMPACTION: ("-1", "0"), STATISTICS: ("true", "false")}
WINDOW_NOTHING = {CLONE[0]: ("10000", "0"), CLONE[1]: ("500", "0"), STATISTICS: ("true", "false")}


# Format v1 of 3.1 has nothing that proves an image: the verdict is another there, all else is as it is.
UNPROVED = {"seed@3.1.5": (9, "cannot tell")}


def verdict(cluster):
    return UNPROVED.get(cluster.scenario, (0, "proved"))


def window(scenario):
    return WINDOW_NOTHING if scenario == "shared-nothing" else WINDOW


@pytest.fixture(scope="module", params=STAYS)
def cluster(request):
    with Practice(request.param) as served:
        # No refresh comes by its schedule in the middle of a test.
        served.sql("UPDATE mv SET next_run_ms = NULL")
        yield served


@pytest.fixture(autouse=True)
def idle(cluster):
    cluster.forget()
    yield
    cluster.sql("DELETE FROM work")
    cluster.clear_faults()
    cluster.as_before()


# --- without --quiet --------------------------------------------------------------------------


def test_a_plain_backup_sends_no_setting_and_says_that_it_is_not_quiet(cluster):
    path, done = backup(cluster, "plain")
    rc, word = verdict(cluster)
    assert done.rc == rc, done
    assert cluster.sent("ADMIN SET%") == []
    line = done.out.splitlines()[0]
    assert line.startswith(f"{word}  ") and line.endswith("  not quiet"), done
    assert "Quiet    no: nothing is set" in done.err and "complete" not in done.out + done.err
    noise = read_manifest(path)["made"]["quiet"]["noise"]
    for key, (old, _) in (STAYS[cluster.scenario] | window(cluster.scenario)).items():
        assert any(text.startswith(f"{key} is {old}: ") for text in noise), (key, noise)
    assert "temporary" not in done.err, done
    again = cluster.belay(f"\\backup verify '{path}'", kube=False, args=("--no-kube",))
    assert again.rc == rc and again.out.splitlines()[0] == line, again
    for text in noise:
        assert f"not quiet: {text}" in again.out and f"not quiet: {text}" in done.err


def test_a_manifest_that_does_not_tell(cluster):
    path = os.path.join(cluster.top, "plain")
    manifest = read_manifest(path)
    del manifest["made"]["quiet"]
    write_manifest(path, manifest)
    done = cluster.belay(f"\\backup verify '{path}'")
    assert done.rc == verdict(cluster)[0], done
    assert "not quiet: its manifest does not tell" in done.out, done


# --- with it ----------------------------------------------------------------------------------


def test_quiet_sets_and_puts_back_what_was_observed(cluster):
    stays, back = STAYS[cluster.scenario], window(cluster.scenario)
    one = next(iter(back))
    cluster.sql("UPDATE config SET value = '7' WHERE name = ?", one)  # no default: it comes back
    back = back | {one: ("7", back[one][1])}
    path, done = backup(cluster, "quiet", "\\backup --quiet", approve="reversible")
    assert done.rc == verdict(cluster)[0], done
    assert done.out.splitlines()[0].endswith("  quiet") and "not quiet" not in done.out + done.err
    sent = cluster.sent("ADMIN SET%")
    first = [set_to(key, value) for key, (_, value) in stays.items()]
    away = [set_to(key, value) for key, (_, value) in back.items()]
    assert sorted(sent[:len(first) + len(away)]) == sorted(first + away)
    assert sent[len(first) + len(away):] == [set_to(key, old) for key, (old, _) in back.items()]
    for key, (_, value) in stays.items():
        assert set(cluster.config(key)) == {value}
        assert f"temporary: {key} was set to {value} by run {cluster.run_id()}" in done.err
    for key, (old, _) in back.items():
        assert set(cluster.config(key)) == {old} and f"temporary: {key}" not in done.err
    seen = read_manifest(path)["made"]["quiet"]
    assert seen["noise"] == []
    for part in ("before", "after"):
        values = seen[part]["settings"]
        for key, (_, value) in (stays | back).items():
            assert set(values[key].values()) == {value} and len(values[key]) == 3
    cluster.sql("UPDATE config SET value = preset WHERE name = ?", one)


def test_a_second_one_keeps_the_oldest_values(cluster):
    _, done = backup(cluster, "second", "\\backup --quiet", approve="reversible")
    assert done.rc == verdict(cluster)[0] and done.out.splitlines()[0].endswith("  quiet"), done
    stays = STAYS[cluster.scenario]
    for key, (_, value) in stays.items():
        assert set_to(key, value) not in cluster.sent("ADMIN SET%")
        assert f"{key}: {value} already" in done.err, done
    rows = cluster.belay("\\settings").rows
    for key, (old, value) in stays.items():
        mine = [row for row in rows if row["key"] == key]
        assert len(mine) == 3
        assert {(r["observed"], r["wanted"], r["now"], r["survives_restart"]) for r in mine} == \
            {(old, value, value, "false")}
        assert all(row["set_by_run"] for row in mine)


def test_what_a_restart_forgot_is_seen_and_set_again(cluster):
    stays = STAYS[cluster.scenario]
    cluster.restart()
    rows = cluster.belay("\\settings").rows
    for key, (old, value) in stays.items():
        assert {(r["wanted"], r["now"]) for r in rows if r["key"] == key} == {(value, old)}
    done = cluster.belay("\\settings apply", approve="reversible")
    assert done.rc == 0, done
    assert sorted(cluster.sent("ADMIN SET%")) == sorted(set_to(k, v) for k, (_, v) in stays.items())
    for key, (_, value) in stays.items():
        assert set(cluster.config(key)) == {value}
    cluster.forget()
    assert cluster.belay("\\settings apply", approve="reversible").rc == 0
    assert cluster.sent("ADMIN SET%") == []  # it is so


def test_the_next_start_says_what_is_temporary(cluster):
    done = cluster.belay_tty(args=("--execute", "\\mv ledger"))
    assert f"{TRASH} was set to 604800".encode() in done.raw, done


def test_back_puts_back_what_was_before_belay(cluster):
    stays = STAYS[cluster.scenario]
    plan = cluster.belay("\\settings back --dry-run")
    assert plan.rc == 0 and "a restore from it may find holes" in plan.out, plan
    done = cluster.belay("\\settings back", approve="reversible")
    assert done.rc == 0, done
    for key, (old, _) in stays.items():
        assert set(cluster.config(key)) == {old}
    assert "None is changed by belay" in cluster.belay("\\settings").err
    cluster.forget()
    done = cluster.belay("\\settings back", approve="reversible")
    assert done.rc == 0 and cluster.sent("ADMIN SET%") == [], done


# --- what writes ------------------------------------------------------------------------------


def test_work_is_listed_named_and_kept(cluster):
    shared = cluster.scenario != "shared-nothing"
    release = cluster.scenario.rpartition("@")[2]
    work(cluster, "transaction", "sales", "label-1", "BACKEND_STREAMING", "PREPARE")
    work(cluster, "transaction", "sales", "label-2", "ROUTINE_LOAD_TASK", "COMMITTED")
    work(cluster, "transaction", "sales", "label-3", "LAKE_COMPACTION", "PREPARE")
    work(cluster, "routine_load", "sales", "orders_in", state="RUNNING")
    work(cluster, "routine_load", "sales", "slow_in", state="UNSTABLE")
    work(cluster, "routine_load", "sales", "broken_in", state="PAUSED")
    work(cluster, "job", "sales", "x", "schema_change", "RUNNING")
    work(cluster, "job", "web", "x", "load", "PENDING")
    work(cluster, "job", "web", "x", "export", "FINISHED")
    work(cluster, "analyze", "sales", "orders", state="RUNNING")
    work(cluster, "analyze", "sales", "returns", state="FINISH")
    work(cluster, "pipe", "web", "p1", state="RUNNING")
    work(cluster, "pipe", "web", "p2", state="SUSPEND")
    work(cluster, "task", "web", "nightly", "PERIODICAL START(2026-11-01T00:00) EVERY(1 DAYS)")
    work(cluster, "compaction", name="sales.orders.1")
    work(cluster, "compaction", name="sales.orders.2", state="2026-11-28 10:00:00")
    work(cluster, "backup", "sales", "snap", state="UPLOADING")
    work(cluster, "clone", kind_of="running_tablets")
    work(cluster, "reshard", "sales", "orders", state="RUNNING")
    cluster.sql("UPDATE mv SET refresh_ms = 1e9 WHERE id = "
                "(SELECT id FROM object WHERE name = 'orders_by_day')")
    done = cluster.belay("REFRESH MATERIALIZED VIEW sales.orders_by_day")
    assert done.rc == 0, done
    task = cluster.sql("SELECT 'mv-' || id FROM object WHERE name = 'orders_by_day'")[0][0]
    done = cluster.belay("\\writes")
    assert done.rc == 0, done
    rows = {row["kind"]: (row["n"], row["which"]) for row in done.rows}
    busy = {"stream loads": ("1", "sales: label-1"),
            "transactions of routine loads": ("1", "sales: label-2"),
            "routine loads": ("2", "sales.orders_in, sales.slow_in"),
            "ALTER jobs": ("1", "sales: schema_change"), "load jobs": ("1", "web: load"),
            "statistics": ("1", "sales.orders"), "task runs": ("1", f"sales.{task}")}
    if shared:
        busy["compactions"] = ("1", "sales.orders.1")
    else:
        busy |= {"BACKUP jobs": ("1", "sales.snap"), "tablets being cloned or moved": ("1", "")}
    if not release.startswith("3.1"):
        busy |= {"pipes": ("1", "web.p1"), "scheduled tasks": ("1", "web.nightly")}
    if release == "4.1":
        busy["tablet splits and merges"] = ("1", "sales.orders")
    listed = {kind: row for kind, row in rows.items() if row[0] != "0"}
    assert listed == busy, done  # the transaction of a compaction is in no second list
    done = cluster.belay("CANCEL REFRESH MATERIALIZED VIEW sales.orders_by_day FORCE")
    assert done.rc == 0, done
    dry = cluster.belay("\\backup --dry-run").out
    assert "Writes   " in dry and "routine loads: 2 (sales.orders_in, sales.slow_in)" in dry, dry
    path, done = backup(cluster, "busy")
    assert done.rc == verdict(cluster)[0] and "all the while: stream loads: 1 (sales: label-1)" in done.err, done
    assert "not quiet: all the while: ALTER jobs: 1 (sales: schema_change)" in done.err
    assert read_manifest(path)["made"]["quiet"]["before"]["writes"]["writes"] != []
