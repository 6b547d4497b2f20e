"""What the tests of the form cluster-snapshot share: a snapshot, and its file in a ConfigMap."""
import re
import subprocess

from practice import clean_env, wait_for
from restore import blocks

ON = "ADMIN SET AUTOMATED CLUSTER SNAPSHOT ON"
SELECT = "SELECT * FROM information_schema.cluster_snapshots"
SELDOM = 'ADMIN SET FRONTEND CONFIG ("automated_cluster_snapshot_interval_seconds" = "86400000")'


def snapshot(cluster):
    """Takes one, which stays the newest: its row."""
    done = cluster.belay(ON)
    assert done.rc == 0, done
    wait_for(lambda: cluster.sql("SELECT 1 FROM snapshot_job WHERE state = 'FINISHED'"))
    assert cluster.belay(SELDOM).rc == 0
    wait_for(lambda: not cluster.sql("SELECT 1 FROM snapshot_job WHERE state IN ('SNAPSHOTING',"
                                     " 'UPLOADING')"))
    row, = cluster.belay(SELECT).rows
    return row


def contents(cluster):
    """What a snapshot holds: databases, tables and views with their ids and states."""
    return (cluster.sql("SELECT d.name, o.name, o.kind, o.id FROM db d LEFT JOIN object o"
                        " ON o.db_id = d.id ORDER BY 1, 2"), cluster.views(), cluster.clauses())


def write_conf(cluster, backup):
    """Step 3 of the page, with the values that a person fills in."""
    done = cluster.belay(f"\\restore-plan {backup} --form cluster-snapshot")
    assert done.rc == 0, done
    script = "\n".join(block for step, block in blocks(done.out) if step in (1, 3))
    script = re.sub(r"value: <(aws\S+)>", r"value: \1-of-this-place", script)
    run = subprocess.run(["bash", "-e"], input=script, text=True, capture_output=True, timeout=60,
                         check=False, cwd=cluster.home, env=clean_env(cluster.home))
    assert run.returncode == 0 and "FILLED" in run.stdout, run
