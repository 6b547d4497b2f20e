"""\\upgrade while kubectl dies or lies at each kind of call of a night, and while its token expires.

The calls of an undisturbed night are the table. Whatever goes wrong the exit status is one of the stated
ones, \\resume is named once something has begun, and the end is always the same: every pod replaced once,
in the same order, and every patch carried out once.
"""
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from exec_faults import Template
from restore import STS
from upgrades import CN, changes, is_of

ROLLING = "\\upgrade --to 3.3.9 --no-backup --leave-views --no-proof"
LIMIT = ["--kubectl-timeout", "5"]  # what a call that hangs may take
SAYS = {0, 8, 9, 10}  # 8: kubectl said that it was done, and it was not
ENDED = [f"{CN}-2", f"{CN}-1", f"{CN}-0", f"{STS}-2", f"{STS}-0", f"{STS}-1"]
CHANGING = re.compile(r"(?<! can-i) patch starrocks|delete --raw /api/")
ARG = {"exit": "1", "truncate": "20"}


def pattern(call):
    """Matches the same call of another night, about any pod of its set and an image of any id."""
    if " patch leases." in call:
        return "% patch leases.%"
    at = call.find(" --namespace=")
    call = call[at if at >= 0 else call.find(" config "):]
    return "%" + re.sub(r"-(fe|cn)-\d", r"-\1-_", re.sub(r"\b[0-9a-f]{32}( \d+)?\b", "%", call))


class Night:
    """A copy of the cluster, and what was really done to it, whatever kubectl told."""

    def __init__(self, template):
        self.cluster, self.template = template.copy(), template

    def __enter__(self):
        sql = self.cluster.__enter__().sql
        sql("CREATE TABLE ended (pod TEXT)")
        sql("CREATE TRIGGER ends AFTER DELETE ON k8s_object WHEN old.resource = 'pods'"
            " BEGIN INSERT INTO ended VALUES (old.name); END")
        return self

    def __exit__(self, *_):
        self.cluster.__exit__()

    def ended(self):
        return [pod for pod, in self.cluster.sql("SELECT pod FROM ended")]

    def generation(self):
        return self.cluster.sql("SELECT json_extract(json, '$.metadata.generation') FROM k8s_object"
                                " WHERE resource = 'starrocksclusters.starrocks.com'")[0][0]

    def go_on(self):
        begun = self.cluster.journals() != []
        done = self.cluster.belay("\\resume" if begun else ROLLING, approve=self.template.digest, args=LIMIT,
                                  timeout=240)
        assert done.rc in SAYS, done
        if self.cluster.journals():
            assert done.rc == 0 or "\\resume" in done.err, done
        else:
            assert done.rc != 0 and not changes(self.cluster), done
        return done

    def to_the_end(self, most):
        for _ in range(most):
            if self.go_on().rc == 0:
                break
        is_of(self.cluster, "3.3.9")
        assert self.ended() == ENDED and self.generation() == self.template.generation


@pytest.fixture(scope="module")
def template():
    with Template() as made:
        with Night(made) as night:
            made.digest = night.cluster.digest(ROLLING)
            night.cluster.sql("DELETE FROM kubectl_log")
            assert night.go_on().rc == 0
            # How often each kind of call was made.
            made.calls = Counter(map(pattern, night.cluster.kubectl_calls(lease=True)))
            is_of(night.cluster, "3.3.9")
            assert night.ended() == ENDED
            made.generation = night.generation()
        yield made


def disturbed(template, kind, rows):
    """Each row once, in one night; (pattern, after so many others)."""
    with Night(template) as night:
        for match, after in rows:
            night.cluster.fault(kind, match, ARG.get(kind), after=after, program="kubectl")
        night.to_the_end(2 * len(rows) + 2)
        return night.cluster.sql("SELECT kind, match FROM fault WHERE remaining <> 0")


def test_every_kind_of_call(template):
    """
    Of those that look not only the first of its kind: which one goes by the turn. Those that change:
    nothing was done and that is told, or not; it was done and the opposite is told, or nothing at all.
    """
    sends = [match for match in template.calls if CHANGING.search(match)]
    looks = [match for match in template.calls if match not in sends]
    assert len(looks) > 30 and len(sends) == 7, template.calls
    nights = []
    for turn, (kind, parts) in enumerate((("exit", 1), ("truncate", 1), ("no-output", 1), ("hang", 6))):
        rows = [(match, (at + turn) % (template.calls[match] // 3 + 1)) for at, match in enumerate(looks)]
        nights += [(kind, rows[part::parts]) for part in range(parts)]
    every = [(match, after) for match in sends for after in range(template.calls[match])]
    nights += [(kind, every) for kind in ("drop-after", "die", "truncate")]
    # Here a proof says no for half a minute.
    nights += [(kind, [(match, 0)]) for match in sends for kind in ("exit", "no-output", "hang")]
    with ThreadPoolExecutor(len(nights)) as pool:  # they mostly wait
        left = list(pool.map(lambda night: disturbed(template, *night), nights))
    assert not any(left), left  # each fault has struck


EXPIRES = [  # at which call, and whether that is one that changes
    ("% patch starrocksclusters.v1%CnSpec/image%", True), (f"%get pods {CN}-1 %", False),
    ('% patch starrocksclusters.v1%"add","path":"/spec/starRocksFeSpec/updateStrategy"%', True),
    ("% patch leases.%", False), (f"%delete --raw %{STS}-2 %", True), (f"%get pods {STS}-0 %", False),
    (f"%delete --raw %{STS}-1 %", True), ('% patch starrocksclusters.v1%"remove"%', True)]


def expire(cluster, match, after):
    """From that call on, or the one after it, the API server knows nobody."""
    cluster.sql(f"CREATE TRIGGER expires AFTER INSERT ON kubectl_log WHEN new.argv LIKE '{match}'"
                " BEGIN INSERT INTO fault (program, match, kind, remaining, after) SELECT 'kubectl',"
                f" '%--namespace=%', 'unauthorized', -1, {after} WHERE NOT EXISTS (SELECT 1 FROM fault);"
                " END")


def expires(template, after):
    with Night(template) as night:
        for match, changes_it in EXPIRES:
            expire(night.cluster, match, after)
            done = night.go_on()
            # What was carried out and could not be read back is unknown; otherwise kubectl failed.
            assert done.rc == (9 if after and changes_it else 10), (match, done)
            assert "log in to Kubernetes anew" in done.err and "\\resume" in done.err, (match, done)
            assert "the API server does not take kubectl's credentials" in done.err, (match, done)
            assert night.cluster.belay("SHOW DATABASES", kube=False, args=["--no-kube"]).rc == 0
            night.cluster.sql("DROP TRIGGER expires")
            night.cluster.clear_faults()
        night.to_the_end(1)


def test_the_token_expires_at_each_stage(template):
    """It stops within moments, says what to do, and nothing is lost."""
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda after: expires(template, after), (0, 1)))


def test_the_token_expires_before_anything(template):
    with Night(template) as night:
        night.cluster.fault("unauthorized", "%--namespace=%", times=-1, program="kubectl")
        done = night.go_on()
        assert done.rc == 10 and "log in to Kubernetes anew" in done.err, done
