"""The ledger between down and up: views renamed, dropped, made again and new; shown, and dropped."""
from practice import DOWN, UP, Practice

LEFT = "sales.legacy_totals"
USER = "user use alter materialized view set status to inactive"
TOP = "daily_top"  # nothing stands on it


def drop(name):
    return [f"DELETE FROM dep WHERE mv_id = (SELECT id FROM object WHERE name = '{name}')",
            f"DELETE FROM mv WHERE id = (SELECT id FROM object WHERE name = '{name}')",
            f"DELETE FROM object WHERE name = '{name}'"]


def make_again(name):
    """The same view, dropped and made again, and taken down by its user since."""
    one = f"(SELECT id FROM object WHERE name = '{name}')"
    return [f"UPDATE dep SET mv_id = mv_id + 5000 WHERE mv_id = {one}",
            f"UPDATE mv SET id = id + 5000 WHERE id = {one}",
            f"UPDATE object SET id = id + 5000 WHERE name = '{name}'"]


def change(cluster, *statements):
    for statement in statements:
        cluster.sql(statement)


def entries(cluster, *args):
    rows = cluster.belay("\\mv ledger", args=args).rows
    return {f"{row['database']}.{row['name']}": row for row in rows}


def test_an_entry_has_the_whole_view():
    with Practice() as cluster:
        clauses = {name: what for name, what in cluster.clauses().items()}
        assert cluster.approved(DOWN).rc == 0
        entry = entries(cluster)["sales.daily_top"]
        assert entry["active"] == "true" and entry["reason"] == "" and entry["what"] == "down"
        assert entry["refresh"].startswith("REFRESH ") and clauses["sales.daily_top"]
        assert entry["now"] == "" and entry["id"].isdigit() and entry["run"].startswith("00001-")
        # Durable before the first statement: definitions once, the rest not again with each intent.
        first, *others = cluster.records()
        columns = first["facts"]["views"]["columns"]
        place = columns["full"].index("sales.daily_top")
        assert len(columns["digest"][place]) == 64
        assert [columns["full"][at] for at in columns["bases"][place]] == ["sales.orders_by_month"]
        befores = [record["before"] for record in others if "before" in record]
        assert {"op": "view down", "key": "sales.daily_top", "id": entry["id"]} in befores
        shown = cluster.belay("\\mv ledger show sales.daily_top")
        assert shown.rc == 0 and "CREATE MATERIALIZED VIEW `daily_top`" in shown.out, shown
        none = cluster.belay(f"\\mv ledger show {LEFT}")
        assert none.rc == 2 and "did not take down" in none.err, none
        assert cluster.belay("\\mv ledger show").rows == cluster.belay("\\mv ledger").rows
        wrong = cluster.belay("\\mv ledger drip")
        assert wrong.rc == 2 and "no command \\mv ledger drip" in wrong.err, wrong
        assert "did you mean \\mv ledger drop?" in wrong.err, wrong


def test_a_renamed_view_comes_up_under_its_new_name():
    with Practice() as cluster:
        assert cluster.approved(DOWN).rc == 0
        cluster.sql(f"UPDATE object SET name = 'renamed' WHERE name = '{TOP}'")
        assert entries(cluster)["sales.daily_top"]["now"] == "renamed: sales.renamed"
        shown = cluster.belay("\\mv ledger show sales.renamed")
        assert "CREATE MATERIALIZED VIEW `daily_top`" in shown.out, shown
        up = cluster.approved(UP)
        assert up.rc == 0 and "sales.renamed was sales.daily_top" in up.err, up
        down = cluster.run_id(cluster.journals()[0])
        recorded = list(cluster.records()[0]["facts"]["ledger"]["views"].values())
        assert recorded.count({"key": "sales.daily_top", "run": down}) == 1, recorded
        assert recorded.count({"run": down}) == len(recorded) - 1 > 0, recorded
        assert cluster.sent("ALTER%`renamed` ACTIVE") and not cluster.sent(f"ALTER%`{TOP}` ACTIVE")
        assert "sales.renamed" in cluster.active() and entries(cluster) == {}


def test_a_dropped_view_stays_in_the_ledger_until_it_is_dropped_there():
    with Practice() as cluster:
        assert cluster.approved(DOWN).rc == 0
        change(cluster, *drop(TOP))
        assert entries(cluster)["sales.daily_top"]["now"] == "its view is gone"
        up = cluster.approved(UP)
        assert up.rc == 0 and "gone since" in up.err, up
        assert set(entries(cluster)) == {"sales.daily_top"}
        assert cluster.config() == ["true"] * 3

        refused = cluster.belay("\\mv ledger drop sales.daily_top")
        assert refused.rc == 4 and "Disruptive" not in refused.out, refused
        assert set(entries(cluster)) == {"sales.daily_top"}
        cluster.forget()
        dropped = cluster.approved("\\mv ledger drop sales.daily_top")
        assert dropped.rc == 0 and "belay will not bring this view up again" in dropped.err, dropped
        assert entries(cluster) == {} and cluster.changes() == []
        again = cluster.belay("\\mv ledger drop sales.daily_top")
        assert again.rc == 2 and "no entry for sales.daily_top" in again.err, again
        assert "Nothing is to be done" in cluster.belay("\\mv ledger drop").err


def test_a_view_made_again_is_another():
    with Practice() as cluster:
        assert cluster.approved(DOWN).rc == 0
        change(cluster, *make_again(TOP))
        assert entries(cluster)["sales.daily_top"]["now"] == "its view is gone"
        up = cluster.approved(UP)
        assert up.rc == 0 and "this is another one" in up.err, up
        # Its own user took this one down: nothing is sent for it, then or later.
        assert cluster.views()["sales.daily_top"] == (False, USER)
        assert not cluster.sent(f"ALTER%`{TOP}` ACTIVE")
        assert set(entries(cluster)) == {"sales.daily_top"}

        # Taken down and up by belay, it has an entry of its own beside the old one.
        cluster.sql("UPDATE mv SET active = 1, lasting_active = 1, reason = '', lasting_reason = ''"
                    f" WHERE id = (SELECT id FROM object WHERE name = '{TOP}')")
        assert cluster.approved("\\mv inactivate sales.daily_top").rc == 0
        rows = cluster.belay("\\mv ledger").rows
        assert [row["now"] for row in rows] == ["its view is gone", ""]
        assert cluster.approved("\\mv activate sales.daily_top").rc == 0
        assert "sales.daily_top" in cluster.active()
        assert [row["now"] for row in cluster.belay("\\mv ledger").rows] == ["its view is gone"]


def test_new_views_are_left_as_found():
    with Practice() as cluster:
        # One of them is made while the others are down.
        cluster.sql(f"UPDATE object SET kind = 'HIDDEN' WHERE name = '{TOP}'")
        assert cluster.approved(DOWN).rc == 0
        cluster.sql(f"UPDATE object SET kind = 'MV' WHERE name = '{TOP}'")
        assert cluster.active() == {"sales.daily_top"}
        cluster.forget()
        up = cluster.approved(UP)
        assert up.rc == 0, up
        assert "sales.daily_top" in cluster.active() and not cluster.sent(f"ALTER%`{TOP}`%")
