"""What changes rows, what is refused, and which words the FE proposes instead."""
import pytest

from fe_rig import Cluster, SqlError


@pytest.fixture
def client():
    with Cluster() as cluster:
        client = cluster.leader()
        client.query("CREATE DATABASE d")
        client.query("USE d")
        client.query("CREATE TABLE t (a INT, v VARCHAR(20)) DUPLICATE KEY(a)"
                     " DISTRIBUTED BY HASH(a)")
        client.query("INSERT INTO t VALUES (1, 'one'), (2, 'it''s'), (10, NULL)")
        yield client


def left(client):
    return sorted(row[0] for row in client.rows("SELECT a FROM t"))


def fails(client, sql):
    with pytest.raises(SqlError) as caught:
        client.query(sql)
    return caught.value.message


@pytest.mark.parametrize("where, rest", [
    ("a > 2", ["1", "2"]), ("v = 'it''s'", ["1", "10"]), ("a IN (1, 10)", ["2"]),
    ("a = '1' AND v = 'one'", ["10", "2"]), ("V IS NULL", ["1", "2"])])
def test_delete_takes_the_rows_that_it_names(client, where, rest):
    client.query(f"DELETE FROM t WHERE {where}")
    assert left(client) == rest


def test_what_delete_does_not_understand_it_does_not_delete(client):
    assert "Where clause is not set" in fails(client, "DELETE FROM t")
    assert "Column 'b' cannot be resolved" in fails(client, "DELETE FROM t WHERE b = 1")
    assert "Table u is not found" in fails(client, "DELETE FROM u WHERE a = 1")
    assert left(client) == ["1", "10", "2"]


def test_truncate_empties_the_table(client):
    client.query("TRUNCATE TABLE d.t")
    assert left(client) == []


def test_a_text_that_is_no_number_is_not_loaded(client):
    sql = "INSERT INTO t VALUES (3, 'a'), ('1x', 'b')"
    assert fails(client, sql).endswith("Invalid number format: 1x.")
    client.query("INSERT INTO t VALUES ('4', '5')")
    assert left(client) == ["1", "10", "2", "4"]


def test_what_is_refused_is_named(client):
    assert fails(client, "UPDATE d.t SET v = 'x' WHERE a = 1") == "table t does not support update"
    assert fails(client, "CANCEL ALTER TABLE ROLLUP FROM t").startswith(
        "Table[t] is not under ROLLUP/WAITING_STABLE.")
    assert fails(client, "SET sql_mode = 'ansi_quotes, strict_mode'").endswith("of 'strict_mode'")
    assert "No viable statement" in fails(client, "LOCK TABLES t EXCLUSIVE")


def test_automated_snapshots_are_turned_on_and_off_once():
    with Cluster("3.5.16") as cluster:
        client = cluster.leader()
        on = "ADMIN SET AUTOMATED CLUSTER SNAPSHOT ON STORAGE VOLUME "
        assert "has not been turn on" in fails(client, "ADMIN SET AUTOMATED CLUSTER SNAPSHOT OFF")
        assert "Unknown storage volume: other" in fails(client, on + "other")
        client.query(on + "builtin_storage_volume")
        assert "has been turn on" in fails(client, on + "builtin_storage_volume")
        assert "Unexpected input" in fails(client, on[:-15] + "INTERVAL 5 MINUTE")


# sleep: as StarRocks' own tests have it (test/sql/…, "sleep 13;"); the others by the same measure.
@pytest.mark.parametrize("sql, words", [
    ("sleep 13", "'SELECT', 'SET', 'HELP', 'STOP', 'ALTER', '(', ';'"),
    ("ALTER MATERIALIZED VIEW m REFRESH ASYNC EVERY(INTERVAL 1 DAYS)",
     "'DAY', 'SECOND', 'QUARTER', 'YEAR', 'HOUR'"),
    ("KILL QUERY double", "DOUBLE_QUOTED_TEXT, SINGLE_QUOTED_TEXT, INTEGER_VALUE")])
def test_similar_words_are_proposed(sql, words):
    with Cluster("3.4.8") as cluster:
        assert fails(cluster.leader(), sql).endswith("the most similar input is {" + words + "}.")


def test_similar_variables_are_proposed():
    with Cluster("3.4.8") as cluster:
        client = cluster.leader()
        # as StarRocks' own tests have it (AlterMaterializedViewTest.java)
        assert fails(client, "SET not_exists = 1") == (
            "Unknown system variable 'not_exists', the most similar variables are"
            " {'init_connect', 'connector_max_split_size', 'tx_isolation'}")
        assert "{'query_timeout', " in fails(client, "SELECT @@Query_Timeouts")
        client.query("SET pipeline_dop = 4")
        assert client.rows("SELECT @@pipeline_dop") == [["4"]]


def test_a_query_that_is_held_ends_at_its_timeout():
    with Cluster("4.1") as cluster:
        client = cluster.leader()
        cluster.control("fault", "held", "--arg", "60000", "--match", "SELECT 7%")
        client.query("SET query_timeout = 1")
        assert fails(client, "SELECT 7").startswith("Query reached its timeout of 1 seconds")
        assert client.rows("SELECT 7") == [["7"]]  # held once


def test_config_is_not_persisted_and_users_go():
    with Cluster("3.5.16") as cluster:
        client = cluster.leader()
        item = '"max_running_txn_num_per_db" = "2000"'
        assert "is not persisted" in fails(client,
                                           f"ADMIN SET FRONTEND CONFIG ({item}) WITH PERSISTENT")
        client.query("CREATE USER passing IDENTIFIED BY 'x'")
        client.query("GRANT db_admin TO USER passing")
        client.query("DROP USER 'passing'")
        assert "passing" not in str(client.rows("SHOW USERS"))
        assert "user not exists" in fails(client, "DROP USER passing")
        client.query("DROP USER IF EXISTS passing")


def row_of(client, name):
    columns = client.query("SHOW ROUTINE LOAD").names
    return next(dict(zip(columns, row)) for row in client.rows("SHOW ROUTINE LOAD") if row[1] == name)


def test_a_routine_load_rests_and_goes_on_from_its_offset():
    with Cluster() as cluster:
        client = cluster.leader()
        client.query("CREATE DATABASE d")
        cluster.state("INSERT INTO work (kind, db, name, state, offset) VALUES"
                      " ('routine_load', 'd', 'j', 'RUNNING', 500)")
        client.query("PAUSE ROUTINE LOAD FOR d.j")
        row = row_of(client, "j")
        assert row["State"] == "PAUSED" and row["Progress"] == '{"0":"500"}'
        assert "msg='User root pauses routine load job'" in row["ReasonOfStateChanged"]
        assert row["PauseTime"].startswith("20")
        assert fails(client, "PAUSE ROUTINE LOAD FOR d.j") == "Could not transform PAUSED to PAUSED"
        client.query("USE d")
        client.query("RESUME ROUTINE LOAD FOR j")
        row = row_of(client, "j")
        assert row["State"] in ("NEED_SCHEDULE", "RUNNING") and row["PauseTime"] == "\\N"
        assert int(row["Progress"].split('"')[3]) >= 500
        assert "There is not operable routine load job with name x" in \
            fails(client, "PAUSE ROUTINE LOAD FOR d.x")


def test_a_pipe_is_suspended_and_resumed():
    with Cluster() as cluster:
        client = cluster.leader()
        client.query("CREATE DATABASE d")
        cluster.state("INSERT INTO work (kind, db, name, state) VALUES ('pipe', 'd', 'p', 'RUNNING'),"
                    " ('pipe', 'd', 'q', 'FINISHED')")
        for name in "pq":
            client.query(f"ALTER PIPE d.{name} SUSPEND")
        listed = "SELECT PIPE_NAME, STATE FROM information_schema.pipes ORDER BY 1"
        assert client.rows(listed) == [["p", "SUSPEND"], ["q", "FINISHED"]]
        client.query("ALTER PIPE d.p RESUME")
        assert client.rows(listed) == [["p", "RUNNING"], ["q", "FINISHED"]]
        assert fails(client, "ALTER PIPE d.x RESUME") == "pipe-x not exists"
    with Cluster("seed@3.1.5") as cluster:
        assert "No viable statement" in fails(cluster.leader(), "ALTER PIPE d.p SUSPEND")


def test_statistics_of_tablets():
    with Cluster(scenario="shared-nothing") as cluster:
        leader = cluster.leader()
        before = leader.rows("SHOW PROC '/statistic'")
        assert [len(row) for row in before] == [11] * len(before)
        total = before[-1]
        assert total[0] == "Total" and total[7] == "0" and int(total[6]) == 3 * int(total[5]) > 0
        cluster.state("INSERT INTO work (kind, db, type) VALUES ('tablet', 'sales', 'unhealthy')")
        after = leader.rows("SHOW PROC '/statistic'")
        assert after[-1][7] == "1" and next(row for row in after if row[1] == "sales")[7] == "1"
