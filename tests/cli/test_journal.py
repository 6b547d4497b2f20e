"""The journal: list, show, verify; damage is found, a torn last line is not damage; one at a time."""
import hashlib
import itertools
import json
import os
import re
import shutil
import subprocess

import pytest

from practice import DOWN, INSTRUMENTED, UP, Practice, clean_env, wait_for


@pytest.fixture(scope="module")
def two():
    """A cluster with two finished runs."""
    with Practice() as one:
        assert one.approved(DOWN).rc == 0
        assert one.approved(UP).rc == 0
        shutil.copytree(one.state_dir, one.state_dir + ".kept")
        yield one


@pytest.fixture(autouse=True)
def kept(request):
    """Each test may damage the journals."""
    if "two" not in request.fixturenames:
        yield
        return
    one = request.getfixturevalue("two")
    yield
    shutil.rmtree(one.state_dir)
    shutil.copytree(one.state_dir + ".kept", one.state_dir)


def lines_of(path):
    with open(path, "rb") as file:
        return file.read().splitlines(keepends=True)


def write(path, lines):
    with open(path, "wb") as file:
        file.write(b"".join(lines))


# --- reading ----------------------------------------------------------------------------------


def test_a_run_is_meant_by_its_number_too(two):
    up = two.run_id(two.journals()[1])
    assert f"Run      {up}" in two.belay("\\journal show 2").out
    assert two.belay("\\journal verify 00002").out.startswith(f"{up}  whole")
    fact = two.belay("\\mv forecast --run 2")
    assert fact.rc == 0 and len(fact.rows) == 11, fact
    down = two.belay("\\mv forecast --run 1")
    assert down.rc == 2 and f"run {two.run_id(two.journals()[0])} brought no views up" in down.err
    for command in ("\\resume 2", "\\journal close 2"):
        ended = two.belay(command)
        assert ended.rc == 2 and f"run {up} is " in ended.err, ended
    none = two.belay("\\journal show 9")
    assert none.rc == 2 and 'there is no run "9"' in none.err, none


def test_what_failed_is_named_once():
    with Practice() as one:
        one.fault("error", match="ALTER MATERIALIZED VIEW%margin%INACTIVE", arg="1064|HY000|no luck",
                  times=-1)
        assert one.approved(DOWN).rc != 0
        shown = one.belay("\\journal").out
        failed = next(line for line in shown.splitlines() if " failed " in line)
        assert failed.count("sales.margin INACTIVE") == 1 and "no luck" in failed, failed


def test_list_and_show(two):
    rows = two.belay("\\journal list").rows
    assert [r["command"] for r in rows] == ["mv inactivate-all", "mv activate-all"]
    assert [r["state"] for r in rows] == ["done", "done"]
    assert [r["run"] for r in rows] == [two.run_id(p) for p in two.journals()]
    last = two.belay("\\journal")
    assert last.rc == 0 and "mv activate-all" in last.out, last
    values = [line for line in last.out.splitlines() if line[10:15] == "value"]
    assert values and max(map(len, values)) < 120, values  # ids of all refreshes so far are cut
    assert any(line.endswith(" …") for line in values), values
    first = two.belay(f"\\journal show {rows[0]['run']}")
    assert first.rc == 0 and "mv inactivate-all" in first.out
    for view in ("sales.margin", "ops.库存_mv", "sales.top-customers"):
        assert re.search(rf"intent +{view} INACTIVE", first.out), first
        assert re.search(rf"done +{view} INACTIVE: inactive by the user", first.out), first
    assert re.search(r"Consent +sha256:[0-9a-f]{64}", first.out)
    assert re.search(r"end +done", first.out)


def test_show_names_the_steps_without_an_outcome(two):
    path = two.journals()[0]
    lines = lines_of(path)
    first = next(i for i, line in enumerate(lines) if b'"intent"' in line and b"margin" in line)
    write(path, lines[:first + 1])
    out = two.belay(f"\\journal show {two.run_id(path)}").out
    assert re.search(r"OPEN +sales\.margin INACTIVE\n", out), out
    assert out.count("OPEN: intended, outcome not recorded; \\resume asks the cluster\n") == 1, out


@pytest.mark.skipif(INSTRUMENTED, reason="nothing can be said about memory under AddressSanitizer")
def test_a_long_one_is_not_kept_in_memory(two):
    """It is longer than the memory that showing it may take; so are the facts of its first record."""
    def peak():
        with open(os.devnull, "wb") as nothing:
            process = subprocess.Popen(two.argv(f"\\journal show {run}"), stdout=nothing,
                                       stderr=subprocess.PIPE, env=clean_env(two.home))
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            assert process.returncode == 0, process.stderr.read()
            process.stderr.close()
        return usage.ru_maxrss

    path = two.journals()[0]
    run, lines = two.run_id(path), lines_of(path)
    few, records = peak(), [json.loads(line) for line in lines]
    pair = [next(r for r in records if r["type"] == kind) for kind in ("intent", "outcome")]
    # Only what is written now is kept: a child's peak is at least what its parent had at the fork.
    with open(path, "wb") as file:
        head, seq = records[0]["prev"], 0
        rows = ",".join('["\\\\\\"]}{["' + f',"{n}"' * 8 + "]" for n in range(60000))
        for record in itertools.chain(records[:1], *itertools.repeat(pair, 20000)):
            seq += 1
            more = {"step": f"step {seq // 2}", "title": "x" * 1000} if seq > 1 else {"facts": 0}
            line = json.dumps({**record, **more, "seq": seq, "prev": head}, sort_keys=True,
                              separators=(",", ":"))
            line = line.replace('"facts":0', f'"facts":[{rows}]').encode()
            rows = rows if seq == 1 else ""
            head = hashlib.sha256(line).hexdigest()
            file.write(line + b"\n")
    assert os.stat(path).st_size > 48 << 20
    many = peak()
    assert many < few + 16 * 1024, (few, many)


def test_what_a_journal_holds(two):
    for path in two.journals():
        assert os.stat(path).st_mode & 0o777 == 0o600
        assert os.stat(os.path.dirname(path)).st_mode & 0o777 == 0o700
        records = two.records(path)
        types = [r["type"] for r in records]
        assert types[0] == "run" and types[-1] == "end" and "final" in types
        assert [r["seq"] for r in records] == list(range(1, len(records) + 1))
        open_steps = set()
        for record in records:  # intent before outcome, each closed
            if record["type"] == "intent":
                open_steps.add(record["step"])
            elif record["type"] == "outcome":
                open_steps.remove(record["step"])
        assert not open_steps
        text = json.dumps(records)
        assert "CANARY" not in text and "password" not in text.lower()


def test_verify(two):
    done = two.belay("\\journal verify")
    assert done.rc == 0 and done.out.count("whole") == 2, done
    one = two.belay(f"\\journal verify {two.run_id()}")
    assert one.rc == 0 and one.out.count("whole") == 1, one
    assert two.belay("\\journal verify 00009-20200101T000000Z").rc == 2
    assert two.belay("\\journal verify ../../../etc/passwd").rc == 2


def test_nothing_was_done_yet():
    with Practice() as cluster:
        for line in ("\\journal", "\\journal list", "\\journal verify", "\\mv ledger"):
            assert cluster.belay(line).rc == 0, line
        done = cluster.belay("\\resume")
        assert done.rc == 2 and "no run" in done.err, done


# --- damage -----------------------------------------------------------------------------------


def changed_byte(lines):
    return lines[:3] + [lines[3].replace(b'"type"', b'"tyqe"', 1)] + lines[4:]


def changed_value(lines):
    return [lines[0].replace(b"sha256:", b"sha255:", 1)] + lines[1:]


def removed(lines):
    return lines[:4] + lines[5:]


def swapped(lines):
    return lines[:4] + [lines[5], lines[4]] + lines[6:]


def twice(lines):
    return lines[:5] + [lines[4]] + lines[5:]


def first_gone(lines):
    return lines[1:]


def added(lines):
    return lines[:5] + [b'{"type":"outcome"}\n'] + lines[5:]


def no_json(lines):
    return lines[:5] + [b"\0\xff garbage\n"] + lines[5:]


def empty_line(lines):
    return lines[:5] + [b"\n"] + lines[5:]


def spaces(lines):
    return lines[:5] + [lines[5].replace(b",", b", ", 1)] + lines[6:]


@pytest.mark.parametrize("damage", [changed_byte, changed_value, removed, swapped, twice,
                                    first_gone, added, no_json, empty_line, spaces])
def test_damage_is_found(two, damage):
    path = two.journals()[0]
    lines = lines_of(path)
    write(path, damage(lines))
    assert lines_of(path) != lines
    done = two.belay("\\journal verify")
    assert done.rc == 8 and "damaged" in done.err and os.path.basename(path) in done.err, done
    assert two.belay(f"\\journal show {two.run_id(path)}").rc == 8
    listed = two.belay("\\journal list")
    assert listed.rc == 0 and [r["state"] for r in listed.rows] == ["damaged", "done"], listed
    # What the ledger is folded from cannot be trusted, so nothing is planned from it.
    two.forget()
    for line in (DOWN, UP, "\\mv ledger"):
        assert two.belay(line, approve="reversible").rc == 8, line
    assert not two.changes()


def test_the_other_journals_are_verified_all_the_same(two):
    """Damage in the last one is found too, and named."""
    path = two.journals()[-1]
    write(path, removed(lines_of(path)))
    done = two.belay("\\journal verify")
    assert done.rc == 8 and os.path.basename(path) in done.err, done
    assert two.belay(f"\\journal verify {two.run_id(two.journals()[0])}").rc == 0


@pytest.mark.parametrize("keep", [1, 40, -2])
def test_a_torn_last_line(keep):
    """As a crash leaves it: reported, cut off by \\resume, and the run goes on."""
    with Practice() as cluster:
        digest = cluster.digest(DOWN)
        cluster.fault("error", "ALTER%daily_top% INACTIVE", "1064|HY000|no")
        assert cluster.belay(DOWN, approve=digest).rc == 1
        path = cluster.journals()[0]
        lines = lines_of(path)
        write(path, lines[:-1] + [lines[-1][:keep]])
        check = cluster.belay("\\journal verify")
        assert check.rc == 0 and "last line incomplete" in check.out, check
        shown = cluster.belay("\\journal")
        assert shown.rc == 0 and "incomplete" in shown.err, shown
        done = cluster.belay("\\resume", approve=digest)
        assert done.rc == 0 and "incomplete" in done.err and not cluster.active(), done
        records = cluster.records()
        assert [r for r in records if r.get("torn_line_cut")]
        check = cluster.belay("\\journal verify")
        assert check.rc == 0 and "incomplete" not in check.out, check


def test_a_whole_last_line_that_is_no_record_is_damage(two):
    path = two.journals()[-1]
    write(path, lines_of(path) + [b'{"half":\n'])
    assert two.belay("\\journal verify").rc == 8


def test_an_empty_journal(two):
    """As a crash right after its creation leaves it."""
    write(two.journals()[-1].replace("00002-", "00003-"), [])
    assert two.belay("\\journal verify").rc == 0
    assert two.belay("\\journal list").rc == 0
    assert two.belay("\\mv ledger").rc == 0
    assert two.belay("\\resume").rc == 2


# --- one at a time ----------------------------------------------------------------------------


def test_a_run_belongs_to_one_process():
    with Practice() as cluster:
        digest = cluster.digest(DOWN)
        cluster.fault("slow", "ALTER%daily_top% INACTIVE", "3000")
        first = cluster.start(DOWN, approve=digest)
        wait_for(lambda: cluster.sent("ALTER%daily_top% INACTIVE"))
        second = cluster.belay(f"\\resume {cluster.run_id()}", approve=digest)
        assert second.rc == 11 and "another belay" in second.err, second
        shown = cluster.belay("\\journal")  # reading is free
        assert shown.rc == 0 and "OPEN" in shown.out, shown
        _, said = first.communicate(timeout=60)
        assert first.returncode == 0, said.decode()
        assert len(cluster.sent("ALTER%daily_top% INACTIVE")) == 1
        assert cluster.belay("\\journal verify").rc == 0


def test_a_second_run_is_refused_and_told_who_holds_the_cluster():
    with Practice() as cluster:
        digest = cluster.digest(f"{DOWN} --except alerts")
        cluster.fault("slow", "ALTER%daily_top% INACTIVE", "4000")
        first = cluster.start(f"{DOWN} --except alerts", approve=digest)
        wait_for(lambda: cluster.sent("ALTER%daily_top% INACTIVE"))
        line = "\\mv inactivate ops.alerts_recent"
        second = cluster.belay(line, approve=cluster.digest(line))
        assert second.rc == 11 and not cluster.sent("ALTER%alerts_recent%"), second
        holder = f"process {first.pid}, \\mv inactivate-all, since "
        assert holder in second.err and "\\journal list" in second.err, second
        assert len(cluster.journals()) == 1
        _, said = first.communicate(timeout=60)
        assert first.returncode == 0, said.decode()
        assert cluster.approved(line).rc == 0


def test_an_older_open_run_is_gone_on_with_by_its_name():
    with Practice() as cluster:
        cluster.fault("error", "ALTER%", "1064|HY000|no", times=-1)
        for line in ("\\mv inactivate web.funnel", "\\mv inactivate sales.daily_top"):
            assert cluster.approved(line).rc == 1
        cluster.clear_faults()
        runs = [cluster.run_id(p) for p in cluster.journals()]
        digest = cluster.records(cluster.journals()[0])[0]["digest"]
        done = cluster.belay(f"\\resume {runs[0]}", approve=f"sha256:{digest}")
        assert done.rc == 0 and "web.funnel" not in cluster.active(), done
        assert "sales.daily_top" in cluster.active()
        done = cluster.belay(f"\\resume {runs[0]}", approve=f"sha256:{digest}")
        assert done.rc == 2 and "finished" in done.err, done


def test_resume_needs_consent_again():
    with Practice() as cluster:
        digest = cluster.digest(DOWN)
        cluster.fault("error", "ALTER%", "1064|HY000|no", times=-1)
        assert cluster.belay(DOWN, approve=digest).rc == 1
        cluster.clear_faults()
        cluster.forget()
        for approve in (None, "reversible", "sha256:" + "1" * 64):
            assert cluster.belay("\\resume", approve=approve).rc == 4
        assert not cluster.changes()
        assert cluster.belay("\\resume", approve=digest).rc == 0
