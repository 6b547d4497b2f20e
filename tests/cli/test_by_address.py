"""Frontends in pods that are registered by address: found as their pods, and not restarted unawares."""
import os
import subprocess

import pytest

from practice import Practice, clean_env, wait_for
from restore import STS, kubectl
from upgrades import changes, images, uids

ROLLING = "--no-backup --leave-views --no-proof"
NAME = f"{STS}-%d.{STS}-search.starrocks.svc.cluster.local"


@pytest.fixture(scope="module")
def cluster():
    with Practice("by-address") as served:
        yield served


def host(cluster, ordinal):
    return cluster.sql("SELECT host FROM fe WHERE ordinal = ?", ordinal)[0][0]


def test_pods_are_found_by_address(cluster):
    """Without --cluster: whose pod has a frontend's address tells what the cluster is called."""
    leader = cluster.belay("\\leader").rows[0]
    assert (leader["fe"], leader["pod"], leader["namespace"]) == (f"{STS}-1", f"{STS}-1", "starrocks")
    assert leader["host"] == host(cluster, 1)
    assert cluster.belay("\\leader --pod").out.strip() == f"{STS}-1"
    nodes = {row["host"]: row["pod"] for row in cluster.belay("\\nodes").rows if row["kind"] == "FE"}
    assert nodes == {host(cluster, i): f"{STS}-{i}" for i in range(3)}


@pytest.mark.parametrize("inside", [False, True])
def test_a_pods_address_is_reached_through_the_pod_but_from_inside(cluster, inside):
    """What only the leader answers. Nothing listens at its address: outside belay does not even try."""
    argv = [word for word in cluster.argv() if word not in ("--via", "port-forward")]
    env = clean_env(cluster.home, **({"KUBERNETES_SERVICE_HOST": "127.0.0.1"} if inside else {}))
    cluster.sql("DELETE FROM kubectl_log")
    done = subprocess.run([*argv, "-e", "\\writes"], capture_output=True, text=True, env=env, timeout=60,
                          check=False)
    forwarded = any(f"port-forward pod/{STS}-1 " in call for call in cluster.kubectl_calls())
    assert (done.returncode == 0) == forwarded == (not inside), done
    assert not inside or host(cluster, 1) in done.stdout + done.stderr


def test_without_kubectl_the_rest_works(cluster):
    done = cluster.belay("\\leader", kube=False, args=("--no-kube",))
    assert done.rc == 0 and done.rows[0]["host"] == host(cluster, 1), done


def test_pods_are_asked_for_once(cluster):
    def asked():
        return sum(" --selector=app.kubernetes.io/component=fe " in call for call in cluster.kubectl_calls())
    before = asked()
    assert cluster.belay("\\leader\n\\nodes\n\\mv").rc == 0
    assert asked() == before + 1


def test_the_backup_is_of_the_leaders_pod(cluster):
    saved = os.path.join(cluster.home, "saved")
    done = cluster.belay(f"\\backup {saved}", timeout=120)
    assert done.rc == 0 and done.out.startswith("proved"), done
    assert any(f" {STS}-1 " in call and " exec " in call for call in cluster.kubectl_calls())
    with open(os.path.join(saved, "manifest.json"), encoding="utf-8") as file:
        assert f'"{STS}-1"' in file.read()


def test_nothing_restarts_what_would_not_come_back(cluster):
    cluster.forget()
    done = cluster.belay("\\preflight --to 3.3.9")
    told = " ".join(done.out.split())
    assert done.rc == 8 and "BLOCKER fe-by-name" in told, done
    assert f"{STS}-0 is registered by its address {host(cluster, 0)}" in told
    assert 'ALTER SYSTEM MODIFY FRONTEND HOST "ADDRESS" TO' in told and "HOST_TYPE=FQDN" in told
    done = cluster.belay(f"\\upgrade --to 3.3.9 {ROLLING} --dry-run")
    assert done.rc == 8 and "fe-by-name" in done.err, done
    assert not changes(cluster)


@pytest.fixture
def fresh():
    with Practice("by-address") as served:
        yield served


def test_who_goes_on_all_the_same_loses_one_frontend(fresh):
    """The rule says the truth: the pod that comes is turned away, and belay stops there with its reason."""
    before = uids(fresh)
    done = fresh.approved(f"\\upgrade --to 3.3.9 {ROLLING} --exclude 'fe-by-name=to be seen'", timeout=120)
    assert done.rc == 8 and f"{STS}-2: CrashLoopBackOff" in done.err, done
    assert "Conflicting hostnames for replica id" in done.err, done
    assert [change for change in changes(fresh) if change[0] == "delete"] == [("delete", f"{STS}-2")]
    after = uids(fresh)
    assert [pod for pod in before if pod.startswith(STS) and after[pod] != before[pod]] == [f"{STS}-2"]
    assert fresh.belay("SHOW DATABASES").rc == 0
    # It has an address that nobody registered. By hand no other one is lost either.
    assert host(fresh, 2) not in kubectl(fresh, "get", "pod", f"{STS}-2", "-o", "json")
    done = fresh.belay("\\roll next --dry-run")
    assert done.rc == 8, done


def test_by_name_it_comes_back(fresh):
    """What the remedy says, for a follower."""
    kubectl(fresh, "patch", "starrocksclusters.v1.starrocks.com", "kube-starrocks", "--type=json", "-p",
            '[{"op":"add","path":"/spec/starRocksFeSpec/updateStrategy","value":{"type":"OnDelete"}},'
            '{"op":"replace","path":"/spec/starRocksFeSpec/image","value":"starrocks/fe-ubuntu:3.3.9"},'
            '{"op":"replace","path":"/spec/starRocksFeSpec/feEnvVars/1/value","value":"FQDN"}]')
    wait_for(lambda: "3.3.9" in kubectl(fresh, "get", "sts", STS, "-o", "json"))
    refused = fresh.belay("\\roll next --dry-run")
    assert refused.rc == 8 and f"{STS}-2 is registered by its address" in refused.err, refused
    done = fresh.belay(f"ALTER SYSTEM MODIFY FRONTEND HOST '{host(fresh, 2)}' TO '{NAME % 2}'")
    assert done.rc == 0, done
    done = fresh.approved("\\roll next", timeout=120)
    assert done.rc == 0 and images(fresh)[f"{STS}-2"].endswith(":3.3.9"), done
