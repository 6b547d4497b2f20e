"""\\runbook: the example of the documentation from end to end, consent, resume, and what no file may say."""
import os
import re

import pytest

from practice import TOP, Practice, wait_for

CR = "starrocksclusters.starrocks.com/kube-starrocks"
P = "proof: {sql: SELECT 1, equals: 1}"
NOTE = f"""
  - id: note
    title: a note
    kubectl: [annotate, {CR}, night=on, --overwrite]
    proof: {{kubectl: [get, {CR}], jsonpath: '{{.metadata.annotations.night}}', equals: "on"}}
"""


@pytest.fixture(scope="module")
def served():
    with Practice("seed") as cluster:
        yield cluster


@pytest.fixture
def cluster(served):
    served.forget()
    served.sql("DELETE FROM kubectl_log")
    yield served
    served.clear_faults()
    served.as_before()


def book(cluster, steps, head="name: n\n"):
    """A file with these steps; its path."""
    path = os.path.join(cluster.home, "book.yaml")
    with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(head + "steps:\n" + steps if steps is not None else head)
    return path


def dry(cluster, path, rc=0):
    done = cluster.belay(f"\\runbook {path} --dry-run")
    assert done.rc == rc, done
    return done


def run(cluster, path, rc=0, **kwargs):
    done = cluster.belay(f"\\runbook {path}", approve=dry(cluster, path).digest, **kwargs)
    assert done.rc == rc, done
    return done


def calls(cluster, verb):
    return [line for line in cluster.kubectl_calls() if f" {verb} " in line]


def example():
    with open(os.path.join(TOP, "docs", "runbooks.md"), encoding="utf-8") as file:
        return re.search(r"```yaml\n(.*?)```", file.read(), re.S)[1]


# --- what the documentation says ------------------------------------------------------------------


def test_the_example_runs_as_it_is(cluster):
    path = book(cluster, None, example())
    page = dry(cluster, path)
    assert cluster.changes() == [] and calls(cluster, "annotate") == []
    for line in ("Runbook  evening-gate: what the team does before an upgrade",
                 "(proved within 120 s: SHOW COMPUTE NODES, Alive is true)", "-- a place for notes",
                 "undo: DROP TABLE `sales`.night_notes",
                 "(if database sales is there; proved within 60 s: table night_notes is in sales)",
                 "INSERT INTO `sales`.night_notes VALUES ('CHG-1234', 'begun')"):
        assert line in page.out, (line, page)
    done = run(cluster, path)
    assert "4 done." in done.err
    assert cluster.belay("SELECT ticket FROM sales.night_notes").rows == [{"ticket": "CHG-1234"}]
    assert len(calls(cluster, "annotate")) == 1
    again = run(cluster, path)  # all is so: nothing is sent
    assert "already so  a table for what happens tonight" in again.err
    assert len(calls(cluster, "annotate")) == 1 and len(cluster.sent("INSERT%")) == 1
    cluster.belay("DROP TABLE sales.night_notes")


def test_every_key_verb_and_probe_is_documented():
    with open(os.path.join(TOP, "docs", "runbooks.md"), encoding="utf-8") as file:
        text = file.read()
    with open(os.path.join(TOP, "shell", "ops", "runbook", "runbook_check.c"), encoding="utf-8") as file:
        code = file.read()
    verbs = re.findall(r'^    \{"(\w+)", (?:NULL|")', code, re.M)
    probes = re.findall(r"\{&probe_(\w+), ", code)
    assert len(verbs) == 11 and len(probes) == 8
    for word in verbs + probes:
        assert re.search(rf"[`\[]{word}\b", text), word


# --- consent, and what stands in it ------------------------------------------------------------------


def test_the_tier_is_the_higher_of_both(cluster):
    makes = "sql: CREATE DATABASE gate, proof: {probe: [database, gate, there]}"
    drops = "sql: DROP DATABASE gate, proof: {probe: [database, gate, gone]}"
    for step, tier in ((f"{makes}, undo: {{sql: DROP DATABASE gate}}", "disruptive"),
                       (makes, "disruptive"), (f"{makes}, tier: adds only", "disruptive"),
                       (f"{makes}, tier: no return", "no return"), (f"{drops}, tier: adds only", "no return"),
                       ("sql: ALTER TABLE sales.orders SET (\"a\"=\"b\"), proof: {sql: SELECT 1, equals: 2},"
                        " undo: {sql: ALTER TABLE sales.orders SET (\"a\"=\"c\")}", "reversible")):
        step = re.sub(r"sql: ([^,{}]*)", r"sql: '\1'", step)
        path = book(cluster, f"  - {{id: a, title: t, {step}}}\n")
        saved = os.path.join(cluster.home, "p.plan")
        done = cluster.belay(f"\\runbook {path} --save {saved} --dry-run")
        assert done.rc == 0, done
        with open(saved, encoding="utf-8") as file:
            assert f'"tier":"{tier}"' in file.read().replace('": "', '":"'), (step, tier)
        os.unlink(saved)
        if tier != "reversible":
            assert cluster.belay(f"\\runbook {path}", approve="reversible").rc == 4
    assert cluster.sent("CREATE DATABASE%", "DROP DATABASE%", "ALTER TABLE%") == []


def test_a_stage_may_ask_again(cluster):
    steps = (f"  - {{id: a, title: t, {P}, ask: true}}\n  - {{id: b, title: u, {P}}}\n"
             f"  - {{id: c, title: v, {P}, ask: true, stage: after a look}}\n")
    saved = os.path.join(cluster.home, "p.plan")
    assert cluster.belay(f"\\runbook {book(cluster, steps)} --save {saved}").rc == 0
    with open(saved, encoding="utf-8") as file:
        text = file.read().replace('": ', '":').replace(', "', ',"')
    os.unlink(saved)
    # The first question is the plan's own.
    assert re.findall(r'"own_gate":(\w+)', text) == ["false", "true"]
    assert '"name":"after a look"' in text


def test_a_file_that_changed_is_another_plan(cluster):
    digest = dry(cluster, book(cluster, NOTE)).digest
    path = book(cluster, NOTE.replace("night=on", "night=off").replace('"on"', '"off"'))
    done = cluster.belay(f"\\runbook {path}", approve=digest)
    assert done.rc == 4 and calls(cluster, "annotate") == [], done


def test_piped_text_may_not_run_one(cluster):
    path = book(cluster, NOTE)
    done = cluster.belay(stdin=f"\\runbook {path}\n", approve="reversible")
    assert done.rc != 0 and "--allow-commands" in done.err and calls(cluster, "annotate") == []


# --- needs, proofs, failures ---------------------------------------------------------------------------


def test_a_need_that_does_not_hold_stops_before_anything_is_sent(cluster):
    path = book(cluster, NOTE + "    needs: [{sql: SELECT 1, equals: 2}]\n")
    done = run(cluster, path, rc=7)
    assert "a note: needed: SELECT 1 is 2; found: 1" in done.err and calls(cluster, "annotate") == []


def test_a_proof_that_says_no(cluster):
    path = book(cluster, "  - {id: w, title: wait, proof: {sql: SELECT 1, at_least: 2}, within: 1s}\n" + NOTE)
    done = run(cluster, path, rc=8)
    assert "wait: 1" in done.err and calls(cluster, "annotate") == []


@pytest.mark.parametrize("test, seen, rc", [
    ("equals: 'a b'", "'a b'", 0), ("equals: 'a'", "'a b'", 8), ("matches: '^a.b$'", "'a b'", 0),
    ("at_least: 10", "9", 8), ("at_least: 10", "10", 0), ("at_least: 1", "'x'", 9), ("rows: 1", "5", 0),
    ("rows: 2", "5", 8), ("column: x, equals: 5", "5 AS x", 0), ("column: y, equals: 5", "5 AS x", 9),
])
def test_tests_of_a_query(cluster, test, seen, rc):
    path = book(cluster, f"  - id: w\n    title: t\n    proof: {{sql: \"SELECT {seen}\", {test}}}\n"
                         "    within: 1s\n")
    run(cluster, path, rc=rc)


def test_an_object_that_is_not_there_has_nothing(cluster):
    probe = "{kubectl: [get, configmap, none], jsonpath: '{.data.a}', equals: ''}"
    done = run(cluster, book(cluster, f"  - {{id: w, title: t, proof: {probe}}}\n"))
    assert "t: nothing" in done.err


def test_what_depends_on_a_failure_is_skipped_and_the_rest_goes_on(cluster):
    steps = ("  - {id: a, title: first, sql: ALTER TABLE sales.none SET (\"a\"=\"b\"), proof: {sql: SELECT 1,"
             " equals: 2}, within: 1s, on_failure: skip}\n"
             "  - {id: b, title: second, after: [a], sql: ALTER TABLE sales.orders SET (\"a\"=\"b\"), proof:"
             " {sql: SELECT 1, equals: 2}, on_failure: skip}\n"
             "  - {id: c, title: third, proof: {sql: SELECT 3, equals: 3}, on_failure: skip}\n")
    steps = re.sub(r'sql: (ALTER [^)]*\))', r"sql: '\1'", steps)
    done = run(cluster, book(cluster, steps), rc=1)
    assert "second: a step it depends on was not done" in done.err and "done  third" in done.err
    assert cluster.sent("ALTER TABLE sales.orders%") == []


def test_where_a_statement_goes(cluster):
    host = cluster.sql("SELECT host FROM fe WHERE role = 'FOLLOWER' ORDER BY ordinal")[0][0]
    short = host.split(".")[0]
    path = book(cluster, f"  - {{id: w, title: t, proof: {{sql: SELECT 41, where: {short}, equals: 41}}}}\n")
    run(cluster, path)
    fes = {fe for fe, in cluster.sql("SELECT fe FROM statement_log WHERE text = 'SELECT 41'")}
    assert len(fes) == 1 and short in fes.pop()


# --- killed, gone on with ---------------------------------------------------------------------------------


def test_another_process_goes_on_without_the_file(cluster):
    steps = ("  - {id: w, title: wait, proof: {sql: SELECT COUNT(*) FROM sales.gate, at_least: 1},"
             " within: 60s}\n" + NOTE)
    path = book(cluster, steps)
    cluster.belay("CREATE TABLE sales.gate (a INT) DUPLICATE KEY(a) DISTRIBUTED BY HASH(a)")
    digest = dry(cluster, path).digest
    started = cluster.start(f"\\runbook {path}", approve=digest)
    wait_for(lambda: cluster.sent("SELECT COUNT(*) FROM sales.gate"))
    started.kill()
    started.wait(20)
    os.unlink(path)
    assert calls(cluster, "annotate --overwrite") == []
    cluster.belay("INSERT INTO sales.gate VALUES (1)")
    again = cluster.belay("\\resume", approve=digest)
    assert again.rc == 0 and "done  wait: 1" in again.err and " a note: on" in again.err, again
    cluster.belay("DROP TABLE sales.gate")


# --- what no file may say: each its own message, with its place --------------------------------------------

S = "  - {id: a, title: t, "
WRONG = [
    ("not: [closed", None, ":"),
    ("- a\n- b\n", None, ":1:1: a runbook is a mapping"),
    ("name: n\nsteps: &a []\n", None, ":2:8: anchors and aliases are not taken here"),
    ("name: n\nname: m\n", None, ":2:1: this key was there before"),
    ("name: n\nstep: []\n", None, ':2:1: a runbook has no "step"; did you mean steps?'),
    ("name: n\n", None, ":1:1: steps is missing"),
    ("name: n\nsteps: []\n", None, ":2:8: steps is a list with at least one step"),
    ("title: t\n", f"{S}{P}}}", ":1:1: name is missing"),
    ("name: n\nvars: [a]\n", f"{S}{P}}}", ":2:7: vars is a mapping of names to texts"),
    ("name: n\nvars: {a-b: c}\n", f"{S}{P}}}", ":2:8: a variable's name has letters, digits and underscores"),
    ("name: n\nvars: {a: [b]}\n", f"{S}{P}}}", ":2:11: a is one text"),
    (None, "  - word", ":3:5: a step is a mapping"),
    (None, f"  - {{title: t, {P}}}", ":3:5: id is missing"),
    (None, f"  - {{id: 'a b', title: t, {P}}}", ":3:10: an id is at most 64 letters"),
    (None, f"{S}{P}}}\n{S}{P}}}", ":4:10: the id a was there before"),
    (None, f"  - {{id: a, {P}}}", ":3:5: title is missing"),
    (None, f"  - {{id: a, title: , {P}}}", ":3:20: title has no value"),
    (None, f"{S}sql: 'CREATE DATABASE x'}}", ":3:5: step a has no proof: what shows that it is done?"),
    (None, f"{S}sql: 'SELECT 1', {P}}}", ":3:28: it only reads: what is asked belongs in needs or proof"),
    (None, f"{S}sql: 'USE sales', {P}}}", ":3:28: it is for the session, which no other step shares"),
    (None, f"{S}sql: 'DROP TABLE a; DROP TABLE b', {P}}}", ":3:28: a step is one statement, and these are more"),
    (None, f"{S}sql: ' ', {P}}}", ":3:28: there is no statement"),
    (None, f"{S}sql: 'DROP TABLE x', kubectl: [get, x], {P}}}", ":3:5: a step is sql or kubectl, not both"),
    (None, f"{S}kubectl: scale x, {P}}}", ":3:32: kubectl is a list of words, never one line for a shell"),
    (None, f"{S}kubectl: [exec, pod, --, rm], {P}}}", ":3:32: a runbook may not use kubectl exec"),
    (None, f"{S}kubectl: [scal, x], {P}}}", ":3:32: a runbook may not use kubectl scal; did you mean scale?"),
    (None, f"{S}kubectl: [scale, x, -n, kube-system], {P}}}", ":3:32: kubectl scale does not take -n in a runbook"),
    (None, f"{S}kubectl: [delete, pods, --all], {P}}}", ":3:32: kubectl delete does not take --all"),
    (None, f"{S}kubectl: [patch, x, --kubeconfig=/x], {P}}}", ":3:32: kubectl patch does not take --kubeconfig"),
    (None, f"{S}kubectl: [apply, -f, /etc/x], {P}}}", ':3:32: kubectl apply is [apply, -f, "-"], with its text as input'),
    (None, f"{S}kubectl: [apply, -f, '-'], {P}}}", ':3:32: kubectl apply is [apply, -f, "-"], with its text as input'),
    (None, f"{S}kubectl: [scale, x, --replicas=1], input: y, {P}}}", ":3:32: kubectl scale takes no input"),
    (None, f"{S}kubectl: [rollout, history, x], {P}}}", ":3:32: kubectl rollout needs one of restart,pause,resume,undo"),
    (None, f"{S}sql: 'SET PASSWORD FOR u = PASSWORD(\"tell\")', {P}}}", ":3:28: it holds a password or a key"),
    (None, f"{S}proof: {{sql: 'SELECT * FROM FILES(\"aws.s3.secret_key\"=\"tell\")', equals: 1}}}}", ":3:36: it holds a password"),
    (None, f"{S}kubectl: [patch, secret, x, '--patch={{}}'], {P}}}", ":3:32: Secrets are not for a runbook"),
    (None, f"{S}kubectl: [delete, 'pods,Secrets', x], {P}}}", ":3:32: Secrets are not for a runbook"),
    (None, f"{S}proof: {{kubectl: [get, secrets.v1./x], jsonpath: '{{.data}}', equals: 1}}}}", "Secrets are not for a runbook"),
    (None, f"{S}kubectl: [apply, -f, '-'], input: 'kind: \"Secret\"', {P}}}", ":3:32: its input is a Secret"),
    (None, f"{S}kubectl: [apply, -f, '-'], input: '{{\"kind\" : \"Secret\"}}', {P}}}", ":3:32: its input is a Secret"),
    (None, f"{S}kubectl: ['', x], {P}}}", ":3:32: word 1 is empty"),
    (None, f"{S}proof: {{sql: DROP TABLE x, equals: 1}}}}", ":3:36: a probe only reads: SELECT or SHOW"),
    (None, f"{S}proof: {{sql: SELECT 1}}}}", ":3:30: the probe has no test: equals, matches, at_least or rows"),
    (None, f"{S}proof: {{sql: SELECT 1, equals: 1, rows: 1}}}}", "a probe has one test, and this is a second one"),
    (None, f"{S}proof: {{sql: SELECT 1, at_least: many}}}}", "at_least is a whole number"),
    (None, f"{S}proof: {{sql: SELECT 1, matches: '('}}}}", ":3:55: not a regular expression"),
    (None, f"{S}proof: {{equals: 1}}}}", ":3:30: a proof asks by exactly one of sql, kubectl and probe"),
    (None, f"{S}proof: {{kubectl: [delete, x], jsonpath: '{{.a}}', equals: 1}}}}", "a probe of kubectl is [get, KIND, NAME]"),
    (None, f"{S}proof: {{kubectl: [get, x, -A], jsonpath: '{{.a}}', equals: 1}}}}", "a probe of kubectl takes no options: -A"),
    (None, f"{S}proof: {{kubectl: [get, x], equals: 1}}}}", "jsonpath is missing"),
    (None, f"{S}proof: {{kubectl: [get, x], jsonpath: .a, equals: 1}}}}", "jsonpath is one in braces"),
    (None, f"{S}proof: {{kubectl: [get, x], jsonpath: '{{.a}}', rows: 1}}}}", 'a probe by kubectl has no "rows"'),
    (None, f"{S}proof: {{probe: [tabel, a, b]}}}}", "there is no probe tabel; did you mean table?"),
    (None, f"{S}proof: {{probe: [table, a]}}}}", "table takes DATABASE, NAME: 1 given"),
    (None, f"{S}{P}, within: soon}}", "within is a time from 1s to 24h"),
    (None, f"{S}{P}, within: 25h}}", "within is a time from 1s to 24h"),
    (None, f"{S}{P}, tier: harmless}}", "tier is adds only, reversible, disruptive or no return"),
    (None, f"{S}{P}, on_failure: hope}}", "on_failure is skip or stop"),
    (None, f"{S}{P}, after: [a]}}", "after names steps above this one, and a is none"),
    (None, f"{S}{P}, needs: [{{sql: SELECT 1, rows: 1}}]}}", "a step that only waits has a proof, and no needs"),
    (None, f"{S}{P}, undo: {{sql: DROP TABLE x}}}}", "a step that only waits has nothing to undo"),
    (None, f"{S}sql: 'DROP TABLE x', {P}, undo: {{where: leader}}}}", "undo is sql or kubectl"),
    (None, f"{S}sql: 'DROP TABLE x', where: fe-9, {P}}}", "no frontend is fe-9"),
    (None, f"{S}sql: 'DROP TABLE :{{x}}', {P}}}", "a variable in SQL is :{'name'} for a text or :{`name`} for a name"),
    (None, f"{S}sql: \"DROP TABLE :{{`x`}}\", {P}}}", "there is no variable x in vars"),
    (None, f"  - {{id: a, title: 'x :{{y}}', {P}}}", "there is no variable y in vars"),
    (None, f"  - {{id: a, title: \"a\\eb\", {P}}}", "title has a control character"),
    (None, f"  - {{id: a, title: \"a\\0b\", {P}}}", "a value has a NUL byte"),
]


@pytest.mark.parametrize("head, steps, says", WRONG, ids=range(len(WRONG)))
def test_a_mistake_has_its_place(cluster, head, steps, says):
    path = book(cluster, steps, head if head is not None else "name: n\n")
    done = dry(cluster, path, rc=2)
    assert f"{path}:" in done.err and says in done.err, done
    assert cluster.changes() == []


def test_a_value_cannot_become_a_piece_of_the_statement(cluster):
    head = "name: n\nvars: {db: sales, said: \"x'); DROP TABLE y; --\"}\n"
    path = book(cluster, "  - {id: a, title: t, sql: \"INSERT INTO :{`db`}.orders VALUES (:{'said'})\","
                         " proof: {sql: SELECT 1, equals: 2}}\n", head)
    assert "INSERT INTO `sales`.orders VALUES ('x\\'); DROP TABLE y; --')" in dry(cluster, path).out
    done = cluster.belay(f"\\runbook {path} 'db=a`b' --dry-run")
    assert done.rc == 2 and f"{path}:4:" in done.err, done
    done = cluster.belay(f"\\runbook {path} dbx=1 --dry-run")
    assert done.rc == 2 and "the runbook has no variable dbx" in done.err, done


def test_files_that_are_none(cluster):
    assert cluster.belay("\\runbook /nowhere/x.yaml --dry-run").rc == 2
    path = book(cluster, None, "name: n\n#" + "x" * (1 << 20))
    assert cluster.belay(f"\\runbook {path} --dry-run").rc in (1, 2)
    many = "".join(f"  - {{id: a{i}, title: t, {P}}}\n" for i in range(1001))
    assert "a runbook has at most 1000 steps" in dry(cluster, book(cluster, many), rc=2).err
