"""
What is done in a practice cluster while its kubectl is recorded: every command that asks Kubernetes for
something, in every form that it has, on each kind of cluster that makes it ask otherwise.
"""
import os
import re
import subprocess

import leases
from backups import strip_journal
from practice import clean_env, wait_for
from reader import Reader
from restore import C, CR, back_up, blocks, edit_cr, make_plain, metadata, release_of_operator, wreck
from restore import kubectl as by_hand
from snapshots import snapshot, write_conf

ROLLING = "--no-backup --leave-views --no-proof"


def run(cluster, *lines, rc=(0,), **kwargs):
    for line in lines:
        done = cluster.belay(line, timeout=120, **kwargs)
        assert done.rc in rc, done


def approved(cluster, line, rc=(0,), **kwargs):
    done = cluster.approved(line, timeout=400, **kwargs)
    assert done.rc in rc, done
    return done


def through_the_service(cluster):
    """Without --host: the service of the frontends is asked for a pod."""
    argv = [word for word in cluster.argv("SELECT 1") if not word.startswith(("--host", "--port"))]
    subprocess.run(argv, check=True, capture_output=True, timeout=60, env=clean_env(cluster.home))


def look(cluster):
    through_the_service(cluster)
    run(cluster, r"\leader", r"\nodes", r"\image status", r"\image", r"\writes", r"\settings", r"\where", r"\roll",
        r"\lease")
    run(cluster, r"\preflight", r"\preflight --to 3.3.9", r"\backup list " + cluster.home, rc=(0, 8, 9))


def look_around(cluster):
    """On a cluster of another kind."""
    run(cluster, r"\nodes", r"\where", r"\roll")
    run(cluster, r"\preflight --to 3.3.9", rc=(0, 8, 9))


def upgrade(options="", rc=(0,)):
    def play(cluster):
        approved(cluster, f"\\upgrade --to 3.3.9 {options or f'--backup {cluster.home}/saved'}", rc)
    return play


def own_strategy(cluster):
    """A cluster whose owner has one in the resource: it is put back."""
    edit_cr(cluster, lambda resource: resource["spec"]["starRocksFeSpec"].update(
        updateStrategy={"type": "RollingUpdate", "rollingUpdate": {"partition": 0}}))
    upgrade(ROLLING)(cluster)


def plain_upgrade(cluster):
    make_plain(cluster)
    cluster.sql("UPDATE k8s_object SET json = json_remove(json, '$.metadata.ownerReferences')"
                " WHERE resource = 'statefulsets.apps'")
    look_around(cluster)
    upgrade(ROLLING)(cluster)


def crash_and_back(component):
    """An image that does not start: the run stops, what the container said is shown, and \\roll goes back."""
    def play(cluster):
        upgrade(f"{ROLLING} --image-{component} starrocks/{component}:crash", rc=(8,))(cluster)
        run(cluster, r"\where", r"\wait nodes --timeout 2", rc=(0, 8, 9))
        approved(cluster, r"\roll back")
    return play


def by_the_pod(cluster):
    """\\roll: paused, each pod by hand."""
    by_hand(cluster, "patch", CR, C, "--type=json", "-p",
            '[{"op":"replace","path":"/spec/starRocksCnSpec/image","value":"starrocks/cn-ubuntu:3.3.9"}]')
    wait_for(lambda: "3.3.9" in by_hand(cluster, "get", "pods", "-o", "jsonpath={.items[*].spec}"))
    approved(cluster, r"\roll pause", rc=(0, 8))
    for _ in range(3):
        approved(cluster, r"\roll next", rc=(0, 8))
    approved(cluster, r"\roll back", rc=(0, 8))


def undone(cluster):
    """A run that came to the nodes only, and its way back."""
    upgrade(f"{ROLLING} --image-cn starrocks/cn:crash", rc=(8,))(cluster)
    approved(cluster, r"\undo")


def lease(cluster):
    """Kept by a run that failed, taken on by the next of the same person, given back by closing it."""
    cluster.fault("error", "ALTER%daily_top% INACTIVE", "1064|HY000|no")
    approved(cluster, r"\mv inactivate-all", rc=(1,))
    run(cluster, r"\lease")
    approved(cluster, r"\mv activate-all")
    cluster.fault("error", "ALTER%daily_top% INACTIVE", "1064|HY000|no")
    approved(cluster, r"\mv inactivate-all", rc=(1,))
    approved(cluster, f"\\journal close {cluster.run_id()}")
    leases.put(cluster)
    run(cluster, r"\lease")
    run(cluster, r"\mv inactivate-all", rc=(4, 11))


def restore(form, prepare=lambda cluster: None):
    """Backup, metadata that no FE loads, and the way back in this form."""
    def play(cluster):
        prepare(cluster)
        backup = back_up(cluster)
        before = metadata(cluster)
        wreck(cluster)
        approved(cluster, f"\\restore {backup} --form {form}")
        assert metadata(cluster) == before
    return play


def typed(cluster, text, first=0, last=98):
    """What a person pastes from a page, and fills in."""
    script = re.sub(r"value: <(aws\S+)>", r"value: \1-of-this-place",
                    "\n".join(block for step, block in blocks(text) if first <= step <= last))
    done = subprocess.run(["bash", "-e"], input=script.replace("sleep 30", "sleep 1"), text=True,
                          capture_output=True, timeout=300, check=False, cwd=cluster.home,
                          env=clean_env(cluster.home))
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def page(form, prepare=lambda cluster: None, save=back_up):
    """The same by the page of \\restore-plan, typed by hand."""
    def play(cluster):
        prepare(cluster)
        backup = save(cluster)
        text = cluster.belay(f"\\restore-plan {backup}" + (f" --form {form}" if form else "")).out
        wreck(cluster)
        typed(cluster, text)
        wait_for(lambda: cluster.sql("SELECT count(*), sum(alive) FROM fe") == [(3, 3)])
    return play


def given_up(form, done):
    """Typed as far as this step, and from there the page's way back."""
    def play(cluster):
        backup = back_up(cluster)
        person = Reader(cluster, cluster.belay(f"\\restore-plan {backup} --form {form}").out, done)
        person.go()
        person.give_up()
    return play


def without_journal(cluster):
    return strip_journal(back_up(cluster), os.path.join(cluster.home, "image"))


def from_snapshot(by_page):
    def play(cluster):
        snapshot(cluster)
        backup = back_up(cluster)
        line = f"\\restore {backup} --form cluster-snapshot"
        if by_page:
            text = cluster.belay(line.replace("restore", "restore-plan", 1)).out
            wreck(cluster)
            typed(cluster, text)
        else:
            write_conf(cluster, backup)
            wreck(cluster)
            done = cluster.belay(line, approve=cluster.digest(line), timeout=400)
            assert done.rc == 0, done
    return play


def save_quietly(cluster):
    """Every form of a backup; who prunes and verifies needs no kubectl."""
    approved(cluster, f"\\backup '{cluster.home}/quiet' --quiet")
    run(cluster, f"\\backup '{cluster.home}/saved'", f"\\backup list '{cluster.home}'",
        f"\\backup verify '{cluster.home}/saved'")


BOOK = """name: a team's own gates
steps:
"""
STEP = """  - id: s{0}
    title: step {0}
    kubectl: {1}
    proof: {{kubectl: {2}, jsonpath: '{{{3}}}', equals: '{4}'}}
"""
SET, OPERATOR = "[get, statefulsets.apps, kube-starrocks-cn]", "[get, deployments.apps, kube-starrocks-operator]"
VERBS = [  # words, and how it is seen that they were obeyed
    ("[annotate, statefulsets.apps, kube-starrocks-cn, night=on, --overwrite]",
     SET, ".metadata.annotations.night", "on"),
    ("[label, statefulsets.apps, kube-starrocks-cn, night=on, --overwrite]", SET, ".metadata.labels.night", "on"),
    ("[label, statefulsets.apps/kube-starrocks-cn, night-]", SET, ".metadata.labels.night", ""),
    ("[scale, deployments.apps/kube-starrocks-operator, --replicas=0]", OPERATOR, ".spec.replicas", "0"),
    ("[scale, statefulsets.apps/kube-starrocks-cn, --replicas=2, --current-replicas=3]", SET, ".spec.replicas", "2"),
    ("[patch, statefulsets.apps, kube-starrocks-cn, --type=merge, '--patch={\"spec\":{\"replicas\":3}}']",
     SET, ".spec.replicas", "3"),
    ("[scale, deployments.apps/kube-starrocks-operator, --replicas=1]", OPERATOR, ".spec.replicas", "1"),
    ("[scale, starrocksclusters.starrocks.com/kube-starrocks, --replicas=2]",
     "[get, starrocksclusters.starrocks.com, kube-starrocks]", ".spec.starRocksCnSpec.replicas", "2"),
    ("""[create, -f, "-"]
    input: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"night"},"data":{"a":"b"}}'""",
     "[get, configmaps, night]", ".data.a", "b"),
    ("[delete, configmaps, night, --wait=true]", "[get, configmaps, night]", ".data.a", ""),
]


def runbook(cluster):
    """The verbs that a runbook may use and the practice cluster knows, each proved by a look at the object."""
    path = os.path.join(cluster.home, "book.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(BOOK + "".join(STEP.format(i, *verb) for i, verb in enumerate(VERBS)))
    approved(cluster, f"\\runbook {path}")
    log = "\n".join(cluster.kubectl_calls())
    assert all(f" {verb} " in log for verb in ("annotate", "label", "scale", "patch", "create", "delete")), log


OLD = lambda cluster: release_of_operator(cluster, "1.9.5")

# name: scenario, what is done there
LOOKS = {
    "looking": ("seed", look),
    "looking, plain": ("plain-statefulset", look_around),
    "looking, warehouses": ("warehouses", look_around),
    "looking, Helm's": ("helm-owned", look_around),
    "looking, frontends by address": ("by-address", look_around),
    "lease": ("seed", lease),
    "backup": ("seed", save_quietly),
    "runbook": ("seed", runbook),
}

UPGRADES = {
    "upgrade": ("seed", upgrade()),
    "upgrade, shared-nothing": ("shared-nothing", upgrade()),
    "upgrade, operator 1.9.4": ("seed,operator=1.9.4", upgrade(ROLLING)),
    "upgrade, operator 1.9.10": ("seed,operator=1.9.10", upgrade(ROLLING)),
    "upgrade, operator 1.11.3": ("seed,operator=1.11.3", upgrade(ROLLING)),
    "upgrade, warehouses": ("warehouses", lambda cluster: approved(
        cluster, f"\\upgrade --to 4.0.7 {ROLLING}")),
    "upgrade, a strategy of its own": ("seed", own_strategy),
    "upgrade, plain": ("shared-nothing", plain_upgrade),
}

ROLLS = {
    "nodes that crash": ("seed", crash_and_back("cn")),
    "frontends that crash": ("seed", crash_and_back("fe")),
    "frontends that crash, operator 1.9.10": ("seed,operator=1.9.10", crash_and_back("fe")),
    "roll": ("seed", by_the_pod),
    "undo": ("seed", undone),
}

RESTORES = {
    "restore helper-pod": ("seed", restore("helper-pod")),
    "restore init-container": ("seed", restore("init-container")),
    "restore init-container, 1.9.5": ("seed", restore("init-container", OLD)),
    "restore operator-off": ("seed", restore("operator-off")),
    "restore plain": ("seed", restore("helper-pod", make_plain)),
    "restore image-only": ("shared-nothing", restore("image-only")),
    "restore cluster-snapshot": ("3.4.8", from_snapshot(by_page=False)),
}

PAGES = {
    "page helper-pod": ("seed", page("helper-pod")),
    "page init-container": ("seed", page("init-container")),
    "page operator-off": ("seed", page("operator-off")),
    "page plain": ("seed", page("", make_plain)),
    "page image-only": ("3.4.8", page("", save=without_journal)),
    "page helper-pod, given up": ("seed", given_up("helper-pod", "all run")),
    "page operator-off, given up": ("seed", given_up("operator-off", "operator back")),
    "page cluster-snapshot": ("3.4.8", from_snapshot(by_page=True)),
}
