"""exec and port-forward of the kubectl stand-in, faults included.

Expected texts and statuses: recorded with kubectl v1.32.4 against kube-apiserver v1.32.0.
"""
import hashlib
import os
import signal
import socket
import subprocess
import time

import pytest

from kubectl_common import CLUSTER, Cluster

POD = f"{CLUSTER}-fe-1"


@pytest.fixture(scope="module")
def cluster():
    with Cluster() as running:
        yield running


def sh(cluster, script, *args, **kwargs):
    return cluster.run("exec", POD, "-c", "fe", *args, "--", "sh", "-c", script, **kwargs)


@pytest.mark.parametrize("code", [1, 3, 7, 126, 127, 137, 255])
def test_exit_status_passes(cluster, code):
    got = sh(cluster, f"echo out; echo err >&2; exit {code}")
    assert (got.rc, got.out) == (code, "out\n")
    assert got.err == f"err\ncommand terminated with exit code {code}\n"


def test_signals(cluster):
    assert sh(cluster, "kill -9 $$").rc == 137
    assert sh(cluster, "kill -TERM $$").rc == 143


def test_bytes_pass(cluster):
    got = cluster.run("exec", POD, "-c", "fe", "--", "printf", "a\\0b\\377c")
    assert (got.rc, got.raw, got.err) == (0, b"a\0b\xffc", "")
    big = os.urandom(3 << 20)
    got = cluster.run("exec", "-i", POD, "-c", "fe", "--", "sha256sum", stdin=big)
    assert got.out.split()[0] == hashlib.sha256(big).hexdigest()
    got = cluster.run("exec", "-i", POD, "-c", "fe", "--", "cat", stdin=big)
    assert got.raw == big


def test_stdin_only_with_i(cluster):
    assert cluster.run("exec", POD, "-c", "fe", "--", "cat", stdin="hello\n").raw == b""
    assert cluster.run("exec", "-i", POD, "-c", "fe", "--", "cat", stdin="hello\n").out == "hello\n"


def test_runs_in_the_pods_tree(cluster):
    root = os.path.join(os.path.realpath(cluster.dir), "pods", POD)
    got = sh(cluster, 'pwd; env | sort; cat "$STARROCKS_ROOT/fe/meta/image/ROLE"')
    assert got.out.startswith(root + "\n")
    assert f"STARROCKS_ROOT={root}/opt/starrocks\n" in got.out
    assert "LC_ALL=C\n" in got.out and "BELAY_BUILD" not in got.out
    assert f"name={POD}.{CLUSTER}-fe-search.starrocks.svc.cluster.local_9010_" in got.out


@pytest.mark.parametrize("args, text", [
    ([POD, "-c", "nope", "--", "true"],
     f"Error from server (BadRequest): container nope is not valid for pod {POD}"),
    (["nope", "-c", "fe", "--", "true"], 'Error from server (NotFound): pods "nope" not found'),
    (["sts/nope", "-c", "fe", "--", "true"],
     'Error from server (NotFound): statefulsets.apps "nope" not found'),
    ([POD, "-c", "fe", "--"], "error: you must specify at least one command for the container"),
    ([POD, "-c", "fe"], "error: you must specify at least one command for the container"),
    ([POD, "-c", "fe", "echo", "x"],
     "error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\n"
     "See 'kubectl exec -h' for help and examples"),
    ([POD, "-c", "fe", "--", "no-such-binary", "x"],
     "error: Internal error occurred: Internal error occurred: error executing command in "
     "container: failed to exec in container: failed to start exec: OCI runtime exec failed: exec "
     'failed: unable to start container process: exec: "no-such-binary": executable file not found '
     "in $PATH: unknown"),
])
def test_wrong_names(cluster, args, text):
    got = cluster.run("exec", *args)
    assert (got.rc, got.raw, got.err) == (1, b"", text + "\n")


def test_type_and_name(cluster):
    assert cluster.run("exec", f"sts/{CLUSTER}-fe", "-c", "fe", "--", "true").rc == 0


def test_container_is_chosen_aloud(cluster):
    cluster.run("create", "-f", "-", stdin={
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "two"},
        "spec": {"initContainers": [{"name": "prep", "image": "busybox"}],
                 "containers": [{"name": "first", "image": "busybox"},
                                {"name": "second", "image": "busybox"}]}})
    assert cluster.run("wait", "--for=condition=Ready", "pod/two", "--timeout=10s").rc == 0
    got = cluster.run("exec", "two", "--", "echo", "hi")
    assert (got.rc, got.out) == (0, "hi\n")
    assert got.err == 'Defaulted container "first" out of: first, second, prep (init)\n'
    assert cluster.run("exec", "--quiet", "two", "--", "echo", "hi").err == ""
    got = cluster.run("exec", "two", "-c", "prep", "--", "echo", "hi")  # it has ended
    assert (got.rc, got.err) == (1, "error: unable to upgrade connection: container not found "
                                    "(\"prep\")\n")
    assert cluster.run("delete", "pod", "two").rc == 0


def test_an_init_container_that_waits(cluster):
    """The pod goes no further; exec gets into that container and into no other."""
    cluster.run("create", "-f", "-", stdin={
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "held"},
        "spec": {"initContainers": [{"name": "hold", "image": "busybox", "command": [
            "/bin/sh", "-c", "trap 'exit 1' TERM INT; while :; do sleep 3600 & wait; done"]}],
                 "containers": [{"name": "main", "image": "busybox"}]}})
    cluster.until(lambda: cluster.value(
        "pod", "held", ".status.initContainerStatuses[0].state.running.startedAt"))
    assert cluster.value("pod", "held", ".status.phase") == "Pending"
    assert cluster.run("exec", "held", "-c", "hold", "--", "echo", "hi").out == "hi\n"
    assert "container not found" in cluster.run("exec", "held", "-c", "main", "--", "true").err
    assert cluster.run("delete", "pod", "held").rc == 0


def test_request_timeout_does_not_bound_exec(cluster):
    begin = time.monotonic()
    got = cluster.run("--request-timeout=1s", "exec", POD, "-c", "fe", "--", "sh", "-c",
                      "sleep 1.5; echo done")
    assert (got.rc, got.out) == (0, "done\n") and time.monotonic() - begin > 1.4


def test_truncate_is_silent(cluster):
    cluster.fault("truncate", match="%exec%head -c 200000%")
    got = cluster.run("exec", POD, "-c", "fe", "--", "head", "-c", "200000", "/dev/zero")
    assert (got.rc, len(got.raw), got.err) == (0, 100000, "")
    cluster.fault("truncate", "1234", match="%exec%head -c 200000%")
    got = cluster.run("exec", POD, "-c", "fe", "--", "head", "-c", "200000", "/dev/zero")
    assert (got.rc, len(got.raw), got.err) == (0, 1234, "")
    got = cluster.run("exec", POD, "-c", "fe", "--", "head", "-c", "200000", "/dev/zero")
    assert len(got.raw) == 200000


def test_truncate_hides_the_exit_status(cluster):
    cluster.fault("truncate", "0", match="%exit 9%")
    got = sh(cluster, "echo never-seen; exit 9")
    assert (got.rc, got.raw, got.err) == (0, b"", "")


def test_upload_cut(cluster):
    cluster.fault("truncate-input", "1000", match="%exec -i%")
    got = cluster.run("exec", "-i", POD, "-c", "fe", "--", "sh", "-c", "wc -c", stdin=b"x" * 5000)
    assert (got.rc, got.out.strip(), got.err) == (0, "1000", "")


def test_other_faults(cluster):
    cluster.fault("refuse", match="%get pods%")
    got = cluster.run("get", "pods")
    assert (got.rc, got.raw) == (1, b"")
    assert got.err == "The connection to the server 127.0.0.1:6443 was refused - did you " \
                      "specify the right host or port?\n"
    cluster.fault("exit", "42", match="%get pods%")
    assert cluster.run("get", "pods").rc == 42
    cluster.fault("stderr", "Unknown stream id 1, discarding message", match="%get pods%")
    got = cluster.run("get", "pods", "-o", "name")
    assert got.rc == 0 and got.out.startswith("pod/")
    assert got.err == "Unknown stream id 1, discarding message\n"
    cluster.fault("no-output", match="%get pods%")
    got = cluster.run("get", "pods", "-o", "name")
    assert (got.rc, got.raw, got.err) == (0, b"", "")
    assert cluster.run("get", "pods", "-o", "name").out.startswith("pod/")


def test_after_and_remaining(cluster):
    cluster.fault("exit", "9", match="%get sts%", remaining=2, after=1)
    assert [cluster.run("get", "sts").rc for _ in range(4)] == [0, 9, 9, 0]


def test_drop_after_was_carried_out(cluster):
    cluster.fault("drop-after", match="%annotate%")
    got = cluster.run("annotate", "src", CLUSTER, "practice/lost=1")
    assert (got.rc, got.err) == (1, "error: unexpected EOF\n")
    assert cluster.value("src", CLUSTER, ".metadata.annotations.practice/lost") == "1"


def test_hang_until_killed(cluster):
    cluster.fault("hang", match="%get pods%")
    child = subprocess.Popen(cluster.argv("get", "pods"), stdout=subprocess.PIPE)
    with pytest.raises(subprocess.TimeoutExpired):
        child.wait(timeout=1)
    child.kill()
    assert child.wait(timeout=5) == -signal.SIGKILL
    assert cluster.sql("SELECT rc FROM kubectl_log ORDER BY id DESC LIMIT 1") == [(None,)]


def test_hang_ends_when_nobody_reads_it(cluster):
    """Also when whoever started it was killed before it came to hang."""
    cluster.fault("hang", match="%get pods%")
    child = subprocess.Popen(cluster.argv("get", "pods"), stdout=subprocess.PIPE)
    child.stdout.close()
    try:
        assert child.wait(timeout=20) == -signal.SIGKILL
    finally:
        child.kill()


def test_files_vanish_as_a_checkpoint_takes_them(cluster):
    listing = "ls $STARROCKS_ROOT/fe/meta/image/v2"
    assert "image." in sh(cluster, listing).out
    cluster.fault("vanish", "image/v2/*", match="%exec%cat%")
    got = sh(cluster, "cat $STARROCKS_ROOT/fe/meta/image/v2/image.*")
    assert got.rc == 1 and "No such file" in got.err
    assert sh(cluster, listing).out == ""


class Forward:
    def __init__(self, cluster, *args):
        self.child = subprocess.Popen(cluster.argv("port-forward", *args), stdout=subprocess.PIPE,
                                      stderr=subprocess.PIPE)
        self.line = self.child.stdout.readline().decode()
        self.port = int(self.line.split(":")[1].split()[0]) if ":" in self.line else 0

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=5)

    def end(self, how=signal.SIGTERM):
        if how:
            self.child.send_signal(how)
        self.out, self.err = (text.decode() for text in self.child.communicate(timeout=10))
        return self.child.returncode


def test_forward_relays(cluster):
    forward = Forward(cluster, f"pod/{CLUSTER}-fe-0", ":9030", "--address", "127.0.0.1")
    assert forward.line == f"Forwarding from 127.0.0.1:{forward.port} -> 9030\n"
    with forward.connect() as first, forward.connect() as second:
        assert first.recv(10) and second.recv(10)
    assert forward.end(signal.SIGINT) == 0
    assert forward.out == f"Handling connection for {forward.port}\n" * 2
    assert forward.err == ""


def test_forward_without_address_has_both(cluster):
    forward = Forward(cluster, f"pod/{CLUSTER}-fe-0", ":9030")
    second = forward.child.stdout.readline().decode()
    assert second == f"Forwarding from [::1]:{forward.port} -> 9030\n"
    assert forward.end() == -15  # by the signal


def test_forward_to_a_port_where_nobody_listens(cluster):
    forward = Forward(cluster, f"pod/{CLUSTER}-fe-0", ":9031", "--address", "127.0.0.1")
    with forward.connect() as client:
        assert client.recv(10) == b""
    assert forward.end(None) == 1
    assert forward.err.endswith("error: lost connection to pod\n")


def test_forward_ends_with_the_fe(cluster):
    pod = f"{CLUSTER}-fe-2"
    forward = Forward(cluster, f"pod/{pod}", ":9030", "--address", "127.0.0.1")
    with forward.connect() as client:
        assert client.recv(10)
        cluster.sql("UPDATE fe SET alive = 0 WHERE pod = ?", pod)
        assert forward.end(None) == 1
    assert forward.err == "error: lost connection to pod\n"
    cluster.sql("UPDATE fe SET alive = 1 WHERE pod = ?", pod)


def test_forward_ends_with_its_parent(cluster):
    code = ("import subprocess, sys; c = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE);"
            "print(c.pid, c.stdout.readline(), flush=True); sys.stdin.read(); import os;"
            "os._exit(0)")
    parent = subprocess.Popen(["/usr/bin/python3", "-c", code,
                               *cluster.argv("port-forward", f"pod/{CLUSTER}-fe-0", ":9030")],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    pid = int(parent.stdout.readline().split()[0])
    parent.communicate()
    cluster.until(lambda: not os.path.exists(f"/proc/{pid}")
                  or open(f"/proc/{pid}/stat").read().split()[2] == "Z")


@pytest.mark.parametrize("args, text", [
    (["pod/nope", ":9030"], 'Error from server (NotFound): pods "nope" not found\n'),
    ([f"pod/{POD}", "abc"], f"error: Pod '{POD}' does not have a named port 'abc'\n"),
])
def test_forward_wrong_names(cluster, args, text):
    got = cluster.run("port-forward", *args)
    assert (got.rc, got.raw, got.err) == (1, b"", text)


def test_forward_taken_port(cluster):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        got = cluster.run("port-forward", f"pod/{POD}", f"{port}:9030", "--address", "127.0.0.1")
    assert got.rc == 1
    assert got.err == (
        f"Unable to listen on port {port}: Listeners failed to create with the following errors: "
        f"[unable to create listener: Error listen tcp4 127.0.0.1:{port}: bind: address already in "
        f"use]\nerror: unable to listen on any of the requested ports: [{{{port} 9030}}]\n")


def test_forward_needs_a_right(cluster):
    cluster.sql("INSERT OR IGNORE INTO rbac VALUES ('looker', 'get', 'pods')")
    got = cluster.run("--as", "looker", "port-forward", f"pod/{POD}", ":9030")
    assert (got.rc, got.err) == (
        1, f'error: error upgrading connection: pods "{POD}" is forbidden: User "looker" cannot '
           'create resource "pods/portforward" in API group "" in the namespace "starrocks"\n')
