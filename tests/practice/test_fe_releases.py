"""What differs between releases: columns, forced refreshes, restarts, the checker, the journal."""
import pytest

from fe_rig import Cluster, Lost

USER = "user use alter materialized view set status to inactive"
CHECKER = "enable_mv_automatic_active_check"
BASE, MIDDLE, TOP = ("sales.orders_by_day", "sales.orders_by_month", "sales.daily_top")
PAGE = "web.visits_by_page"  # by schedule, on a table, one partition

REFRESH = ("LAST_REFRESH_START_TIME LAST_REFRESH_FINISHED_TIME LAST_REFRESH_DURATION"
           " LAST_REFRESH_STATE LAST_REFRESH_FORCE_REFRESH LAST_REFRESH_START_PARTITION"
           " LAST_REFRESH_END_PARTITION LAST_REFRESH_BASE_REFRESH_PARTITIONS"
           " LAST_REFRESH_MV_REFRESH_PARTITIONS LAST_REFRESH_ERROR_CODE LAST_REFRESH_ERROR_MESSAGE")
MV_30 = ("MATERIALIZED_VIEW_ID TABLE_SCHEMA TABLE_NAME REFRESH_TYPE IS_ACTIVE PARTITION_TYPE"
         f" TASK_ID TASK_NAME {REFRESH} TABLE_ROWS MATERIALIZED_VIEW_DEFINITION").split()
MV_31 = MV_30[:5] + ["INACTIVE_REASON"] + MV_30[5:]
MV_32 = MV_31 + ["EXTRA_MESSAGE", "QUERY_REWRITE_STATUS", "CREATOR"]
MV_40 = MV_32 + ["LAST_REFRESH_PROCESS_TIME", "LAST_REFRESH_JOB_ID"]
RUNS_25 = ("QUERY_ID TASK_NAME CREATE_TIME FINISH_TIME STATE DATABASE DEFINITION EXPIRE_TIME"
           " ERROR_CODE ERROR_MESSAGE PROGRESS").split()
RUNS_30 = RUNS_25 + ["EXTRA_MESSAGE", "PROPERTIES"]
RUNS_32 = RUNS_30[:5] + ["CATALOG"] + RUNS_30[5:]
TASKS_25 = "TASK_NAME CREATE_TIME SCHEDULE DATABASE DEFINITION EXPIRE_TIME".split()
TASKS_32 = TASKS_25[:3] + ["CATALOG"] + TASKS_25[3:] + ["PROPERTIES", "CREATOR"]
SHOW_25 = "id name database_name text rows".split()
MV_25 = "MATERIALIZED_VIEW_ID TABLE_SCHEMA TABLE_NAME MATERIALIZED_VIEW_DEFINITION TABLE_ROWS".split()


def show_names(columns):
    other = {"MATERIALIZED_VIEW_ID": "id", "TABLE_SCHEMA": "database_name", "TABLE_NAME": "name",
             "TABLE_ROWS": "rows", "MATERIALIZED_VIEW_DEFINITION": "text"}
    return [other.get(name, name.lower()) for name in columns]


@pytest.mark.parametrize("release, mvs, show, runs, tasks", [
    ("2.5.22", MV_25, SHOW_25, RUNS_25, TASKS_25),
    ("3.0.9", MV_30, show_names(MV_30), RUNS_30, TASKS_25),
    ("3.1.17", MV_31, show_names(MV_31), RUNS_30, TASKS_25),
    ("3.2.16", MV_32, show_names(MV_32), RUNS_32, TASKS_32),
    ("3.5.10", MV_32, show_names(MV_32), RUNS_32, TASKS_32),
    ("4.0.1", MV_40, show_names(MV_40), RUNS_32 + ["JOB_ID", "PROCESS_TIME"], TASKS_32),
    ("4.1.2", MV_40, show_names(MV_40),
     RUNS_32[:6] + ["WAREHOUSE"] + RUNS_32[6:] + ["JOB_ID", "PROCESS_TIME"], TASKS_32)])
def test_columns(release, mvs, show, runs, tasks):
    with Cluster(release) as cluster:
        client = cluster.leader()
        for table, columns in (("materialized_views", mvs), ("task_runs", runs), ("tasks", tasks)):
            assert client.query(f"SELECT * FROM information_schema.{table}").names == columns
            assert [row[0] for row in client.rows(
                "SELECT COLUMN_NAME FROM information_schema.columns WHERE TABLE_SCHEMA ="
                f" 'information_schema' AND TABLE_NAME = '{table}'")] == columns
        assert client.query("SHOW MATERIALIZED VIEWS FROM sales").names == show
        like = client.query("SHOW MATERIALIZED VIEWS FROM sales LIKE 'marg%'")
        assert [row[show.index("name")] for row in like.rows] == ["margin"]
        lineage = "SELECT count(*) FROM sys.object_dependencies"
        if release[:3] in ("2.5", "3.0"):
            assert client.error(lineage).code == 5502
        else:
            assert client.rows(lineage) == [["15"]]
        checker, = client.dicts(f"ADMIN SHOW FRONTEND CONFIG LIKE '{CHECKER}'")
        assert checker["Value"] == ("false" if release[:3] in ("2.5", "3.0") else "true")
        assert (client.rows("SHOW BACKENDS") == []) == (release[:3] != "2.5")


class Views:
    """One cluster of a release; what its views do, read from the state file."""

    def __init__(self, release, checker=False):
        self.cluster = Cluster(release)
        self.client = self.cluster.leader()
        if not checker:
            self.client.query(f'ADMIN SET FRONTEND CONFIG ("{CHECKER}" = "false")')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.cluster.__exit__()

    def id(self, view):
        return self.cluster.state("SELECT o.id FROM object o JOIN db ON db.id = o.db_id"
                                  " WHERE db.name || '.' || o.name = ?", view)[0][0]

    def alter(self, view, what):
        self.client.query(f"ALTER MATERIALIZED VIEW {view} {what}")

    def state(self, view, client=None):
        database, name = view.split(".")
        row, = (client or self.client).rows(
            "SELECT IS_ACTIVE, INACTIVE_REASON FROM information_schema.materialized_views"
            f" WHERE TABLE_SCHEMA = '{database}' AND TABLE_NAME = '{name}'")
        return tuple(row)

    def runs(self, view, after=0):
        return self.cluster.state("SELECT force, state FROM task_run WHERE mv_id = ? AND id > ?"
                                  " ORDER BY id", self.id(view), after)

    def last(self):
        return self.cluster.state("SELECT max(id) FROM task_run")[0][0]

    def quiet(self):
        """Waits until nothing runs and nothing is about to."""
        self.cluster.wait(lambda: self.cluster.state(
            "SELECT count(*) FROM task_run WHERE state IN ('PENDING', 'RUNNING')") == [(0,)])

    def rows(self, view):
        return self.cluster.state("SELECT iif(emptied, 0, n_rows) FROM mv WHERE id = ?",
                                  self.id(view))[0][0]

    def running(self, view):
        self.cluster.wait(lambda: (None, "RUNNING") in self.runs(view) or
                          any(state == "RUNNING" for _, state in self.runs(view)))

    def due(self, view):
        """The schedule of the view says that it shall run now."""
        (now,), = self.cluster.state("SELECT max(heartbeat_ms) FROM fe")
        self.cluster.state("UPDATE mv SET next_run_ms = ? WHERE id = ?", now, self.id(view))
        self.cluster.state("INSERT INTO event (at_ms, kind, n) VALUES (?, 'mv-schedule', ?)", now,
                           self.id(view))
        return now


DONE, SKIP = "SUCCESS", "SKIPPED"


def test_a_suspended_task():
    with Views("4.1.0") as views:
        task = f"`mv-{views.id(PAGE)}`"
        before = views.last()
        for verb, runs in (("SUSPEND", 0), ("SUSPEND", 0), ("RESUME", 1)):
            views.client.query(f"ALTER TASK {task} {verb}")
            views.due(PAGE)
            views.client.query("SELECT 1")
            assert len(views.runs(PAGE, before)) == runs


def test_a_dropped_column_takes_down_what_uses_it():
    with Views("4.1.0") as views:
        views.client.query("ALTER TABLE sales.orders DROP COLUMN amount")
        assert views.state("sales.orders_by_day") == (
            "false", "base table schema changed for columns: amount")
        assert views.state("web.sessions") == ("true", "")
        assert "amount" not in [row[0] for row in views.client.rows("DESC sales.orders")]


@pytest.mark.parametrize("release, expected", [
    ("2.5.22", [(1, DONE)]), ("3.1.17", [(1, DONE)]),       # all partitions in one run
    ("3.2.16", [(1, DONE)] * 3), ("3.3.3", [(1, DONE)] * 3), # one after the other
    ("3.3.15", [(1, DONE), (None, DONE), (None, DONE)]),    # the map is empty: full all the same
    ("3.4.0", [(1, DONE)] * 3), ("3.4.1", [(1, DONE)] * 3),
    ("3.4.2", [(0, DONE)]), ("3.4.8", [(0, DONE)]),         # nothing new: one run that does nothing
    ("3.5.5", [(1, DONE), (None, SKIP)]),                   # the map is kept
    ("3.5.10", [(1, DONE)] * 3), ("3.5.16", [(1, DONE)] * 3),
    ("4.0.1", [(0, SKIP)]), ("4.0.3", [(0, SKIP)]), ("4.1.0", [(0, SKIP)])])
def test_the_refresh_after_active(release, expected):
    with Views(release) as views:
        views.alter(BASE, "INACTIVE")
        before = views.last()
        views.alter(BASE, "ACTIVE")
        views.cluster.wait(lambda: len(views.runs(BASE, before)) == len(expected))
        views.quiet()
        assert views.runs(BASE, before) == expected
        if len(expected) == 3:
            jobs = views.cluster.state("SELECT count(DISTINCT job_id), count(DISTINCT query_id)"
                                       " FROM task_run WHERE mv_id = ? AND id > ?",
                                       views.id(BASE), before)
            assert jobs == [(1, 3)]


@pytest.mark.parametrize("release, statement, empties", [
    ("3.5.5", "ACTIVE", False), ("3.5.8", "ACTIVE", True), ("3.5.14", "ACTIVE", True),
    ("3.5.15", "ACTIVE", False), ("3.3.3", "ACTIVE", False), ("4.0.3", "ACTIVE", False),
    ("4.0.3", "REFRESH", True), ("4.0.7", "REFRESH", False), ("3.5.10", "REFRESH", True),
    ("4.1.0", "REFRESH", False)])
def test_a_forced_refresh_that_empties_the_view(release, statement, empties):
    with Views(release) as views:
        views.cluster.control("speed", "20")
        full = views.rows(PAGE)
        assert full > 0
        listed = ("SELECT TABLE_ROWS FROM information_schema.materialized_views WHERE TABLE_NAME ="
                  " 'visits_by_page'")
        assert views.client.rows(listed) == [[str(full)]]
        if statement == "ACTIVE":
            views.alter(PAGE, "INACTIVE")
            views.alter(PAGE, "ACTIVE")
        else:
            views.client.query(f"REFRESH MATERIALIZED VIEW {PAGE} FORCE")
        if release != "4.0.3" or statement == "REFRESH":
            views.running(PAGE)
            assert views.rows(PAGE) == (0 if empties else full)
        if empties:
            assert views.client.rows(listed) == [["0"]]
            assert views.client.rows(f"SELECT * FROM {PAGE}") == []
        views.cluster.control("speed", "1000")
        views.quiet()
        assert views.rows(PAGE) == full and views.client.rows(f"SELECT * FROM {PAGE}") != []


def test_a_killed_refresh_leaves_the_view_empty():
    with Views("3.5.10") as views:
        views.cluster.control("speed", "20")
        full = views.rows(PAGE)
        views.client.query(f"REFRESH MATERIALIZED VIEW {PAGE} FORCE")
        views.running(PAGE)
        views.client.query(f"CANCEL REFRESH MATERIALIZED VIEW {PAGE}")
        assert views.rows(PAGE) == 0
        views.cluster.control("speed", "1000")
        views.client.query(f"REFRESH MATERIALIZED VIEW {PAGE} FORCE WITH SYNC MODE")
        assert views.rows(PAGE) == full


@pytest.mark.parametrize("release, killed", [
    ("2.5.22", False), ("3.3.13", False), ("3.3.14", True), ("3.4.3", False), ("3.4.4", True),
    ("3.5.5", True), ("4.0.0", True)])
def test_a_refresh_that_runs_at_inactive(release, killed):
    with Views(release) as views:
        views.cluster.control("speed", "20")
        before = views.last()
        views.client.query(f"REFRESH MATERIALIZED VIEW {PAGE} FORCE")
        views.running(PAGE)
        views.alter(PAGE, "INACTIVE")
        views.cluster.control("speed", "1000")
        views.quiet()
        assert views.runs(PAGE, before)[:1] == ([] if killed else [(1, "SUCCESS")])


@pytest.mark.parametrize("release, force, left", [
    ("3.3.5", "", ["FAILED", "SUCCESS"]), ("3.3.14", "", ["FAILED"]),
    ("3.4.3", "", ["FAILED", "SUCCESS"]), ("3.4.4", "", ["FAILED"]), ("3.5.16", "", ["FAILED"]),
    ("3.3.5", " FORCE", []), ("4.1.0", " FORCE", [])])
def test_what_a_cancelled_refresh_leaves(release, force, left):
    """One runs, one waits; what CANCEL … FORCE ends leaves no row, nor does one that waited."""
    with Views(release) as views:
        views.cluster.control("speed", "20")
        views.cluster.state("UPDATE mv SET refresh_ms = 60000")
        before = views.last()
        for _ in range(2):
            views.client.query(f"REFRESH MATERIALIZED VIEW {PAGE} FORCE")
        views.running(PAGE)
        views.client.query(f"CANCEL REFRESH MATERIALIZED VIEW {PAGE}{force}")
        views.cluster.control("speed", "1000")
        views.quiet()
        assert [state for _, state in views.runs(PAGE, before)] == left


@pytest.mark.parametrize("release, waiting", [("3.3.5", True), ("3.4.8", True), ("3.5.16", False),
                                              ("4.1.0", False)])
def test_a_waiting_refresh_when_the_base_is_dropped(release, waiting):
    with Views(release) as views:
        views.cluster.control("speed", "1")
        before = views.last()
        views.client.query(f"REFRESH MATERIALIZED VIEW {PAGE}")
        views.client.query("DROP TABLE web.visits")
        assert len(views.runs(PAGE, before)) == waiting


@pytest.mark.parametrize("release, wakes", [("3.3.5", True), ("3.4.8", True), ("3.5.16", True),
                                            ("4.1.0", True)])
@pytest.mark.parametrize("what", ["INSERT INTO sales.orders VALUES (9, '2026-11-23', 'Cleo', 7)",
                                  "REFRESH MATERIALIZED VIEW sales.orders_by_month"])
def test_a_refresh_wakes_what_the_fe_took_down(release, wakes, what):
    """Whether the checker is on does not matter; what its user took down stays down."""
    with Views(release) as views:
        views.cluster.state("UPDATE mv SET active = 0, reason = 'base-mv inactive: orders_by_day'"
                            " WHERE id = ?", views.id("sales.orders_by_month"))
        views.cluster.state("UPDATE mv SET active = 0, reason = ? WHERE id = ?", USER,
                            views.id("sales.daily_top"))
        views.client.query(what)
        views.quiet()
        assert views.state("sales.orders_by_month")[0] == ("true" if wakes else "false")
        assert views.state("sales.daily_top") == ("false", USER)


@pytest.mark.parametrize("release, fails", [
    ("2.5.22", " is not active."), ("3.0.9", " is not active."),
    ("3.1.17", f" is not active due to {USER}."), ("4.0.0", f" is not active due to {USER}."),
    ("4.0.1", None), ("4.1.0", None)])
def test_scheduled_runs_while_inactive(release, fails):
    with Views(release) as views:
        views.alter(PAGE, "INACTIVE")
        before = views.last()
        due = views.due(PAGE)
        views.cluster.wait(lambda: views.cluster.state(
            "SELECT next_run_ms > ? FROM mv WHERE id = ?", due, views.id(PAGE)) == [(1,)])
        views.quiet()
        assert views.runs(PAGE, before) == ([] if fails is None else [(None, "FAILED")])
        if fails is not None:
            (said,), = views.client.rows(
                "SELECT ERROR_MESSAGE FROM information_schema.task_runs WHERE TASK_NAME ="
                f" 'mv-{views.id(PAGE)}' AND STATE = 'FAILED'")
            assert said == f"Materialized view: visits_by_page/{views.id(PAGE)}{fails}"


@pytest.mark.parametrize("release, cascades", [("3.3.3", False), ("4.0.1", False), ("4.0.2", True)])
def test_where_the_cascade_begins(release, cascades):
    with Views(release) as views:
        views.alter(BASE, "INACTIVE")
        assert views.state(MIDDLE) == (("false", "base-mv inactive: orders_by_day") if cascades
                                       else ("true", ""))


@pytest.mark.parametrize("release, runs", [
    ("2.5.16", True), ("2.5.17", False), ("3.1.5", True), ("3.1.6", False), ("3.2.0", True),
    ("3.2.1", False), ("3.3.3", False)])
def test_the_clause_back_before_it_was_repaired(release, runs):
    with Views(release) as views:
        before = views.last()
        views.alter(PAGE, "REFRESH MANUAL")
        views.alter(PAGE, "REFRESH ASYNC EVERY(INTERVAL 1 DAY)")
        views.quiet()
        assert len(views.runs(PAGE, before)) == int(runs)


@pytest.mark.parametrize("release, lasting", [
    ("3.2.16", "base-table dropped: visits"), ("3.3.5", "base-table dropped: visits"),
    ("3.3.14", USER), ("3.5.16", USER),
    ("4.0.1", "base-table dropped: visits")])
def test_what_the_journal_says_of_a_dropped_base(release, lasting):
    with Views(release) as views:
        views.client.query("DROP TABLE web.visits")
        assert views.state(PAGE) == ("false", "base-table dropped: visits")
        views.cluster.control("event", "leader-moves")
        assert views.state(PAGE, views.cluster.leader()) == ("false", lasting)


# --- an FE that starts -------------------------------------------------------------------------


def is_lost(client):
    try:
        client.rows("SELECT 1")
        return False
    except (OSError, Lost):
        return True


def connected(cluster):
    try:
        client = cluster.leader()
        return client if client.rows("SELECT 1") else None
    except (OSError, Lost):  # its port closes and opens again
        return None


def restarted(views):
    """All FEs restart, the leader last; a connection to the leader that then is."""
    views.cluster.control("event", "restart-fes")
    views.cluster.wait(lambda: is_lost(views.client))
    return views.cluster.wait(lambda: connected(views.cluster))


@pytest.mark.parametrize("release, window", [
    ("3.3.3", False), ("3.5.7", False), ("3.5.8", True), ("3.5.14", True), ("4.0.1", True),
    ("4.1.0", True)])
def test_the_reload_window(release, window):
    with Views(release) as views:
        views.cluster.control("speed", "1")
        client = restarted(views)
        assert views.state(BASE, client) == (("false", "") if window else ("true", ""))
        follower, = views.cluster.state("SELECT ordinal FROM fe WHERE role = 'FOLLOWER' LIMIT 1")
        if release >= "3.5":
            assert views.state(BASE, views.cluster.connect(follower[0])) == views.state(BASE, client)
        # INACTIVE finds it inactive already, and changes nothing.
        client.query(f"ALTER MATERIALIZED VIEW {TOP} INACTIVE")
        views.cluster.control("speed", "1000")
        views.cluster.wait(lambda: views.state(BASE, client) == ("true", ""))
        assert views.state(TOP, client)[0] == ("true" if window else "false")


def test_the_reload_can_be_made_synchronous():
    with Views("3.5.10") as views:
        views.cluster.control("speed", "1")
        for ordinal in range(3):
            with open(f"{views.cluster.dir}/pods/kube-starrocks-fe-{ordinal}/opt/starrocks/fe/conf"
                      "/fe.conf", "a", encoding="utf-8") as conf:
                conf.write("enable_mv_post_image_reload_cache = false\n")
        assert views.state(BASE, restarted(views)) == ("true", "")


@pytest.mark.parametrize("release, late", [("3.5.14", False), ("3.5.16", True), ("4.1.0", False)])
def test_views_on_views_after_a_start(release, late):
    """Recorded on 3.5.16: they come up inactive, and the checker wakes them with a forced run."""
    with Views(release, checker=True) as views:
        before = views.last()
        client = restarted(views)
        views.cluster.wait(lambda: views.state(BASE, client) == ("true", ""))
        # Tried while its base was still loading, it waits for a minute.
        views.cluster.control("speed", "1000")
        views.cluster.wait(lambda: views.state(MIDDLE, client) == ("true", ""))
        forced = views.cluster.state("SELECT count(*) FROM task_run WHERE id > ? AND mv_id = ?"
                                     " AND force = 1", before, views.id(MIDDLE))
        assert forced == [(int(late),)]


@pytest.mark.parametrize("image_after", [True, False])
def test_a_start_from_an_image_takes_dependants_down(image_after):
    """Recorded on 3.3.5: with an image made after the INACTIVE, not when the journal is replayed."""
    with Views("3.3.5") as views:
        views.alter(BASE, "INACTIVE")
        if image_after:
            views.cluster.state("UPDATE fe SET image = (SELECT value FROM meta WHERE key ="
                                " 'journal_id')")
        assert views.state(MIDDLE) == ("true", "")
        client = restarted(views)
        expected = {MIDDLE: ("false", "base-mv inactive: orders_by_day"),
                    TOP: ("false", "base-mv inactive: orders_by_month")}
        for view, state in expected.items():
            assert views.state(view, client) == (state if image_after else ("true", ""))
        # The journal knows nothing of it: an FE that has not started since has them active.
        views.alter = lambda view, what: client.query(f"ALTER MATERIALIZED VIEW {view} {what}")
        views.alter(BASE, "ACTIVE")
        views.alter(MIDDLE, "ACTIVE")
        assert views.state(MIDDLE, client) == ("true", "")
        left = views.cluster.state("SELECT count(*) FROM fe_mv WHERE mv_id = ?", views.id(MIDDLE))
        assert left == [(0,)]


def test_names_of_releases(tmp_path):
    for name in ("5.0.0", "3.6", "3", "3.3.", "3.3.3-abc", "seed@", "seed@2.4.1", "3.3.333"):
        with pytest.raises(AssertionError, match="no READY"):
            Cluster(name, dir=str(tmp_path / "x"))
    for name, version in (("4.1", "4.1.0-ad83983"), ("shared-nothing@3.2.7", "3.2.7-0000000"),
                          ("hostile@3.5.16", "3.5.16-d6ff11f")):
        with Cluster(name) as cluster:
            assert cluster.state("SELECT DISTINCT version FROM fe") == [(version,)]
