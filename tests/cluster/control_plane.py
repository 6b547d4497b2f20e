"""
A real control plane on loopback: etcd of Debian, kube-apiserver and kube-controller-manager built from
the modules in go.mod, the kubectl of this machine. No kubelet, no scheduler, no operator.

    with ControlPlane() as plane:
        plane.put(objects)                # exactly these, whatever their uid, generation and status
        plane.kubectl(["get", "pods"])

Objects are written into etcd itself: no request can give an object the uid, generation, status and
deletionTimestamp of another. The API server is told to keep JSON there
(https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/, --storage-media-type).
"""
import base64
import contextlib
import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BUILT = os.path.join(HERE, "..", "..", "build", "cluster")  # by tests/cluster/build
TOKEN = "belay-cluster-test"
USER = "admin"
CONTEXT = "practice"  # as the practice cluster calls it
ADMISSION_OFF = "ServiceAccount,DefaultStorageClass,StorageObjectInUseProtection,LimitRanger"

# Where the API server keeps what the stand-in calls "resource": below /registry, by its strategy
# (kubernetes pkg/registry, genericregistry.Store and pkg/kubeapiserver/default_storage_factory_builder.go).
PLACES = {
    "pods": "pods", "configmaps": "configmaps", "secrets": "secrets", "events": "events",
    "services": "services/specs", "endpoints": "services/endpoints",
    "persistentvolumeclaims": "persistentvolumeclaims", "nodes": "minions",
    "namespaces": "namespaces", "statefulsets.apps": "statefulsets",
    "deployments.apps": "deployments", "controllerrevisions.apps": "controllerrevisions",
    "leases.coordination.k8s.io": "leases",
    "poddisruptionbudgets.policy": "poddisruptionbudgets",
    "starrocksclusters.starrocks.com": "starrocks.com/starrocksclusters",
    "starrockswarehouses.starrocks.com": "starrocks.com/starrockswarehouses",
}


def programs():
    """{name: path} of what is needed, or the reason why there is none of it."""
    if not os.environ.get("BELAY_CLUSTER"):
        return "a real API server is asked for by tests/run --cluster"
    found = {name: os.path.join(BUILT, name) for name in ("kube-apiserver", "kube-controller-manager")}
    found["etcd"], found["kubectl"] = shutil.which("etcd"), shutil.which("kubectl")
    for name, path in found.items():
        if not path or not os.access(path, os.X_OK):
            return f"no {name} here" + (": tests/cluster/build makes it, with Go"
                                        if name.startswith("kube-") else "")
    return found


def free_ports(n):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(n)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def until(holds, what, limit=90):
    end = time.monotonic() + limit
    while True:
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
            answer = holds()
            if answer:
                return answer
        assert time.monotonic() < end, f"{what}: not so after {limit} s"
        time.sleep(0.05)


class ControlPlane:
    """Served until the block ends; its directory and its processes end with it."""

    def __init__(self, controllers=""):
        """controllers: those of kube-controller-manager that run, "" for none at all."""
        self.programs, self.controllers = programs(), controllers
        assert isinstance(self.programs, dict), self.programs
        self.top = tempfile.mkdtemp(prefix="belay-cluster-")
        self.started, self.revision = [], 0
        self.etcd_port, self.etcd_peer, self.port, self.manager_port = free_ports(4)
        self.kubeconfig = os.path.join(self.top, "kubeconfig")
        os.mkdir(self.path("cwd"))

    def __enter__(self):
        try:
            self.start_etcd()
            self.start_api_server()
            self.install_crd()
            if self.controllers:
                self.start_controllers()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self.started):
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(20)
        shutil.rmtree(self.top)

    # --- its programs -------------------------------------------------------------------------

    def path(self, *names):
        return os.path.join(self.top, *names)

    def start(self, name, *args):
        with open(self.path(f"{name}.log"), "wb") as log:
            self.started.append(subprocess.Popen([self.programs[name], *args], stdout=log,
                                                 stderr=log, stdin=subprocess.DEVNULL,
                                                 env={"PATH": "/usr/bin:/bin", "HOME": self.top}))

    def start_etcd(self):
        client, peer = (f"http://127.0.0.1:{port}" for port in (self.etcd_port, self.etcd_peer))
        self.start("etcd", "--data-dir", self.path("etcd"), "--listen-client-urls", client,
                   "--advertise-client-urls", client, "--listen-peer-urls", peer,
                   "--initial-advertise-peer-urls", peer, "--initial-cluster", f"default={peer}",
                   "--unsafe-no-fsync")
        until(lambda: self.etcd("/v3/kv/range", {"key": encoded("health")}), "etcd answers")

    def start_api_server(self):
        key, public = self.path("key.pem"), self.path("key.pub")
        run("openssl", "genrsa", "-out", key, "2048")
        run("openssl", "rsa", "-in", key, "-pubout", "-out", public)
        with open(self.path("tokens"), "w", encoding="ascii") as file:
            file.write(f"{TOKEN},{USER},1,system:masters\n")
        self.start("kube-apiserver", "--etcd-servers", f"http://127.0.0.1:{self.etcd_port}",
                   "--bind-address=127.0.0.1", "--secure-port", str(self.port),
                   "--cert-dir", self.path("certs"), "--token-auth-file", self.path("tokens"),
                   "--authorization-mode=RBAC", "--service-cluster-ip-range=10.96.0.0/16",
                   "--service-account-issuer=https://127.0.0.1", "--service-account-key-file", public,
                   "--service-account-signing-key-file", key, "--allow-privileged=true",
                   "--storage-media-type=application/json", "--endpoint-reconciler-type=none",
                   f"--disable-admission-plugins={ADMISSION_OFF}", "--profiling=false")
        with open(self.kubeconfig, "w", encoding="ascii") as file:
            json.dump({"apiVersion": "v1", "kind": "Config", "current-context": CONTEXT,
                       "clusters": [{"name": CONTEXT, "cluster": {
                           "server": f"https://127.0.0.1:{self.port}",
                           "insecure-skip-tls-verify": True}}],
                       "users": [{"name": USER, "user": {"token": TOKEN}}],
                       "contexts": [{"name": CONTEXT, "context": {
                           "cluster": CONTEXT, "user": USER, "namespace": "starrocks"}}]}, file)
        os.chmod(self.kubeconfig, 0o600)
        until(lambda: self.request("GET", "/readyz", kind="text/plain")[0] == 200,
              "the API server is ready")

    def install_crd(self):
        done = self.kubectl(["create", "-f", os.path.join(HERE, "crd.yaml")])
        assert done.returncode == 0, done.stderr
        for name in ("starrocksclusters", "starrockswarehouses"):
            until(lambda name=name: self.request("GET", f"/apis/starrocks.com/v1/{name}")[0] == 200,
                  f"{name} are served")

    def install_reader(self, name):
        """A user who may read everything and change nothing."""
        for kind, body in (("clusterroles", {"rules": [{"apiGroups": ["*"], "resources": ["*"],
                                                        "verbs": ["get", "list", "watch"]}]}),
                           ("clusterrolebindings", {
                               "roleRef": {"apiGroup": "rbac.authorization.k8s.io",
                                           "kind": "ClusterRole", "name": name},
                               "subjects": [{"apiGroup": "rbac.authorization.k8s.io",
                                             "kind": "User", "name": name}]})):
            status, answer = self.request("POST", f"/apis/rbac.authorization.k8s.io/v1/{kind}",
                                          {**body, "metadata": {"name": name}})
            assert status == 201, answer

    def start_controllers(self):
        self.start("kube-controller-manager", "--kubeconfig", self.kubeconfig,
                   f"--controllers={self.controllers}", "--bind-address=127.0.0.1",
                   "--secure-port", str(self.manager_port), "--leader-elect=false",
                   "--cert-dir", self.path("certs"), "--concurrent-statefulset-syncs=1",
                   "--kube-api-qps=200", "--kube-api-burst=400")

    # --- talking to them ----------------------------------------------------------------------

    def etcd(self, path, body):
        """One call of etcd's JSON gateway (https://etcd.io/docs/v3.4/dev-guide/api_grpc_gateway/)."""
        link = http.client.HTTPConnection("127.0.0.1", self.etcd_port, timeout=20)
        try:
            link.request("POST", path, json.dumps(body))
            answer = link.getresponse()
            text = answer.read()
            assert answer.status == 200, text
            return json.loads(text)
        finally:
            link.close()

    def request(self, method, path, body=None, kind="application/json"):
        """(status, answer) of one call of the API."""
        link = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=20,
                                           context=ssl._create_unverified_context())
        try:
            link.request(method, path, body if body is None else json.dumps(body),
                         {"Authorization": f"Bearer {TOKEN}", "Content-Type": kind})
            answer = link.getresponse()
            return answer.status, answer.read()
        finally:
            link.close()

    def kubectl(self, args, stdin=b"", limit=60, files=()):
        """files: name → text, of those that it finds where it is started."""
        for name in files:
            with open(self.path("cwd", name), "w", encoding="utf-8") as file:
                file.write(files[name])
        return subprocess.run([self.programs["kubectl"], f"--kubeconfig={self.kubeconfig}", *args],
                              input=stdin, capture_output=True, timeout=limit, check=False,
                              cwd=self.path("cwd"),
                              env={"PATH": "/usr/bin:/bin", "HOME": self.top, "LC_ALL": "C",
                                   "KUBECACHEDIR": self.path("cache")})

    # --- its objects --------------------------------------------------------------------------

    def put(self, objects):
        """
        objects: (resource, namespace, object) each; when this returns, the API server has these and no
        others in the namespaces that they are in.
        """
        spaces = {ns for _, ns, _ in objects if ns}
        for place in PLACES.values():
            for ns in spaces:
                self.etcd("/v3/kv/deleterange", until_end(f"/registry/{place}/{ns}/"))
        for place in ("minions", "namespaces"):
            for name in self.stored(f"/registry/{place}/"):
                if not name.startswith(("kube-", "default")):
                    self.etcd("/v3/kv/deleterange", {"key": encoded(f"/registry/{place}/{name}")})
        last = None
        for resource, ns, thing in objects:
            if resource not in PLACES:
                continue
            name = thing["metadata"]["name"]
            stored = json.loads(json.dumps(thing))
            stored["metadata"].pop("resourceVersion", None)
            self.etcd("/v3/kv/put", {"key": encoded(key_of(resource, ns, name)),
                                        "value": encoded(json.dumps(stored))})
            last = (resource, ns, name)
        self.settle(last)

    def resource_version(self, resource, ns, name):
        """The one that it has here; None: there is no such object."""
        found = self.etcd("/v3/kv/range", {"key": encoded(key_of(resource, ns, name))})
        return found["kvs"][0]["mod_revision"] if found.get("kvs") else None

    def stored(self, prefix):
        found = self.etcd("/v3/kv/range", {**until_end(prefix), "keys_only": True})
        return [decoded(row["key"])[len(prefix):] for row in found.get("kvs", [])]

    def settle(self, last):
        """Its cache has seen all that was written: a list that must be as new as the last write."""
        resource, ns, _ = last
        name, _, group = resource.partition(".")
        path = f"/apis/{group}/v1" if group else "/api/v1"
        path += f"/namespaces/{ns}/{name}" if ns else f"/{name}"
        assert self.request("GET", path)[0] == 200


def key_of(resource, ns, name):
    return "/".join(["/registry", PLACES.get(resource, resource), *([ns] if ns else []), name])


def run(*argv):
    subprocess.run(argv, check=True, capture_output=True)


def encoded(text):
    return base64.b64encode(text.encode()).decode()


def decoded(text):
    return base64.b64decode(text).decode()


def until_end(prefix):
    """The range of all keys that begin so."""
    return {"key": encoded(prefix), "range_end": encoded(prefix[:-1] + chr(ord(prefix[-1]) + 1))}
