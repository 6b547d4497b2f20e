"""\\upgrade --write-fe-conf: the setting that keeps views from full refreshes, in and out of fe.conf."""
import pytest

from practice import Practice
from restore import CANARY, STS, edit, get
from upgrades import changes, is_of

SETTING = "enable_mv_post_image_reload_cache"
LINE = f"{SETTING} = false"
ROLLING = "--no-backup --no-proof"
MAP = f"{STS}-cm"


def conf(cluster):
    return get(cluster, "configmap", MAP, r".data.fe\.conf")


def forced(cluster):
    return cluster.sql("SELECT count(*) FROM task_run WHERE force AND how NOT IN ('schedule', 'load')")


@pytest.fixture
def cluster():
    with Practice("seed@3.4.10") as served:
        served.sql("UPDATE mv SET next_run_ms = NULL")
        edit(served, "configmaps", MAP, lambda o: o["data"].update(
            {"fe.conf": o["data"]["fe.conf"] + f"\nssl_keystore_password = {CANARY}\n"}))
        yield served


def test_in_before_the_frontends_and_out_when_it_is_not_needed(cluster):
    text, before = conf(cluster), forced(cluster)
    up = f"\\upgrade --to 3.5.15 {ROLLING} --write-fe-conf"
    page = cluster.belay(f"{up} --dry-run")
    assert f"put {LINE} into ConfigMap {MAP}, key fe.conf" in page.out
    assert f"undo: take {LINE} out of ConfigMap {MAP}, key fe.conf" in page.out, page
    assert conf(cluster) == text
    done = cluster.approved(up, timeout=200)
    assert done.rc == 0 and "stays in it" in done.err, done
    assert conf(cluster).startswith(text) and conf(cluster).count(f"\n{LINE}\n") == 1
    is_of(cluster, "3.5.15")
    # Read by each frontend that was replaced, so no view was refreshed for the start of a leader.
    assert set(cluster.config(SETTING)) == {"false"} and forced(cluster) == before
    order = [argv for argv in cluster.kubectl_calls() if f" patch configmaps {MAP} " in argv
             or " delete --raw " in argv]
    assert " patch configmaps " in order[0] and len(order) == 4
    assert "mv-restart-refresh" not in cluster.belay("\\preflight --to 3.5.16").out
    # What stands in it is nobody's to be seen.
    assert CANARY not in "".join(cluster.kubectl_calls()) + page.out + done.out + done.err
    assert CANARY not in cluster.belay(f"\\journal show {cluster.run_id()}").out

    again = cluster.belay(f"\\upgrade --to 3.5.16 {ROLLING} --write-fe-conf --dry-run")
    assert "put " + LINE not in again.out, again

    down = f"\\upgrade --to 4.0.7 {ROLLING}"
    page = cluster.belay(f"{down} --dry-run").out
    assert f"take {LINE} out of ConfigMap {MAP}" in page
    assert page.rindex("delete --raw") < page.index(f"take {LINE} out")
    done = cluster.approved(down, timeout=200)
    assert done.rc == 0 and conf(cluster) == text, done


def test_without_the_word_it_is_told(cluster):
    page = cluster.belay(f"\\upgrade --to 3.5.15 {ROLLING} --dry-run")
    assert "refreshes in full: --write-fe-conf prevents it" in " ".join(page.out.split()), page
    assert "ConfigMap" not in page.out
    # One that stands there by somebody's hand is neither added to nor taken out.
    edit(cluster, "configmaps", MAP, lambda o: o["data"].update(
        {"fe.conf": o["data"]["fe.conf"] + f"\n{LINE}\n"}))
    page = cluster.belay(f"\\upgrade --to 3.5.15 {ROLLING} --write-fe-conf --dry-run")
    assert page.rc == 0 and f"put {LINE}" not in page.out, page
    page = cluster.belay(f"\\upgrade --to 3.3.21 {ROLLING} --dry-run")
    assert page.rc == 0 and f"take {LINE}" not in page.out, page


def test_undone_with_a_run_that_stopped(cluster):
    text = conf(cluster)
    up = f"\\upgrade --to 3.5.15 {ROLLING} --leave-views --write-fe-conf"
    digest = cluster.digest(up)
    cluster.fault("exit", "%/starRocksFeSpec/updateStrategy%", arg=1, times=9, program="kubectl")
    done = cluster.belay(up, approve=digest, timeout=120)
    cluster.clear_faults()
    assert done.rc != 0 and f"\n{LINE}\n" in conf(cluster), done
    undone = cluster.approved("\\undo", timeout=120)
    assert undone.rc == 0 and conf(cluster) == text, undone


def test_where_helm_writes_it_the_key_is_told():
    with Practice("helm-owned@3.4.10") as cluster:
        text = conf(cluster)
        page = cluster.belay(f"\\upgrade --to 3.5.15 {ROLLING} --dry-run")
        assert f"put {LINE} into starrocksFESpec.config of its values" in " ".join(page.out.split()), page
        done = cluster.belay(f"\\upgrade --to 3.5.15 {ROLLING} --write-fe-conf")
        assert done.rc == 8 and "the Helm release kube-starrocks writes the ConfigMap" in done.err, done
        assert "starrocksFESpec.config" in done.err and conf(cluster) == text and not changes(cluster)
