"""What the tests of the kubectl stand-in share: a cluster, and calls of the program."""
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import time

BUILD = os.environ.get("BELAY_BUILD", "build")
KUBECTL = os.path.join(BUILD, "belay-practice-kubectl")
FE = os.path.join(BUILD, "belay-practice-fe")
CLUSTER = "kube-starrocks"
FE_PODS = f"app.kubernetes.io/component=fe,app.starrocks.ownerreference/name={CLUSTER}-fe"


class Answer:
    def __init__(self, done):
        self.rc, self.raw = done.returncode, done.stdout
        self.err = done.stderr.decode()

    @property
    def out(self):
        return self.raw.decode()

    @property
    def json(self):
        return json.loads(self.raw)


class Cluster:
    """A practice cluster in a directory of its own, served until close()."""

    def __init__(self, scenario="seed", speed=50):
        self.dir = tempfile.mkdtemp(prefix="belay-practice-")
        self.kubeconfig = os.path.join(self.dir, "kubeconfig")
        self.fe = subprocess.Popen(
            [FE, "serve", "--dir", self.dir, "--scenario", scenario, "--speed", str(speed)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        line = self.fe.stdout.readline().decode()
        assert line.startswith("READY "), line

    def close(self):
        self.fe.stdin.close()
        self.fe.wait(timeout=20)
        shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def argv(self, *args):
        return [KUBECTL, "--kubeconfig", self.kubeconfig, *args]

    def run(self, *args, stdin=b"", env=None, timeout=130):
        if isinstance(stdin, (dict, list)):
            stdin = json.dumps(stdin)
        if isinstance(stdin, str):
            stdin = stdin.encode()
        return Answer(subprocess.run(self.argv(*args), input=stdin, capture_output=True, env=env,
                                     timeout=timeout))

    def sql(self, text, *values):
        db = sqlite3.connect(os.path.join(self.dir, "cluster.db"), timeout=10)
        try:
            rows = db.execute(text, values).fetchall()
            db.commit()
            return rows
        finally:
            db.close()

    def fault(self, kind, arg=None, match="%", remaining=1, after=0):
        self.sql("INSERT INTO fault (program, match, kind, arg, remaining, after)"
                 " VALUES ('kubectl', ?, ?, ?, ?, ?)", match, kind, arg, remaining, after)

    def meta(self, pod, *parts):
        return os.path.join(self.dir, "pods", pod, "opt/starrocks/fe/meta", *parts)

    def value(self, kind, name, path):
        return self.run("get", kind, name, "-o", "jsonpath={%s}" % path).out

    def patch(self, kind, name, operations, *args):
        return self.run("patch", kind, name, "--type=json", "-p", json.dumps(operations), *args)

    def until(self, holds, seconds=60):
        """Asks until it holds; the answer, or a failure."""
        end = time.monotonic() + seconds
        while True:
            got = holds()
            if got:
                return got
            assert time.monotonic() < end, "it never became true"
            time.sleep(0.05)
