"""What the tests of \\restore-plan share: objects changed as their owner would, a backup, plans read."""
import hashlib
import json
import os
import re
import subprocess
import tarfile

from practice import KUBECTL, wait_for

C = "kube-starrocks"
STS = C + "-fe"
CR = "starrocksclusters.v1.starrocks.com"
CANARY = "CANARY-SECRET"
OPERATOR = "kube-starrocks-operator"
SEARCH = f"{C}-fe-search.starrocks.svc.cluster.local"


# --- objects, as their owner would have made them ------------------------------------------------


def edit(cluster, resource, name, change):
    (text,), = cluster.sql("SELECT json FROM k8s_object WHERE resource = ? AND name = ?", resource,
                           name)
    value = json.loads(text)
    change(value)
    cluster.sql("UPDATE k8s_object SET json = ? WHERE resource = ? AND name = ?", json.dumps(value),
                resource, name)


def edit_set(cluster, change):
    edit(cluster, "statefulsets.apps", STS, change)


def edit_cr(cluster, change):
    edit(cluster, "starrocksclusters.starrocks.com", C, change)


def make_plain(cluster):
    """The same StatefulSet without an operator."""
    edit_set(cluster, lambda o: o["metadata"].pop("ownerReferences"))
    cluster.sql("DELETE FROM k8s_object WHERE resource IN ('starrocksclusters.starrocks.com',"
                " 'deployments.apps')")


def make_emptydir(cluster):
    def change(o):
        o["spec"]["volumeClaimTemplates"] = [
            t for t in o["spec"]["volumeClaimTemplates"] if t["metadata"]["name"] != "fe-meta"]
        for volume in o["spec"]["template"]["spec"]["volumes"]:
            if volume["name"] == "fe-meta":
                del volume["persistentVolumeClaim"]
                volume["emptyDir"] = {}
    edit_set(cluster, change)


def kubectl(cluster, *words):
    done = subprocess.run([KUBECTL, "--kubeconfig", cluster.ready["kubeconfig"], *words],
                          capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def get(cluster, kind, name, path):
    return kubectl(cluster, "get", kind, name, "--ignore-not-found", "-o", "jsonpath={%s}" % path)


def release_of_operator(cluster, release):
    def change(deployment):
        container, = deployment["spec"]["template"]["spec"]["containers"]
        container["image"] = f"starrocks/operator:v{release}"
    edit(cluster, "deployments.apps", OPERATOR, change)


# --- a cluster before, wrecked, and back again ---------------------------------------------------


def back_up(cluster):
    path = os.path.join(cluster.home, "saved")
    done = cluster.belay(f"\\backup {path}", timeout=120)
    assert done.rc == 0, done
    return path


def metadata(cluster):
    """What the cluster's metadata says: id, databases, tables and views with their states."""
    return (cluster.sql("SELECT value FROM meta WHERE key IN ('cluster_id', 'token') ORDER BY key"),
            cluster.sql("SELECT d.name, o.name, o.kind, o.id FROM db d LEFT JOIN object o"
                        " ON o.db_id = d.id ORDER BY 1, 2"), cluster.views(), cluster.clauses())


def wreck(cluster):
    """Another database, a view less; then metadata that no FE loads."""
    done = cluster.belay("DROP MATERIALIZED VIEW sales.daily_top; CREATE DATABASE later")
    assert done.rc == 0, done
    cluster.event("wreck-meta")
    wait_for(lambda: kubectl(
        cluster, "get", "pods", "-l", "app.kubernetes.io/component=fe", "-o",
        "jsonpath={.items[*].status.containerStatuses[*].state.waiting.reason}").split()
        == ["CrashLoopBackOff"] * 3)
    wait_for(lambda: cluster.belay("SELECT 1").rc == 3)


def is_whole(cluster, before):
    """The metadata of before, three frontends, no switch; and what was wrecked lies aside."""
    assert metadata(cluster) == before
    assert cluster.sql("SELECT pod, role, alive, version LIKE '3.3.3-%' FROM fe ORDER BY pod") == [
        (f"{STS}-0", "LEADER", 1, 1), (f"{STS}-1", "FOLLOWER", 1, 1),
        (f"{STS}-2", "FOLLOWER", 1, 1)]
    assert "bdbje_reset" not in kubectl(cluster, "get", "cm", f"{STS}-cm", "-o", "jsonpath={.data}")
    assert "belay-restore" not in kubectl(cluster, "get", "pods", "-o", "name")
    for ordinal in range(3):
        aside = os.path.join(cluster.dir, "pods", f"{STS}-{ordinal}", "opt/starrocks/fe/meta/.belay")
        old, = [name for name in os.listdir(aside) if name.startswith("old-")]
        assert "ROLE" in os.listdir(os.path.join(aside, old, "image"))


# --- a backup, as its manifest describes it ------------------------------------------------------


def digest(data):
    return hashlib.sha256(data).hexdigest()


def make_backup(cluster, pod=f"{STS}-1", extra=(), version="3.3.3-312ed45"):
    """A directory as \\backup leaves it: meta.tar and a manifest with its digest."""
    directory = os.path.join(cluster.home, "backup")
    os.makedirs(directory, exist_ok=True)
    meta = os.path.join(cluster.dir, "pods", pod, "opt/starrocks/fe/meta")
    archive = os.path.join(directory, "meta.tar")
    members = []
    with tarfile.open(archive, "w") as tar:
        for folder, _, names in sorted(os.walk(meta)):
            for name in sorted(names):
                path = os.path.join(folder, name)
                short = os.path.relpath(path, meta)
                if name.endswith(".lck"):
                    continue
                tar.add(path, "meta/" + short)
                data = open(path, "rb").read()
                members.append({"name": short, "sha256": digest(data), "size": len(data)})
    for name, data in extra:
        with open(os.path.join(directory, name), "wb") as file:
            file.write(data)
    files = []
    for name in sorted(["meta.tar"] + [name for name, _ in extra]):
        data = open(os.path.join(directory, name), "rb").read()
        files.append({"name": name, "sha256": digest(data), "size": len(data)})
    ids = {kind: max([int(m["name"].rsplit(".", 1)[1]) for m in members
                      if m["name"].startswith(start)], default=0)
           for kind, start in (("id", "image/v2/image."), ("starmgr_id", "image/starmgr/image."))}
    ids.update(format="v2", checksum_ok=True,
               jdb_files=sum(member["name"].endswith(".jdb") for member in members))
    manifest = {"format": 1, "cluster": {"version": version}, "files": files, "image": ids,
                "archive": {"file": "meta.tar", "members": sorted(members,
                                                                  key=lambda m: m["name"].encode())}}
    text = (json.dumps(manifest, sort_keys=True, indent=4) + "\n").encode()
    with open(os.path.join(directory, "manifest.json"), "wb") as file:
        file.write(text + b"sha256:" + digest(text).encode() + b"\n")
    return directory


# --- reading a plan ------------------------------------------------------------------------------


def blocks(text):
    """The blocks for the shell, each with the number of its step (99: giving up)."""
    step, found = 0, []
    for paragraph in text.strip("\n").split("\n\n"):
        title = re.findall(r"^  STEP (\d+) ", paragraph, re.M)
        step = int(title[-1]) if title else 99 if "GIVING UP" in paragraph else step
        if not paragraph.startswith(" "):
            found.append((step, paragraph))
    return found


def commands(text):
    return "\n".join(block for _, block in blocks(text))


def prose(text):
    return "\n".join(p for p in text.split("\n\n") if p.startswith(" "))


def words(text):
    """The prose without its line breaks, as it reads."""
    return " ".join(prose(text).split())


def steps(text):
    return re.findall(r"^  STEP \d+  (.*)", text, re.M)


def patches(text):
    """The JSON patches of `patch … -p '[…]'`, with numbers for the shell's variables."""
    found = []
    for quoted in re.findall(r" -p '(\[.*?\])'(?: |$)", commands(text), re.M):
        found.append(json.loads(quoted.replace("'\"$CN\"'", "CNIMAGE")
                                .replace("'\"$BE\"'", "BEIMAGE").replace("'\\''", "'")))
    return found


def manifests(text):
    return [json.loads(body) for body in re.findall(r"<<'EOF'\n(.*?)\nEOF\n", commands(text) + "\n",
                                                    re.S)]


def plan(cluster, *args, line="\\restore-plan", **kwargs):
    done = cluster.belay(line, args=args, **kwargs)
    assert done.rc == 0, done
    return done.out
