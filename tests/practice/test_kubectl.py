"""Reading through the kubectl stand-in: version, config, get, auth, explain, errors.

Expected texts and statuses: recorded with kubectl v1.32.4 against kube-apiserver v1.32.0.
"""
import os
import subprocess

import pytest

from kubectl_common import CLUSTER, FE_PODS, KUBECTL, Cluster


@pytest.fixture(scope="module")
def cluster():
    with Cluster() as running:
        yield running


def line(answer):
    """The one line of stderr of a call that failed with status 1 and said nothing else."""
    assert answer.rc == 1, (answer.rc, answer.raw, answer.err)
    assert answer.raw == b""
    assert answer.err.endswith("\n")
    return answer.err[:-1]


def test_version(cluster):
    got = cluster.run("version", "-o", "json").json
    assert got["clientVersion"]["major"] == "1"
    assert got["serverVersion"]["gitVersion"] == "v1.32.0"
    assert "serverVersion" not in cluster.run("version", "--client", "-o", "json").json
    raw = cluster.run("version", "--client", "-o", "json").out
    assert raw.startswith('{\n  "clientVersion": {\n    "major": "1",')


def test_version_client_needs_no_cluster():
    done = subprocess.run([KUBECTL, "version", "--client", "-o", "json"], capture_output=True,
                          env={"PATH": os.environ["PATH"]})
    assert done.returncode == 0 and b"clientVersion" in done.stdout


def test_config(cluster):
    assert cluster.run("config", "current-context").out == "practice\n"
    assert cluster.run("config", "get-contexts", "-o", "name").out == "practice\n"
    view = ["config", "view", "--minify"]
    assert cluster.run(*view, "-o", "jsonpath={..namespace}").out == "starrocks"
    got = cluster.run(*view, "-o", "json")
    assert got.json["current-context"] == "practice"
    assert got.json["users"][0]["user"]["token"] == "REDACTED"
    assert "CANARY" not in got.out
    assert got.json["clusters"][0]["cluster"]["server"] == "https://practice.invalid"


def test_contexts_that_are_not_there(cluster):
    assert line(cluster.run("--context=nope", "get", "pods")) == \
        "Error in configuration: context was not found for specified context: nope"
    assert line(cluster.run("--context=nope", "config", "view", "--minify", "-o", "json")) == \
        "error: cannot locate context nope"
    assert cluster.run("--context", "practice", "get", "pods", "-o", "name").rc == 0


def test_kubeconfig_that_is_not_there(tmp_path):
    missing = str(tmp_path / "none")
    done = subprocess.run([KUBECTL, f"--kubeconfig={missing}", "get", "pods"], capture_output=True)
    assert done.returncode == 1
    assert done.stderr.decode() == f"error: stat {missing}: no such file or directory\n"
    done = subprocess.run([KUBECTL, "config", "current-context"], capture_output=True,
                          env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)})
    assert (done.returncode, done.stderr) == (1, b"error: current-context is not set\n")


def test_kubeconfig_by_environment(cluster):
    env = {"PATH": os.environ["PATH"], "KUBECONFIG": cluster.kubeconfig}
    done = subprocess.run([KUBECTL, "get", "src", "-o", "name"], capture_output=True, env=env)
    assert done.stdout.decode() == f"starrockscluster.starrocks.com/{CLUSTER}\n"


def test_namespaces(cluster):
    got = cluster.run("-n", "nope", "get", "pods", "-o", "json")
    assert (got.rc, got.err) == (0, "")
    assert got.json == {"apiVersion": "v1", "items": [], "kind": "List",
                        "metadata": {"resourceVersion": ""}}
    got = cluster.run("-n", "nope", "get", "pods")
    assert (got.rc, got.raw, got.err) == (0, b"", "No resources found in nope namespace.\n")
    assert line(cluster.run("-n", "nope", "exec", "p", "--", "true")) == \
        'Error from server (NotFound): namespaces "nope" not found'


def test_not_found(cluster):
    assert line(cluster.run("get", "sts", "nope", "-o", "json")) == \
        'Error from server (NotFound): statefulsets.apps "nope" not found'
    got = cluster.run("get", "sts", "nope", "-o", "json", "--ignore-not-found")
    assert (got.rc, got.raw, got.err) == (0, b"", "")
    assert line(cluster.run("get", "widgets")) == \
        'error: the server doesn\'t have a resource type "widgets"'
    assert line(cluster.run("get", "src", "nope")) == \
        'Error from server (NotFound): starrocksclusters.starrocks.com "nope" not found'


@pytest.mark.parametrize("kind", ["pods", "po", "pod", "statefulsets.apps", "sts",
                                  "starrocksclusters.v1.starrocks.com", "src", "configmaps", "cm",
                                  "pvc", "services", "svc", "deployments", "events", "nodes"])
def test_kinds_by_all_names(cluster, kind):
    got = cluster.run("get", kind, "-o", "json")
    assert got.rc == 0 and got.json["kind"] == "List" and got.json["items"]


def test_names_and_labels(cluster):
    got = cluster.run("get", "pods", "-l", FE_PODS, "-o", "name")
    assert got.out == "".join(f"pod/{CLUSTER}-fe-{i}\n" for i in range(3))
    assert cluster.run("get", "pods", "-l", "app.kubernetes.io/component!=fe,!nope", "-o",
                       "name").out.count("\n") == 4
    assert cluster.run("get", f"pod/{CLUSTER}-fe-1", "-o", "name").out == f"pod/{CLUSTER}-fe-1\n"
    assert cluster.run("get", "deploy", "-A", "-l", "app=kube-starrocks-operator", "-o",
                       "name").out == "deployment.apps/kube-starrocks-operator\n"


def test_json_is_indented_and_sorted(cluster):
    text = cluster.run("get", "src", CLUSTER, "-o", "json").out
    assert text.startswith('{\n    "apiVersion": "starrocks.com/v1",\n    "kind": ')
    assert text.endswith("}\n")


def test_jsonpath(cluster):
    get = lambda *args: cluster.run("get", *args).out
    assert get("sts", f"{CLUSTER}-fe", "-o", 'jsonpath={.spec.replicas}{"\\n"}') == "3\n"
    assert get("sts", f"{CLUSTER}-fe", "-o", "jsonpath={.spec.nope}") == ""
    assert get("sts", f"{CLUSTER}-fe", "-o", "jsonpath={.spec.updateStrategy}") == \
        '{"rollingUpdate":{"partition":0},"type":"RollingUpdate"}'
    assert get("pods", "-l", FE_PODS, "-o", "jsonpath={.items[*].metadata.name}") == \
        " ".join(f"{CLUSTER}-fe-{i}" for i in range(3))
    assert get("pods", "-l", FE_PODS, "-o",
               'jsonpath={range .items[*]}{.metadata.name}={.status.podIP}{"\\n"}{end}').split() \
        == [f"{CLUSTER}-fe-{i}=10.244.0.{11 + i}" for i in range(3)]
    assert get("deploy", "-A", "-o", "jsonpath={.items[0].spec.template.spec."
               'containers[?(@.name=="manager")].image}') == "starrocks/operator:v1.11.5"
    assert get("pod", f"{CLUSTER}-fe-0", "-o",
               r"jsonpath={.metadata.labels.app\.starrocks\.ownerreference/name}") == \
        f"{CLUSTER}-fe"
    assert line(cluster.run("get", "pods", "-l", "a=b", "-o", "jsonpath={.items[0]}")).startswith(
        'error: error executing jsonpath "{.items[0]}": Error executing template: array index out '
        "of bounds: index 0, length 0.")


def test_objects_fit_together(cluster):
    """Owner, revision, claims and mounts lead from the cluster to each FE's metadata."""
    sts = cluster.run("get", "sts", f"{CLUSTER}-fe", "-o", "json").json
    src = cluster.run("get", "src", CLUSTER, "-o", "json").json
    assert sts["metadata"]["ownerReferences"][0]["uid"] == src["metadata"]["uid"]
    status = sts["status"]
    assert status["updatedReplicas"] == status["readyReplicas"] == sts["spec"]["replicas"] == 3
    assert status["currentRevision"] == status["updateRevision"]
    assert src["status"]["phase"] == "running"
    for i in range(3):
        pod = cluster.run("get", "pod", f"{CLUSTER}-fe-{i}", "-o", "json").json
        labels = pod["metadata"]["labels"]
        assert labels["controller-revision-hash"] == status["updateRevision"]
        main = pod["spec"]["containers"][0]
        assert main["name"] == "fe" and main["image"] == src["spec"]["starRocksFeSpec"]["image"]
        mount = [m["name"] for m in main["volumeMounts"]
                 if m["mountPath"] == "/opt/starrocks/fe/meta"]
        claim = [v["persistentVolumeClaim"]["claimName"] for v in pod["spec"]["volumes"]
                 if v["name"] == mount[0]]
        assert claim == [f"fe-meta-{CLUSTER}-fe-{i}"]
        assert cluster.value("pvc", claim[0], ".status.phase") == "Bound"


def test_yaml(cluster):
    import yaml
    for kind in ("src", "sts", "cm", "pods"):
        as_json = cluster.run("get", kind, "-o", "json").json
        assert yaml.safe_load(cluster.run("get", kind, "-o", "yaml").out)["items"] == \
            yaml.safe_load(__import__("json").dumps(as_json))["items"]


def test_can_i(cluster):
    ask = lambda *args: cluster.run("auth", "can-i", *args)
    assert (ask("create", "pods", "--subresource=exec").rc, ask("get", "pods").out) == (0, "yes\n")
    got = ask("patch", "widgets")
    assert (got.rc, got.out) == (0, "yes\n")
    assert got.err == "Warning: the server doesn't have a resource type 'widgets'\n\n"
    got = cluster.run("--as", "viewer", "auth", "can-i", "patch", "src")
    assert (got.rc, got.out) == (1, "no\n")
    got = cluster.run("--as", "viewer", "auth", "can-i", "-q", "patch", "src")
    assert (got.rc, got.raw) == (1, b"")


def test_rights_can_be_taken(cluster):
    assert line(cluster.run("--as", "viewer", "get", "pods")) == \
        'Error from server (Forbidden): pods is forbidden: User "viewer" cannot list resource ' \
        '"pods" in API group "" in the namespace "starrocks"'
    assert line(cluster.run("--as", "viewer", "get", "nodes")) == \
        'Error from server (Forbidden): nodes is forbidden: User "viewer" cannot list resource ' \
        '"nodes" in API group "" at the cluster scope'
    cluster.sql("INSERT INTO rbac VALUES ('viewer', 'get', 'pods'), ('viewer', 'list', 'pods'),"
                " ('viewer', 'get', 'starrocksclusters.starrocks.com')")
    assert cluster.run("--as", "viewer", "get", "pods", "-o", "name").rc == 0
    run = ["--as", "viewer", "exec", f"{CLUSTER}-fe-0", "-c", "fe", "--", "true"]
    assert line(cluster.run(*run)) == \
        f'Error from server (Forbidden): pods "{CLUSTER}-fe-0" is forbidden: User "viewer" cannot ' \
        'create resource "pods/exec" in API group "" in the namespace "starrocks"'
    cluster.sql("INSERT INTO rbac VALUES ('viewer', 'create', 'pods/exec')")
    assert cluster.run(*run).rc == 0
    assert cluster.run("--as", "viewer", "auth", "can-i", "get", "pods",
                       "--subresource=exec").rc == 1
    assert line(cluster.run("--as", "viewer", "patch", "src", CLUSTER, "--type=merge", "-p",
                            '{"spec":{}}')) == \
        f'Error from server (Forbidden): starrocksclusters.starrocks.com "{CLUSTER}" is ' \
        'forbidden: User "viewer" cannot patch resource "starrocksclusters" in API group ' \
        '"starrocks.com" in the namespace "starrocks"'


def test_explain(cluster):
    got = cluster.run("explain", "src.spec.starRocksFeSpec.initContainers")
    assert got.rc == 0 and "FIELD: initContainers <[]Object>" in got.out
    got = cluster.run("explain", "src.spec.starRocksFeSpec.noSuchField")
    assert (got.rc, got.err) == (1, 'error: field "noSuchField" does not exist\n')
    assert got.out == "GROUP:      starrocks.com\nKIND:       StarRocksCluster\n" \
                      "VERSION:    v1\n\n"
    assert cluster.run("explain", "src.spec.starRocksFeSpec.updateStrategy.type").rc == 0


def test_raw(cluster):
    assert cluster.run("get", "--raw", "/readyz").out == "ok"
    got = cluster.run("get", "--raw", f"/api/v1/namespaces/starrocks/pods/{CLUSTER}-fe-0").json
    assert got["metadata"]["name"] == f"{CLUSTER}-fe-0"
    got = cluster.run("get", "--raw",
                      f"/apis/starrocks.com/v1/namespaces/starrocks/starrocksclusters/{CLUSTER}")
    assert got.json["kind"] == "StarRocksCluster"
    assert cluster.run("get", "--raw", "/apis/x/v1/y").rc == 1


def test_flags(cluster):
    assert line(cluster.run("get", "pods", "--bogus")) == \
        "error: unknown flag: --bogus\nSee 'kubectl get --help' for usage."
    assert line(cluster.run("frob")) == 'error: unknown command "frob" for "kubectl"'
    for form in (["-nstarrocks"], ["-n", "starrocks"], ["--namespace=starrocks"],
                 ["--namespace", "starrocks", "--request-timeout=5s"]):
        assert cluster.run(*form, "get", "po", "-oname").rc == 0


def test_calls_are_logged(cluster):
    cluster.run("get", "pods", "--bogus-not-logged")
    cluster.run("get", "sts", "a-name-for-the-log")
    argv, rc = cluster.sql("SELECT argv, rc FROM kubectl_log ORDER BY id DESC LIMIT 1")[0]
    assert argv.endswith("get sts a-name-for-the-log") and rc == 1


def test_readiness_follows_the_process(cluster):
    pod = f"{CLUSTER}-fe-2"
    ready = lambda: cluster.value("pod", pod, ".status.containerStatuses[0].ready")
    assert ready() == "true"
    cluster.sql("UPDATE fe SET alive = 0 WHERE pod = ?", pod)
    assert ready() == "false"
    assert cluster.value("sts", f"{CLUSTER}-fe", ".status.readyReplicas") == "2"
    assert cluster.value("src", CLUSTER, ".status.phase") == "reconciling"
    cluster.sql("UPDATE fe SET alive = 1 WHERE pod = ?", pod)
    assert ready() == "true"
    assert cluster.value("src", CLUSTER, ".status.phase") == "running"


@pytest.mark.parametrize("scenario, nodes, tag, image", [
    ("shared-nothing", "be", "3.3.3", "v1"), ("3.5.16", "cn", "3.5.16", None),
    ("4.1", "cn", "4.1.0", None)])
def test_scenarios(scenario, nodes, tag, image):
    with Cluster(scenario) as other:
        pods = other.run("get", "pods", "-o", "json").json["items"]
        names = {pod["metadata"]["name"]: pod for pod in pods}
        for component, at in (("fe", 0), (nodes, 2)):
            pod = names[f"{CLUSTER}-{component}-{at}"]
            main = pod["spec"]["containers"][0]
            assert (main["name"], main["image"]) == \
                (component, f"starrocks/{component}-ubuntu:{tag}")
            assert pod["status"]["containerStatuses"][0]["ready"]
        conf = other.value("cm", f"{CLUSTER}-fe-cm", r".data.fe\.conf")
        mode = "shared_nothing" if nodes == "be" else "shared_data"
        assert f"run_mode = {mode}\n" in conf and "CANARY-SECRET" in conf
        with open(other.meta(f"{CLUSTER}-fe-0", "image", "VERSION")) as file:
            assert f"runMode={mode}\n" in file.read()
        old = [n for n in os.listdir(other.meta(f"{CLUSTER}-fe-0", "image"))
               if n.startswith("image.")]
        assert bool(old) == (image == "v1")  # from 3.5 on there is no v1 image
