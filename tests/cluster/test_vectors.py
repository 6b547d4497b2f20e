"""
Every kubectl call that belay makes of itself, asked of a real API server that holds the same objects:
its answer is that of the practice cluster.
"""
import json

import pytest

import control_plane
import recorder
import replay
from kubelet import Kubelet
from practice import KUBECTL, Practice
from restore import back_up, make_plain, metadata, release_of_operator, wreck

NS = "starrocks"
MISSING = control_plane.programs()
pytestmark = pytest.mark.skipif(isinstance(MISSING, str), reason=str(MISSING))


@pytest.fixture(scope="module", name="plane")
def _plane():
    with control_plane.ControlPlane() as plane:
        yield plane


def look(cluster):
    for line in (r"\leader", r"\nodes", r"\image status", r"\writes", r"\settings"):
        done = cluster.belay(line)
        assert done.rc == 0, done


def restore(form, prepare=lambda cluster: None):
    """Backup, metadata that no FE loads, and the way back in this form."""
    def play(cluster):
        prepare(cluster)
        backup = back_up(cluster)
        before = metadata(cluster)
        wreck(cluster)
        done = cluster.approved(f"\\restore {backup} --form {form}", timeout=400)
        assert done.rc == 0, done
        assert metadata(cluster) == before
    return play


def upgrade(cluster):
    done = cluster.belay(r"\preflight --to 3.3.9")
    assert done.rc in (0, 8, 9), done
    done = cluster.approved(r"\upgrade --to 3.3.9", timeout=400)
    assert done.rc == 0, done


NIGHTS = {
    "looking": ("seed", look),
    "upgrade": ("seed", upgrade),
    "upgrade, shared-nothing": ("shared-nothing", upgrade),
    "restore helper-pod": ("seed", restore("helper-pod")),
    "restore init-container": ("seed", restore("init-container")),
    "restore init-container, 1.9.5":
        ("seed", restore("init-container", lambda c: release_of_operator(c, "1.9.5"))),
    "restore operator-off": ("seed", restore("operator-off")),
    "restore plain": ("seed", restore("helper-pod", make_plain)),
    "restore image-only": ("shared-nothing", restore("image-only")),
}


def recorded(cluster):
    """A steady call of each kind."""
    with open(cluster.calls, encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    found = {}
    for record in records:
        if record["kind"] not in found and replay.steady(record):
            found[record["kind"]] = record
    never = {record["kind"]: record for record in records} .keys() - found.keys()
    return list(found.values()), len(never)


@pytest.mark.parametrize("night", NIGHTS)
def test_same_answers(plane, night):
    scenario, play = NIGHTS[night]
    with Practice(scenario, speed=60) as cluster:
        cluster.kubectl, cluster.calls = recorder.install(cluster, KUBECTL)
        play(cluster)
        records, never_steady = recorded(cluster)
    wrong = []
    for record in records:
        plane.put(record["before"])
        args, stdin = replay.real_args(record, replay.versions_of(record, plane))
        with Kubelet(plane, NS):
            done = plane.kubectl(args, stdin.encode())
        lines = replay.difference(record, done)
        if lines:
            wrong.append("\n  ".join([" ".join(args), *lines]))
    print(f"{night}: {len(records)} kinds of calls, {never_steady} never steady")
    assert not wrong, "\n" + "\n\n".join(wrong)
