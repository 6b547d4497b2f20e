"""Scenario big: its shape, and that lists and changes find their rows by key."""
import pytest

from fe_rig import Cluster

VIEWS = 2000
MVS = "information_schema.materialized_views"


@pytest.fixture(scope="module")
def big():
    with Cluster(f"big:{VIEWS}") as cluster:
        yield cluster


def quoted(names):
    return ", ".join(f"'{name}'" for name in names)


def test_its_shape(big):
    client = big.leader()
    databases = [row for row in client.dicts("SHOW PROC '/dbs'") if row["DbName"][:4] == "big_"]
    assert [row["TableNum"] for row in databases] == ["265"] * 8
    for database in databases:
        listed = client.dicts(f"SHOW MATERIALIZED VIEWS FROM {database['DbName']}")
        proc = [row["TableName"] for row in client.dicts(f"SHOW PROC '/dbs/{database['DbId']}'")
                if row["Type"] == "CLOUD_NATIVE_MATERIALIZED_VIEW"]
        assert [row["name"] for row in listed] == proc and len(proc) == 250
    edges = client.rows("SELECT object_database, object_name, ref_object_database, ref_object_name,"
                        " ref_object_type FROM sys.object_dependencies"
                        " WHERE object_database LIKE 'big%'")
    assert len({tuple(edge) for edge in edges}) == 3 * VIEWS
    assert {edge[4] for edge in edges} == {"CLOUD_NATIVE", "VIEW",
                                           "CLOUD_NATIVE_MATERIALIZED_VIEW"}
    # Every view that is read exists, some in another database; the chains are eight long.
    level = {}
    for database, name, base_database, base, kind in edges:
        below = level[base_database, base] if "MATERIALIZED" in kind else 0
        level[database, name] = max(level.get((database, name), 0), below + 1)
    assert max(level.values()) == 10
    assert any(edge[0] != edge[2] for edge in edges)


def test_a_smaller_number_and_a_wrong_one(tmp_path):
    with Cluster("big:3") as cluster:
        assert cluster.leader().rows(f"SELECT count(*) FROM {MVS} WHERE TABLE_SCHEMA = 'big_000'"
                                     ) == [["3"]]
    for name in ("big:", "big:0", "big:-1", "big:12x", "big:99999999999", "seed:5"):
        with pytest.raises(AssertionError, match="no READY"):
            Cluster(name, dir=str(tmp_path / "x"))


def test_its_views_answer_and_show_their_definition(big):
    client = big.leader()
    for name in ("b0_root_00", "b3_chain_05", "b9_both_22", "b1_across_24"):
        assert client.rows(f"SELECT k FROM big_003.{name}") == [["1"]]
        create = client.rows(f"SHOW CREATE MATERIALIZED VIEW big_003.{name}")[0][1]
        assert create.count("JOIN") == (1 if "root" in name else 2), create
    paused = client.rows(f"SELECT TABLE_NAME FROM {MVS} WHERE TABLE_SCHEMA = 'big_001'"
                         " AND IS_ACTIVE = 'false' AND INACTIVE_REASON LIKE 'user use%'")
    assert paused == [["b0_fan_20"], ["b4_fan_20"], ["b8_fan_20"]]


def test_conditions_over_keys_change_no_answer(big):
    """What is pushed down to the rows is what the statement would drop anyway."""
    client = big.leader()
    names = ["b0_root_00", "b1_chain_02", "b2_fan_14", "nosuch"]
    every = client.dicts(f"SELECT * FROM {MVS} WHERE TABLE_SCHEMA LIKE 'big%'")
    ids = [row["MATERIALIZED_VIEW_ID"] for row in every[:3]]
    for where, holds in (
            (f"TABLE_SCHEMA = 'big_002' AND TABLE_NAME IN ({quoted(names)}, 'it''s')",
             lambda r: r["TABLE_SCHEMA"] == "big_002" and r["TABLE_NAME"] in names),
            ("m.table_schema = 'big_002' AND m.`TABLE_NAME` IN ('b0_root_00', 'b1_root_00')",
             lambda r: (r["TABLE_SCHEMA"], r["TABLE_NAME"][3:]) == ("big_002", "root_00")
             and r["TABLE_NAME"][:2] in ("b0", "b1")),
            ("(TABLE_SCHEMA = 'big_001' AND TABLE_NAME = 'b0_root_00') OR"
             " (TABLE_SCHEMA = 'big_004' AND TABLE_NAME = 'b1_chain_02')",
             lambda r: (r["TABLE_SCHEMA"], r["TABLE_NAME"]) in (("big_001", "b0_root_00"),
                                                                ("big_004", "b1_chain_02"))),
            ("TABLE_SCHEMA = 'big_001' AND TABLE_NAME = 'b0_root_00' OR IS_ACTIVE = 'false'",
             lambda r: (r["TABLE_SCHEMA"], r["TABLE_NAME"]) == ("big_001", "b0_root_00")
             or r["IS_ACTIVE"] == "false"),
            (f"MATERIALIZED_VIEW_ID IN ({quoted(ids)})",
             lambda r: r["MATERIALIZED_VIEW_ID"] in ids),
            (f"MATERIALIZED_VIEW_ID IN ({ids[0]}, {ids[1]}) AND IS_ACTIVE = 'true'",
             lambda r: r["MATERIALIZED_VIEW_ID"] in ids[:2]),
            ("TABLE_SCHEMA = 'big_001' AND NOT TABLE_NAME = 'b0_root_00'",
             lambda r: r["TABLE_SCHEMA"] == "big_001" and r["TABLE_NAME"] != "b0_root_00"),
            ("TABLE_SCHEMA = 'big_001' AND TABLE_NAME BETWEEN 'b0' AND 'b1'",
             lambda r: r["TABLE_SCHEMA"] == "big_001" and "b0" <= r["TABLE_NAME"] <= "b1")):
        expected = [row["MATERIALIZED_VIEW_ID"] for row in every if holds(row)]
        assert expected, where
        rows = client.rows(f"SELECT MATERIALIZED_VIEW_ID FROM {MVS} m WHERE ({where})"
                           " AND TABLE_SCHEMA LIKE 'big%'")
        assert [row[0] for row in rows] == expected, where
        rows = client.rows(f"SELECT MATERIALIZED_VIEW_ID FROM {MVS} AS m WHERE {where}")
        assert [row[0] for row in rows if row[0] in expected] == expected, where
    # The same table twice, each with a condition of its own.
    assert client.rows(f"SELECT TABLE_NAME FROM {MVS} WHERE TABLE_SCHEMA = 'big_001' AND TABLE_NAME"
                       f" = 'b0_root_00' UNION SELECT TABLE_NAME FROM {MVS} WHERE TABLE_SCHEMA ="
                       " 'big_002' AND TABLE_NAME = 'b5_root_00'") == [["b0_root_00"],
                                                                      ["b5_root_00"]]
    assert client.rows(f"SELECT count(*) FROM {MVS} WHERE TABLE_SCHEMA = 'big_001'") == [["250"]]
    task = f"mv-{ids[2]}"
    assert client.rows("SELECT TASK_NAME, STATE FROM information_schema.task_runs"
                       f" WHERE TASK_NAME = '{task}'") == [[task, "SUCCESS"]]
    assert client.rows("SELECT TASK_NAME FROM information_schema.tasks"
                       f" WHERE TASK_NAME IN ('{task}')") == [[task]]


def plan(cluster, sql):
    """How SQLite reads the state file for it."""
    return " / ".join(row[3] for row in cluster.state("EXPLAIN QUERY PLAN " + sql))


def test_changes_find_their_rows_by_key(big):
    """No statement of a change reads all views or all runs."""
    for sql in ("SELECT d.mv_id, m.active FROM dep d JOIN mv m ON m.id = d.mv_id WHERE d.base_id = 5",
                "UPDATE task_run SET state = 'FAILED' WHERE mv_id = 5"
                " AND state IN ('PENDING', 'RUNNING')",
                "SELECT count(*) FROM task_run WHERE mv_id = 5 AND state = 'RUNNING'",
                "SELECT state FROM task_run WHERE query_id = 'x'",
                "SELECT o.id, o.kind FROM object o JOIN db ON db.id = o.db_id"
                " WHERE db.name = 'x' AND o.name = 'y'",
                "SELECT id, check_failures FROM mv WHERE active = 0 AND reason <> 'x'"
                " AND check_after_ms <= 5 ORDER BY id"):
        how = plan(big, sql)
        assert "SCAN" not in how or "mv_inactive" in how, (sql, how)


@pytest.mark.parametrize("name", ["big:500", "big@4.1.0:500"])
def test_down_and_up_again(name):
    with Cluster(name, speed=20) as cluster:
        client = cluster.leader()
        client.query('ADMIN SET FRONTEND CONFIG ("enable_mv_automatic_active_check" = "false")')
        active = ("SELECT d.name, o.name FROM mv m JOIN object o ON o.id = m.id"
                  " JOIN db d ON d.id = o.db_id WHERE m.active ORDER BY m.id")
        before = cluster.state(active)
        # The checker wakes what a cascade took down, at a time of its own.
        client.query('ADMIN SET FRONTEND CONFIG ("enable_mv_automatic_active_check" = "false")')
        for database, name in reversed(before):
            client.query(f"ALTER MATERIALIZED VIEW {database}.`{name}` INACTIVE")
        assert cluster.state(active) == []
        for database, name in before:
            client.query(f"ALTER MATERIALIZED VIEW {database}.`{name}` ACTIVE")
        assert cluster.state(active) == before
