"""
"Every" of test_vectors.py: what the tests of all tiers saw belay ask of kubectl, and every place of its
source that makes a vector, is among what was compared there, or stands here with the reason why not.

It looks at what the other tests left (tests/run --cluster), so it comes last.
"""
import glob
import json
import os
import re

import pytest

import control_plane
import kinds
import sites

MISSING = control_plane.programs()
COMPARED = kinds.WHERE and os.path.join(kinds.WHERE, "compared")
if not isinstance(MISSING, str) and not (COMPARED and os.path.isdir(COMPARED)):
    MISSING = "nothing was compared before: tests/run --cluster runs everything"
pytestmark = pytest.mark.skipif(isinstance(MISSING, str), reason=str(MISSING))

# Kinds that no API server without kubelets answers, or that none is asked for.
NOT_COMPARED = {
    r"config (current-context|view)\b": "kubectl reads its own file, and asks no server",
}

# Places of the source that stand for others, each with what those are.
STANDS_FOR = {
    "run_kubectl": "runs what action_kubectl made",
    "printed_words": "how the lines of a page begin",
}

# Functions that add their words one by one: what they ask for.
ONE_BY_ONE = {
    "exec_send": r"exec",
    "exec_stream": r"exec",
    "text_once": r"exec",
    "forward_start": r"port-forward pod/NAME :N --address=N.N.N.N",
    "config_line": r"config (current-context|view)",
    "lease_ask_clock": r"get --raw /version -v=N",
    "lease_create": r"create -f - -o jsonpath=\{.metadata.uid\} ",
    "lease_read": r"get leases.coordination.k8s.io NAME --output=json",
    "lease_release": r"delete --raw /apis/coordination.k8s.io/v1/\S+ -f -",
    "send_patch": r"patch leases.coordination.k8s.io NAME --type=json",
    "read_pods": r"get pods --selector=app.kubernetes.io/component= --output=json$",
    "operator_crd_knows": r"explain src.spec.\S+",
    "operator_find": r"get deployments.apps --all-namespaces --selector=app=",
    "get_in": r"get (pods|deployments.apps) ",
    "run_conf": r"patch configmaps NAME .*--patch-file=/dev/stdin",
    "read_operator": r"get deployments.apps --all-namespaces",
    "read_versions": r"version --output=json",
    "ask_object": r"get \S+ (NAME|-)",
    "read_log": r"logs NAME --container=fe --tail=N",
}

# What a page tells a person to type only where something is not as it should be.
ADVICE = {"describe": "for a person to read, and different in each release",
          "edit": "opens an editor",
          "logs": "needs a kubelet; its refusals are compared with those of the plan's own"}


def read(pattern):
    found = {}
    for path in glob.glob(os.path.join(kinds.WHERE, pattern)):
        with open(path, encoding="utf-8") as file:
            content = json.load(file)
        for kind, words in content["kinds"].items():
            found.setdefault(kind, (words, content["test"]))
    return found


def excepted(kind):
    return any(re.match(pattern, kind) for pattern in NOT_COMPARED)


def test_every_kind_that_a_test_saw():
    compared = read("compared/*.json")
    left = [f"{kind}\n    by {test}: {words[:300]}" for kind, (words, test) in sorted(read("*.json").items())
            if kind not in compared and not excepted(kind)]
    assert not left, "not compared with a real API server:\n" + "\n".join(left)


def test_every_place_that_makes_one():
    compared = read("compared/*.json")
    found, by_hand = sites.sites()
    assert len(found) > 100, "the scan of the sources finds nothing any more"
    vectors = [words for words, _ in compared.values()]
    left = [str(site) for site in found if site.words and site.words[0] not in ADVICE
            and not any(site.matches(words) for words in vectors)]
    assert not left, "nothing compared comes from here:\n" + "\n".join(left)
    assert by_hand == ONE_BY_ONE.keys() | STANDS_FOR.keys()
    left = [place for place, pattern in ONE_BY_ONE.items() if not excepted(pattern)
            and not any(re.match(pattern, kind) for kind in compared)]
    assert not left, "nothing compared comes from here:\n" + "\n".join(left)
