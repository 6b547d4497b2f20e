"""
The nights of tests/cluster/nights.py: every kubectl call that belay makes of itself is asked of a real API
server that holds the same objects, and its answer is that of the practice cluster. So is the answer to
each of them when it fails.
"""
import json
import os

import pytest

import control_plane
import kinds
import recorder
import replay
from kubelet import Kubelet
from practice import KUBECTL, Practice

NS = "starrocks"
MISSING = control_plane.programs()
NEEDED = pytest.mark.skipif(isinstance(MISSING, str), reason=str(MISSING))


@pytest.fixture(scope="module")
def plane():
    with control_plane.ControlPlane() as plane:
        plane.install_reader(recorder.READER)
        plane.compared = set()  # kinds of calls of the nights before: they are not asked again
        yield plane


def recorded(cluster):
    """([a steady call of each kind], kinds of which none is steady, kind → [how it fails])."""
    with open(cluster.calls, encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    calls = [record for record in records if not record["how"]]
    steady = {}
    for record in calls:
        if record["kind"] not in steady and replay.steady(record):
            steady[record["kind"]] = record
    failing = {}
    for record in records:
        if record["how"]:
            failing.setdefault(record["kind"].split(" ")[0], []).append(record)
    return steady, {record["kind"]: record for record in calls} | {
        kind: rows[-1] for kind, rows in failing.items() if rows[-1]["how"] == "stream"}, failing


def ask(plane, record, versions):
    """What differs between the two answers, as one text; "" when they are the same."""
    args, stdin = replay.real_args(record, versions)
    done = plane.kubectl(args, stdin.encode(), files={
        name: replay.translated(text, versions) for name, text in record["files"].items()})
    lines = replay.difference(record, done)
    return "\n  ".join([record["how"], " ".join(args), *lines]) if lines else ""


def same_answers(plane, night, scenario, play):
    with Practice(scenario, speed=60) as cluster:
        cluster.kubectl, cluster.calls = recorder.install(cluster, KUBECTL)
        play(cluster)
        steady, calls, failing = recorded(cluster)
    wrong, asked, before = [], [], None
    for kind, call in calls.items():
        if kind in plane.compared or (kind not in steady and call["how"] != "stream"):
            continue
        plane.compared.add(kind)
        record = steady.get(kind)
        before = record["before"] if record else before or next(iter(steady.values()))["before"]
        plane.put(before)
        versions = replay.versions_of(before, plane)
        with Kubelet(plane, NS):
            for one in [*(r for r in failing.get(kind, []) if r["how"] != "stream"),
                        *([record] if record else [])]:
                wrong.append(ask(plane, one, versions))
                asked.append(one)
    note(night, [one for one in asked if one["how"] in ("", "no such object")])
    print(f"{night}: {len(asked)} calls, {len(calls.keys() - plane.compared)} kinds never steady")
    assert not any(wrong), "\n" + "\n\n".join(filter(None, wrong))


def note(night, asked):
    """For test_every.py: what was compared here."""
    if kinds.WHERE:
        kinds.write(os.path.join(kinds.WHERE, "compared", f"{night}.json"),
                    [" ".join(record["args"]) for record in asked])
