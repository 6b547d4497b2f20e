"""Every kubectl exec of a guided run gone wrong, in every way that exec has.

The calls of an undisturbed run are counted; then the run is repeated on copies of one template
cluster, with one of them cut, short, stalled, killed, or ended with a status that says the opposite.
What the pod did is done in every case: only what kubectl tells is wrong.
"""
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from practice import Practice

LIMIT = ["--kubectl-timeout", "8"]  # far more than any call here takes

# What goes wrong → the faults of the one call.
KINDS = {
    "cut in the middle": [("truncate", None), ("status", "1")],
    "cut before the trailer": [("truncate", "last-line")],
    "stalls": [("truncate", None), ("stall", None)],
    "short, says 0": [("truncate", None)],
    "whole, says 1": [("status", "1")],
    "killed": [("truncate", None), ("die", None)],
}
# The parameters of scripts that give a short answer and change nothing.
LOOKS = re.compile(r" (images|all|ROLE|VERSION|fe\.conf|new \w+|live \w+|\d+)")
HARMLESS = "whole, says 1"
SAYS = r"not whole|no end mark|did not answer in time|exit status \d+"


def exec_calls(cluster):
    return [call for call in cluster.kubectl_calls() if " exec " in call]


def parameters(call):
    """What follows the nonce: tells one script from the other."""
    return re.split(r" [0-9a-f]{32}(?![0-9a-f])", call)[-1]


def pattern(call):
    """Matches the same call of another run, which has another nonce, hour and image."""
    if "RECEIVED" in call:
        return "%RECEIVED%"
    words = re.sub(r"\b[0-9a-f]{64}\b", "_" * 64, parameters(call))
    words = re.sub(r"\b(\d\d)\d{3,}\w*", r"\1%", words)
    return "% exec " + re.split(r"[0-9a-f]{32}", call.split(" exec ")[1])[0] + "_" * 32 + words


def shape(call):
    """The same for every pod."""
    return re.sub(r"-fe-\d", "-fe-N", pattern(call))


class Row:
    """The nth call of a pattern, and what goes wrong with it."""

    def __init__(self, call, nth, kind):
        self.match, self.nth, self.kind = pattern(call), nth, kind
        # A list of images is asked for until it says what is waited for: once more, or less.
        self.polled = parameters(call) == " images"

    def __repr__(self):
        return f"{self.kind}: {self.match[:120]!r}, number {self.nth + 1}"

    def disturb(self, cluster, times=1):
        for fault, arg in KINDS[self.kind]:
            cluster.fault(fault, self.match, arg, times, self.nth, program="kubectl")

    def struck(self, cluster):
        return self.polled or cluster.sql("SELECT count(*) FROM fault WHERE remaining <> 0"
                                          " AND after >= 0") == [(0,)]


def table(calls, few=0):
    """
    Every call meets a fault. Of those that differ by pod and repetition alone each meets one kind,
    the next one the next kind; the last of them three kinds when it looks, else all. few > 0: only
    the first of them meets one, of a kind that goes by this number.
    """
    kinds, rows, patterns, shapes = list(KINDS), [], Counter(), Counter()
    last = {shape(call): at for at, call in enumerate(calls)}
    for at, call in enumerate(calls):
        turn = (len(shapes) + few + shapes[shape(call)]) % len(kinds)
        if few:
            n = 1 if shapes[shape(call)] == 0 else 0
        elif last[shape(call)] != at:
            n = 1
        else:
            n = 3 if LOOKS.fullmatch(parameters(call)) else len(kinds)
        rows += [Row(call, patterns[pattern(call)], kind) for kind in (kinds + kinds)[turn:turn + n]]
        shapes[shape(call)] += 1
        patterns[pattern(call)] += 1
    return rows


def at_every_call(rows, run, workers):
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(run, rows))


class Template:
    """A cluster that the runs begin with copies of, and what a run leaves undisturbed."""

    def __init__(self, prepare=lambda cluster: None, scenario="seed"):
        self.cluster = Practice(scenario)
        try:
            self.cluster.serve()
            prepare(self.cluster)
            self.cluster.sql("DELETE FROM kubectl_log")
            self.cluster.stop_serving()
        except BaseException:
            self.cluster.__exit__()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.cluster.__exit__()

    def copy(self):
        return Practice(like=self.cluster)
