"""
The kind of a kubectl call: its words without what differs from cluster to cluster and from run to run
(names, numbers, uids, times, values that are patched in). Readable, since people look at lists of them:

    kind("kubectl get pods kube-starrocks-fe-0 --output=json")  →  "get pods NAME --output=json"

While BELAY_KINDS names a directory (tests/run --cluster), every practice cluster leaves there what
belay asked of its kubectl, for tests/cluster/test_every.py.
"""
import json
import os
import re

WHERE = os.environ.get("BELAY_KINDS")
RESOURCES = ("pods", "pod", "services", "endpoints", "events", "secrets", "configmaps", "configmap", "nodes",
             "namespaces", "persistentvolumeclaims", "persistentvolumes", "statefulsets.apps",
             "statefulset", "deployments.apps", "deployment", "controllerrevisions.apps",
             "leases.coordination.k8s.io", "storageclasses.storage.k8s.io",
             "customresourcedefinitions.apiextensions.k8s.io", "starrocksclusters.v1.starrocks.com",
             "starrocksclusters.starrocks.com", "starrockswarehouses.starrocks.com",
             "starrockswarehouses.v1.starrocks.com")
OURS = re.compile(r"(?:--kubeconfig=\S+ )?--context=\S+ --namespace=\S+ ")  # as belay begins each call
ALONE = re.compile(r"(?:--kubeconfig=\S+ )?(config (?:current-context|view)\b.*)")  # before it knows them
NUMBER = re.compile(r"(?<![A-Za-z])\d+")


def words_of(argv):
    """What belay asked, without where; None: somebody else asked."""
    for pattern in (OURS, ALONE):
        found = pattern.match(argv)
        if found:
            return found[1] if pattern is ALONE else argv[found.end():]
    return None


def kind(words):
    """words: the argument vector by spaces, as kubectl_log has it, from the verb on."""
    words, patch = without_patch(words)
    words = re.sub(r"^exec .*", "exec", words, flags=re.S)
    words = re.sub(r"^config view --minify .*", "config view --minify", words)
    words = re.sub(r"^(--namespace=\S+ |--request-timeout=\S+ )+", "", words)
    words = re.sub(r" --(namespace|request-timeout|kubeconfig|context)=\S+", "", words)
    words = re.sub(r"(--raw )?(/apis?/\S+)", lambda m: (m[1] or "") + plain_path(m[2]), words)
    words = re.sub(r"(--selector=|-l )(\S+)", lambda m: m[1] + re.sub(r"=[^,]*", "=", m[2]), words)
    parts = words.split(" ")
    for i in range(1, len(parts)):
        if parts[i].startswith("-") or "{" in parts[i] or "=" in parts[i]:
            continue
        if parts[i - 1] in RESOURCES and parts[0] != "auth":
            parts[i] = "NAME"
        elif "/" in parts[i] and parts[i].split("/")[0] in RESOURCES:
            parts[i] = parts[i].split("/")[0] + "/NAME"
    if parts[0] in ("logs", "port-forward"):
        parts[1] = re.sub(r"[a-z0-9.-]+$", "NAME", parts[1])
    words = NUMBER.sub("N", " ".join(parts)).strip()
    return f"{words} [{patch}]" if patch else words


def plain_path(path):
    path = re.sub(r"namespaces/[^/]+", "namespaces/NS", path)
    return re.sub(r"(NS/[a-z]+)/[^/?]+", r"\1/NAME", path)


def without_patch(words):
    """(the words without the text of a patch, what the patch does)."""
    found = re.search(r"(?: -p |--patch=)(?=[\[{])", words)
    if not found:
        return words, ""
    try:
        patch, end = json.JSONDecoder().raw_decode(words, found.end())
    except ValueError:
        return words, ""
    if isinstance(patch, list):
        told = ", ".join(f"{one.get('op')} {NUMBER.sub('N', str(one.get('path')))}" for one in patch)
    else:
        told = "merge " + ", ".join(sorted(patch))
    return words[:found.end()].rstrip() + " PATCH" + words[end:], told


def write(path, argvs):
    """The kinds of these calls, of those that belay made, each with one of them."""
    seen = {}
    for words in filter(None, map(words_of, argvs)):
        seen.setdefault(kind(words), words)
    if seen:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"test": os.environ.get("PYTEST_CURRENT_TEST", ""), "kinds": seen}, file)
