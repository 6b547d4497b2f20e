"""What the tests of \\upgrade share: what was sent, what a cluster looks like when nothing is half done."""
import json
import re

from practice import wait_for
from restore import C, CR, STS, kubectl

CN = C + "-cn"


def pods(cluster):
    """Those of frontends and nodes."""
    found = [json.loads(text) for text, in
             cluster.sql("SELECT json FROM k8s_object WHERE resource = 'pods'")]
    return {pod["metadata"]["name"]: pod for pod in found
            if re.search(r"-(fe|be|cn)-[0-9]+$", pod["metadata"]["name"])}


def images(cluster):
    return {name: pod["spec"]["containers"][0]["image"] for name, pod in pods(cluster).items()}


def uids(cluster):
    return {name: pod["metadata"]["uid"] for name, pod in pods(cluster).items()}


def changes(cluster):
    """Each kubectl call that changed something: (verb, what), in their order."""
    found = []
    for call in cluster.kubectl_calls():
        deleted = re.search(r" delete --raw \S*/pods/(\S+) -f -", call)
        patched = re.search(r" patch (\S+) (\S+) .*? -p (\[.*\]) -o", call)
        if deleted:
            found.append(("delete", deleted[1]))
        elif patched:
            operations = json.loads(patched[3])
            found += [("patch", o["path"], o.get("value")) for o in operations if o["op"] != "test"]
    return found


def rolled(spec, image, pods=3):
    """The changes of a StatefulSet that is rolled through its resource: one pod first, then the others."""
    path = f"/spec/{spec}/updateStrategy"
    return [("patch", path, {"rollingUpdate": {"partition": pods - 1}, "type": "RollingUpdate"}),
            ("patch", f"/spec/{spec}/image", image), ("patch", path, None)]


def deleted(cluster):
    return [change[1] for change in changes(cluster) if change[0] == "delete"]


def versions(cluster):
    """What \\nodes says of each pod: (alive, release)."""
    return {row["pod"]: (row["alive"], row["version"].split("-")[0])
            for row in cluster.belay("\\nodes").rows}


def resource(cluster):
    return json.loads(kubectl(cluster, "get", CR, C, "-o", "json"))["spec"]


def stateful_set(cluster, name=STS):
    return json.loads(kubectl(cluster, "get", "sts", name, "-o", "json"))


def is_of(cluster, release):
    """Every pod, frontend and node is of the release, and the strategy is nobody's but Kubernetes' own."""
    assert {image.rsplit(":", 1)[1] for image in images(cluster).values()} == {release}
    assert cluster.sql("SELECT count(*), sum(alive) FROM fe") == [(3, 3)]
    assert all(version.startswith(release + "-") for version, in cluster.sql("SELECT version FROM fe"))
    seen = versions(cluster)
    assert len(seen) == 6 and set(seen.values()) == {("true", release)}, seen
    assert "updateStrategy" not in resource(cluster)["starRocksFeSpec"]
    assert stateful_set(cluster)["spec"]["updateStrategy"] == {
        "type": "RollingUpdate", "rollingUpdate": {"partition": 0}}


def wait_dead(cluster, ordinal):
    wait_for(lambda: cluster.sql("SELECT alive FROM fe WHERE ordinal = ?", ordinal) == [(0,)])
