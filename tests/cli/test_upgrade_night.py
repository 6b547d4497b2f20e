"""\\upgrade from its first step to its last: views held and given back, a proved backup, settings set again."""
import os

import pytest

from practice import Practice
from quiet import STATISTICS, TRASH, work
from restore import STS
from upgrades import changes, images, is_of

UPGRADE = "\\upgrade --to 3.3.9"
CHECKER = "enable_mv_automatic_active_check"


def refreshes(cluster):
    """Those that refreshed something: the schedule of an inactive view goes on failing."""
    return cluster.sql("SELECT count(*) FROM task_run WHERE state <> 'FAILED'")


def clauses(cluster):
    """Without DEFERRED, which an FE up to 3.5 forgets at its start (StarRocks #58585)."""
    return {name: (moment, *rest) for name, (moment, _, *rest) in cluster.clauses().items()}


def test_the_whole_night():
    with Practice("seed") as cluster:
        before = (cluster.views(), clauses(cluster), refreshes(cluster))
        saved = os.path.join(cluster.home, "saved")
        done = cluster.approved(f"{UPGRADE} --backup {saved}", timeout=300)
        assert done.rc == 0 and "final proof: yes" in done.err, done
        is_of(cluster, "3.3.9")
        # No view was taken down, each has its clause again, and nothing was refreshed for it.
        assert (cluster.views(), clauses(cluster), refreshes(cluster)) == before
        assert not cluster.sent("% INACTIVE", "% ACTIVE")
        assert cluster.config() == ["true"] * 3
        verified = cluster.belay(f"\\backup verify {saved}")
        assert verified.rc == 0 and "proved" in verified.out, verified
        assert "temporary:" not in done.err and f"The metadata of before is in {saved}, proved." in done.err
        # A restarted FE had forgotten it: set after each, and so before the leader went.
        assert cluster.sent(f"ADMIN SET FRONTEND CONFIG (\"{CHECKER}\"%") == [
            f'ADMIN SET FRONTEND CONFIG ("{CHECKER}"="{value}")'
            for value in ("false", "false", "false", "false", "true")]


@pytest.fixture(scope="module")
def nothing():
    with Practice("shared-nothing") as served:
        yield served


def test_replicas_stay_while_backends_are_away(nothing):
    done = nothing.approved(f"{UPGRADE} --no-backup", timeout=200)
    assert done.rc == 0, done
    keys = ("tablet_sched_disable_balance", "tablet_sched_disable_colocate_balance",
            "tablet_sched_max_scheduling_tablets", "tablet_sched_max_balancing_tablets")
    sent = nothing.sent("ADMIN SET FRONTEND CONFIG (\"tablet%")
    assert sent == [f'ADMIN SET FRONTEND CONFIG ("{key}"="{value}")' for key, value in
                    [*zip(keys, ("true", "true", "0", "0")), *zip(keys, ("false", "false", "10000", "500"))]]
    assert [nothing.config(key) for key in keys] == [["false"] * 3, ["false"] * 3, ["10000"] * 3, ["500"] * 3]
    is_of(nothing, "3.3.9")


def test_what_an_earlier_run_set_is_set_again():
    """\\backup --quiet asked for it to stay, and no FE that restarts would remember."""
    with Practice("seed") as cluster:
        key = "lake_autovacuum_grace_period_minutes"
        done = cluster.approved(f"\\backup {cluster.home}/saved --quiet", timeout=120)
        assert done.rc == 0 and cluster.config(key) == ["10080"] * 3, done
        cluster.forget()
        done = cluster.approved(f"{UPGRADE} --no-backup --leave-views", timeout=120)
        assert done.rc == 0, done
        assert cluster.config(key) == ["10080"] * 3
        assert cluster.sent(f"ADMIN SET FRONTEND CONFIG (\"{key}\"%") == [
            f'ADMIN SET FRONTEND CONFIG ("{key}"="10080")'] * 3
        assert f"temporary: {key} was set to 10080" in done.err


def test_a_quiet_backup_of_its_own():
    with Practice("seed") as cluster:
        saved = os.path.join(cluster.home, "saved")
        done = cluster.approved(f"{UPGRADE} --backup {saved} --quiet", timeout=300)
        assert done.rc == 0, done
        assert cluster.config("lake_autovacuum_grace_period_minutes") == ["10080"] * 3
        assert cluster.config("lake_compaction_max_tasks") == ["-1"] * 3
        assert cluster.config() == ["true"] * 3


def test_the_rulebook_comes_first():
    """A blocker is told with the way to let it not count; that it was let is on record."""
    with Practice("seed") as cluster:
        cluster.event("kill-cn")
        line = f"{UPGRADE} --leave-views --no-backup --no-proof --dry-run"
        refused = cluster.belay(line)
        assert refused.rc == 8 and "node-alive" in refused.err, refused
        assert "\\preflight --to 3.3.9 shows them" in refused.err and not changes(cluster)
        one = cluster.belay(f"{line} --exclude 'node-alive=drained tonight'")
        assert one.rc == 8 and "node-alive" not in one.err, one
        every = [f"--exclude '{rule}=drained tonight'" for rule in
                 ("node-alive", "pods-ready", "roll-in-progress")]
        let = cluster.belay(f"{line} {' '.join(every)}")
        assert let.rc == 0 and "Rules    no blocker" in let.out, let
        wrong = cluster.belay(f"{line} --exclude nothing=at-all")
        assert wrong.rc == 2 and "nothing" in wrong.err, wrong


def test_what_was_noted_is_compared():
    with Practice("seed") as cluster:
        digest = cluster.digest(f"{UPGRADE} --no-backup")
        cluster.once_sent("ALTER MATERIALIZED VIEW `web`.`visits_by_page` REFRESH ASYNC%",
                          f"UPDATE config SET value = 'false' WHERE name = '{STATISTICS}'")
        done = cluster.belay(f"{UPGRADE} --no-backup", approve=digest, timeout=200)
        assert done.rc == 8 and STATISTICS in done.err, done
        assert "Rules    no blocker" in done.err


def test_who_approves_what_can_be_undone_gets_no_pod_replaced():
    """Views are held and the backup is made; the gate of the nodes wants more than that."""
    with Practice("seed") as cluster:
        done = cluster.belay(f"{UPGRADE} --backup {cluster.home}/saved", approve="reversible", timeout=120)
        assert done.rc == 5 and 'stopped before "kube-starrocks-cn"' in done.err, done
        assert not changes(cluster) and os.path.isdir(f"{cluster.home}/saved")
        assert "temporary: the schedules of 7 views are held" in done.err
        back = cluster.approved("\\mv resume-all")
        assert back.rc == 0, back


def test_after_a_frontend_that_crashes_what_is_held_is_told():
    with Practice("seed") as cluster:
        work(cluster, "routine_load", "sales", "orders_in", state="RUNNING")
        line = f"{UPGRADE} --no-backup --pause-writes --image-fe starrocks/fe:crash"
        done = cluster.approved(line, timeout=200)
        assert done.rc == 8 and f"{STS}-2: CrashLoopBackOff" in done.err, done
        held = "1 job that writes is paused: \\writes resume lets it go on"
        assert f"temporary: {held}" in done.err
        assert "1 job that writes is paused" in cluster.belay("\\where").rows[0]["temporary"]
        closing = cluster.belay(f"\\journal close {cluster.run_id()} --dry-run")
        assert "1 job paused" in closing.out, closing
        assert f"temporary: {CHECKER} was set to false" in done.err
        assert "\\mv resume-all at once" in done.err


def test_warehouses_have_images_of_their_own():
    with Practice("warehouses") as cluster:
        done = cluster.approved("\\upgrade --to 4.0.7 --no-backup", timeout=300)
        assert done.rc == 0, done
        assert [change[1:] for change in changes(cluster) if "/template/" in change[1]] == [
            ("/spec/template/image", "starrocks/cn-ubuntu:4.0.7")] * 2
        assert {image.rsplit(":", 1)[1] for image in images(cluster).values()} == {"4.0.7"}


def test_from_release_to_release():
    with Practice("seed") as cluster:
        views = set(cluster.views())
        for to in ("3.3.9", "3.4.9", "3.5.16", "4.0.7", "4.1.1"):
            done = cluster.approved(f"\\upgrade --to {to} --no-backup", timeout=300)
            assert done.rc == 0, (to, done)
            is_of(cluster, to)
        assert set(cluster.views()) == views
        assert not cluster.sent("% INACTIVE", "% ACTIVE")


@pytest.mark.parametrize("scenario", ["seed", "shared-nothing"])
def test_writes_are_paused_meanwhile(scenario):
    """A routine load is paused before a pod goes, and runs again at the end; settings hold over restarts."""
    with Practice(scenario) as cluster:
        work(cluster, "routine_load", "sales", "orders_in", state="RUNNING")
        saved = os.path.join(cluster.home, "saved")
        done = cluster.approved(f"{UPGRADE} --pause-writes --backup {saved}", timeout=300)
        assert done.rc == 0 and "final proof: yes" in done.err, done
        sent = cluster.sent("PAUSE ROUTINE%", "RESUME ROUTINE%")
        assert [text.split()[0] for text in sent] == ["PAUSE", "RESUME"]
        assert cluster.sql("SELECT state FROM work WHERE name = 'orders_in'") == [("RUNNING",)]
        assert cluster.config(STATISTICS) == ["true"] * 3
        assert cluster.config(TRASH) == ["604800"] * 3 and f"temporary: {TRASH} was set to" in done.err
        is_of(cluster, "3.3.9")
