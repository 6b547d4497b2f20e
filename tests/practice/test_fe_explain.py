"""EXPLAIN of a query over one table: a view is read in its place while its rows are the same."""
import pytest

from fe_rig import Cluster, SqlError

QUERY = "EXPLAIN SELECT a, sum(b) FROM t GROUP BY a"


@pytest.fixture(scope="module")
def cluster():
    with Cluster("seed", speed=200) as cluster:
        client = cluster.leader()
        for sql in ("CREATE DATABASE planned", "USE planned",
                    "CREATE TABLE t (a INT, b BIGINT) DUPLICATE KEY(a)"
                    " DISTRIBUTED BY HASH(a) BUCKETS 1",
                    "INSERT INTO t VALUES (1, 2), (3, 4)",
                    "CREATE VIEW chosen AS SELECT b AS x, a AS y FROM t",
                    "CREATE MATERIALIZED VIEW sums REFRESH MANUAL AS"
                    " SELECT y, sum(x) AS s FROM chosen GROUP BY y",
                    "CREATE MATERIALIZED VIEW most REFRESH MANUAL AS"
                    " SELECT a, max(b) AS m FROM t GROUP BY a"):
            client.query(sql)
        cluster.wait(lambda: not cluster.state("SELECT 1 FROM task_run WHERE state <> 'SUCCESS'"
                                               " AND mv_id IN (SELECT id FROM object"
                                               "  WHERE name IN ('sums', 'most'))"))
        yield cluster


def plan(cluster, sql):
    client = cluster.leader(db="planned")
    return [row[0] for row in client.query(sql).rows]


def test_a_fresh_view_is_read_through_the_view_below_it(cluster):
    lines = plan(cluster, QUERY)
    assert "     TABLE: sums" in lines and "     MaterializedView: true" in lines
    assert "  |  <slot 3> : 5: s" in lines


def test_another_aggregate_reads_its_own_view(cluster):
    assert "     TABLE: most" in plan(cluster, "EXPLAIN SELECT max(b), a FROM t GROUP BY a")


def test_a_stale_or_inactive_view_is_not_read(cluster):
    cluster.leader(db="planned").query("ALTER MATERIALIZED VIEW most INACTIVE")
    lines = plan(cluster, "EXPLAIN SELECT a, max(b) FROM t GROUP BY a")
    assert lines[-9:] == ["  0:OlapScanNode", "     TABLE: t", "     PREAGGREGATION: ON",
                          "     partitions=1/1", "     rollup: t", "     tabletRatio=1/1",
                          lines[-3], "     cardinality=2", "     avgRowSize=2.0"]
    assert "  |  output: max(2: b)" in lines and "  |  group by: 1: a" in lines
    cluster.leader(db="planned").query("INSERT INTO t VALUES (5, 6)")
    assert "     TABLE: t" in plan(cluster, QUERY)


def test_other_queries_are_refused_by_what_it_plans(cluster):
    for sql, says in (("EXPLAIN SELECT a FROM t, t", "plans SELECT"),
                      ("EXPLAIN SELECT nosuch FROM t", "plans SELECT"),
                      ("EXPLAIN SELECT b, sum(a) FROM t GROUP BY b", "more than one phase")):
        with pytest.raises(SqlError) as error:
            plan(cluster, sql)
        assert says in error.value.message
