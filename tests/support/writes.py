"""For tests about \\writes pause and resume: work, how it is, how far it has come."""
from practice import wait_for
from quiet import work

LOADS = {"orders_in": "RUNNING", "returns_in": "NEED_SCHEDULE", "laggard": "UNSTABLE"}


def begin(cluster, pipes=True):
    """Routine loads that run and one that does not, and pipes of both kinds."""
    for name, state in LOADS.items():
        work(cluster, "routine_load", "sales", name, state=state)
    work(cluster, "routine_load", "sales", "broken", state="PAUSED")
    cluster.sql("UPDATE work SET reason = 'ErrorReason{errCode = 102, msg=''bad rows''}',"
                " pause_ms = 1700000000000 WHERE name = 'broken'")
    cluster.sql("UPDATE work SET offset = 1000, offset_ms = (SELECT max(heartbeat_ms) FROM fe)"
                " WHERE kind = 'routine_load'")
    if pipes:
        work(cluster, "pipe", "sales", "files", state="RUNNING")
        work(cluster, "pipe", "sales", "old", state="FINISHED")


def states(cluster, kind="routine_load"):
    return dict(cluster.sql("SELECT name, state FROM work WHERE kind = ?", kind))


def offset(cluster, name):
    """What the job has consumed, as SHOW ROUTINE LOAD says it."""
    rows = cluster.belay("SHOW ROUTINE LOAD", kube=False, args=("--no-kube",)).rows
    return next(int(row["Progress"].split('"')[3]) for row in rows if row["Name"] == name)


def running(cluster, name):
    """Once the FE has scheduled it again."""
    def runs():
        cluster.belay("SELECT 1", kube=False, args=("--no-kube",))  # the clock moves when it is asked
        return states(cluster)[name] == "RUNNING"
    wait_for(runs)
