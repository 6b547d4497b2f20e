"""The Lease of a practice cluster, as the API server holds it, and the calls that were made for it."""
import json

NAME = "belay-kube-starrocks"
RESOURCE = "leases.coordination.k8s.io"


def lease(cluster):
    """The Lease as it is stored; None: there is none."""
    rows = cluster.sql("SELECT json FROM k8s_object WHERE resource = ? AND name = ?", RESOURCE, NAME)
    return json.loads(rows[0][0]) if rows else None


def holder(cluster):
    found = lease(cluster)
    return found["spec"]["holderIdentity"] if found else None


def put(cluster, who="bert@elsewhere/00003-20261122T161021Z", **kwargs):
    """Somebody else's Lease, who renews it now (a time far ahead) or did so at another time."""
    cluster.sql(put_sql(who, **kwargs))
    return who


def put_sql(who="bert@elsewhere/00003-20261122T161021Z", renewed="2099-11-22T16:10:21.349333Z",
            seconds=60, transitions=2, uid="92202ffd-0000-4000-8000-69082e6addb2"):
    """The same as a statement."""
    thing = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
             "metadata": {"name": NAME, "namespace": "starrocks", "uid": uid,
                          "resourceVersion": "7", "creationTimestamp": "2026-11-22T16:10:21Z",
                          "annotations": {"belay/run": who.partition("/")[2], "belay/nonce": "b0"}},
             "spec": {"holderIdentity": who, "leaseDurationSeconds": seconds,
                      "acquireTime": renewed, "renewTime": renewed,
                      "leaseTransitions": transitions}}
    text = json.dumps(thing).replace("'", "''")
    return (f"INSERT OR REPLACE INTO k8s_object VALUES ('{RESOURCE}', 'starrocks', '{NAME}',"
            f" '{text}')")


def calls(cluster):
    """What was sent about it, by its first words: "create", "patch", "delete", "get", "clock"."""
    found = []
    for argv in cluster.kubectl_calls(lease=True):
        words = argv.split()
        if "/version" in words:
            found.append("clock")
        elif NAME in argv or " create -f - -o jsonpath={.metadata.uid} " in argv:
            found.append(next(w for w in words if w in ("create", "patch", "delete", "get")))
    return found


def record(cluster, path=None):
    """What the journal says about it, newest last."""
    return [r for r in cluster.records(path) if r["type"] == "lease"]
