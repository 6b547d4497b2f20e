r"""\preflight on a practice cluster: what it reads, how it ends, how it looks.

Each rule for itself is judged in tests/unit/ops; here stands that the facts reach the rules.
"""
import json
import signal

import pytest

from practice import Practice, wait_for
from restore import kubectl

LINE = r"\preflight"


def rules(done):
    """id → row of the answer in JSON lines."""
    return {row["id"]: row for row in map(json.loads, done.out.splitlines())}


def ask(cluster, line=LINE, **kwargs):
    return cluster.belay(line, args=("--format", "jsonl", *kwargs.pop("args", ())), **kwargs)


@pytest.fixture(scope="module")
def seed():
    with Practice("seed", speed=1) as cluster:
        yield cluster


@pytest.fixture
def faulty():
    """One that a test spoils."""
    with Practice("seed", speed=1) as cluster:
        yield cluster


def test_a_healthy_cluster_has_no_blocker(seed):
    done = ask(seed, rf"{LINE} --to 3.3.9 --all")
    assert done.rc == 0, done
    seen = rules(done)
    assert seen["fe-alive"]["answer"] == "yes" and seen["fe-alive"]["evidence"] == "all 3 are alive"
    assert {row["answer"] for row in seen.values() if row["level"] == "blocker"} == {"yes"}, seen
    assert "no blocker, 2 warnings" in done.err, done  # beside the rows, which are for programs
    assert list(seen["leader"]) == ["id", "level", "title", "evidence", "remedy", "source", "answer",
                                    "reason"]


def test_it_only_reads(seed):
    seed.forget()
    assert ask(seed, rf"{LINE} --to 3.3.9").rc == 0
    assert seed.changes() == []
    changing = {"patch", "delete", "create", "scale", "replace", "annotate", "rollout"}
    calls = [call.split() for call in seed.kubectl_calls() if "can-i" not in call]
    assert calls and not [words for words in calls if changing & set(words)], calls


def test_a_dead_node_is_a_blocker_unless_it_is_excluded(seed):
    seed.event("kill-cn")
    try:
        done = ask(seed, f"{LINE} --include node-alive")
        assert done.rc == 8 and "1 blocker: node-alive" in done.err, done
        row = rules(done)["node-alive"]
        assert "is not alive" in row["evidence"] and row["answer"] == "no"
        done = ask(seed, rf"{LINE} --include node-alive --exclude 'node-alive=its node is being repaired'")
        assert done.rc == 0, done
        row = rules(done)["node-alive"]
        assert row["answer"] == "excluded" and row["reason"] == "its node is being repaired"
        page = seed.belay(rf"{LINE} --include node-alive --exclude 'node-alive=its node is being repaired'")
        assert "excluded  node-alive" in page.out and "its node is being repaired" in page.out, page
    finally:
        seed.event("revive-cn")


@pytest.mark.parametrize("words, says", [
    ("--exclude fe-alive", "an exclusion needs a reason"),
    ("--exclude fe-dead=x", 'there is no rule "fe-dead"'),
    ("--include fe-dead", 'there is no rule "fe-dead"'),
    ("--to latest", '"latest" is not a release'),
])
def test_wrong_use_is_told_before_anything_is_asked(seed, words, says):
    seed.forget()
    done = ask(seed, f"{LINE} {words}")
    assert done.rc == 2 and says in done.err, done
    assert not seed.sent("SHOW FRONTENDS")


def test_only_what_is_included(seed):
    done = ask(seed, rf"{LINE} --all --include leader --include fe-alive")
    assert done.rc == 0 and set(rules(done)) == {"leader", "fe-alive"}, done


def test_what_cannot_be_read_is_not_taken_for_good(seed):
    seed.fault("error", "SELECT UNIX_TIMESTAMP()%", times=9)
    try:
        done = ask(seed, f"{LINE} --include clocks")
        assert done.rc == 9 and rules(done)["clocks"]["answer"] == "cannot tell", done
        seed.clear_faults()
        assert ask(seed, f"{LINE} --include clocks").rc == 0
    finally:
        seed.clear_faults()


# --- facts reach the rules: what a person, a chart or a bad day leaves in the cluster -------------

def test_a_frontend_that_does_not_answer_hides_only_its_own(faulty):
    """A fault of the others stays a fault; what is well there cannot be told of this one."""
    before = rules(ask(faulty))
    faulty.fault("error", match="ADMIN SHOW FRONTEND CONFIG", arg="1064|HY000|just now not")
    done = ask(faulty)
    after = rules(done)
    faulty.clear_faults()
    assert before["vacuum-grace"]["answer"] == after["vacuum-grace"]["answer"] == "no", done
    assert after["vacuum-grace"]["evidence"] == before["vacuum-grace"]["evidence"]
    assert "loads-allowed" not in before  # all is well with it
    assert after["loads-allowed"]["answer"] == "cannot tell"
    assert "just now not" in after["loads-allowed"]["evidence"]
    faulty.fault("error", match="ADMIN SHOW FRONTEND CONFIG", arg="1064|HY000|just now not", times=3)
    none = rules(ask(faulty))
    faulty.clear_faults()
    assert none["vacuum-grace"]["answer"] == "cannot tell"


def patched(cluster, kind, name, patch):
    """Changes an object by a merge patch."""
    kubectl(cluster, "patch", kind, name, "--type=merge", "-p", json.dumps(patch))


def annotated(**annotations):
    return lambda cluster: patched(cluster, "starrocksclusters", "kube-starrocks",
                                   {"metadata": {"annotations": annotations}})


def specified(**fields):
    return lambda cluster: patched(cluster, "starrocksclusters", "kube-starrocks", {"spec": fields})


def stated(text, *values):
    return lambda cluster: cluster.sql(text, *values)


def works(kind, **columns):
    names = ", ".join(["kind", *columns])
    marks = ", ".join("?" * (len(columns) + 1))
    return stated(f"INSERT INTO work ({names}) VALUES ({marks})", kind, *columns.values())


def no_longer_may(verb, resource):
    return stated("DELETE FROM rbac WHERE verb = ? AND resource = ?", verb, resource)


def operator_of(version):
    return lambda cluster: patched(cluster, "deployments", "kube-starrocks-operator", {"spec": {"template": {
        "spec": {"containers": [{"name": "manager", "image": f"starrocks/operator:{version}"}]}}}})


def conf_line(line):
    def change(cluster):
        text = json.loads(kubectl(cluster, "get", "configmaps", "kube-starrocks-fe-cm", "-o", "json"))
        patched(cluster, "configmaps", "kube-starrocks-fe-cm",
                {"data": {"fe.conf": text["data"]["fe.conf"] + line + "\n"}})
    return change


CN = "kube-starrocks-cn-search.starrocks.svc.cluster.local"
HELM = {"meta.helm.sh/release-name": "sr", "meta.helm.sh/release-namespace": "prod"}
ARGO = {"argocd.argoproj.io/tracking-id": "sr:starrocks.com/StarRocksCluster:starrocks/kube-starrocks"}
CRD = "customresourcedefinitions"

# rule, what makes it a finding, what is then seen
FAULTS = [
    ("alter-jobs", works("job", db="sales", type="schema_change", state="RUNNING"), "ALTER jobs: 1"),
    ("routine-loads", works("routine_load", db="sales", name="orders_in", state="RUNNING"),
     "routine loads: 1 (sales.orders_in)"),
    ("decommission", works("decommission", name="kube-starrocks-cn-2." + CN), "being decommissioned: 1"),
    ("node-by-name", stated("UPDATE node SET host = '127.0.1.21' WHERE ordinal = 0"),
     "a CN is registered by its address 127.0.1.21"),
    ("loads-allowed", stated("UPDATE config SET value = 'true' WHERE name = 'disable_load_job'"),
     "disable_load_job is true"),
    ("fe-settings-agree", stated("UPDATE config SET value = '99' WHERE name = 'lake_compaction_max_tasks'"
                                 " AND fe_id = (SELECT id FROM fe WHERE ordinal = 2)"),
     "99 on kube-starrocks-fe-2"),
    ("settings-forgotten", stated("UPDATE config SET value = '0' WHERE name = 'lake_compaction_max_tasks'"),
     "lake_compaction_max_tasks is 0 on kube-starrocks-fe-"),
    ("fe-conf-in-force", conf_line("qe_max_connection = 512"), "qe_max_connection is 4096"),
    ("reset-switch", conf_line("bdbje_reset_election_group = true"), "bdbje_reset_election_group = true"),
    ("java-options", conf_line('JAVA_OPTS="-Xmx8g -XX:+UseConcMarkSweepGC"'), "UseConcMarkSweepGC"),
    ("owner-helm", annotated(**HELM), "Helm release sr in prod"),
    ("owner-gitops", annotated(**ARGO), "Argo CD: sr:starrocks.com/"),
    ("autoscaling", specified(starRocksCnSpec={"autoScalingPolicy": {"maxReplicas": 9}}), "autoScalingPolicy"),
    ("crd-version", lambda c: patched(c, CRD, "starrocksclusters.starrocks.com",
                                      {"metadata": {"annotations": {"version": "v1.9.4"}}}),
     "the definition is of v1.9.4"),
    ("leader-last", operator_of("v1.9.10"), "kube-starrocks-fe-1 leads, and "),
    ("may-delete-pods", no_longer_may("delete", "pods"), "says no"),
    ("may-get-exec", no_longer_may("get", "pods/exec"), "says no"),
    ("may-lease", no_longer_may("update", "leases.coordination.k8s.io"), "says no"),
    ("kube-nodes", lambda c: patched(c, "nodes", "node-b", {"spec": {"unschedulable": True}}),
     "node-b takes no new pods"),
    ("meta-claims", lambda c: patched(c, "persistentvolumeclaims", "fe-meta-kube-starrocks-fe-1",
                                      {"status": {"phase": "Lost"}}), "fe-meta-kube-starrocks-fe-1 is Lost"),
]


@pytest.mark.parametrize("rule, fault, seen", FAULTS, ids=[fault[0] for fault in FAULTS])
def test_a_fault_is_found(faulty, rule, fault, seen):
    line = f"{LINE} --to 3.5.15 --all --include {rule}" if rule == "java-options" else \
        f"{LINE} --all --include {rule}"
    if rule == "java-options":
        faulty.sql("UPDATE fe SET version = '3.4.8-3baa5d1'")
    before = rules(ask(faulty, line))[rule]
    assert before["answer"] == "yes", before
    fault(faulty)
    after = rules(ask(faulty, line))[rule]
    assert after["answer"] == "no" and seen in after["evidence"], after


def test_fe_conf_is_read_in_the_pod_where_no_config_map_can_be_read(faulty):
    no_longer_may("get", "configmaps")(faulty)
    line = f"{LINE} --all --include reset-switch"
    assert rules(ask(faulty, line))["reset-switch"]["answer"] == "yes"
    no_longer_may("create", "pods/exec")(faulty)
    no_longer_may("get", "pods/exec")(faulty)
    done = ask(faulty, line)
    assert done.rc == 9 and "Forbidden" in rules(done)["reset-switch"]["evidence"], done


SCENARIOS = {"seed@2.5.22": "3.0.9", "seed@3.1.5": "3.1.14", "3.4.8": "3.5.15", "3.5.16": "4.0.7",
             "4.1": "4.1.3", "shared-nothing": "3.3.9", "plain-statefulset": "3.3.9", "helm-owned": "3.3.9"}


@pytest.mark.parametrize("scenario, to", SCENARIOS.items())
def test_what_is_healthy_passes_on_each_release_and_kind(scenario, to):
    with Practice(scenario, speed=1) as cluster:
        done = ask(cluster, f"{LINE} --to {to} --all")
        assert done.rc == 0, done
        seen = rules(done)
        assert not [row for row in seen.values() if row["answer"] == "cannot tell"], done
        assert ("owner-helm" in seen and seen["owner-helm"]["answer"] == "no") == \
            (scenario == "helm-owned"), done
        assert ("operator-runs" in seen) == (scenario != "plain-statefulset"), done


def test_down_to_3_2(faulty):
    faulty.sql("UPDATE fe SET version = '3.3.9-x'")
    done = ask(faulty, f"{LINE} --to 3.2.11 --all")
    seen = rules(done)
    assert done.rc == 0 and seen["temporary-tables"]["answer"] == "yes", done
    assert "ignore_unknown_log_id is false" in seen["unknown-log-ids"]["evidence"]
    works("job", db="sales", type="schema_change", state="FINISHED")(faulty)
    done = ask(faulty, f"{LINE} --to 3.2.11")
    assert done.rc == 8 and rules(done)["schema-changes"]["evidence"] == "sales has 1", done


def test_metadata_on_an_empty_dir():
    with Practice("emptydir", speed=1) as cluster:
        done = ask(cluster)
        assert done.rc == 8 and "1 blocker: meta-volume" in done.err, done


def test_a_shared_nothing_cluster_that_is_not_well():
    with Practice("shared-nothing", speed=1) as cluster:
        works("tablet", db="sales", type="unhealthy")(cluster)
        works("backup", db="sales", name="nightly", state="UPLOADING")(cluster)
        works("clone", type="running_tablets")(cluster)
        done = ask(cluster, f"{LINE} --to 3.4.8")
        seen = rules(done)
        assert done.rc == 8 and "2 blockers: backup-jobs, tablets-healthy" in done.err, done
        assert seen["tablets-healthy"]["evidence"] == "1 tablet is unhealthy"
        assert seen["tablets-moving"]["answer"] == seen["balance-off"]["answer"] == "no"


def test_names_of_a_hostile_server_do_no_harm():
    with Practice("hostile", speed=1) as cluster:
        works("routine_load", db="sales", name="a\x1b[31m\u202eb\rc", state="RUNNING")(cluster)
        done = cluster.belay_tty(f"{LINE} --include routine-loads")
        assert "routine loads: 1" in done.out and "\x1b[31m\u202e" not in done.out, done
        assert r"a\e[31m\u{202E}b\rc" in done.out, done


def test_kubectl_that_gets_nothing_is_one_cause(seed):
    seed.fault("refuse", "%get %", times=99, program="kubectl")
    try:
        done = seed.belay(f"{LINE} --to 3.3.9")
        assert done.rc == 9 and "no blocker is seen, but 1" in done.err, done
        assert done.out.count("was refused") == 3, done  # for blockers, warnings, notes
        at = done.out.index("NOT CHECKED  each could be a blocker\n  rules")
        assert "meta-volume" in done.out[at:done.out.index("why", at)]
    finally:
        seed.clear_faults()


@pytest.mark.parametrize("kind, arg", [("truncate", 900), ("exit", 1), ("die", None)])
def test_one_reading_that_fails_takes_no_other_with_it(seed, kind, arg):
    seed.fault(kind, "%get pods --output%", arg=arg, times=9, program="kubectl")
    try:
        seen = rules(ask(seed, f"{LINE} --all"))
        unclear = {name for name, row in seen.items() if row["answer"] == "cannot tell"}
        assert unclear == {"pods-ready", "fe-has-pod", "pod-restarts", "startup-probe", "fe-spread",
                           "kube-nodes", "disruption-budget"}, seen
    finally:
        seed.clear_faults()


def test_interrupted(seed):
    seed.fault("hang", "%can-i%", times=99, program="kubectl")
    try:
        asked = len(seed.kubectl_calls())
        process = seed.start(LINE)
        wait_for(lambda: any("can-i" in call for call in seed.kubectl_calls()[asked:]))
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130 and process.communicate()[1].endswith(b"interrupted\n")
    finally:
        seed.clear_faults()


def test_the_page_at_a_terminal(seed):
    done = seed.belay_tty(rf"{LINE} --to 4.1.0", columns=80)
    assert done.rc == 8, done
    lines = [line.rstrip() for line in done.out.splitlines()]
    assert lines[0].startswith("Preflight kube-starrocks (id ") and "3.3.3 to 4.1.0" in lines[0]
    at = next(i for i, line in enumerate(lines) if "one-minor-at-a-time" in line)
    assert "BLOCKER" in lines[at]
    assert lines[at + 1].startswith("  wanted  No minor release is left out")
    assert lines[at + 2].startswith("  seen    from 3.3.3 to 4.1.0 leaves")
    assert lines[at + 3].startswith("  do      go one minor release at a time")
    assert all(len(line) <= 80 or "\033" in line for line in lines), lines
    assert any(line.startswith("2 blockers") for line in lines), lines


def test_without_kubectl(seed):
    done = ask(seed, f"{LINE} --to 3.3.9 --all", kube=False, args=("--no-kube",))
    assert done.rc == 9, done  # and the followers, whose names this machine does not know, are not seen
    assert "fe-by-name" not in rules(done) and rules(done)["fe-alive"]["answer"] == "yes"
    page = seed.belay(f"{LINE} --to 3.3.9", kube=False, args=("--no-kube",))
    assert "nothing is said about Kubernetes: " in page.err, page
