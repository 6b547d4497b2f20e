"""\\report: one file about a run, from its journal and files alone; the page and the JSON say the same."""
import html.parser
import json
import os
import re
import stat

import pytest

from practice import DOWN, UP, Practice, wait_for

VOID = {"meta", "br"}
# The only attributes there are; none of them makes a browser ask for something.
ATTRIBUTES = {"lang", "charset", "name", "content", "http-equiv", "id", "class", "style", "href"}


class Page(html.parser.HTMLParser):
    """A page taken apart: it must be well-formed, and ask nobody for anything."""

    def __init__(self, path):
        super().__init__(convert_charrefs=True)
        with open(path, encoding="utf-8") as file:
            self.source = file.read()
        self.open, self.tags, self.ids, self.links, self.parts = [], set(), set(), set(), []
        self.feed(self.source)
        self.close()
        assert self.open == [], self.open

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        for name, value in attrs:
            assert name in ATTRIBUTES, f"<{tag} {name}={value}>"
            if name == "href":
                assert value.startswith("#"), value
                self.links.add(value[1:])
            if name == "style":
                assert re.fullmatch(r"margin-left:[\d.]+%;width:[\d.]+%", value), value
            if name == "id":
                assert value not in self.ids, value
                self.ids.add(value)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> in {self.open}"
        self.open.pop()

    def handle_data(self, data):
        if "style" in self.open:
            assert "url(" not in data and "@import" not in data
        else:
            self.parts.append(data)

    @property
    def text(self):
        return "\n".join(self.parts)


def texts(value):
    """All texts of a report but empty ones, and numbers and names of members that are shown as they are."""
    if isinstance(value, dict):
        for member in value.values():
            yield from texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from texts(member)
    elif isinstance(value, str) and value:
        yield value


def check_page(path):
    page = Page(path)
    assert "script" not in page.tags and page.links <= page.ids
    assert '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'' in page.source
    assert '<meta name="viewport"' in page.source
    assert "prefers-color-scheme:dark" in page.source and "@media print" in page.source
    return page


def reports(cluster, name, *more):
    """The page, and the JSON, of which every text must be on the page."""
    made = {}
    for ending in ("html", "json"):
        path = os.path.join(cluster.top, f"{name}.{ending}")
        done = cluster.belay(" ".join([f"\\report '{path}'", *more]))
        assert done.rc == 0 and done.out == path + "\n", done
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
        made[ending] = path
    page = check_page(made["html"])
    with open(made["json"], encoding="utf-8") as file:
        report = json.load(file)
    for text in texts({k: v for k, v in report.items() if k != "made"}):
        shown = text in page.text or text.replace("\n", "\\n") in page.text
        assert shown, f"{text!r} is not on the page"
    return page, report


def steps(report):
    return {step["id"]: step for stage in report["stages"] for step in stage["steps"]}


@pytest.fixture(scope="module")
def night():
    """Views down, a backup, views up; proofs before and after. Then nobody answers any more."""
    with Practice("seed") as cluster:
        assert cluster.belay("\\proof take").rc == 0
        for line in (DOWN, f"\\backup '{cluster.top}/backup'", UP):
            done = cluster.approved(line, timeout=300)
            assert done.rc == 0, done
        assert cluster.belay("\\proof compare").rc == 0
        cluster.stop_serving()
        yield cluster


def test_views_up(night):
    page, report = reports(night, "up")
    run = report["run"]
    assert run["command"] == "mv activate-all" and run["state"] == "done"
    assert report["people"][0]["answer"].startswith("sha256:")
    assert report["people"][0]["what"] == "began the run"
    step = steps(report)["activate sales.orders_by_day"]
    assert step["action"] == "ALTER MATERIALIZED VIEW `sales`.`orders_by_day` ACTIVE"
    assert step["undo"] == "ALTER MATERIALIZED VIEW `sales`.`orders_by_day` INACTIVE"
    assert step["outcome"] == "done" and step["began"] and step["ended"] and step["says"] == "active"
    assert report["forecast"]["views"][0]["forecast"] == "full"
    assert report["proof"]["compared"]["lost"] == 0
    assert report["versions"]["before"] == report["versions"]["after"] == "3.3.3-312ed45"
    assert len(report["versions"]["nodes"]) == 6
    assert report["settings"]["enable_mv_automatic_active_check"]["back_to"] == "true"
    assert report["journal"]["whole"] and len(report["journal"]["digest"]) == 64
    assert report["backup"] is None and report["preflight"] is None
    assert {"run", "timeline", "plan", "people", "versions", "proof", "forecast", "settings", "journal"} \
        == page.ids - {"night"}
    assert [run["command"] for run in report["night"]] == ["mv inactivate-all", "backup", "mv activate-all"]
    assert page.source.count('class="bar ') == len(report["stages"])


def test_views_down(night):
    _, report = reports(night, "down", "--run 1")
    setting = report["settings"]["enable_mv_automatic_active_check"]
    assert setting["value"] == "false" and set(setting["observed"].values()) == {"true"}
    assert report["left"] and any("legacy_totals" in line for line in report["left"])
    assert any(line.startswith("Cost") for line in report["head"])


def test_a_backup(night):
    page, report = reports(night, "backup", "--run 2")
    assert report["backup"]["path"] == f"{night.top}/backup"
    assert re.match(r"image \d+  starmgr image", report["backup"]["holds"]) and report["backup"]["not_quiet"]
    with open(f"{night.top}/backup/manifest.json", encoding="utf-8") as file:
        assert report["backup"]["manifest"] == file.read().splitlines()[-1]
    assert "{dir}" not in page.text and f"{night.top}/backup" in steps(report)["copy"]["action"]
    assert report["forecast"] is None


def test_the_default_name(night, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = night.belay("\\report")
    assert done.rc == 0 and re.fullmatch(r"belay-report-00003-\w+\.html\n", done.out), done
    assert night.belay("\\report").rc == 0  # one report is written over another
    done = night.belay("\\report --format json")
    assert done.rc == 0 and done.out.endswith(".json\n"), done


def test_other_files_stay(night, tmp_path):
    path = tmp_path / "letter.html"
    path.write_text("<!DOCTYPE html>\n<p>dear")
    done = night.belay(f"\\report '{path}'")
    assert done.rc == 2 and "is no report" in done.err, done
    assert path.read_text() == "<!DOCTYPE html>\n<p>dear"


@pytest.mark.parametrize("line, says", [
    ("\\report x --run 77", 'there is no run "77" on this machine'),
    ("\\report x --format pdf", "html or json"),
    ("\\report /nowhere/at/all/x", "/nowhere/at/all"),
])
def test_what_cannot_be(night, line, says):
    done = night.belay(line)
    assert done.rc != 0 and says in done.err, done


def test_no_run_at_all(night, tmp_path):
    done = night.belay("\\report x", state=str(tmp_path / "empty"))
    assert done.rc == 2 and "no journal of a run" in done.err, done


def test_piped_text_may_not(night, tmp_path):
    done = night.belay(stdin=f"\\report '{tmp_path}/x'\n")
    assert done.rc != 0 and not (tmp_path / "x").exists(), done


def test_a_damaged_journal(night, tmp_path):
    """It is told in the report, and by the exit status; what is left of it is there."""
    journal = night.journals()[0]
    with open(journal, "rb") as file:
        whole = file.read()
    lines = whole.splitlines(keepends=True)
    lines[8] = lines[8].replace(b'"stage"', b'"Stage"')
    try:
        with open(journal, "wb") as file:
            file.write(b"".join(lines))
        done = night.belay(f"\\report '{tmp_path}/x.html' --run 1")
        assert done.rc == 8 and "the journal is damaged" in done.err, done
        assert "the journal is damaged" in check_page(tmp_path / "x.html").text
    finally:
        with open(journal, "wb") as file:
            file.write(whole)


def test_a_run_that_stopped():
    """What was not begun is there with its statement, and who went on with it afterwards."""
    with Practice("seed") as cluster:
        cluster.fault("error", "%`margin` INACTIVE", "1064|HY000|no <b>such</b> luck")
        cluster.fault("error", "%`orders_by_month` INACTIVE", "1064|HY000|no luck", times=3)
        digest = cluster.digest(DOWN)
        done = cluster.belay(DOWN, approve=digest)
        assert done.rc != 0, done
        page, report = reports(cluster, "stopped")
        assert report["run"]["state"] == "stopped" and report["run"]["error"]
        told = steps(report)
        assert told["inactivate sales.margin"]["outcome"] == "failed"
        assert "no <b>such</b> luck" in told["inactivate sales.margin"]["says"]
        assert "<b>" not in page.source and "b" not in page.tags
        assert told["inactivate sales.orders_by_day"]["outcome"] == "skipped"
        cluster.clear_faults()
        done = cluster.belay("\\resume", approve=digest)
        assert done.rc == 0, done
        error = report["run"]["error"]
        page, report = reports(cluster, "done")
        assert report["run"]["state"] == "done"
        people = [(p["what"], p["answer"] == error) for p in report["people"]]
        assert people == [("began the run", False), ("the run stopped", True), ("went on with it", False)]
        assert {step["outcome"] for step in steps(report).values()} <= {"done", "already"}
        # The setting was made before the stop, and only asked about after it: that is no long step.
        setting = next(step for step in report["stages"][0]["steps"] if "still_so" in step)
        assert setting["outcome"] == "done" and setting["ended"] <= report["pauses"][0]["from"]
        assert page.source.count('class="bar ') == len(report["stages"]) + 1
        assert [(run["command"], run["state"]) for run in report["night"]] == [("mv inactivate-all", "done")]


def test_a_run_that_was_killed():
    """Nobody knows what came of the statement that was under way, and the report says so."""
    with Practice("seed") as cluster:
        cluster.fault("hang", "%`margin` INACTIVE")
        process = cluster.start(DOWN, approve=cluster.digest(DOWN))
        wait_for(lambda: cluster.sent("%`margin` INACTIVE"))
        process.kill()
        process.wait()
        _, report = reports(cluster, "killed")
        told = steps(report)
        assert report["run"]["state"] == "open"
        assert told["inactivate sales.margin"]["outcome"] == "not known"
        assert told["inactivate sales.orders_by_day"]["outcome"] == "not begun"
        assert told["inactivate sales.orders_by_day"]["action"].endswith(" INACTIVE")


def test_hostile_names(tmp_path):
    """A name may look like markup or move the cursor: on the page it is words."""
    with Practice("seed", speed=1) as cluster:
        cluster.sql("UPDATE object SET name = '<script src=//x>\"''&\x1b[31m\u202e' WHERE name = 'margin'")
        done = cluster.approved(DOWN)
        assert done.rc == 0, done
        path = tmp_path / "hostile.html"
        assert cluster.belay(f"\\report '{path}'").rc == 0
    page = check_page(path)
    assert "\x1b" not in page.source and "\u202e" not in page.source
    assert "`<script src=//x>\"'&\\e[31m\\u{202E}` INACTIVE" in page.text


def test_no_secret():
    """A password reaches the journal in no way, and so no report."""
    with Practice("seed") as cluster:
        env = {"MYSQL_PWD": "dba-secret"}
        done = cluster.belay(DOWN, approve=cluster.digest(DOWN), user="dba", env=env)
        assert done.rc == 0, done
        page, report = reports(cluster, "by-dba")
        assert "dba-secret" not in page.source + json.dumps(report)


def test_an_upgrade():
    """The night as a whole: rules, proof, backup and every call of kubectl."""
    with Practice("seed", speed=400) as cluster:
        done = cluster.approved(f"\\upgrade --to 3.3.9 --backup '{cluster.top}/before'", timeout=300)
        assert done.rc == 0, done
        page, report = reports(cluster, "upgrade")
        assert report["run"]["state"] == "done" and report["run"]["final_proof"]["no"] == 0
        assert report["versions"]["before"].startswith("3.3.3")
        assert report["versions"]["wanted"] == "3.3.9"
        assert report["versions"]["after"].startswith("3.3.9")
        assert "blocker" in report["preflight"]["sum"] and report["preflight"]["rules"]
        assert report["proof"]["taken"]["at"] and report["proof"]["compared"]["lost"] == 0
        assert report["backup"]["path"] == f"{cluster.top}/before"
        actions = [step.get("action", "") for step in steps(report).values()]
        assert any(action.startswith("kubectl patch ") for action in actions)
        assert any(action.startswith("kubectl delete ") for action in actions)
        assert "{pod}" not in page.text
