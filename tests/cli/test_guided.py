"""Views down and up: what fails half-way, what is left as found, what went away, how 4.1 differs."""
from collections import Counter

import pytest

from practice import DOWN, UP, Practice

LEFT = "sales.legacy_totals"
USER = "user use alter materialized view set status to inactive"
CHECKER = "enable_mv_automatic_active_check"


def alter(view, verb):
    database, name = view.split(".", 1)
    return f"ALTER MATERIALIZED VIEW `{database}`.`{name}` {verb}"


def order(cluster, verb):
    """The views in the order in which the statement was sent for them."""
    found = []
    for text in cluster.sent(f"ALTER MATERIALIZED VIEW% {verb}"):
        _, database, _, name, _ = text.split("`")
        found.append(f"{database}.{name}")
    return found


def bases_of(cluster):
    pairs = cluster.sql(
        "SELECT d.name || '.' || o.name, d2.name || '.' || o2.name FROM dep"
        " JOIN object o ON o.id = dep.mv_id JOIN db d ON d.id = o.db_id"
        " JOIN object o2 ON o2.id = dep.base_id AND o2.kind = 'MV' JOIN db d2 ON d2.id = o2.db_id")
    assert len(pairs) >= 6
    return pairs


def drop(name):
    one = f"(SELECT id FROM object WHERE name = '{name}')"
    return [f"DELETE FROM mv WHERE id = {one}", f"DELETE FROM dep WHERE mv_id = {one}",
            f"DELETE FROM object WHERE name = '{name}'"]


def make_again(name):
    """Another view of the same name: dropped and created once more."""
    one = f"(SELECT id FROM object WHERE name = '{name}')"
    return [f"UPDATE mv SET id = id + 5000 WHERE id = {one}",
            f"UPDATE dep SET mv_id = mv_id + 5000 WHERE mv_id = {one}",
            f"UPDATE dep SET base_id = base_id + 5000 WHERE base_id = {one}",
            f"UPDATE object SET id = id + 5000 WHERE name = '{name}'"]


# --- the whole way, on each release -----------------------------------------------------------


@pytest.mark.parametrize("scenario", ["seed", "3.4.8", "3.5.16", "4.1", "shared-nothing"])
def test_down_and_up(scenario):
    with Practice(scenario) as cluster:
        before = cluster.views()
        everything = set(before) - {LEFT}
        down = cluster.approved(DOWN)
        assert down.rc == 0 and "final proof: yes" in down.err, down
        assert not cluster.active() and cluster.config() == ["false"] * 3
        sent = order(cluster, "INACTIVE")
        assert sorted(sent) == sorted(everything)
        for view, base in bases_of(cluster):  # from the leaves to the bases
            assert sent.index(view) < sent.index(base), sent
        assert all(reason == USER for view, (_, reason) in cluster.views().items() if view != LEFT)
        ledger = cluster.belay("\\mv ledger").rows
        assert {f"{r['database']}.{r['name']}" for r in ledger} == everything
        assert {r["state"] for r in ledger} == {"done"}

        up = cluster.approved(UP)
        assert up.rc == 0 and "final proof: yes" in up.err, up
        assert cluster.views() == before and cluster.config() == ["true"] * 3
        sent = order(cluster, "ACTIVE")
        assert sorted(sent) == sorted(everything)
        for view, base in bases_of(cluster):  # from the bases to the leaves
            assert sent.index(view) > sent.index(base), sent
        assert cluster.belay("\\mv ledger").rows == []
        assert set(Counter(cluster.changes()).values()) == {1}

        cluster.forget()
        for line in (UP, "\\resume"):
            done = cluster.belay(line, approve="reversible")
            assert done.rc == (0 if line == UP else 2), done
        assert not cluster.changes()


def test_4_1_forces_no_refresh_and_asks_a_follower():
    with Practice("4.1") as cluster:
        cluster.sql("DELETE FROM task_run")
        down = cluster.approved(DOWN)
        assert down.rc == 0, down
        # INACTIVE of a base takes its dependants along: the leader shows the base's reason.
        reasons = {r for r, in cluster.sql("SELECT DISTINCT reason FROM mv WHERE id NOT IN"
                                           " (SELECT id FROM object WHERE name = 'legacy_totals')")}
        assert len(reasons) > 1, reasons
        # The lasting reason is what another FE than the leader has.
        leader, = cluster.sql("SELECT host FROM fe WHERE role = 'LEADER'")[0]
        asked = cluster.sql("SELECT fe FROM statement_log WHERE text LIKE '%INACTIVE_REASON%FROM"
                            " information_schema.materialized_views WHERE TABLE_SCHEMA = %'"
                            " AND text NOT LIKE '%TABLE_NAME IN%'")
        assert len(asked) == 3, asked  # one query a database
        assert asked and all(fe not in (leader, leader.split(".")[0]) for fe, in asked), asked
        cluster.event("leader-moves")
        assert cluster.belay("\\mv").rc == 0
        up = cluster.approved(UP)
        assert up.rc == 0 and cluster.active() == set(cluster.views()) - {LEFT}, up
        forced = cluster.sql("SELECT count(*) FROM task_run WHERE force = 1")
        assert forced == [(0,)]


def test_a_group_is_proved_by_one_query_that_names_its_views():
    """However many views a group has, and however many stand beside them."""
    with Practice() as cluster:
        digest = cluster.digest(DOWN)
        cluster.forget()
        assert cluster.belay(DOWN, approve=digest).rc == 0
        named = [t for t in cluster.sent("%materialized_views WHERE%")]
        # Three levels; each asked before its statements, twice, and once after them. And the end.
        assert len(named) <= 3 * 3 + 2, named
        top = [t for t in named if "'daily_top'" in t and "'orders_by_day'" not in t]
        assert top and all("'库存_mv'" not in t and "DEFINITION" not in t for t in top), named
        assert not cluster.sent("SHOW MATERIALIZED VIEWS%")
        assert not cluster.sent("SHOW CREATE MATERIALIZED VIEW%")


def test_where_no_node_lives_the_proof_comes_from_show():
    """4.1 answers SHOW MATERIALIZED VIEWS without a node, and nothing that names several views."""
    with Practice("4.1") as cluster:
        digest = cluster.digest(DOWN)
        cluster.forget()
        cluster.once_sent("ALTER MATERIALIZED VIEW `sales`.`daily_top` INACTIVE",
                          "UPDATE node SET alive = 0, seen_alive = 0")
        done = cluster.belay(DOWN, approve=digest)
        assert cluster.active() == set(), done
        assert cluster.sent("SHOW MATERIALIZED VIEWS FROM `ops`"), done
        assert done.rc == 0, done


def test_3_3_forces_a_refresh_of_all_but_manual_views():
    with Practice() as cluster:
        assert cluster.approved(DOWN).rc == 0
        cluster.sql("DELETE FROM task_run")
        page = cluster.belay(f"{UP} --dry-run")
        assert "10 of these 11 views" in page.out, page
        assert cluster.approved(UP).rc == 0
        runs = cluster.sql("SELECT count(DISTINCT mv_id) FROM task_run WHERE force = 1")
        assert runs == [(10,)]


# --- what fails half-way ----------------------------------------------------------------------


def test_a_refused_active_stops_its_dependants_only():
    with Practice() as cluster:
        assert cluster.approved(DOWN).rc == 0
        digest = cluster.digest(UP)
        cluster.forget()
        refused = alter("sales.orders_by_day", "ACTIVE")
        cluster.fault("error", refused, "1064|HY000|Getting analyzing error. no.")
        done = cluster.belay(UP, approve=digest)
        assert done.rc == 1 and "sales.orders_by_day ACTIVE: Getting analyzing error" in done.err, done
        above = {"sales.orders_by_month", "sales.margin", "sales.daily_top"}
        assert cluster.active() == set(cluster.views()) - above - {LEFT, "sales.orders_by_day"}
        for view in above:
            assert f"skipped  {view} ACTIVE" in done.err, done
            assert alter(view, "ACTIVE") not in cluster.changes()
        # The checker stays off, and that is said, now and later.
        assert cluster.config() == ["false"] * 3 and not cluster.sent("ADMIN SET%")
        assert "skipped  the FE's own activation" in done.err
        ledger = cluster.belay("\\mv ledger")
        assert {f"{r['database']}.{r['name']}" for r in ledger.rows} == above | {
            "sales.orders_by_day"}
        assert CHECKER in ledger.err and "has not put it back yet: \\mv activate-all does" in ledger.err, ledger

        again = cluster.approved(UP)
        assert again.rc == 0, again
        assert cluster.active() == set(cluster.views()) - {LEFT}
        assert cluster.config() == ["true"] * 3
        assert cluster.belay("\\mv ledger").rows == []


def test_resume_after_a_refusal_goes_on_where_it_stopped():
    with Practice() as cluster:
        digest = cluster.digest(DOWN)
        cluster.fault("error", alter("sales.daily_top", "INACTIVE"), "1064|HY000|not now")
        assert cluster.belay(DOWN, approve=digest).rc == 1
        cluster.forget()
        done = cluster.belay("\\resume", approve=digest)
        assert done.rc == 0 and not cluster.active(), done
        assert order(cluster, "INACTIVE") == ["sales.daily_top", "sales.orders_by_month",
                                              "sales.orders_by_day"]


def test_up_of_named_views_leaves_the_checker_off():
    with Practice() as cluster:
        assert cluster.approved(DOWN).rc == 0
        line = "\\mv activate web.sessions"
        page = cluster.belay(f"{line} --dry-run")
        assert CHECKER in page.out and "stays false" in page.out, page
        assert cluster.approved(line).rc == 0
        assert cluster.active() == {"web.sessions"} and cluster.config() == ["false"] * 3
        refused = cluster.belay("\\mv activate web.funnel --dry-run")
        assert refused.rc == 7 and "web.visits_by_page" in refused.err, refused
        assert cluster.approved(UP).rc == 0 and cluster.config() == ["true"] * 3


# --- what is left as found --------------------------------------------------------------------


@pytest.fixture(scope="module")
def half():
    """A user took a base down by hand before belay came."""
    with Practice() as one:
        assert one.belay("ALTER MATERIALIZED VIEW sales.orders_by_day INACTIVE").rc == 0
        one.forget()
        yield one


def test_an_active_view_over_an_inactive_base_is_refused_by_name(half):
    for line in ("\\mv inactivate sales.margin", "\\mv inactivate web.funnel sales.margin"):
        done = half.belay(line, approve="reversible")
        assert done.rc == 7, done
        assert "sales.margin" in done.err and "sales.orders_by_day" in done.err, done
    assert not half.changes()


def test_an_active_view_over_an_inactive_base_stays_up(half):
    before = half.views()
    # daily_top stands on orders_by_month, which the next start of an FE takes down.
    kept = {"sales.margin", "sales.orders_by_month", "sales.daily_top"}
    page = half.belay(f"{DOWN} --dry-run")
    left = page.out[page.out.index("Left as found"):]
    for view in kept | {"sales.orders_by_day", LEFT}:
        assert view in left, page
    assert half.approved(DOWN).rc == 0
    assert half.active() == kept
    assert not set(order(half, "INACTIVE")) & (kept | {"sales.orders_by_day", LEFT})
    assert half.approved(UP).rc == 0
    assert half.views() == before
    assert alter("sales.orders_by_day", "ACTIVE") not in half.changes()
    refused = half.belay("\\mv activate sales.orders_by_day", approve="reversible")
    assert refused.rc == 7 and "not taken down by belay" in refused.err, refused


def test_a_view_taken_down_by_hand_in_between_is_not_brought_up():
    with Practice() as cluster:
        assert cluster.approved(f"{DOWN} --except 'web.*'").rc == 0
        by_hand = "ALTER MATERIALIZED VIEW web.funnel INACTIVE"
        assert cluster.belay(by_hand).rc == 0
        up = cluster.approved(UP)
        assert up.rc == 0 and "web.funnel: inactive, not by belay" in up.err, up
        assert cluster.active() == set(cluster.views()) - {LEFT, "web.funnel"}


# --- what went away ---------------------------------------------------------------------------


@pytest.mark.parametrize("change", [drop, make_again])
@pytest.mark.parametrize("name", ["sales.top-customers", "web.funnel"])
@pytest.mark.parametrize("when", ["ADMIN SET%", "ALTER%daily_top% INACTIVE"])
def test_gone_or_made_again_between_plan_and_step(change, name, when):
    """It is not touched, it is named, and it stops nobody else. Made again before the gate of the views
    it is a new question: the run stops there. A plan of the world as it is now finishes the work."""
    short = name.split(".")[1]
    with Practice() as cluster:
        digest = cluster.digest(DOWN)
        cluster.once_sent(when, *change(short))
        done = cluster.belay(DOWN, approve=digest)
        at_the_gate = change is make_again and when.startswith("ADMIN")
        assert done.rc == (7 if at_the_gate else 0), done
        if at_the_gate:
            assert f"changed: {name}" in done.err, done
        else:
            assert any("gone" in line and name in line for line in done.err.splitlines()), done
            assert "final proof: yes" in done.err and not cluster.active() - {name}, done
        cluster.as_before()
        again = cluster.belay("\\resume", approve=digest)
        assert again.rc == (0 if at_the_gate else 2), again
        assert not cluster.sent(f"ALTER%`{short}`%")
        # Its new namesake is a new question: only a new plan takes it down.
        last = cluster.approved(DOWN)
        assert last.rc == 0 and not cluster.active(), last
        assert len(cluster.sent(f"ALTER%`{short}` INACTIVE")) == (change is make_again)
        assert set(Counter(cluster.changes()).values()) == {1}


@pytest.mark.parametrize("change, word", [(drop, "gone since"), (make_again, "another one")])
def test_gone_or_made_again_while_it_was_down(change, word):
    with Practice() as cluster:
        assert cluster.approved(DOWN).rc == 0
        for statement in change("top-customers"):
            cluster.sql(statement)
        page = cluster.belay(f"{UP} --dry-run")
        left = page.out[page.out.index("Left as found"):]
        assert any("sales.top-customers" in line and word in line
                   for line in left.splitlines()), page
        up = cluster.approved(UP)
        assert up.rc == 0, up
        assert not cluster.sent("ALTER%`top-customers` ACTIVE")
        assert cluster.active() == set(cluster.views()) - {LEFT, "sales.top-customers"}


def test_a_new_view_between_plan_and_approval_is_a_new_question():
    with Practice() as cluster:
        digest = cluster.digest(DOWN)
        made = cluster.belay("CREATE MATERIALIZED VIEW web.newcomer REFRESH ASYNC AS"
                             " SELECT page, count(*) AS n FROM web.visits GROUP BY page")
        assert made.rc == 0, made
        cluster.forget()
        done = cluster.belay(DOWN, approve=digest)
        assert done.rc == 4 and not cluster.changes(), done
        assert cluster.digest(DOWN) != digest
