"""\\undo: what a run did is taken back, newest first, and nothing that is not as the run made it."""
import pytest

from leases import lease
from practice import DOWN, PAUSE, UP, Practice
from restore import C, CR, STS, kubectl
from upgrades import changes, images, resource, stateful_set, uids

VACUUM = "lake_autovacuum_grace_period_minutes"
TRASH = "catalog_trash_expire_second"


@pytest.fixture
def seed():
    with Practice("seed") as cluster:
        yield cluster


def state(cluster):
    return (cluster.views(), cluster.config(), cluster.clauses(),
            cluster.sql("SELECT fe_id, name, value FROM config ORDER BY 1, 2"))


def undone(cluster, line="\\undo", **kwargs):
    done = cluster.approved(line, **kwargs)
    assert done.rc == 0, done
    return done


# --- views: by the commands that are made for it -------------------------------------------------

@pytest.mark.parametrize("there, back", [(DOWN, "mv activate"), (PAUSE, "mv resume")])
def test_views_come_back(seed, there, back):
    before = state(seed)
    assert seed.approved(there).rc == 0
    assert state(seed) != before
    page = seed.belay("\\undo --dry-run")
    assert page.rc == 0 and f"Way back \\{back}" in page.out and seed.run_id() in page.out, page
    done = undone(seed)
    assert "final proof: yes" in done.err and state(seed) == before, done
    first = seed.records()[0]
    assert first["command"] == "undo" and first["facts"]["undo"]["run"] == seed.run_id(seed.journals()[0])
    assert seed.belay("\\mv ledger").rows == [] and lease(seed) is None


def test_views_that_came_up_are_taken_down_again(seed):
    assert seed.approved(DOWN).rc == 0
    down = seed.views()
    assert seed.approved(UP).rc == 0
    undone(seed)
    assert {name for name, (up, _) in down.items() if up} == seed.active()
    assert {row["name"] for row in seed.belay("\\mv ledger").rows} >= {"daily_top", "funnel"}
    again = seed.belay("\\undo 2")
    assert again.rc == 7 and "nothing of run" in again.err, again
    again = seed.belay("\\undo 3")
    assert again.rc == 2 and "cannot be undone" in again.err, again


def test_only_what_the_run_took_down(seed):
    """Another run's views stay down; one that somebody activated meanwhile is left and listed."""
    assert seed.approved("\\mv inactivate web.funnel").rc == 0
    assert seed.approved("\\mv inactivate sales.daily_top sales.margin").rc == 0
    assert seed.belay("ALTER MATERIALIZED VIEW sales.margin ACTIVE", fe=1).rc == 0
    done = undone(seed)
    assert "sales.margin INACTIVE: " in done.err, done
    assert {"sales.daily_top", "sales.margin"} <= seed.active() and "web.funnel" not in seed.active()
    assert len(seed.sent("ALTER%margin% ACTIVE")) == 1


# --- settings: by the undo of each step ----------------------------------------------------------

@pytest.fixture
def quiet():
    with Practice("seed") as cluster:
        done = cluster.approved(f"\\backup '{cluster.home}/b' --quiet", timeout=240)
        assert done.rc == 0, done
        cluster.run = cluster.run_id()
        cluster.forget()
        yield cluster


def test_what_a_run_left_changed_goes_back_newest_first(quiet):
    """What it put back by itself, for the time of the backup, is no matter of it."""
    page = quiet.belay("\\undo --dry-run")
    assert page.rc == 0 and "2 steps" in page.out, page
    assert "copy of the metadata, read back and compared: it has no undo" in page.out
    assert "by another command" not in page.out and " on every FE: " not in page.out, page
    done = undone(quiet)
    assert quiet.changes() == [f'ADMIN SET FRONTEND CONFIG ("{TRASH}"="86400")',
                               f'ADMIN SET FRONTEND CONFIG ("{VACUUM}"="30")'], done
    assert set(quiet.config(VACUUM)) == {"30"} and set(quiet.config(TRASH)) == {"86400"}
    assert "temporary" not in quiet.belay("\\settings list").err.lower()
    intents = [r["before"] for r in quiet.records() if r["type"] == "intent"]
    assert [(b["op"], b["key"]) for b in intents] == [("setting back", TRASH), ("setting back", VACUUM)]
    again = quiet.belay(f"\\undo {quiet.run} --dry-run")
    assert again.rc == 0 and "0 steps" in again.out, again  # nothing is as the run made it


def test_a_setting_that_somebody_changed_since_is_left(quiet):
    quiet.sql("UPDATE config SET value = '77' WHERE name = ?", TRASH)
    done = undone(quiet)
    assert TRASH in done.err and "77" in done.err, done
    assert quiet.changes() == [f'ADMIN SET FRONTEND CONFIG ("{VACUUM}"="30")']
    assert set(quiet.config(TRASH)) == {"77"}


def test_one_that_changes_after_the_page_is_left_too(quiet):
    digest = quiet.digest("\\undo")
    quiet.sql("CREATE TRIGGER late AFTER INSERT ON statement_log WHEN new.text LIKE"
              f" 'ADMIN SET%{TRASH}%' BEGIN UPDATE config SET value = '99' WHERE name = '{VACUUM}'; END")
    done = quiet.belay("\\undo", approve=digest)
    quiet.as_before()
    assert done.rc == 0 and "gone" in done.err and set(quiet.config(VACUUM)) == {"99"}, done


def test_a_killed_undo_goes_on(quiet):
    digest = quiet.digest("\\undo")
    quiet.fault("drop-before", f"ADMIN SET%{VACUUM}%", times=-1)
    done = quiet.belay("\\undo", approve=digest)
    assert done.rc != 0 and set(quiet.config(TRASH)) == {"86400"}, done
    quiet.clear_faults()
    done = quiet.belay("\\resume", approve=digest)
    assert done.rc == 0 and set(quiet.config(VACUUM)) == {"30"}, done
    assert len(quiet.sent(f"ADMIN SET%{TRASH}%")) == 1


# --- an upgrade ----------------------------------------------------------------------------------

def upgrade(cluster, *words):
    line = " ".join([f"\\upgrade --to 3.3.9 --backup '{cluster.home}/b'", *words])
    return cluster.approved(line, timeout=240)


def test_an_upgrade_that_came_to_the_nodes_only(seed):
    """The image does not run: the resource gets its old one back, and the pods follow."""
    before = state(seed)[:3]
    done = upgrade(seed, "--image-cn starrocks/cn:crash")
    assert done.rc != 0 and state(seed)[:3] != before, done
    assert resource(seed)["starRocksCnSpec"]["image"] == "starrocks/cn:crash"
    done = undone(seed)
    assert resource(seed)["starRocksCnSpec"]["image"].endswith(":3.3.3"), done
    assert resource(seed)["starRocksFeSpec"]["image"].endswith(":3.3.3")
    assert state(seed)[:3] == before, done  # schedules and settings too, which were held before the nodes
    assert seed.belay("\\mv ledger").rows == []


def open_upgrade(cluster, *words):
    """One that a frontend of the given image has stopped."""
    done = upgrade(cluster, "--no-proof", "--no-backup", "--image-fe starrocks/fe:crash", *words)
    assert done.rc == 8 and "\\undo 00001-" in done.err, done
    return done


@pytest.mark.parametrize("scenario, form", [
    ("seed", ""), ("seed,operator=1.9.10", ""), ("seed,operator=1.8.8", "--form operator-off"),
    ("plain-statefulset", "")])
def test_replaced_pods_come_back_with_all_that_was_held(scenario, form):
    """Image and pods of the frontends, their strategy, the nodes, schedules, settings; then the run is over."""
    with Practice(scenario) as cluster:
        before, was = state(cluster)[:3], (resource(cluster) if scenario != "plain-statefulset" else None)
        open_upgrade(cluster, form)
        kept, crashed = uids(cluster), f"{STS}-2"
        sent = len(changes(cluster))
        page = cluster.belay("\\undo --dry-run")
        assert page.rc == 0 and "Back     the frontends, then the nodes" in page.out, page
        # An image more harms nobody.
        assert "Not taken back: 1\n  a new image: it has no undo" in page.out, page
        done = undone(cluster, timeout=120)
        assert "final proof: yes" in done.err and state(cluster)[:3] == before, done
        assert {image.rsplit(":", 1)[1] for image in images(cluster).values()} == {"3.3.3"}
        assert [c for c in changes(cluster)[sent:] if c[0] == "delete"] == [("delete", crashed)]
        assert {pod for pod, uid in kept.items() if uids(cluster)[pod] != uid and "-fe-" in pod} == {crashed}
        if was is not None:
            assert resource(cluster) == was
        assert stateful_set(cluster)["spec"]["updateStrategy"]["type"] == "RollingUpdate"
        assert cluster.belay("\\mv ledger").rows == [] and lease(cluster) is None
        states = [(row["command"], row["state"]) for row in cluster.belay("\\journal list").rows]
        assert states == [("upgrade", "closed"), ("undo", "done")]
        over = cluster.belay("\\resume 1")
        assert over.rc == 2 and "taken back by \\undo" in over.err, over
        again = cluster.belay("\\undo 1")
        assert again.rc == 0 and "Nothing is to be done" in again.err, again


def test_a_setting_is_said_again_to_each_frontend_on_the_way_back(seed):
    """The one that restarts would activate views before the run's own setting is back."""
    open_upgrade(seed)
    seed.forget()
    undone(seed, timeout=120)
    told = seed.sent("ADMIN SET%automatic_active_check%")
    assert [text.rsplit('"', 2)[1] for text in told] == ["false", "true"], told


def test_a_killed_undo_of_an_upgrade_goes_on(seed):
    open_upgrade(seed)
    digest = seed.digest("\\undo")
    seed.fault("drop-before", "ADMIN SET%true%", times=-1)
    done = seed.belay("\\undo", approve=digest, timeout=120)
    assert done.rc != 0 and set(seed.config()) == {"false"}, done
    seed.clear_faults()
    done = seed.belay("\\resume", approve=digest, timeout=120)
    assert done.rc == 0 and set(seed.config()) == {"true"}, done
    assert [row["state"] for row in seed.belay("\\journal list").rows] == ["closed", "done"]


def test_what_somebody_else_wrote_is_not_taken_back(seed):
    open_upgrade(seed)
    kubectl(seed, "patch", CR, C, "--type=json", "-p",
            '[{"op":"replace","path":"/spec/starRocksFeSpec/image","value":"starrocks/fe-ubuntu:3.3.11"}]')
    done = seed.belay("\\undo")
    assert done.rc == 8 and "3.3.11 now, which this run did not write" in done.err, done
    assert "Not taken back" in done.err and "only together with the rest of it" in done.err
    assert "\\upgrade --to RELEASE" in done.err


def test_an_upgrade_that_is_over_goes_back_by_a_plan_of_its_own(seed):
    """All at once is what the operator would do; the way down is \\upgrade --to the old release."""
    done = upgrade(seed)
    for _ in range(3):
        if done.rc == 9:  # a busy machine's forwards may be late: it is asked again
            done = seed.belay("\\resume", approve="sha256:" + seed.records()[0]["digest"], timeout=240)
    assert done.rc == 0, done
    sent = len(seed.kubectl_calls())
    page = seed.belay("\\undo --dry-run")
    assert "replace the leader, last: only together with the rest of it" in page.out, page
    done = seed.belay("\\undo", approve=page.digest)
    assert done.rc == 8 and "every frontend was replaced, and the run is over" in done.err, done
    assert "\\upgrade --to 3.3.3 makes the plan" in done.err
    assert not [c for c in seed.kubectl_calls()[sent:] if " patch " in c]


def test_past_the_point_of_no_return_the_backup_leads_back(seed):
    """3.3.3 cannot read what 3.4 writes, and a frontend of 3.4 leads."""
    seed.fault("error", "%remove%starRocksFeSpec/updateStrategy%", "no", times=-1, program="kubectl")
    line = f"\\upgrade --to 3.4.10 --no-proof --backup '{seed.home}/b'"
    done = seed.approved(line, timeout=240)
    assert done.rc not in (0, 4), done
    seed.clear_faults()
    done = seed.belay("\\undo")
    assert done.rc == 8 and "3.3.3 cannot read what a frontend of 3.4.10 writes" in done.err, done
    assert f"\\restore '{seed.home}/b' leads back; \\resume 00001-" in done.err, done


# --- which run -----------------------------------------------------------------------------------

def test_what_cannot_be_undone(seed):
    none = seed.belay("\\undo")
    assert none.rc == 2 and "no run" in none.err, none
    assert seed.belay("\\undo 7").rc == 2
    seed.fault("error", "ALTER%", "1064|HY000|no", times=-1)
    for line in ("\\mv inactivate web.funnel", "\\mv inactivate sales.daily_top"):
        assert seed.approved(line).rc == 1
    seed.clear_faults()
    several = seed.belay("\\undo")
    assert several.rc == 2 and all(seed.run_id(p) in several.err for p in seed.journals()), several
    nothing = seed.belay("\\undo 1 --dry-run")
    assert nothing.rc == 7 and "nothing of run" in nothing.err, nothing
    assert seed.belay("\\undo 1 --dry-run extra").rc == 2


def test_it_is_asked_like_any_other(seed):
    assert seed.approved(DOWN).rc == 0
    seed.forget()
    done = seed.belay("\\undo")
    assert done.rc == 4 and seed.changes() == [], done
