"""--via port-forward without --host: the cluster's FE service, which FE answers, forwards that die."""
import os
import pty
import re
import select
import signal
import subprocess
import time

import pytest

from forwards import argv_of, forwards, run
from practice import BELAY, KUBECTL, Practice, clean_env, descendants, wait_for
from writes import begin, states

FORWARD = "%port-forward pod/%"


@pytest.fixture(scope="module")
def served():
    with Practice("seed") as cluster:
        cluster.sql("UPDATE mv SET next_run_ms = NULL")
        yield cluster


@pytest.fixture
def cluster(served):
    served.forget()
    served.sql("DELETE FROM kubectl_log")
    yield served
    served.clear_faults()
    served.as_before()
    served.sql("DELETE FROM work")
    served.sql("UPDATE config SET value = preset")


def pods(cluster):
    return [pod for pod, in cluster.sql("SELECT pod FROM fe ORDER BY ordinal")]


# --- where it leads -----------------------------------------------------------------------------------


def test_the_service_first_then_the_leaders_pod(cluster):
    done = run(cluster, "SELECT 41", "\\writes pause --dry-run")
    assert done.rc == 0, done
    first, leader = pods(cluster)[0], cluster.leader()
    assert leader != first and forwards(cluster)[:2] == [first, leader]
    assert set(forwards(cluster)) == set(pods(cluster))  # each FE's settings are asked of itself
    assert re.search(rf"Through  pod/{first} \(127\.0\.0\.1:\d+\)  leader {leader}  ", done.out), done
    assert any(" get services" in line for line in cluster.kubectl_calls())
    fes = {fe.split(".")[0] for fe, in cluster.sql("SELECT fe FROM statement_log WHERE text = 'SELECT 41'")}
    assert len(fes) == 1 and first in str(fes)
    assert not any("port-forward pod/" in line for line in descendants(cluster.top).values())


def test_each_run_has_a_port_of_its_own(cluster):
    with subprocess.Popen(argv_of(cluster, "SELECT sleep(1)"), stdout=subprocess.DEVNULL,
                          env=clean_env(cluster.home), stdin=subprocess.DEVNULL) as other:
        wait_for(lambda: forwards(cluster))
        assert run(cluster, "SELECT 1").rc == 0
        assert other.wait(60) == 0


def test_the_first_pod_that_is_ready_is_taken(cluster):
    first, second = pods(cluster)[:2]
    cluster.fault("exit", f"%port-forward pod/{first} %", "1", program="kubectl")
    done = run(cluster, "SELECT 42")
    assert done.rc == 0 and forwards(cluster) == [first, second], done


def test_the_screen_says_which_fe_answers(cluster):
    first = pods(cluster)[0]
    argv = argv_of(cluster, args=("--cluster", "kube-starrocks"))
    ours, theirs = pty.openpty()
    process = subprocess.Popen(argv, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
                               env=clean_env(cluster.home))
    cluster.started.append(process)
    os.close(theirs)
    shown = b""

    def until(text):
        nonlocal shown
        end = time.monotonic() + 60
        while text not in shown:
            assert select.select([ours], [], [], max(0, end - time.monotonic()))[0], shown
            shown += os.read(ours, 65536)

    until(f"root@{first}".encode())
    assert re.search(rf"at pod/{first}\s+\(127\.0\.0\.1:\d+\)".encode(), shown), shown
    os.write(ours, b"\\s\n")
    until(f"pod/{first} through kubectl port-forward".encode())
    # It dies at the prompt: the next statement goes through another one.
    before = len(forwards(cluster))
    for pid, line in descendants(cluster.top).items():
        if "port-forward pod/" in line:
            os.kill(pid, signal.SIGKILL)
    os.write(ours, b"SELECT 4711;\n")
    until(b"| 4711 |")
    assert len(forwards(cluster)) == before + 1 and b"connected again to pod/" in shown
    os.write(ours, b"\\q\n")
    assert process.wait(60) == 0
    os.close(ours)


def test_leader_knows_whether_it_answers(cluster):
    rows = run(cluster, "\\leader").rows
    assert rows[0]["connected"] == "NULL"
    for pod in pods(cluster):
        if pod != cluster.leader():
            cluster.fault("exit", f"%port-forward pod/{pod} %", "1", times=-1, program="kubectl")
    rows = run(cluster, "\\leader").rows
    assert rows[0]["connected"] == "yes"


def test_a_profile_says_all_of_it(cluster):
    path = os.path.join(cluster.home, ".config", "belay")
    os.makedirs(path, exist_ok=True)
    with open(os.path.join(path, "profiles.yaml"), "w", encoding="utf-8") as file:
        file.write("prod: {user: root, context: practice, namespace: starrocks, cluster: kube-starrocks,"
                   " via: port-forward}\n")
    os.chmod(os.path.join(path, "profiles.yaml"), 0o600)
    argv = [BELAY, "--profile", "prod", "--kubectl", KUBECTL, "--kubeconfig", cluster.ready["kubeconfig"],
            "-e", "SELECT 43"]
    done = subprocess.run(argv, capture_output=True, env=clean_env(cluster.home), timeout=60,
                          stdin=subprocess.DEVNULL, check=False)
    os.unlink(os.path.join(path, "profiles.yaml"))
    assert done.returncode == 0 and done.stdout == b"43\n43\n", done


# --- what is missing ------------------------------------------------------------------------------------


def test_no_such_cluster(cluster):
    done = run(cluster, "SELECT 1", args=("--cluster", "other"))
    assert done.rc == 3 and "namespace starrocks has no service other-fe-service" in done.err, done
    done = run(cluster, "SELECT 1", args=("--namespace", "empty"))
    assert done.rc in (3, 10) and forwards(cluster) == [], done


def test_no_pod_is_ready(cluster):
    for _ in pods(cluster):
        cluster.fault("exit", FORWARD, "1", times=-1, program="kubectl")
    done = run(cluster, "SELECT 1")
    assert done.rc == 10 and "cannot reach kube-starrocks-fe-2 through kubectl port-forward" in done.err, done


def test_without_kubectl(cluster):
    done = run(cluster, "SELECT 1", args=("--no-kube",))
    assert done.rc == 10 and "kubectl is switched off" in done.err, done


def test_an_expired_token_says_what_to_do(cluster):
    cluster.fault("unauthorized", "%--namespace=%", times=-1, program="kubectl")
    done = run(cluster, "SELECT 1")
    assert done.rc == 10 and "log in to Kubernetes anew" in done.err and "\\resume" in done.err, done


def test_a_token_that_expires_in_the_middle_of_a_plan(cluster):
    begin(cluster)
    # The forward to the leader is lost, and from then on nothing is told to this person.
    cluster.fault("lose", f"%port-forward pod/{cluster.leader()} %", "30", program="kubectl")
    cluster.once_sent("PAUSE ROUTINE LOAD%", "INSERT INTO fault (program, match, kind, remaining) VALUES"
                      " (''kubectl'', ''%--namespace=%'', ''unauthorized'', -1)".replace("''", "'"))
    done = run(cluster, "\\writes pause", args=("--approve", "reversible"))
    assert done.rc in (9, 10) and "log in to Kubernetes anew" in done.err, done
    cluster.as_before()
    cluster.clear_faults()
    again = run(cluster, "\\resume", args=("--approve", "reversible"))
    assert again.rc == 0, again
    assert set(states(cluster).values()) == {"PAUSED"}
    assert run(cluster, "\\writes resume", args=("--approve", "reversible")).rc == 0
