"""Scenarios and users: shared-nothing, hostile names, who may see and do what."""
import subprocess

import pytest

from fe_rig import Cluster, SqlError, program


@pytest.fixture(scope="module")
def seed():
    with Cluster() as cluster:
        yield cluster


def test_unknown_scenario(tmp_path):
    with pytest.raises(AssertionError, match="no READY"):
        Cluster("nosuch", dir=str(tmp_path / "x"))
    assert not (tmp_path / "x/cluster.db").exists()


def test_a_directory_of_another_version_is_told(tmp_path):
    folder = str(tmp_path / "x")
    with Cluster(dir=folder) as cluster:
        cluster.state("PRAGMA user_version = 1")
    done = subprocess.run([program("belay-practice-fe"), "serve", "--dir", folder],
                          capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2 and done.stdout == "", done
    assert f"the practice cluster in {folder} is of another version of belay" in done.stderr
    assert "give another --practice-dir" in done.stderr


def test_seed_is_what_a_rehearsal_needs(seed):
    rows = seed.connect().dicts("SELECT * FROM information_schema.materialized_views")
    assert len(rows) == 12
    assert [row["TABLE_NAME"] for row in rows if row["IS_ACTIVE"] == "false"] == ["legacy_totals"]
    assert [row["TABLE_NAME"] for row in rows if row["REFRESH_TYPE"] == "MANUAL"] == ["refund_rate"]
    names = {row["TABLE_NAME"] for row in rows}
    assert {"top-customers", "库存_mv", "daily_top"} <= names
    # Nothing runs by itself for a long while.
    assert seed.state("SELECT count(*) FROM task_run WHERE state <> 'SUCCESS'") == [(0,)]


def test_proc_counts_the_views_without_a_node(seed):
    client = seed.leader()
    types = {}
    for row in client.dicts("SHOW PROC '/dbs'"):
        if row["DbName"] in ("sales", "ops", "web"):
            for table in client.dicts(f"SHOW PROC '/dbs/{row['DbId']}'"):
                types.setdefault(table["Type"], []).append(table["TableName"])
    assert len(types["CLOUD_NATIVE_MATERIALIZED_VIEW"]) == 12
    assert types["VIEW"] == ["clean_visits"] and len(types["CLOUD_NATIVE"]) == 5


def test_shared_nothing():
    with Cluster("shared-nothing") as cluster:
        client = cluster.leader()
        assert len(client.rows("SHOW BACKENDS")) == 3 and client.rows("SHOW COMPUTE NODES") == []
        assert "StarletPort" not in client.query("SHOW BACKENDS").names
        kinds = client.rows("SELECT DISTINCT object_type FROM sys.object_dependencies")
        assert kinds == [["MATERIALIZED_VIEW"]]
        rollup, = client.dicts("SELECT * FROM information_schema.materialized_views"
                               " WHERE REFRESH_TYPE = 'ROLLUP'")
        assert (rollup["TABLE_NAME"], rollup["IS_ACTIVE"]) == ("orders_rollup", "true")
        proc = {row["TableName"]: row for row in client.dicts("SHOW PROC '/dbs/sales'")}
        assert "orders_rollup" not in proc and proc["orders"]["IndexNum"] == "2"
        assert (proc["orders"]["Type"], proc["margin"]["Type"]) == ("OLAP", "MATERIALIZED_VIEW")
        assert "not found" in client.error("ALTER MATERIALIZED VIEW sales.orders_rollup INACTIVE"
                                           ).message
        run_mode, = client.dicts("ADMIN SHOW FRONTEND CONFIG LIKE 'run_mode'")
        assert run_mode["Value"] == "shared_nothing"


def test_hostile_names_survive_every_statement():
    with Cluster("hostile") as cluster:
        client = cluster.leader()
        names = [row[0] for row in client.rows("SELECT TABLE_NAME FROM"
                                               " information_schema.materialized_views"
                                               " WHERE TABLE_SCHEMA = 'nasty'")]
        assert len(names) == 19 and max(map(len, names)) == 1024 and "UpperCase" in names and "uppercase" in names
        for name in names:
            quoted = f"`nasty`.`{name}`"
            client.query(f"ALTER MATERIALIZED VIEW {quoted} INACTIVE")
            state = cluster.state("SELECT m.active FROM mv m JOIN object o ON o.id = m.id"
                                  " WHERE o.name = ?", name)
            assert state == [(0,)], name
            client.query(f"ALTER MATERIALIZED VIEW {quoted} ACTIVE")
            assert client.rows(f"SHOW CREATE MATERIALIZED VIEW {quoted}")[0][0] == name
            assert client.query(f"SELECT * FROM {quoted}").names == ["a", "n"]
        assert client.rows("SELECT `b c` FROM nasty.t") == [["2"], ["4"]]


def test_backticks_are_dropped_from_names(seed):
    client = seed.leader()
    client.query("CREATE DATABASE IF NOT EXISTS `tick``s`")
    assert ["ticks"] in client.rows("SHOW DATABASES")
    assert client.error("SHOW TABLES FROM `tick`s`").code == 1064


def test_a_user_without_privileges(seed):
    client = seed.connect(user="nobody")
    for statement in ("SHOW MATERIALIZED VIEWS FROM sales", "SHOW TABLES FROM sales",
                      "SELECT * FROM information_schema.materialized_views",
                      "SELECT * FROM information_schema.task_runs",
                      "SELECT * FROM sys.object_dependencies"):
        assert client.rows(statement) == [], statement
    (ddl,), = [row[1:] for row in client.rows("SHOW CREATE MATERIALIZED VIEW sales.margin")]
    assert ddl.startswith("CREATE MATERIALIZED VIEW `margin`")  # recorded: 3.3 shows it to everybody
    assert client.rows("SHOW DATABASES") == [["information_schema"]]
    for statement, privilege in (
            ("SHOW FRONTENDS", "OPERATE OR NODE"), ("SHOW PROC '/frontends'", "OPERATE"),
            ("ADMIN SHOW FRONTEND CONFIG LIKE 'run_mode'", "OPERATE"),
            ('ADMIN SET FRONTEND CONFIG ("disable_balance" = "false")', "OPERATE"),
            ("ALTER SYSTEM CREATE IMAGE", "NODE")):
        error = client.error(statement)
        assert (error.code, error.sqlstate) == (5203, "42000")
        assert error.message == (
            f"Access denied; you need (at least one of) the {privilege} privilege(s) on SYSTEM for"
            " this operation. Please ask the admin to grant permission(s) or try activating"
            " existing roles using <set [default] role>. Current role(s): NONE. Inactivated"
            " role(s): NONE."), statement
    for statement, privilege, what in (
            ("ALTER MATERIALIZED VIEW sales.margin INACTIVE", "ALTER", "MATERIALIZED VIEW margin"),
            ("REFRESH MATERIALIZED VIEW sales.margin", "REFRESH", "MATERIALIZED VIEW margin"),
            ("SELECT * FROM sales.orders", "SELECT", "TABLE orders"),
            ("USE sales", "ANY", "DATABASE sales")):
        assert f"the {privilege} privilege(s) on {what} for" in client.error(statement).message


def test_what_is_revoked_of_one_view(seed):
    sees = "SELECT count(*) FROM information_schema.materialized_views WHERE TABLE_NAME = 'margin'"
    edges = "SELECT count(*) FROM sys.object_dependencies WHERE object_name = 'margin'"
    for privilege, n in (("ALTER", "1"), ("ANY", "0")):
        seed.state("INSERT INTO revoked SELECT 'dba', id, ? FROM object WHERE name = 'margin'",
                   privilege)
        client = seed.leader(user="dba", password="dba-secret")
        client.query("SET ROLE ALL")
        error = client.error("ALTER MATERIALIZED VIEW sales.margin INACTIVE")
        assert error.code == 5203 and "ALTER privilege(s) on MATERIALIZED VIEW margin" in error.message
        client.query("ALTER MATERIALIZED VIEW sales.daily_top ACTIVE")
        assert client.rows(sees) == [[n]] and (client.rows(edges) == [["0"]]) == (n == "0")
        assert seed.leader().rows(sees) == [["1"]]
        seed.state("DELETE FROM revoked")


def test_roles_sleep_until_they_are_set(seed):
    client = seed.connect(user="dba", password="dba-secret")
    assert client.rows("SELECT current_role()") == [["NONE"]]
    message = client.error("SHOW FRONTENDS").message
    assert "Inactivated role(s): [db_admin, cluster_admin]." in message
    client.query("SET ROLE ALL")
    assert client.rows("SELECT current_role()") == [["db_admin, cluster_admin"]]
    assert len(client.rows("SHOW FRONTENDS")) == 3
    client.query("ALTER SYSTEM CREATE IMAGE")
    assert client.error("SET ROLE root").message == "Role root is not granted to 'dba'@'%'"


def test_cluster_admin_lacks_operate(seed):
    client = seed.connect(user="operator")
    assert len(client.rows("SHOW FRONTENDS")) == 3
    client.query("ALTER SYSTEM CREATE IMAGE")
    assert client.error("SHOW PROC '/frontends'").code == 5203
    assert client.error("ADMIN SHOW FRONTEND CONFIG LIKE 'run_mode'").code == 5203


def test_selects_over_the_schema_tables(seed):
    client = seed.leader()
    assert client.rows("SELECT count(*) FROM information_schema.materialized_views"
                       " WHERE IS_ACTIVE = 'true'") == [["11"]]
    assert client.rows("SELECT concat(TABLE_SCHEMA, '.', TABLE_NAME) FROM"
                       " information_schema.materialized_views WHERE TABLE_NAME LIKE 'orders\\_by%'"
                       " ORDER BY 1") == [["sales.orders_by_day"], ["sales.orders_by_month"]]
    assert client.rows("SELECT m.TABLE_NAME FROM information_schema.materialized_views m JOIN"
                       " sys.object_dependencies d ON m.MATERIALIZED_VIEW_ID = d.object_id WHERE"
                       ' d.ref_object_name = "orders_by_month"') == [["daily_top"]]
    assert client.rows("WITH x AS (SELECT 1 AS n UNION ALL SELECT 2) SELECT sum(n) FROM x") == [
        ["3"]]
    assert client.rows("SELECT if(1 > 2, 'a', 'b'), left('ähm', 2)") == [["b", "äh"]]
    columns = [row[0] for row in client.rows(
        "SELECT COLUMN_NAME FROM information_schema.columns WHERE"
        " TABLE_SCHEMA='information_schema' AND TABLE_NAME='materialized_views'")]
    assert columns == client.query("SELECT * FROM information_schema.materialized_views").names
    assert client.error("SELECT * FROM information_schema.nosuch").code == 5502
    assert client.error("SELECT 1; DROP TABLE").code == 1064
    assert client.rows("SELECT * FROM information_schema.loads") == []


def test_state_cannot_be_reached_through_select(seed):
    client = seed.leader()
    for statement in ("SELECT * FROM meta", "SELECT * FROM main.meta",
                      "SELECT * FROM sqlite_master", "SELECT * FROM temp.sqlite_master",
                      "SELECT (SELECT count(*) FROM fe)"):
        with pytest.raises(SqlError):
            client.query(statement)
