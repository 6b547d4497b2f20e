"""\\restore-plan: what it prints for which cluster, what it refuses, and where it saves it."""
import json
import os
import re
import stat
import subprocess

import pytest

from practice import KUBECTL, Practice, clean_env
from restore import (
    C, CANARY, SEARCH, STS, commands, digest, edit, edit_cr, edit_set, make_backup, make_emptydir,
    make_plain, manifests, patches, plan, prose, steps, words)


@pytest.fixture(scope="module")
def seed():
    """Read only: every test of the module may use it, none changes it."""
    with Practice("seed") as cluster:
        yield cluster


@pytest.fixture
def fresh():
    with Practice("seed") as cluster:
        yield cluster


# --- what is printed -----------------------------------------------------------------------------


def test_the_operator_cluster(seed):
    text = plan(seed)
    assert f"THE WAY BACK of {STS} (" in text
    assert "context practice, namespace starrocks" in text
    assert f"StarRocksCluster {C}, run by the operator v1.11.5" in text
    assert "StarRocks 3.3.3, run mode shared_data" in text
    assert f"Leader now {STS}-1;" in text
    assert f"StatefulSet {STS}: 3 frontends, image starrocks/fe-ubuntu:3.3.3" in words(text)
    assert "grace period here: 30 minutes" in words(text)
    assert "BACKUP/meta.tar" in text and "<from its manifest>" in text
    assert f"secret {C}-root" in text
    titles = steps(text)
    assert titles[3].startswith("Stop the frontends: 3 to 0.")
    assert [t.split(":")[0] for t in titles if t.startswith(("Start one", "Let the"))] == [
        "Start one frontend", "Let the others join"]
    assert len(titles) == 15
    assert "belay could not look at" not in text
    statement = seed.sent("%")
    assert not [s for s in statement if re.match(r"(?i)(alter|admin set|create|drop)", s)]
    assert not [c for c in seed.kubectl_calls()
                if re.search(r" (patch|create|delete|scale|replace|exec) ", c)
                and " auth can-i " not in c]


@pytest.mark.parametrize("form", ["helper-pod", "init-container", "operator-off"])
def test_kubectl_is_told_which_cluster(seed, form):
    """Where it is a command: the prose sends nobody to a context that happens to be the current one."""
    text = plan(seed, line=f"\\restore-plan --form {form}")
    for verb in ("logs", "describe", "edit"):
        assert f"kubectl {verb}" not in words(text), verb
    for command in re.findall(r".*belay-practice-kubectl .*", commands(text)):
        assert command.count("--context=practice --namespace=starrocks") == command.count(
            "belay-practice-kubectl"), command
    assert re.search(r"^# only if it is not Ready: .* logs " + STS + "-0 ", text, re.M)
    assert re.search(r"^# only if (it|one) is Pending: .* describe pods ", text, re.M)
    assert re.search(r"^# only by hand: .* edit configmaps " + STS + "-cm$", text, re.M)


def test_the_page_as_a_row(seed):
    """For a program the whole text is one value."""
    row, = json.loads(plan(seed, "--format", "json"))
    text = plan(seed)
    assert list(row) == ["plan"]
    moves = r"\d{4}-?\d\d-?\d\dT\d\d:?\d\d:?\d\dZ|journal\s+id\s+\d+"
    assert re.sub(moves, "", row["plan"]) == re.sub(moves, "", text)


def test_the_patches_are_guarded(seed):
    stop, differ, start, restart, grow, nodes, again, probe, back = patches(plan(seed))
    fe = "/spec/starRocksFeSpec/"
    assert stop == [{"op": "test", "path": fe + "replicas", "value": 3},
                    {"op": "replace", "path": fe + "replicas", "value": 0},
                    {"op": "replace", "path": fe + "image", "value": "starrocks/fe-ubuntu:3.3.3"}]
    assert start == [{"op": "test", "path": fe + "replicas", "value": 0},
                     {"op": "test", "path": "/spec/starRocksCnSpec/image", "value": "CNIMAGE"},
                     {"op": "replace", "path": fe + "replicas", "value": 1},
                     {"op": "add", "path": fe + "startupProbeFailureSeconds", "value": 3600}]
    assert restart == [{"op": "test", "path": fe + "startupProbeFailureSeconds", "value": 3600},
                       {"op": "remove", "path": fe + "startupProbeFailureSeconds"}]
    assert grow == [{"op": "test", "path": fe + "replicas", "value": 1},
                    {"op": "replace", "path": fe + "replicas", "value": 3}]
    assert differ == [{"op": "replace", "path": "/spec/starRocksCnSpec/image", "value": "CNIMAGE"}]
    assert nodes == [{"op": "replace", "path": "/spec/starRocksCnSpec/image",
                      "value": "starrocks/cn-ubuntu:3.3.3"}]
    assert again == [{"op": "replace", "path": fe + "replicas", "value": 0}] and probe == restart
    assert back == [{"op": "test", "path": fe + "replicas", "value": 0},
                    {"op": "replace", "path": fe + "replicas", "value": 3}]


def test_a_probe_that_was_set_comes_back(fresh):
    edit_cr(fresh, lambda o: o["spec"]["starRocksFeSpec"].update(startupProbeFailureSeconds=600))
    text = plan(fresh)
    probe = [op for patch in patches(text) for op in patch if "Probe" in op["path"]]
    back = [("test", 3600), ("replace", 600)]
    assert [(op["op"], op["value"]) for op in probe] == [("replace", 3600)] + 2 * back  # also to give up
    for long_enough in (7200, 0):  # 0 switches the probe off
        edit_cr(fresh, lambda o, n=long_enough: o["spec"]["starRocksFeSpec"].update(
            startupProbeFailureSeconds=n))
        text = plan(fresh)
        assert not [op for patch in patches(text) for op in patch if "Probe" in op["path"]]
    assert "/api/v1/namespaces/starrocks/pods/kube-starrocks-fe-0" in commands(text)


def test_every_call_says_where(seed):
    text = plan(seed)
    calls = [line for line in commands(text).splitlines() if KUBECTL in line]
    assert len(calls) > 50
    for call in calls:
        for part in call.split(KUBECTL)[1:]:
            assert part.startswith(f" --kubeconfig={seed.ready['kubeconfig']} --context=practice "
                                   "--namespace=starrocks "), call
    assert [line for line in prose(text).splitlines() if len(line) > 100] == []
    assert subprocess.run(["bash", "-n"], input=commands(text), text=True, check=False,
                          capture_output=True).stderr == ""


def test_run_as_a_script_it_does_nothing(seed, tmp_path):
    text = plan(seed)
    script = tmp_path / "plan.sh"
    script.write_text(text)
    calls = len(seed.kubectl_calls())
    for shell in ("sh", "bash"):
        done = subprocess.run([shell, str(script)], capture_output=True, cwd=tmp_path, check=False,
                              env=clean_env(str(tmp_path)))
        assert done.returncode != 0
    assert os.listdir(tmp_path) == ["plan.sh"]
    assert len(seed.kubectl_calls()) == calls


def test_the_helper_pods(seed):
    pods = manifests(plan(seed))
    assert [p["metadata"]["name"] for p in pods] == [f"belay-restore-{STS}-{i}" for i in range(3)]
    for i, pod in enumerate(pods):
        spec, (container,) = pod["spec"], pod["spec"]["containers"]
        assert pod["kind"] == "Pod" and pod["metadata"]["namespace"] == "starrocks"
        assert "app.kubernetes.io/component" not in pod["metadata"]["labels"]
        assert spec["volumes"] == [{"name": "meta", "persistentVolumeClaim":
                                    {"claimName": f"fe-meta-{STS}-{i}"}}]
        assert container["image"] == "starrocks/fe-ubuntu:3.3.3"
        assert container["volumeMounts"] == [{"name": "meta",
                                              "mountPath": "/opt/starrocks/fe/meta"}]
        assert spec["restartPolicy"] == "Never" and not spec["automountServiceAccountToken"]
        assert container["securityContext"] == {"allowPrivilegeEscalation": False,
                                                "readOnlyRootFilesystem": False}


def test_the_helper_takes_over_what_decides_where_a_pod_may_run(fresh):
    wanted = {"tolerations": [{"key": "db", "operator": "Exists", "effect": "NoSchedule"}],
              "nodeSelector": {"disk": "fast"}, "imagePullSecrets": [{"name": "registry"}],
              "securityContext": {"runAsUser": 1000, "fsGroup": 1000},
              "serviceAccountName": "starrocks"}

    def change(o):
        spec = o["spec"]["template"]["spec"]
        spec.update(wanted)
        for mount in spec["containers"][0]["volumeMounts"]:
            if mount["name"] == "fe-meta":
                mount.update(mountPath="/opt/starrocks/fe", subPath="data/fe")
    edit_set(fresh, change)
    pods = manifests(plan(fresh))
    assert pods
    for pod in pods:
        assert {key: pod["spec"][key] for key in wanted} == wanted
        assert pod["spec"]["containers"][0]["volumeMounts"][0]["subPath"] == "data/fe/meta"


@pytest.mark.parametrize("scenario, release, by_hand", [
    ("seed", "3.3.3", True), ("3.5.16", "3.5.16", False), ("4.1", "4.1.0", False)])
def test_releases(scenario, release, by_hand):
    with Practice(scenario) as cluster:
        text = plan(cluster)
        assert f"StarRocks {release}, run mode shared_data" in text
        assert "Put bdbje_reset_election_group = true" in text
        name, = cluster.sql("SELECT name FROM fe WHERE ordinal = 0")[0]
        assert (f' belay {name}\n' in commands(text)) == by_hand
        assert ("Must see   ROLE name=" in text) == by_hand
        assert ("fits too: this release puts the name" in words(text)) == (not by_hand)
        assert ("no starmgr image before 3.3.9" in words(text)) == (release == "3.3.3")


def test_an_old_release_has_another_switch(fresh):
    fresh.sql("UPDATE fe SET version = '3.1.9-abc'")
    text = plan(fresh)
    assert "Put metadata_failure_recovery = true" in text and "bdbje_reset" not in commands(text)


def test_shared_nothing():
    with Practice("shared-nothing") as cluster:
        text = plan(cluster)
        assert not [t for t in steps(text) if "object storage" in t]
        assert len(steps(text)) == 14
        assert "The data lies on the backends" in text and "vacuum" not in text
        start = patches(text)[2]
        assert {"op": "test", "path": "/spec/starRocksBeSpec/image", "value": "BEIMAGE"} in start


def test_the_operators_release_decides():
    with Practice("seed") as cluster:
        def change(o):
            o["spec"]["template"]["spec"]["containers"][0]["image"] = "starrocks/operator:v1.7.1"
        edit(cluster, "deployments.apps", "kube-starrocks-operator", change)
        text = plan(cluster)
        assert "puts a StatefulSet that was edited by hand back" in words(text)
        assert not [op for patch in patches(text) for op in patch if "Probe" in op["path"]]
        edit(cluster, "deployments.apps", "kube-starrocks-operator",
             lambda o: o["status"].update(readyReplicas=0))
        assert "the operator is not running" in words(plan(cluster))
        cluster.sql("DELETE FROM k8s_object WHERE resource = 'deployments.apps'")
        assert "belay could not look at: the operator's version" in words(plan(cluster))


def test_what_else_runs_at_a_start(fresh):
    assert "Init container" not in plan(fresh)

    def change(o):
        o["spec"]["template"]["spec"]["initContainers"] = [
            {"name": "seed", "volumeMounts": [{"name": "fe-meta", "mountPath": "/meta-target"}]},
            {"name": "harmless", "volumeMounts": [{"name": "fe-log", "mountPath": "/x"}]}]
    edit_set(fresh, change)
    edit_cr(fresh, lambda o: o["spec"].update(disasterRecovery={"enabled": True, "generation": 1}))
    text = words(plan(fresh))
    assert "Init container seed mounts the metadata" in text and "harmless" not in text
    assert "disasterRecovery is enabled" in text


def test_helm_and_argo_are_named(fresh):
    assert "No helm upgrade until the end" not in words(plan(fresh))
    edit_cr(fresh, lambda o: o["metadata"].update(labels={"app.kubernetes.io/managed-by": "Helm"}))
    assert "No helm upgrade until the end" in words(plan(fresh))
    edit_cr(fresh, lambda o: o["metadata"].update(
        annotations={"argocd.argoproj.io/tracking-id": "x"}))
    assert "switch its automatic sync off" in words(plan(fresh))


def test_one_frontend(fresh):
    edit_cr(fresh, lambda o: o["spec"]["starRocksFeSpec"].update(replicas=1))
    edit_set(fresh, lambda o: o["spec"].update(replicas=1))
    text = plan(fresh)
    assert "1 to 0" in text and "Let the others join" not in text
    assert len(manifests(text)) == 1 and len(steps(text)) == 13
    assert f"Claims of frontends from a larger past: fe-meta-{STS}-1, fe-meta-{STS}-2" in words(text)
    assert f"FE {STS}-2.{SEARCH} is none of these pods" in words(text)


def test_a_cluster_that_is_down(fresh):
    """Neither SQL nor a number of replicas: what the claims and the StatefulSet tell is enough."""
    edit_cr(fresh, lambda o: o["spec"]["starRocksFeSpec"].update(replicas=0))
    edit_set(fresh, lambda o: o["spec"].update(replicas=0))
    argv_of = fresh.argv("\\restore-plan", args=["--cluster", C])
    fresh.stop_serving()
    done = subprocess.run(argv_of, capture_output=True, text=True, timeout=60, check=False,
                          env=clean_env(fresh.home))
    assert done.returncode == 0, done.stderr
    assert "that there are 3 is read off their claims" in words(done.stdout)
    assert "could not look at: the frontends by SQL" in words(done.stdout)
    assert "StarRocks 3.3.3, run mode shared_data" in done.stdout
    assert len(manifests(done.stdout)) == 3
    assert patches(done.stdout)[0][0]["value"] == 0


def test_a_missing_claim_and_a_forgotten_switch(fresh):
    fresh.sql("DELETE FROM k8s_object WHERE name = ?", f"fe-meta-{STS}-2")

    def change(o):
        o["data"]["fe.conf"] += "bdbje_reset_election_group = true\n"
    edit(fresh, "configmaps", f"{STS}-cm", change)
    text = words(plan(fresh))
    assert f"Claims that should be there and are not: fe-meta-{STS}-2" in text
    assert "fe.conf holds the restore switch ALREADY" in text


def test_a_plain_statefulset(fresh):
    make_plain(fresh)
    text = plan(fresh)
    assert f"StatefulSet {STS}, which no operator owns" in text
    assert "starrockscluster" not in commands(text)
    stop, start, restart, grow = patches(text)[:4]
    assert stop[:2] == [{"op": "test", "path": "/spec/replicas", "value": 3},
                        {"op": "replace", "path": "/spec/replicas", "value": 0}]
    probe = "/spec/template/spec/containers/0/startupProbe/failureThreshold"
    assert start[-1] == {"op": "replace", "path": probe, "value": 720}
    assert restart[-1] == {"op": "replace", "path": probe, "value": 60}
    assert grow[-1] == {"op": "replace", "path": "/spec/replicas", "value": 3}


# --- what is refused -----------------------------------------------------------------------------


def refused(cluster, code, *parts, line="\\restore-plan", args=()):
    done = cluster.belay(line, args=args)
    assert done.rc == code, done
    assert done.out == "", done
    for part in parts:
        assert part in " ".join(done.err.split()), done


def test_wrong_namespace(seed):
    refused(seed, 9, "kubectl looks in namespace nope of context practice", "in namespace starrocks",
            "start belay with --namespace starrocks", args=["--namespace", "nope"])


def test_metadata_on_an_emptydir(fresh):
    make_emptydir(fresh)
    refused(fresh, 8, "no restore can last here", "on an emptyDir",
            "spec.starRocksFeSpec.storageVolumes", "--cascade=orphan")
    make_plain(fresh)
    refused(fresh, 8, "on an emptyDir", "spec.volumeClaimTemplates")
    assert CANARY not in fresh.belay("\\restore-plan").err


def test_claims_that_die_and_claims_that_are_shared(fresh):
    edit_set(fresh, lambda o: o["spec"]["persistentVolumeClaimRetentionPolicy"].update(
        whenScaled="Delete"))
    refused(fresh, 8, "deletes its claims when it is scaled down", "set whenScaled to Retain")
    edit_set(fresh, lambda o: o["spec"].update(volumeClaimTemplates=[]))
    refused(fresh, 8, "one claim for all pods: fe-meta")


def test_another_operator(fresh):
    edit_set(fresh, lambda o: o["metadata"].update(ownerReferences=[
        {"kind": "InstanceSet", "name": "x", "controller": True}]))
    refused(fresh, 8, "belongs to InstanceSet x", "that operator's own means")


def test_no_configmap(fresh):
    edit_set(fresh, lambda o: o["spec"]["template"]["spec"].update(volumes=[
        v for v in o["spec"]["template"]["spec"]["volumes"] if "configMap" not in v]))
    refused(fresh, 8, "there is no ConfigMap", "spec.starRocksFeSpec.configMapInfo")


def test_hostile_names_reach_no_command(fresh):
    def change(o):
        o["spec"]["template"]["spec"]["containers"][0]["image"] = "x'; rm -rf / #"
    edit_set(fresh, change)
    refused(fresh, 9, "cannot be put into a command")


def test_kubectl_that_fails_is_no_empty_cluster(fresh):
    fresh.fault("refuse", match="%statefulsets%", times=5, program="kubectl")
    done = fresh.belay("\\restore-plan")
    assert (done.rc, done.out) == (10, ""), done


# --- frontends that are run by hand --------------------------------------------------------------


def test_without_kubectl(seed):
    text = plan(seed, "--no-kube")
    assert "belay could not look at: Kubernetes: kubectl is switched off (--no-kube)" in words(text)
    assert "Do not follow it for frontends in Kubernetes" in words(text)
    assert f"Hosts {STS}-1.{SEARCH} (the leader)" in words(text)
    assert f"{STS}-0.{SEARCH} (FOLLOWER)" in words(text)
    assert f"STEP 2 Put the metadata in place, on {STS}-1.{SEARCH}." in " ".join(text.split())
    for i in (0, 2):
        assert f'ALTER SYSTEM ADD FOLLOWER "{STS}-{i}.{SEARCH}:9010";' in words(text)
    assert f'FOLLOWER "{STS}-1.' not in words(text)
    assert f"--helper '{STS}-1.{SEARCH}:9010' --daemon" in text
    assert "bdbje_reset_election_group = true" in commands(text)
    assert KUBECTL not in text
    assert subprocess.run(["bash", "-n"], input=commands(text), text=True, check=False,
                          capture_output=True).stderr == ""


def test_frontends_elsewhere_with_a_kubectl_at_hand(fresh):
    """Hosts that are no pods: the StatefulSet in this namespace is another cluster's."""
    fresh.sql("UPDATE fe SET host = 'db' || ordinal || '.example.com',"
              " name = 'db' || ordinal || '.example.com_9010_1'")
    text = plan(fresh)
    assert "has these frontends" in words(text) and "frontends that are run by hand, 3" in text
    assert 'ALTER SYSTEM ADD FOLLOWER "db0.example.com:9010";' in text


# --- secrets -------------------------------------------------------------------------------------


def test_no_secret_is_printed_or_saved(seed):
    (conf,), = seed.sql("SELECT json FROM k8s_object WHERE name = ?", f"{STS}-cm")
    assert CANARY in conf
    backup = make_backup(seed)
    for line, args in (("\\restore-plan", []), ("\\restore-plan", ["--no-kube"]),
                       (f"\\restore-plan {backup}", [])):
        done = seed.belay(line, args=args)
        assert CANARY not in done.out + done.err and "aws_s3" not in done.out
    assert CANARY not in open(os.path.join(backup, "restore-plan.txt"), encoding="utf-8").read()


# --- with a backup -------------------------------------------------------------------------------


def test_the_numbers_of_the_backup(fresh):
    backup = make_backup(fresh)
    archive = os.path.join(backup, "meta.tar")
    data = open(archive, "rb").read()
    done = fresh.belay(f"\\restore-plan {backup}")
    assert done.rc == 0, done
    text = done.out
    assert "<from its manifest>" not in text
    assert f"{len(data)} bytes, {digest(data)}" in words(text)
    assert f"WHOLE {len(data)} {digest(data)}" in words(text)
    assert "image 121873, starmgr image 390, journal included; copied from " + STS + "-1" in words(text)
    assert "checked against its manifest now" in words(text)
    assert f"The backup is of {STS}-1: image/ROLE holds" in words(text)
    assert f" < {archive}" in commands(text)
    saved = os.path.join(backup, "restore-plan.txt")
    assert open(saved, encoding="utf-8").read() == text
    assert stat.S_IMODE(os.stat(saved).st_mode) == 0o600
    assert f"saved as {saved}" in done.err
    again = fresh.belay(f"\\restore-plan {backup}")  # its own file is no damage
    assert again.rc == 0, again


def test_a_backup_of_pod_0_needs_no_correction(fresh):
    text = plan(fresh, line=f"\\restore-plan {make_backup(fresh, pod=STS + '-0')}")
    assert f"The backup is of {STS}-0 itself" in words(text) and "ROLE name=" not in text


def test_other_release_and_other_cluster_are_said(fresh):
    backup = make_backup(fresh, version="3.2.11-aaa")
    fresh.sql("UPDATE meta SET value = 4711 WHERE key = 'cluster_id'")
    text = words(plan(fresh, line=f"\\restore-plan {backup}"))
    assert "The backup is of release 3.2.11-aaa, the cluster is at 3.3.3" in text
    assert re.search(r"ANOTHER CLUSTER'S BACKUP: \S+ is of cluster \d+, this is cluster 4711", text)
    assert "\\restore refuses it" in text and "belay runs the same" not in text


@pytest.mark.parametrize("then, now, says", [
    ("3.3.3", "3.3.9", "3.3.3 is enough as long as the frontends read their metadata: StarRocks supports "
                       "this downgrade, followers first, then the leader, then the nodes. A restore"),
    ("3.2.11", "3.4.8", "then the nodes, one minor release at a time. A restore"),
    ("3.4.5", "3.5.16", "only until a frontend of 3.5.16 has led: from then on NOTHING BUT A RESTORE "
                        "goes back to it, since 3.5.16 goes back to 3.4.6 or later (StarRocks docs"),
    ("3.3.3", "3.3.3", None), ("3.3.9", "3.3.3", None)])
def test_until_when_the_old_images_are_enough(fresh, then, now, says):
    path = make_backup(fresh, version=f"{then}-312ed45")
    edit_set(fresh, lambda o: o["spec"]["template"]["spec"]["containers"][0].update(
        image=f"starrocks/fe-ubuntu:{now}"))
    text = words(plan(fresh, line=f"\\restore-plan {path}"))
    assert (f"Instead to set the images back to {then} is enough" in text) == (says is not None), text
    assert says is None or says in text, text


def test_a_listed_plan_is_not_overwritten(fresh):
    backup = make_backup(fresh, extra=[("restore-plan.txt", b"as of the backup\n")])
    done = fresh.belay(f"\\restore-plan {backup}")
    assert done.rc == 0, done
    assert open(os.path.join(backup, "restore-plan.txt"), "rb").read() == b"as of the backup\n"
    assert "restore-plan-now.txt" in done.err
    assert fresh.belay(f"\\restore-plan {backup}").rc == 0
    verdict = fresh.belay(f"\\backup verify {backup}").out
    assert "restore-plan-now.txt was written later" in verdict and "not in the manifest" not in verdict


@pytest.mark.parametrize("spoil, code, say", [
    (lambda d: flip(os.path.join(d, "meta.tar")), 8, "is damaged"),
    (lambda d: os.truncate(os.path.join(d, "meta.tar"), 20480), 8, "is damaged"),
    (lambda d: flip(os.path.join(d, "manifest.json")), 8, "the manifest is damaged"),
    (lambda d: os.remove(os.path.join(d, "meta.tar")), 2, "cannot open"),
    (lambda d: os.remove(os.path.join(d, "extra.json")), 8, "extra.json is missing"),
], ids=["flipped", "short", "manifest", "no archive", "file missing"])
def test_a_damaged_backup(fresh, spoil, code, say):
    backup = make_backup(fresh, extra=[("extra.json", b"{}\n")])
    spoil(backup)
    done = fresh.belay(f"\\restore-plan {backup}")
    assert (done.rc, done.out) == (code, ""), done
    assert say in done.err
    assert not os.path.exists(os.path.join(backup, "restore-plan.txt"))


def flip(path):
    with open(path, "r+b") as file:
        file.seek(2000)
        byte = file.read(1)
        file.seek(2000)
        file.write(bytes([byte[0] ^ 1]))


def test_an_unfinished_backup(fresh):
    backup = make_backup(fresh)
    os.remove(os.path.join(backup, "manifest.json"))
    os.rename(backup, backup + ".part")
    text = plan(fresh, line=f"\\restore-plan {backup}.part")
    assert "it has no manifest" in words(text)
    assert f" < {backup}/meta.tar" in commands(text) and ".part/" not in text


def test_save_and_where_it_cannot_be_saved(fresh):
    path = os.path.join(fresh.home, "way back.txt")
    done = fresh.belay(f"\\restore-plan --save '{path}'")
    assert done.rc == 0 and open(path, encoding="utf-8").read() == done.out
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    done = fresh.belay("\\restore-plan --save /nonexistent/x")
    assert done.rc == 6 and "THE WAY BACK" in done.out, done
    path = os.path.join(make_backup(fresh), "meta.tar")
    done = fresh.belay(f"\\restore-plan {path}")
    assert done.rc == 2 and "give the directory of a backup" in done.err, done
    done = fresh.belay(stdin="\\restore-plan\n")
    assert done.rc == 2 and "--allow-commands" in done.err, done


# --- forms ---------------------------------------------------------------------------------------


def test_the_form_is_told_and_can_be_asked_for(seed):
    text = plan(seed)
    assert "Form helper-pod: a pod of its own on the volume of each frontend" in words(text)
    assert "why: it needs no field of the resource" in words(text)
    asked = plan(seed, line="\\restore-plan --form helper-pod")
    assert "why: asked for by --form" in words(asked)
    assert commands(asked).count("\n") == commands(text).count("\n")
    done = seed.belay("\\restore-plan --form nonsense")
    assert done.rc == 2 and 'there is no form "nonsense"' in done.err, done
    assert "helper-pod" in done.err and done.out == ""
    done = seed.belay("\\restore-plan --form hosts")
    assert done.rc == 8 and f"StatefulSet {STS} has these frontends" in done.err, done
    assert "--form helper-pod can" in done.err


# --- where it is from, and from where there is no way back -----------------------------------------


@pytest.mark.parametrize("form", ["helper-pod", "image-only", "init-container", "operator-off"])
def test_each_step_that_claims_something_has_a_source(form):
    with Practice("3.5.16") as cluster:
        text = plan(cluster, line=f"\\restore-plan --form {form}")
        sources = text[text.index("WHERE THIS IS FROM"):]
        named = {int(n) for n in re.findall(r"^ +Step (\d+) ", sources, re.M)}
        titles = steps(text)
        # What needs none: no claim is made, or the source stands beside it.
        plain = [i + 1 for i, title in enumerate(titles)
                 if title.startswith(("Stop everything", "The other switch"))]
        if form == "image-only":
            plain += [i + 1 for i, t in enumerate(titles) if t.startswith("Put start_with")]
        assert named | set(plain) >= set(range(1, len(titles) + 1)), (named, titles)
        assert max(named) <= len(titles)
        start, = [i for i, title in enumerate(titles) if title.startswith("Start one frontend")]
        at = text.index(f"  STEP {start + 1}  ")
        assert "No return" in text[at:text.index(f"  STEP {start + 2}  ")]
        assert text.count("No return") == 1
