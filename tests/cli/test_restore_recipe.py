"""The recipe that is passed around, and why it restores nothing.

The leader's `meta` in a tar, the tar in an image, and in the FE StatefulSet an init container that
puts it over the metadata, followed by the rolling restart that the edit sets off.
"""
import json
import os
import shutil
import tarfile

import pytest

from practice import Practice, wait_for
from restore import C, CR, STS, edit, edit_set, kubectl, make_plain

IMAGE = "registry.example/sr-meta:2025.03"
COMMAND = "rm -rf /meta-target/* && cp -r /temp/meta/. /meta-target"
PODS = [f"{STS}-{i}" for i in range(3)]


class Night:
    """A cluster whose leader's metadata somebody packed by hand, and what was made after that."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.packed = os.path.join(cluster.home, "meta.tar.gz")

    def meta(self, pod, *parts):
        return os.path.join(self.cluster.dir, "pods", pod, "opt/starrocks/fe/meta", *parts)

    def pack(self):
        self.leader = self.cluster.leader()
        with tarfile.open(self.packed, "w:gz") as tar:
            tar.add(self.meta(self.leader), "meta")
        where = os.path.join(self.cluster.dir, "images", IMAGE.replace("/", "_").replace(":", "_"))
        shutil.unpack_archive(self.packed, os.path.join(where, "temp"))  # ADD meta.tar.gz /temp

    def make(self, name):
        """A database, in an image too: so it is on disk when the next pod starts."""
        before = self.cluster.sql("SELECT min(image) FROM fe WHERE alive")
        done = self.cluster.belay(f"CREATE DATABASE {name}; ALTER SYSTEM CREATE IMAGE")
        assert done.rc == 0, done
        wait_for(lambda: self.cluster.sql("SELECT min(image) FROM fe WHERE alive") > before)

    def follow(self, image=IMAGE):
        container = {"name": "meta-restore", "image": image, "command": ["sh", "-c", COMMAND],
                     "volumeMounts": [{"name": "fe-meta", "mountPath": "/meta-target"}]}
        kubectl(self.cluster, "patch", "sts", STS, "--type=merge", "-p", json.dumps(
            {"spec": {"template": {"spec": {"initContainers": [container]}}}}))

    def get(self, kind, name, path):
        return kubectl(self.cluster, "get", kind, name, "--ignore-not-found", "-o",
                       "jsonpath={%s}" % path)

    def uid(self, pod):
        return self.get("pod", pod, ".metadata.uid")

    def waits(self, pod):
        return self.get("pod", pod, ".status.containerStatuses[0].state.waiting.reason")

    def ready(self, pod):
        return self.get("pod", pod, ".status.containerStatuses[0].ready") == "true"

    def restored(self):
        """Ordinal 0 came up behind the init container, and listens."""
        return self.get("pod", PODS[0], ".spec.initContainers[*].name") and self.alone()

    def alone(self):
        """Ordinal 0 leads a group of one, and listens."""
        return self.ready(PODS[0]) and self.cluster.sql(
            "SELECT pod FROM fe WHERE alive AND role = 'LEADER' AND listens_ms = start_ms"
            " AND (SELECT count(*) FROM fe) = 1") == [(PODS[0],)]

    def init(self):
        return self.get("sts", STS, ".spec.template.spec.initContainers[*].name")

    def delete(self, *pods):
        """As a drained node does."""
        before = {pod: self.uid(pod) for pod in pods}
        kubectl(self.cluster, "delete", "pod", "--wait=false", *pods)
        wait_for(lambda: all(self.uid(pod) not in ("", before[pod]) for pod in pods))

    def text(self, path):
        with open(path, encoding="utf-8") as file:
            return file.read()

    def role(self, pod):
        return self.text(self.meta(pod, "image", "ROLE"))

    def log(self, pod):
        return self.text(os.path.join(self.meta(pod), "../log/fe.log"))

    def databases(self):
        return {name for name, in self.cluster.sql("SELECT name FROM db")}


@pytest.fixture
def night():
    with Practice("seed") as cluster:
        yield Night(cluster)


def shrink(night):
    """Leaves one frontend: all stopped, ordinal 0 alone the first of a new group."""
    switch = "bdbje_reset_election_group = true\n"
    conf = night.get("cm", f"{STS}-cm", r".data.fe\.conf")
    put = lambda text: kubectl(night.cluster, "patch", "cm", f"{STS}-cm", "--type=merge", "-p",
                               json.dumps({"data": {"fe.conf": text}}))
    size = lambda n: kubectl(night.cluster, "patch", CR, C, "--type=merge", "-p",
                             json.dumps({"spec": {"starRocksFeSpec": {"replicas": n}}}))
    size(0)
    wait_for(lambda: not any(night.uid(pod) for pod in PODS))
    put(conf + switch)
    size(1)
    wait_for(night.alone)
    put(conf)


def stuck(night):
    """The first pod of the roll is the leader's namesake, the group refuses it, the roll ends."""
    others = {pod: night.uid(pod) for pod in PODS[:2]}
    assert night.leader == PODS[1]
    own = night.role(PODS[2])
    night.follow()
    wait_for(lambda: night.waits(PODS[2]) == "CrashLoopBackOff")
    assert night.role(PODS[2]) == night.role(night.leader) != own
    assert "Conflicting hostnames for replica id" in night.log(PODS[2])
    assert {pod: night.uid(pod) for pod in others} == others
    assert night.get("pod", PODS[0], ".spec.initContainers[*].name") == ""
    assert night.cluster.sql("SELECT pod FROM fe WHERE alive ORDER BY pod") == [(p,) for p in others]
    assert "later" in night.databases()  # nothing was restored


# --- three frontends -------------------------------------------------------------------------------


@pytest.mark.parametrize("plain", [False, True], ids=["operator", "plain"])
def test_a_rolling_restart_restores_nothing(night, plain):
    if plain:
        make_plain(night.cluster)
    night.pack()
    night.make("later")
    stuck(night)


def test_an_fe_beside_a_living_namesake(night):
    """As above, where another FE leads when the pod's turn comes."""
    night.pack()
    night.cluster.event("leader-moves")
    wait_for(lambda: night.cluster.leader() == PODS[2])
    night.follow()
    wait_for(lambda: night.waits(PODS[2]) == "CrashLoopBackOff")
    wait_for(lambda: "is already active with the Feeder" in night.log(PODS[2]))
    assert night.cluster.leader() == PODS[0]


def test_helping_the_roll_along_ends_all_service(night):
    """The majority that held the newer state is stopped by hand; nobody resets the group."""
    night.pack()
    night.make("later")
    stuck(night)
    night.delete(*PODS[:2])
    wait_for(lambda: night.waits(PODS[0]) == "CrashLoopBackOff")
    wait_for(lambda: night.get("pod", PODS[1], ".status.phase") == "Running")
    assert len({night.role(pod) for pod in PODS}) == 1
    # One of three is no majority.
    wait_for(lambda: night.cluster.sql("SELECT pod FROM fe WHERE alive") == [(PODS[1],)])
    assert not any(night.ready(pod) for pod in PODS)
    assert night.cluster.sql("SELECT count(*) FROM fe WHERE role = 'LEADER'") == [(0,)]
    # Without the init container it is no better: what the others were is overwritten.
    kubectl(night.cluster, "patch", "sts", STS, "--type=json", "-p", json.dumps(
        [{"op": "remove", "path": "/spec/template/spec/initContainers"}]))
    night.delete(*PODS)
    wait_for(lambda: night.waits(PODS[0]) == night.waits(PODS[2]) == "CrashLoopBackOff")
    wait_for(lambda: "found no master" in night.log(PODS[2]))
    assert not any(night.ready(pod) for pod in PODS)


# --- one frontend ----------------------------------------------------------------------------------


def test_each_later_start_wipes_again(night):
    """The only case where the copy comes up, and the one where it goes on to destroy."""
    shrink(night)
    night.pack()
    night.make("later")
    night.follow()
    wait_for(night.restored)
    assert "later" not in night.databases()
    night.make("weeks_after")
    assert "weeks_after" in night.databases()
    night.delete(PODS[0])
    wait_for(night.restored)
    assert "weeks_after" not in night.databases()
    # The operator leaves it there, whatever it writes later.
    kubectl(night.cluster, "patch", CR, C, "--type=merge", "-p",
            json.dumps({"spec": {"starRocksFeSpec": {"image": "starrocks/fe-ubuntu:3.3.9"}}}))
    wait_for(lambda: night.get("sts", STS, ".spec.template.spec.containers[0].image")
             .endswith(":3.3.9"))
    assert night.init() == "meta-restore"


def test_it_deletes_before_it_looks(night):
    """A typing error in the image's name or path, and there is no metadata at all."""
    shrink(night)
    night.pack()
    assert os.listdir(night.meta(PODS[0])) != []
    night.follow("registry.example/sr-meta:2025.04")
    state = ".status.initContainerStatuses[0]"
    wait_for(lambda: night.get("pod", PODS[0], state + ".state.waiting.reason")
             == "CrashLoopBackOff")
    assert night.waits(PODS[0]) == "PodInitializing"
    assert "cannot stat: /temp/meta/." in night.get("pod", PODS[0],
                                                    state + ".lastState.terminated.message")
    assert os.listdir(night.meta(PODS[0])) == []


# --- the operator ----------------------------------------------------------------------------------


def operator(night, release):
    def change(deployment):
        container, = deployment["spec"]["template"]["spec"]["containers"]
        container["image"] = f"starrocks/operator:v{release}"
    edit(night.cluster, "deployments.apps", "kube-starrocks-operator", change)


def test_operator_1_7_puts_the_set_back(night):
    operator(night, "1.7.1")
    night.pack()
    before = night.role(PODS[2])
    night.follow()
    wait_for(lambda: night.init() == "")
    wait_for(lambda: all(night.ready(pod) for pod in PODS))
    assert night.role(PODS[2]) == before
    assert night.get("pod", PODS[2], ".spec.initContainers[*].name") == ""


@pytest.mark.parametrize("release, left", [("1.8.8", ""), ("1.9.0", ""), ("1.9.1", "by-hand"),
                                           ("1.11.5", "by-hand")])
def test_the_next_write_of_an_operator(night, release, left):
    """Gone with any change of the resource, or there for good."""
    operator(night, release)
    edit_set(night.cluster, lambda o: o["spec"]["template"]["spec"].update(
        initContainers=[{"name": "by-hand", "image": "busybox"}]))
    kubectl(night.cluster, "get", "nodes")
    assert night.init() == "by-hand"
    kubectl(night.cluster, "patch", CR, C, "--type=merge", "-p",
            json.dumps({"spec": {"starRocksFeSpec": {"image": "starrocks/fe-ubuntu:3.3.9"}}}))
    wait_for(lambda: night.get("sts", STS, ".spec.template.spec.containers[0].image")
             .endswith(":3.3.9"))
    assert night.init() == left


# --- what belay says of it -------------------------------------------------------------------------


def test_what_the_tar_lacks(night):
    night.pack()
    done = night.cluster.belay(f"\\backup verify {night.packed}")
    assert done.rc == 0 and done.out.startswith("whole, not a backup  "), done
    lacks = [line for line in done.out.splitlines() if line.startswith("lacks")]
    text = "\n".join(lacks)
    for part in ("no manifest", "identities and settings of the other frontends",
                 "Kubernetes objects", "view definitions", "storage paths",
                 f"an identity for more than one frontend: ROLE says {night.leader}."):
        assert part in text, done


def test_a_plan_names_what_the_recipe_left(night):
    shrink(night)
    night.pack()
    night.follow()
    wait_for(night.restored)
    backup = os.path.join(night.cluster.home, "saved")
    done = night.cluster.belay(f"\\backup {backup}", timeout=120)
    assert done.rc == 0, done
    done = night.cluster.belay(f"\\restore-plan {backup}")
    assert "Init container meta-restore mounts the metadata and runs at EVERY start" in \
        " ".join(done.out.split()), done
    done = night.cluster.belay(f"\\restore {backup} --dry-run")
    assert "init container meta-restore mounts the metadata and runs at EVERY start" in \
        " ".join(done.out.split()), done
