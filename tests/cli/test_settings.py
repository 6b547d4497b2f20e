"""Bad days of \\writes, \\backup --quiet and \\settings."""
import os
import re

import pytest

from backups import read_manifest
from practice import wait_for
from quiet import COMPACTION, GRACE, STATISTICS, TRASH, backup, set_to, work

CHECKER = "enable_mv_automatic_active_check"
STAYS = {GRACE: ("30", "10080"), TRASH: ("86400", "604800")}
BEFORE = {GRACE: "30", TRASH: "86400", COMPACTION: "-1", STATISTICS: "true"}


@pytest.fixture(autouse=True)
def idle(cluster):
    cluster.forget()
    yield
    cluster.sql("DELETE FROM work")
    cluster.clear_faults()
    cluster.as_before()
    assert cluster.belay("\\settings back", approve="reversible").rc == 0
    for key, value in BEFORE.items():
        assert set(cluster.config(key)) == {value}, key


def test_what_is_over_between_two_looks_is_seen(cluster):
    cluster.once_sent("ALTER SYSTEM CREATE IMAGE",
                      "INSERT INTO work (kind, db) VALUES ('ended', 'sales'), ('ended', 'sales')")
    _, done = backup(cluster, "between")
    assert done.rc == 0 and "meanwhile: 2 transactions ended in sales" in done.err, done


def test_a_list_that_cannot_be_read_is_not_an_empty_one(cluster):
    cluster.fault("error", match="SHOW ROUTINE LOAD%", arg="5203|42000|Access denied", times=-1)
    done = cluster.belay("\\writes")
    row = {row["kind"]: row for row in done.rows}["routine loads"]
    assert done.rc == 9 and "Access denied" in row["error"] and row["n"] != "0", done
    path, done = backup(cluster, "deaf")
    assert done.rc == 0, done
    assert any(text.startswith("all the while: cannot tell routine loads: ")
               for text in read_manifest(path)["made"]["quiet"]["noise"])


def test_a_leader_that_is_lost_is_not_asked_for_each_list(cluster):
    cluster.fault("drop-before", match="SHOW PROC '/transactions'", times=-1)
    done = cluster.belay("\\writes")
    assert done.rc == 9 and cluster.sent("SHOW ROUTINE LOAD") == [], done
    assert {row["n"] for row in done.rows} <= {"", "NULL"} and len(done.rows) > 5, done


def test_several_settings_give_the_same_plan_from_what_was_recorded(cluster):
    """A run could not be gone on with when its facts were walked in another order than they were read in."""
    assert cluster.belay("\\writes pause", approve="reversible").rc == 0
    path = os.path.join(cluster.home, "plan")
    for line in ("\\upgrade --to 3.3.9 --no-backup", "\\settings back", "\\settings apply", "\\writes resume"):
        saved = cluster.belay(f"{line} --save {path}")
        shown = re.search(r"^Plan .* digest ([0-9a-f]+)", saved.err, re.M)
        assert saved.rc == 0 and shown, saved
        again = cluster.belay(f"\\plan digest {path}")
        assert again.out.startswith("sha256:" + shown[1]), (line, again)
        os.remove(path)


# --- bad days ---------------------------------------------------------------------------------


def refuse_statistics(cluster):
    cluster.fault("error", match=f"ADMIN SET FRONTEND CONFIG (\"{STATISTICS}%", times=-1,
                  arg="1064|HY000|no")


def test_a_setting_that_is_refused_stops_before_the_image(cluster):
    refuse_statistics(cluster)
    path, done = backup(cluster, "refused", "\\backup --quiet", approve="reversible")
    assert done.rc == 1, done
    assert cluster.sent("ALTER SYSTEM CREATE IMAGE") == [] and not os.path.exists(path)
    for key, (_, value) in STAYS.items():  # what was set is not forgotten, the rest is not claimed
        assert f"temporary: {key} was set to {value}" in done.err, done
    assert f"temporary: {STATISTICS}" not in done.err, done
    cluster.clear_faults()
    done = cluster.belay("\\resume", approve="reversible", timeout=120)
    assert done.rc == 0 and done.out.splitlines()[0].endswith("  quiet"), done
    rows = {r["path"]: r for r in cluster.belay(f"\\backup list '{cluster.top}' --quick").rows}
    assert (rows[path]["verdict"], rows[path]["quiet"]) == ("manifest whole", "yes"), rows


def test_a_run_whose_settings_were_put_back_since_is_outdated(cluster):
    refuse_statistics(cluster)
    _, done = backup(cluster, "outdated", "\\backup --quiet", approve="reversible")
    assert done.rc == 1, done
    run = cluster.run_id()
    cluster.clear_faults()
    assert cluster.belay("\\settings back", approve="reversible").rc == 0
    cluster.forget()
    done = cluster.belay(f"\\resume {run}", approve="reversible")
    assert done.rc == 7 and f"run {run} is outdated" in done.err and "2 settings" in done.err, done
    assert cluster.sent("ADMIN SET%") == []
    assert cluster.approved(f"\\journal close {run}").rc == 0


@pytest.mark.parametrize("again", [False, True])
def test_an_fe_that_forgets_meanwhile_is_seen(cluster, again):
    if again:  # of what was set already before, too
        assert backup(cluster, "first", "\\backup --quiet", approve="reversible")[1].rc == 0
    cluster.once_sent("ALTER SYSTEM CREATE IMAGE",
                      f"UPDATE config SET value = '30' WHERE name = '{GRACE}' AND fe_id ="
                      " (SELECT id FROM fe WHERE ordinal = 2)")
    path, done = backup(cluster, f"forgot-{again}", "\\backup --quiet", approve="reversible")
    assert done.rc == 8 and f"the final proof says: {GRACE} is 10080" in done.err, done
    assert any(text.startswith(f"{GRACE} is 30 on FE kube-starrocks-fe-2: ")
               for text in read_manifest(path)["made"]["quiet"]["noise"])
    run = cluster.run_id()
    assert cluster.approved(f"\\journal close {run}").rc == 0


def test_an_fe_that_is_down_is_not_taken_for_quiet(cluster):
    work(cluster, "transaction", "sales", "label", "INSERT_STREAMING", "PREPARE")
    cluster.fault("error", match=f"ADMIN SHOW FRONTEND CONFIG LIKE '{GRACE}'", times=-1,
                  arg="5203|42000|Access denied")
    path, done = backup(cluster, "denied")
    assert done.rc == 0, done
    noise = read_manifest(path)["made"]["quiet"]["noise"]
    for ordinal in range(3):
        assert any(text.startswith(f"FE kube-starrocks-fe-{ordinal}: its settings cannot be read")
                   for text in noise), noise
    done = cluster.belay("\\settings")
    assert done.rc == 9 and "not every FE could be asked" in done.err, done


def test_the_checker_stays_off_while_views_are_down(cluster):
    done = cluster.approved("\\mv inactivate-all")
    assert done.rc == 0 and set(cluster.config(CHECKER)) == {"false"}, done
    cluster.forget()
    done = cluster.belay("\\settings back", approve="reversible")
    assert set(cluster.config(CHECKER)) == {"false"} and not cluster.sent("ADMIN SET%"), done
    assert "down by belay" in done.err, done
    done = cluster.approved("\\mv activate-all", timeout=120)
    assert done.rc == 0 and set(cluster.config(CHECKER)) == {"true"}, done


@pytest.mark.parametrize("resume", [True, False])
def test_killed_while_it_is_quiet(cluster, resume):
    name = f"killed-{resume}"
    cluster.fault("hang", f"%sh -s -- {'_' * 32}", program="kubectl")  # the stream of the copy
    belay = cluster.start(f"\\backup --quiet '{os.path.join(cluster.top, name)}'", approve="reversible")
    wait_for(lambda: cluster.sql("SELECT 1 FROM fault WHERE remaining = 0"), 60)
    belay.kill()
    belay.communicate()
    run = cluster.run_id()
    for key, value in ((GRACE, "10080"), (COMPACTION, "0"), (STATISTICS, "false")):
        assert set(cluster.config(key)) == {value}
        mine = [row for row in cluster.belay("\\settings").rows if row["key"] == key]
        assert {(r["observed"], r["wanted"], r["set_by_run"]) for r in mine} == {
            (BEFORE[key], value, run)}
    cluster.clear_faults()
    if resume:
        done = cluster.belay("\\resume", approve="reversible", timeout=120)
        assert done.rc == 0 and done.out.splitlines()[0].endswith("  quiet"), done
        assert set(cluster.config(COMPACTION)) == {"-1"} and set(cluster.config(GRACE)) == {"10080"}
    # The rest, all of it when the run is given up, is put back by `idle`.


def test_an_fe_is_named_by_what_tells_it_apart(cluster):
    """The pod's name, not the host's: three of those look alike where a narrow window cuts them."""
    named = {row["fe"] for row in cluster.belay("\\settings").rows}
    assert named == {f"kube-starrocks-fe-{n}" for n in range(3)}
