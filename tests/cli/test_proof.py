"""\\proof take and \\proof compare: each change is found, and nothing else; what cannot be read is told."""
import contextlib
import fcntl
import hashlib
import json
import os
import re
import stat
import subprocess

import pytest

from practice import INSTRUMENTED, PRELOADED, Practice, clean_env, killed

FE0 = "kube-starrocks-fe-0.kube-starrocks-fe-search.starrocks.svc.cluster.local"
CN0 = "kube-starrocks-cn-0.kube-starrocks-cn-search.starrocks.svc.cluster.local"
QUERIES = ("-- what must come out the same\nSELECT 'a;b' AS x;\n"
           "SELECT count(*) AS n FROM sales.orders; SELECT * FROM ops.stock;\n")


@contextlib.contextmanager
def changed(cluster, *changes):
    """Changes the state, and puts every table of it back at the end."""
    tables = {change.split()[{"INSERT": 2, "DELETE": 2}.get(change.split()[0], 1)]
              for change in changes}
    for table in tables:
        cluster.sql(f"DROP TABLE IF EXISTS kept_{table}")
        cluster.sql(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}")
    # A node whose heartbeat brings another cluster id answers no more: such an id stands for a moment only.
    cluster.sql("CREATE TRIGGER nodes_stay BEFORE UPDATE ON node"
                " WHEN (SELECT value FROM meta WHERE key = 'cluster_id') = 4711"
                " BEGIN SELECT RAISE(IGNORE); END")
    try:
        for change in changes:
            cluster.sql(change)
        yield
    finally:
        cluster.sql("DROP TRIGGER nodes_stay")
        for table in tables:
            if table == "fe":  # its rows are never away: the server would end the frontends
                cluster.sql("UPDATE fe SET version ="
                            " (SELECT k.version FROM kept_fe k WHERE k.id = fe.id)")
            else:
                cluster.sql(f"DELETE FROM {table}")
                cluster.sql(f"INSERT INTO {table} SELECT * FROM kept_{table}")
            cluster.sql(f"DROP TABLE kept_{table}")


def found(done):
    """(class, what) of each difference."""
    return {(row["class"], row["what"]) for row in done.rows}


def verdicts(done):
    return {row["what"]: row["verdict"] for row in done.rows}


def lines_of(path):
    with open(path, "rb") as file:
        return file.read().splitlines(keepends=True)


@pytest.fixture(scope="module", params=["seed", "shared-nothing", "3.5.16", "4.1"])
def taken(request):
    """A cluster with work of every kind, and a proof of it."""
    with Practice(request.param, speed=1) as cluster:
        cluster.sql("INSERT INTO work (kind, db, name, type, state) VALUES"
                    " ('routine_load', 'sales', 'orders_in', '', 'RUNNING'),"
                    " ('pipe', 'web', 'visits_in', '', 'RUNNING'),"
                    " ('task', 'ops', 'nightly', 'PERIODICAL START(2026-01-01) EVERY(1 DAYS)',"
                    "  'INSERT INTO ops.stock SELECT 1'),"
                    # Of one name, as those are that ended: one line stands for both.
                    " ('routine_load', 'sales', 'twice', '', 'STOPPED'),"
                    " ('routine_load', 'sales', 'twice', '', 'STOPPED')")
        cluster.sql("INSERT INTO view_grant VALUES ('operator', 'ALTER', 'sales', 'margin'),"
                    " ('operator', 'SELECT', 'sales', '')")
        cluster.sql("UPDATE object SET data_version = 7 WHERE name = 'orders'")
        queries = os.path.join(cluster.top, "queries.sql")
        with open(queries, "w", encoding="utf-8") as file:
            file.write(QUERIES)
        cluster.proof = os.path.join(cluster.top, "proof.jsonl")
        done = cluster.belay(f"\\proof take '{cluster.proof}' --table '^sales\\.o' --table stock"
                             f" --queries '{queries}'")
        assert done.rc == 0, done
        yield cluster


def compare(cluster, *more):
    return cluster.belay(" ".join([f"\\proof compare '{cluster.proof}'", *more]))


def test_nothing_differs(taken):
    done = compare(taken)
    assert done.rc == 0 and done.rows == [] and "Nothing differs." in done.err, done


def test_the_file(taken):
    lines = lines_of(taken.proof)
    assert stat.S_IMODE(os.stat(taken.proof).st_mode) == 0o600
    assert lines[-1] == b"sha256:%s\n" % hashlib.sha256(b"".join(lines[:-1])).hexdigest().encode()
    things = [json.loads(line) for line in lines[1:-2]]
    assert json.loads(lines[-2]) == {"kind": "lacks", "lacks": {}}
    kinds = {thing["kind"] for thing in things}
    assert {"cluster", "frontend", "node", "database", "table", "system table", "view", "plain view",
            "partition", "rows", "user", "setting", "routine load", "task", "pipe", "query"} <= kinds
    assert [(t["db"], t["name"], t["rows"]) for t in things if t["kind"] == "rows"][:1] == \
        [("ops", "stock", 3)]
    assert {t["name"]: t["grants"] for t in things if "grants" in t} == {"'operator'@'%'": 2}
    # A definition is there as digests only.
    assert b"GROUP BY" not in b"".join(lines[:-2])


CASES = {
    "a table is gone": (["DELETE FROM object WHERE name = 'alerts'"],
                        {("lost", "table ops.alerts"), ("lost", "partition ops.alerts alerts")}),
    "a table was made again": (["UPDATE object SET id = 999 WHERE name = 'stock'"],
                               {("lost", "table ops.stock"), ("lost", "rows ops.stock"),
                                ("lost", "query 0003"), ("grew", "partition ops.stock stock")}),
    "a view is gone": (["DELETE FROM object WHERE name = 'funnel'",
                        "DELETE FROM mv WHERE id NOT IN (SELECT id FROM object)"],
                       {("lost", "view web.funnel"), ("lost", "partition web.funnel funnel")}),
    "a plain view is gone": (["DELETE FROM object WHERE name = 'clean_visits'"],
                             {("lost", "plain view web.clean_visits")}),
    "a view is down": (["UPDATE mv SET active = 0, lasting_active = 0, reason = 'base dropped',"
                        " lasting_reason = 'base dropped'"
                        " WHERE id = (SELECT id FROM object WHERE name = 'margin')"],
                       {("lost", "view sales.margin")}),
    "a view is up": (["UPDATE mv SET active = 1, lasting_active = 1, reason = '', lasting_reason = ''"
                      " WHERE id = (SELECT id FROM object WHERE name = 'legacy_totals')"],
                     {("expected", "view sales.legacy_totals")}),
    "another refresh": (["UPDATE mv SET every_n = 7"
                         " WHERE id = (SELECT id FROM object WHERE name = 'daily_top')"],
                        {("lost", "view sales.daily_top")}),
    "another query of a view": (["UPDATE object SET query = 'SELECT 1', written = 'SELECT 1'"
                                 " WHERE name = 'refund_rate'"], {("lost", "view sales.refund_rate")}),
    "another query of a plain view": (["UPDATE object SET query = 'SELECT 1'"
                                       " WHERE name = 'clean_visits'"],
                                      {("lost", "plain view web.clean_visits")}),
    "another property": (["INSERT INTO mv_property SELECT id, 'resource_group', 'x' FROM object"
                          " WHERE name = 'margin'"], {("lost", "view sales.margin")}),
    "a partition went back": (["UPDATE object SET data_version = 3 WHERE name = 'orders'"],
                              {("lost", "partition sales.orders orders")}),
    "writes went on": (["UPDATE object SET data_version = 9 WHERE name = 'orders'"],
                       {("grew", "partition sales.orders orders")}),
    "rows are fewer": (["DELETE FROM row WHERE object_id = (SELECT id FROM object WHERE name ="
                        " 'orders') AND rowid = (SELECT max(rowid) FROM row WHERE object_id ="
                        " (SELECT id FROM object WHERE name = 'orders'))"],
                       {("lost", "rows sales.orders"), ("lost", "query 0002")}),
    "a value is another": (["UPDATE row SET cells = '[\"x\",\"1\",\"2\"]' WHERE rowid ="
                            " (SELECT min(rowid) FROM row WHERE object_id ="
                            "  (SELECT id FROM object WHERE name = 'stock'))"], {("lost", "query 0003")}),
    "rows are more": (["INSERT INTO row SELECT object_id, cells FROM row WHERE object_id ="
                       " (SELECT id FROM object WHERE name = 'stock') LIMIT 1",
                       "UPDATE object SET data_version = 2 WHERE name = 'stock'"],
                      {("grew", "rows ops.stock"), ("grew", "query 0003"),
                       ("grew", "partition ops.stock stock")}),
    "another cluster": (["UPDATE meta SET value = 4711 WHERE key = 'cluster_id'"],
                        {("lost", "cluster")}),
    "a frontend went up": (["UPDATE fe SET version = '5.0.1-abc' WHERE ordinal = 0"],
                           {("expected", f"frontend {FE0}")}),
    "a frontend went back": (["UPDATE fe SET version = '2.5.22-abc' WHERE ordinal = 0"],
                             {("lost", f"frontend {FE0}")}),
    "a node is down": (["UPDATE node SET alive = 0, seen_alive = 0 WHERE ordinal = 0"],
                       {("lost", "NODE0")}),
    "a user is gone": (["DELETE FROM user WHERE name = 'nobody'"], {("lost", "user 'nobody'@'%'")}),
    "fewer grants": (["DELETE FROM view_grant WHERE view = 'margin'"],
                     {("lost", "user 'operator'@'%'")}),
    "another setting": (["UPDATE config SET value = 'false' WHERE fe_id = 1"
                         " AND name = 'enable_mv_automatic_active_check'"],
                        {("lost", f"setting enable_mv_automatic_active_check on {FE0}")}),
    "a load stands": (["UPDATE work SET state = 'PAUSED' WHERE kind = 'routine_load'"],
                      {("lost", "routine load sales.orders_in")}),
    "a task is gone": (["DELETE FROM work WHERE kind = 'task'"], {("lost", "task ops.nightly")}),
    "a pipe stands": (["UPDATE work SET state = 'SUSPEND' WHERE kind = 'pipe'"],
                      {("lost", "pipe web.visits_in")}),
    "a database more": (["INSERT INTO db VALUES (777, 'new_one')"], {("grew", "database new_one")}),
}


@pytest.mark.parametrize("case", CASES)
def test_one_change(taken, case):
    changes, wanted = CASES[case]
    kind = taken.sql("SELECT kind FROM node")[0][0]
    host = taken.sql("SELECT host FROM node WHERE ordinal = 0")[0][0]
    wanted = {(c, f"{kind} {host}" if what == "NODE0" else what) for c, what in wanted}
    with changed(taken, *changes):
        done = compare(taken)
    assert found(done) == wanted, done
    lost = any(c == "lost" for c, _ in wanted)
    assert done.rc == (8 if lost else 0), done
    assert ("is not what it was" in done.err) == lost


def test_what_a_verdict_says(taken):
    with changed(taken, *CASES["a view is down"][0]):
        assert verdicts(compare(taken)) == {"view sales.margin": "it is down: base dropped"}
    with changed(taken, *CASES["another refresh"][0]):
        row, = compare(taken).rows
    assert row["before"] == "REFRESH ASYNC EVERY(INTERVAL 1 DAY)"
    assert row["after"] == "REFRESH ASYNC EVERY(INTERVAL 7 DAY)"
    with changed(taken, *CASES["a value is another"][0]):
        assert "no partition has a newer version" in verdicts(compare(taken))["query 0003"]


def test_another_result_while_it_is_written(taken):
    """Then nobody can tell whether the release or a write changed it."""
    with changed(taken, *CASES["a value is another"][0], *CASES["writes went on"][0]):
        done = compare(taken)
    assert done.rc == 9 and ("cannot tell", "query 0003") in found(done), done


def test_a_downgrade_that_is_wanted(taken):
    with changed(taken, *CASES["a frontend went back"][0]):
        done = compare(taken, "--downgrade")
    assert done.rc == 0 and found(done) == {("expected", f"frontend {FE0}")}, done


def test_a_query_that_fails_now(taken):
    taken.fault("error", "SELECT * FROM ops.stock%", "1064")
    done = compare(taken)
    taken.clear_faults()
    assert done.rc == 8 and found(done) == {("lost", "query 0003")}, done


def test_what_could_not_be_read(taken):
    """Half a list is no list: its kind is not compared, and the exit status says so."""
    taken.fault("error", "%partitions_meta%", "1064")
    done = compare(taken)
    taken.clear_faults()
    assert done.rc == 9 and found(done) == {("cannot tell", "partitions")}, done


def test_a_connection_that_breaks(taken):
    """Before any row came the statement is sent again; amid the rows it is not, and that is told."""
    taken.fault("drop-before", "%partitions_meta%")
    done = compare(taken)
    assert done.rc == 0 and done.rows == [], done
    taken.forget()
    taken.fault("drop-in-rows", "%partitions_meta%", "2")
    done = compare(taken)
    taken.clear_faults()
    assert done.rc == 9 and found(done) == {("cannot tell", "partitions")}, done
    assert len(taken.sent("%partitions_meta%")) == 1


def test_no_time_left(taken):
    path = os.path.join(taken.top, "short.jsonl")
    after = len(taken.sent("%partitions_meta%"))
    taken.fault("slow", "SHOW PROC '/dbs'", "1500")
    done = taken.belay(f"\\proof take '{path}' --seconds 1")
    taken.clear_faults()
    assert done.rc == 9 and "--seconds gives more" in done.err, done
    lacks = json.loads(lines_of(path)[-2])["lacks"]
    assert {"table", "view", "plain view", "partition", "user", "setting", "task"} <= set(lacks)
    assert taken.sent("%partitions_meta%")[after:] == []


def test_a_damaged_file(taken, tmp_path):
    lines = lines_of(taken.proof)
    for name, data in {"changed": b"".join(lines).replace(b"orders", b"0rders", 1),
                       "cut": b"".join(lines)[:-3], "empty": b"",
                       "foreign": b"hello\n" * 40}.items():
        path = tmp_path / name
        path.write_bytes(data)
        done = taken.belay(f"\\proof compare '{path}'")
        assert done.rc == 8 and "is no whole proof" in done.err, done


def test_no_such_file(taken, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    done = taken.belay(f"\\proof compare '{tmp_path}/pipe'")
    assert done.rc == 8 and "is no whole proof" in done.err, done
    done = taken.belay(f"\\proof compare '{tmp_path}/none'")
    assert done.rc == 2 and "cannot open" in done.err, done


def test_a_file_that_is_there(taken):
    done = taken.belay(f"\\proof take '{taken.proof}'")
    assert done.rc == 2 and "there already" in done.err, done


def test_of_another_cluster(taken, tmp_path):
    lines = lines_of(taken.proof)
    head = json.loads(lines[0])
    head["cluster"] = {"id": "1", "name": "another"}
    body = json.dumps(head).encode() + b"\n" + b"".join(lines[1:-1])
    path = tmp_path / "other.jsonl"
    path.write_bytes(body + b"sha256:%s\n" % hashlib.sha256(body).hexdigest().encode())
    done = taken.belay(f"\\proof compare '{path}'")
    assert done.rc == 2 and "is of the cluster another" in done.err, done


@pytest.mark.parametrize("text, says", [
    ("DELETE FROM sales.orders WHERE 1;", "not a SELECT that only reads"),
    ("SELECT 1;\nSHOW TABLES;", "not a SELECT that only reads"),
    ("SELECT 1 INTO OUTFILE 's3://b/x';", "not a SELECT that only reads"),
    ("SELECT * FROM FILES('path' = 's3://b/x', 'aws.s3.secret_key' = 'abc');", "holds a secret"),
    ("-- nothing\n", "holds no query"),
])
def test_queries_that_are_refused(taken, tmp_path, text, says):
    taken.forget()
    (tmp_path / "q.sql").write_text(text)
    done = taken.belay(f"\\proof take '{tmp_path}/p' --queries '{tmp_path}/q.sql'")
    assert done.rc == 2 and says in done.err and not (tmp_path / "p").exists(), done
    assert "abc" not in done.err + done.out
    assert taken.changes() == []


def test_only_reading_statements(taken):
    taken.forget()
    assert taken.belay("\\proof take").rc == 0
    assert compare(taken).rc == 0
    assert taken.changes() == []
    # One statement a kind and database, however many tables there are.
    assert len(taken.sent("%partitions_meta%")) == 2 and len(taken.sent("SHOW CREATE%")) == 0


def test_the_newest_is_compared_with(taken):
    assert taken.belay("\\proof take").rc == 0
    done = taken.belay("\\proof compare")
    assert done.rc == 0, done
    folder = os.path.join(taken.state_dir, str(taken.sql("SELECT value FROM meta WHERE key ="
                                                         " 'cluster_id'")[0][0]), "proofs")
    names = sorted(os.listdir(folder))
    kept = [name for name in names if name.startswith("compared-")]
    with open(os.path.join(folder, kept[-1]), encoding="utf-8") as file:
        told = json.load(file)
    assert told["sum"] == "nothing differs" and told["lost"] == 0
    assert told["proof"].endswith([n for n in names if n.startswith("proof-")][-1])
    assert not [name for name in names if name.endswith(".part")]


def test_what_a_killed_take_left_is_cleared_away(cluster, tmp_path):
    """At the next take; what another belay writes at this moment stays."""
    state = tmp_path / "state"
    for at in range(1, 6):
        done = cluster.belay("\\proof take", state=str(state), env={
            **PRELOADED, "BELAY_DURABLE_LOG": str(tmp_path / "log"), "BELAY_DURABLE_AT": str(at),
            "BELAY_DURABLE_HOW": "power-cut"})
        if list(state.rglob("*.part")):
            break
    (left,) = state.rglob("*.part")
    assert killed(done) and re.fullmatch(r"proof-\w+\.jsonl\.part", left.name), done
    held = left.with_name("proof-20260101T000000Z.jsonl.part")
    held.touch()
    with open(held, "rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert cluster.belay("\\proof take", state=str(state)).rc == 0
        assert list(state.rglob("*.part")) == [held] and len(list(state.rglob("proof-*.jsonl"))) == 1
        given = cluster.belay(f"\\proof take {str(held)[:-5]}", state=str(state))
        assert given.rc == 2 and "another belay is writing" in given.err, given
    given = cluster.belay(f"\\proof take {str(held)[:-5]}", state=str(state))
    assert given.rc == 0 and not list(state.rglob("*.part")), given


def test_none_taken_yet(taken, tmp_path):
    done = taken.belay("\\proof compare", state=str(tmp_path / "state"))
    assert done.rc == 2 and "no proof of this cluster" in done.err, done


def test_hostile_names():
    """Names come out of the file as they are, and reach a terminal escaped."""
    with Practice("hostile", speed=1) as cluster:
        assert cluster.belay("\\proof take").rc in (0, 9)
        cluster.sql("UPDATE mv SET active = 0, lasting_active = 0, reason = 'x\x1b[31m\ny',"
                    " lasting_reason = 'x'")
        done = cluster.belay_tty("\\proof compare")
    assert done.rc == 8 and b"x\x1b[31m" not in done.raw and b"x\\e[31m\\ny" in done.raw, done


@pytest.mark.skipif(INSTRUMENTED, reason="nothing can be said about memory under AddressSanitizer")
def test_definitions_are_not_kept_in_memory():
    """24 MB of them, in a list a database and in one of plain views, where materialized ones are too."""
    def peak():
        with open(os.devnull, "wb") as nothing:
            process = subprocess.Popen(cluster.argv("\\proof take"), stdout=nothing, stderr=subprocess.PIPE,
                                       env=clean_env(cluster.home))
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            assert process.returncode == 0, process.stderr.read()
            process.stderr.close()
        return usage.ru_maxrss

    with Practice("big:400", speed=1) as cluster:
        few = peak()
        cluster.sql("UPDATE object SET query = query || ' /* ' || hex(zeroblob(30000)) || ' */'"
                    " WHERE kind IN ('MV', 'VIEW')")
        assert cluster.sql("SELECT sum(length(query)) > 24000000 FROM object") == [(1,)]
        many = peak()
    assert many < few + (10 << 10), (few, many)


def test_an_upgrade():
    """3.5.16 to 4.1: queries are printed in another way, and nothing is lost for that."""
    with Practice("3.5.16", speed=1) as cluster:
        assert cluster.belay("\\proof take").rc == 0
        cluster.stop_serving()
        cluster.sql("UPDATE meta SET value = '4.1.0-abc' WHERE key = 'release'")
        cluster.sql("UPDATE fe SET version = '4.1.0-abc'")
        cluster.sql("UPDATE node SET version = '4.1.0-abc'")
        cluster.sql("UPDATE object SET written = 'select ' || query WHERE kind = 'MV'")
        cluster.serve()
        done = cluster.belay("\\proof compare")
    assert done.rc == 0, done
    assert ("expected", "12 views") in found(done)
    assert "do not print queries alike" in verdicts(done)["12 views"]
    assert sum(row["verdict"] == "version went up" for row in done.rows) == 6
