"""ALTER SYSTEM changes who is listed as a member of the cluster; lists for other clients."""
import pytest

from fe_rig import Cluster, SqlError


@pytest.fixture
def seed():
    with Cluster() as cluster:
        yield cluster


def fails(client, sql):
    with pytest.raises(SqlError) as caught:
        client.query(sql)
    return caught.value.message


def test_an_added_frontend_is_listed_until_it_is_dropped(seed):
    client = seed.leader()
    client.query("ALTER SYSTEM ADD OBSERVER '10.1.2.3:9011'")
    row = client.dicts("SHOW FRONTENDS")[-1]
    assert (row["IP"], row["EditLogPort"], row["Role"]) == ("10.1.2.3", "9011", "OBSERVER")
    assert (row["Join"], row["Alive"], row["Version"]) == ("false", "false", "NULL")
    assert fails(client, "ALTER SYSTEM ADD FOLLOWER '10.1.2.3:9010'").startswith(
        "FE with the same host: 10.1.2.3")
    assert fails(client, "ALTER SYSTEM DROP FOLLOWER '10.1.2.3:9011'") == (
        "FOLLOWER does not exist[10.1.2.3:9011]")
    assert fails(client, "ALTER SYSTEM DROP OBSERVER '10.1.2.3:9010'") == (
        "frontend does not exist[10.1.2.3:9010]")
    client.query("ALTER SYSTEM DROP OBSERVER '10.1.2.3:9011'")
    assert len(client.rows("SHOW FRONTENDS")) == 3
    client.query("CREATE DATABASE still_writes")  # one that never came does not count


def test_a_dropped_follower_is_gone_and_the_leader_stays(seed):
    client = seed.leader()
    rows = client.dicts("SHOW FRONTENDS")
    follower = next(r["IP"] for r in rows if r["Role"] == "FOLLOWER")
    leader = next(r["IP"] for r in rows if r["Role"] == "LEADER")
    client.query(f"ALTER SYSTEM DROP FOLLOWER '{follower}:9010'")
    assert follower not in [r["IP"] for r in client.dicts("SHOW FRONTENDS")]
    assert fails(client, f"ALTER SYSTEM DROP FOLLOWER '{leader}:9010'") == (
        "can not drop current master node.")


def test_nodes_are_added_and_dropped(seed):
    client = seed.leader()
    client.query("ALTER SYSTEM ADD COMPUTE NODE '10.1.2.4:9050', '10.1.2.5:9051'")
    rows = client.dicts("SHOW COMPUTE NODES")[-2:]
    assert [(r["IP"], r["HeartbeatPort"], r["Alive"]) for r in rows] == [
        ("10.1.2.4", "9050", "false"), ("10.1.2.5", "9051", "false")]
    assert fails(client, "ALTER SYSTEM ADD BACKEND '10.1.2.5:9051'") == (
        "Compute node already exists with same host 10.1.2.5 and port 9051")
    assert fails(client, "ALTER SYSTEM DECOMMISSION BACKEND '10.1.2.5:9051'") == (
        "Backend does not exist[10.1.2.5:9051]")
    client.query("ALTER SYSTEM DROP COMPUTE NODE '10.1.2.4:9050', '10.1.2.5:9051'")
    assert len(client.rows("SHOW COMPUTE NODES")) == 3


@pytest.mark.parametrize("given, message", [
    ("x", "Invalid host port: x."),
    (" : 9010", "Host is null."),
    ("10.1.2.3:", 'Encounter unknown exception: For input string: "".'),
    ("10.1.2.3:0", "Encounter unknown exception: Getting analyzing error. Detail message: Port is"
                   " out of range: 0.."),
    ("[::1]:99999999999", 'Encounter unknown exception: For input string: "99999999999".')])
def test_what_is_no_host_and_port(seed, given, message):
    assert fails(seed.leader(), f"ALTER SYSTEM ADD FOLLOWER '{given}'").endswith(
        f"Detail message: {message}")


def test_hosts_are_known_by_name_here(seed):
    client = seed.leader()
    rows = client.dicts("SHOW FRONTENDS")
    leader = next(r["IP"] for r in rows if r["Role"] == "LEADER")
    other = next(r["IP"] for r in rows if r["Role"] == "FOLLOWER")
    assert fails(client, f"ALTER SYSTEM MODIFY FRONTEND HOST '{leader}' TO '{other}'") == (
        f"frontend with host [{other}] already exists ")
    assert fails(client, "ALTER SYSTEM ADD FOLLOWER 'nobody.invalid:9010'") == (
        "unknown fqdn host: nobody.invalid")
    assert "unknown host nobody.invalid" in fails(
        client, f"ALTER SYSTEM MODIFY FRONTEND HOST '{leader}' TO 'nobody.invalid'")
    assert fails(client, "ALTER SYSTEM MODIFY BACKEND HOST '10.1.2.3' TO 'localhost'") == (
        "backend [10.1.2.3] not found")


def test_hosts_that_are_addresses_are_looked_up_when_they_are_added(seed):
    seed.state("UPDATE fe SET host = '10.9.8.' || ordinal")
    client = seed.leader()
    assert fails(client, "ALTER SYSTEM ADD BACKEND 'nobody.invalid:9050'").endswith(
        "Unknown host: nobody.invalid: Name or service not known.")
    assert fails(client, "ALTER SYSTEM DROP BACKEND 'nobody.invalid:9050'") == (
        "backend does not exists[nobody.invalid:9050]")
    client.query("ALTER SYSTEM ADD OBSERVER 'localhost:9010'")
    assert client.dicts("SHOW FRONTENDS")[-1]["IP"] == "127.0.0.1"


def test_lists_for_other_clients_are_computed_where_the_fe_computes(seed):
    client = seed.leader()
    client.query("CREATE DATABASE d")
    client.query("USE d")
    for name in ("one", "two"):
        client.query(f"CREATE TABLE {name} (a INT) DUPLICATE KEY(a) DISTRIBUTED BY HASH(a)")
    client.query("INSERT INTO one VALUES (1), (2)")
    rows = client.dicts("SHOW TABLE STATUS LIKE 'o%'")
    assert [(r["Name"], r["Rows"]) for r in rows] == [("one", "2")]
    rows = client.dicts("SHOW TABLE STATUS FROM d WHERE Rows = 0")
    assert [r["Name"] for r in rows] == ["two"]
    plan = [row[0] for row in client.rows("EXPLAIN SELECT 7, 'x'")]
    assert " OUTPUT EXPRS:2: expr | 3: expr" in plan and "  |  <slot 3> : 'x'" in plan
    assert "Unknown database 'nowhere'" in fails(client, "SHOW FUNCTIONS FROM nowhere")
