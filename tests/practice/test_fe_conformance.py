"""The practice FE answers what real FEs were recorded to answer, statement by statement.

All topics of a release are played in the order of the recording against one practice cluster that
was emptied before. A statement that the practice FE does not play is listed, with the reason, in
recorded/answers/unplayed.json; it must differ, and every other must not.
"""
import re

import pytest

from fe_rig import Cluster, Lost, SqlError
from recorded_answers import UNPLAYED, Comparer, Recording, unplayed

SCENARIOS = {"3.3.5": "seed", "3.4.8": "3.4.8", "3.5.16": "3.5.16", "4.1.0": "4.1"}
HOSTS = {"3.3.5": "127.0.0.2", "3.4.8": "127.0.0.4", "3.5.16": "127.0.0.3", "4.1.0": "127.0.0.1"}
NODE_HOST = "127.0.0.11"
COMMITS = {"3.3.5": "11e999a", "3.4.8": "3baa5d1", "3.5.16": "d6ff11f", "4.1.0": "ad83983"}
RST = [
    "CREATE DATABASE IF NOT EXISTS rst", "USE rst",
    "CREATE TABLE IF NOT EXISTS b1 (a INT, v BIGINT) DUPLICATE KEY(a)"
    " DISTRIBUTED BY HASH(a) BUCKETS 1",
    *(f"CREATE MATERIALIZED VIEW IF NOT EXISTS {name} REFRESH {how} AS SELECT {query}"
      for name, how, query in (
          ("r1", "ASYNC", "a, sum(v) s FROM b1 GROUP BY a"),
          ("r2", "ASYNC", "a, sum(s) s FROM r1 GROUP BY a"), ("rman", "MANUAL", "a FROM b1"),
          ("u1", "ASYNC", "a, max(v) m FROM b1 GROUP BY a"),
          ("u2", "ASYNC", "a, max(m) m FROM u1 GROUP BY a")))]
# What was there before the topic's first statement, and the topics in the order of the recording.
BEFORE = {
    "frontends": [],
    "config": [],
    "names": [],
    "views": ['ADMIN SET FRONTEND CONFIG ("enable_task_history_archive" = "false")'],
    "types": [],
    "errors": ["CREATE DATABASE errdb", "USE errdb",
               "CREATE TABLE t (a INT, b INT) DUPLICATE KEY(a) DISTRIBUTED BY HASH(a) BUCKETS 1",
               "CREATE TABLE a_b (a INT) DUPLICATE KEY(a) DISTRIBUTED BY HASH(a) BUCKETS 1",
               "CREATE TABLE axb (a INT) DUPLICATE KEY(a) DISTRIBUTED BY HASH(a) BUCKETS 1"],
    "privileges": [],
    "connections": [],
    "lineage": [],
    "image": [],
    "no_live_node": [
        'ADMIN SET FRONTEND CONFIG ("enable_task_history_archive" = "true")',
        *RST],
    "kill": [],
    "databases": ["DROP DATABASE x1"],
}
USERS = [(f"CREATE USER {name} IDENTIFIED BY 'Pw1'", f"DROP USER {name}")
         for name in ("u_none", "u_def", "u_ops", "u_mv")]
# Earlier trials had left this behind when the topic was recorded.
LEFT = {
    ("3.3.5", "privileges"): [
        "CREATE DATABASE privdb", "CREATE TABLE privdb.t (a INT, b INT) DUPLICATE KEY(a)"
        " DISTRIBUTED BY HASH(a) BUCKETS 1",
        "CREATE MATERIALIZED VIEW privdb.m1 REFRESH MANUAL AS SELECT a FROM privdb.t", *RST],
    ("4.1.0", "privileges"): [*RST, "ALTER MATERIALIZED VIEW u1 INACTIVE"],
}
# And this was done when the refreshes of all that were over.
AFTER = {
    ("3.4.8", "no_live_node"): ["CREATE DATABASE nobe_db"],
    ("4.1.0", "no_live_node"): ["ALTER MATERIALIZED VIEW privdb.m1 REFRESH MANUAL",
                                *(f"ALTER MATERIALIZED VIEW rst.u1 {state}"
                                  for state in ("ACTIVE", "INACTIVE", "ACTIVE"))],
    ("3.4.8", "databases"): ["DROP DATABASE rst", "CREATE DATABASE rst"],
}
# The same, there for one statement alone: made before it, gone after it.
AROUND = {
    ("3.3.5", "errors", 74): [("CREATE USER u_lim IDENTIFIED BY ''", "DROP USER u_lim")] + USERS,
    ("4.1.0", "errors", 74): USERS,
}
# The FE had been started anew before it.
STARTED = {("4.1.0", "privileges")}
# The FE was so young that it had not made its own database yet.
YOUNG = {("3.4.8", "frontends")}
# First and last statement while its history could not be read: not there yet, or not by the nodes.
NO_HISTORY = {("3.3.5", "names"): (43, 44), ("3.4.8", "names"): (0, 45), ("3.5.16", "names"): (43, 45),
              ("3.3.5", "no_live_node"): (35, 35), ("3.5.16", "no_live_node"): (35, 35)}
# A round of MVActiveChecker fell in front of these statements.
ROUNDS = {("4.1.0", "views", 157)}
# The change of a column was over by then; it went on still where this is not said.
LATER = {("3.4.8", "views", 239): 30000}
# The nodes held the rows back while these ran.
HELD = {("kill", "query_timeout=2")}
# Another connection runs by then, under the name that is killed from 3.5 on.
NAMED = {("3.3.5", "kill", 20): "SELECT 1",
         ("3.4.8", "kill", 20): "SELECT 1",
         ("3.5.16", "kill", 20): "SET custom_query_id='belay-1'",
         ("4.1.0", "kill", 20): "SET custom_query_id='belay-1'"}
# The nodes were asked about the queries that run, and did not answer.
SILENT = {("kill", "SHOW PROC '/current_queries'")}
# The connection that is killed was closed by then.
GONE = {("4.1.0", "kill", 10): "33554438"}
# The resolver of the recording machine had one name for several addresses.
NAMES = {"3.3.5": ["127.0.0.1", "127.0.0.2"], "3.5.16": ["127.0.0.1", "127.0.0.3"]}
NODES = {"no live compute node": "kill-cn", "nodes answer again": "revive-cn"}
DURING = {("names", "USE namedb"): ["CREATE DATABASE namedb"]}
NO_THREAD = "987654321"  # for the recorded thread 1, which may be somebody's here
# A refresh that still ran when the recording client cancelled it.
SLOW = {("views", "REFRESH MATERIALIZED VIEW man FORCE"): "man"}
# A stand-in node said of every INSERT that it wrote so many rows, those of refreshes as well; what a
# list says of the rows of a view came from elsewhere.
HOLDS = {("views", "EXPLAIN SELECT a, sum(b) FROM t1 GROUP BY a"): 1000}
# What refreshes have come to depends on the time between two statements: it is the same on each machine.
PACE_MS = {"views": 10}
STANDS = "SELECT 1 FROM meta WHERE key = 'speed' AND value = 0"
# First and last statement that were sent before a refresh that the first asked for had begun.
AT_ONCE = {(release, "views"): [(174, 182)] for release in SCENARIOS}
AT_ONCE["3.5.16", "views"] += [(146, 156)]
AT_ONCE["4.1.0", "views"] += [(146, 150)]
# Recorded statements that are compared, and all that there are.
COMPARED = {"3.3.5": (882, 884), "3.4.8": (874, 876), "3.5.16": (882, 884), "4.1.0": (882, 884)}
STEP_MS, MAX_STEPS = 4000, 50


class Replay:
    def __init__(self, release):
        self.release, self.differs, self.logins = release, {}, []
        self.cluster = Cluster(SCENARIOS[release], speed=1)
        self.compare = Comparer()
        self.empty()
        self.clock = self.cluster.leader()

    def empty(self):
        """A new cluster of exactly the recorded release and addresses: no objects, no users."""
        version = f"{self.release}-{COMMITS[self.release]}"
        for table in ("object", "col", "row", "mv", "dep", "task_run"):
            self.cluster.state(f"DELETE FROM {table}")
        self.cluster.state("DELETE FROM db WHERE name <> '_statistics_'")
        (self.statistics,), = self.cluster.state("SELECT id FROM db")
        self.cluster.state("DELETE FROM user WHERE name <> 'root'")
        self.cluster.state("DELETE FROM event WHERE kind IN ('mv-schedule', 'checker')")
        self.cluster.state("UPDATE fe SET version = ?", version)
        self.cluster.state("UPDATE node SET version = ?", version)
        self.cluster.state("UPDATE fe SET host = ? WHERE role = 'LEADER'", HOSTS[self.release])
        self.cluster.state("UPDATE node SET host = ? WHERE ordinal = 0", NODE_HOST)
        for address in NAMES.get(self.release, []):
            self.cluster.state("INSERT INTO meta VALUES ('name of ' || ?, 'localhost')", address)

    def stand_still(self):
        """Time goes on by base_ms alone."""
        self.cluster.control("speed", "1")
        self.cluster.state("UPDATE meta SET value = 0 WHERE key = 'speed'")

    def settle(self):
        """Lets simulated time go by until no refresh waits or runs."""
        self.cluster.state("UPDATE mv SET refresh_ms = 50")
        for _ in range(MAX_STEPS):
            if not self.cluster.state("SELECT 1 FROM task_run"
                                      " WHERE state IN ('PENDING', 'RUNNING')"):
                return
            self.cluster.state("UPDATE meta SET value = value + ? WHERE key = 'base_ms'", STEP_MS)
            self.clock.query("SELECT 1")
        raise AssertionError(f"refreshes go on after {MAX_STEPS * STEP_MS} ms")

    def restart(self):
        """The FE, the only one as in the recording, makes an image, ends and starts."""
        self.cluster.state("DELETE FROM fe WHERE role <> 'LEADER'")
        self.cluster.state("UPDATE meta SET value = 0 WHERE key = 'reload_ms'")
        (journal,), = self.cluster.state("SELECT value FROM meta WHERE key = 'journal_id'")
        self.clock.query("ALTER SYSTEM CREATE IMAGE")
        self.cluster.control("speed", "100")
        self.cluster.wait(lambda: self.cluster.state("SELECT 1 FROM fe WHERE image >= ?", journal))
        self.cluster.control("event", "kill-leader")
        self.cluster.wait(lambda: not self.try_login())
        self.cluster.control("event", "revive-fe")
        self.clock = self.cluster.wait(self.try_login)
        self.cluster.control("speed", "1")

    def try_login(self):
        try:
            return self.cluster.leader()
        except (OSError, Lost, ValueError):
            return None

    def prepare(self, topic, clients):
        """Makes the state that the topic was recorded in; returns what ends it."""
        key, undo = (self.release, topic), []
        if key in STARTED:
            self.restart()
            clients["root"] = self.cluster.leader()
        for sql in LEFT.get(key, []) + BEFORE[topic]:
            clients["root"].query(sql)
        if key in YOUNG:
            self.cluster.state("DELETE FROM db WHERE name = '_statistics_'")
        if key in YOUNG or key in NO_HISTORY:
            undo.append(("INSERT OR IGNORE INTO db VALUES (?, '_statistics_')", self.statistics))
        return undo

    def history(self, key, n):
        first, last = NO_HISTORY[key]
        if first <= n <= last:
            self.cluster.state("DELETE FROM db WHERE name = '_statistics_'")
        else:
            self.cluster.state("INSERT OR IGNORE INTO db VALUES (?, '_statistics_')",
                               self.statistics)

    def run_aside(self, sql):
        """A connection of its own runs a query for as long as nobody kills it."""
        client = self.cluster.leader()
        client.query(sql)
        client.start("SELECT sleep(3600)")
        running = "SELECT 1 FROM statement_log WHERE connection_id = ? AND text LIKE '%sleep%'"
        self.cluster.wait(lambda: self.cluster.state(running, client.thread_id))

    def play(self, topic):
        recording = Recording(self.release, topic)
        skipped = unplayed(self.release, topic)
        clients = {"root": self.cluster.leader()}
        if topic in PACE_MS:
            self.stand_still()
        undo = self.prepare(topic, clients)
        if topic != "errors":  # those were recorded in their database
            clients["root"] = self.cluster.leader()
        self.settle()
        for sql in AFTER.get((self.release, topic), []):
            clients["root"].query(sql)
            self.settle()
        differs = []
        for thread in {e["on"] for e in recording.statements if "on" in e}:
            clients[thread] = self.cluster.leader()
            self.compare.ids[thread] = str(clients[thread].thread_id)
        if topic == "privileges":
            self.compare.ids["1"] = NO_THREAD
        for entry in recording.statements:
            self.before(topic, entry, clients)
            around = AROUND.get((self.release, topic, entry["n"]), [])
            for sql, _ in around:
                clients["root"].query(sql)
            if "WITH SYNC MODE" in entry.get("sql", ""):  # it waits
                self.cluster.control("speed", "1")
            what = self.one(recording, entry, clients)
            if topic in PACE_MS and not self.cluster.state(STANDS):
                self.stand_still()
            for _, sql in around:
                clients["root"].query(sql)
            note = entry.get("note", "")
            listed = skipped.get(entry["n"])
            if listed is None and what is not None:
                differs.append(f"{entry['n']} {entry.get('sql', note)!r} [{note}]: {what}")
            elif listed is not None and what is None:
                differs.append(f"{entry['n']} {entry.get('sql', note)!r}: listed as unplayed"
                               f" ({listed['why']}), but it does not differ")
        for sql in undo:
            self.cluster.state(*sql)
        self.cluster.control("speed", "1")
        self.differs[topic] = differs

    def before(self, topic, entry, clients):
        """What had happened since the statement before."""
        note, at = entry.get("note", ""), (self.release, topic, entry["n"])
        if at[:2] in NO_HISTORY:
            self.history(at[:2], entry["n"])
        at_once = any(first < entry["n"] <= last for first, last in AT_ONCE.get(at[:2], []))
        self.cluster.state("UPDATE meta SET value = value + ? WHERE key = 'base_ms'",
                           LATER.get(at, 0 if at_once else PACE_MS.get(topic, 0)))
        if at in ROUNDS:
            self.cluster.control("event", "checker-round")
        for sql in DURING.get((topic, entry.get("sql")), []):
            clients["root"].query(sql)
        if note in NODES:
            self.cluster.control("event", NODES[note])
        if topic != "no_live_node" and waits(entry) and not at_once:
            self.settle()
        self.cluster.state("UPDATE mv SET refresh_ms = 3600000 WHERE id ="
                           " (SELECT id FROM object WHERE name = ?)",
                           SLOW.get((topic, entry.get("sql")), ""))
        self.cluster.state("UPDATE mv SET n_rows = ?", HOLDS.get((topic, entry.get("sql")), 0))
        if (topic, note) in HELD:
            self.cluster.control("fault", "held", "--arg", "60000", "--match", entry["sql"])
        self.cluster.state("INSERT OR REPLACE INTO meta VALUES ('nodes_silent', ?)",
                           (topic, entry.get("sql")) in SILENT)
        if at in GONE:
            clients[GONE[at]].sock.close()
            self.cluster.wait(lambda: self.compare.ids[GONE[at]] not in [
                row[1] for row in clients["root"].rows("SHOW PROCESSLIST")])
        if at in NAMED:
            self.run_aside(NAMED[at])

    def one(self, recording, entry, clients):
        user = entry.get("on", entry.get("user", "root"))
        if "sql" not in entry:
            return self.login(recording, entry, user)
        if user not in clients:
            password = "" if user == "root" else "Pw1"
            try:
                clients[user] = self.cluster.leader(user=user, password=password)
            except SqlError as error:
                return f"no login: {error}"
        sql = self.compare.to_send(entry["sql"])
        try:
            got = clients[user].query(sql)
        except (SqlError, Lost) as error:
            got = error
        except OSError as error:
            got = Lost(str(error))
        if "results" not in entry:
            return self.compare.answer(recording, entry, sql, got)
        got = got if isinstance(got, list) else [got]
        if len(got) != len(entry["results"]):
            return f"{len(got)} results, recorded {len(entry['results'])}"
        parts = [self.compare.answer(recording, part, sql, g)
                 for part, g in zip(entry["results"], got)]
        return next(filter(None, parts), None)

    def login(self, recording, entry, user):
        number = re.match(r"connection number (\d+)", entry["note"])
        while number and len(self.logins) + 1 < min(int(number[1]), 3):  # the limit was two
            self.logins.append(self.cluster.leader(user=user))
        password, db = login_of(entry["note"])
        try:
            got = self.cluster.leader(user=user, password=password, db=db)
        except SqlError as error:
            got = error
        return self.compare.answer(recording, entry, "", got)


def waits(entry):
    """The recording client waited for refreshes before it asked."""
    first = entry.get("sql", "").split(" ")[0]
    return (first not in ("CREATE", "REFRESH", "CANCEL")
            and not entry.get("note", "").startswith("right after"))


def login_of(note):
    """"connect with password 'x' {'db': 'y'}" → x, y."""
    match = re.search(r"password '([^']*)' \{(?:'db': '([^']*)')?", note)
    return (match[1], match[2]) if match else ("", None)


@pytest.fixture(scope="module", params=SCENARIOS)
def replay(request):
    replay = Replay(request.param)
    for topic in BEFORE:
        replay.play(topic)
    yield replay
    replay.cluster.__exit__()


@pytest.mark.parametrize("topic", BEFORE)
def test_answers_are_those_recorded(replay, topic):
    differs = replay.differs[topic]
    assert not differs, f"{len(differs)} differ:\n" + "\n".join(differs)


@pytest.mark.parametrize("release", SCENARIOS)
def test_how_many_statements_are_compared(release):
    """Of all recorded ones; whoever makes more of them played raises the first number."""
    recorded = sum(len(Recording(release, topic).statements) for topic in BEFORE)
    compared = recorded - sum(len(unplayed(release, topic)) for topic in BEFORE)
    assert (compared, recorded) == COMPARED[release], (
        f"{release}: {compared} of {recorded} recorded statements are compared")


def test_what_is_listed_as_unplayed_was_recorded():
    assert {entry["why"] for entry in UNPLAYED["statements"]} == set(UNPLAYED["reasons"])
    for entry in UNPLAYED["statements"]:
        assert entry["why"] in UNPLAYED["reasons"]
        for release, numbers in entry["at"].items():
            recorded = {e["n"]: e for e in Recording(release, entry["topic"]).statements}
            for n in numbers:
                sql = recorded[n].get("sql", recorded[n].get("note", ""))
                assert re.sub(r"<id \d+>", "<id>", sql) == entry["sql"]
