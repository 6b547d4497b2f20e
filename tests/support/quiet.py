"""For tests about \\writes, \\backup --quiet and \\settings: the settings, work, a backup."""
import os

GRACE = "lake_autovacuum_grace_period_minutes"
TRASH = "catalog_trash_expire_second"
RECYCLE = "partition_recycle_retention_period_secs"
COMPACTION = "lake_compaction_max_tasks"
STATISTICS = "enable_statistic_collect"
CLONE = ("tablet_sched_max_scheduling_tablets", "tablet_sched_max_balancing_tablets")


def set_to(key, value):
    return f'ADMIN SET FRONTEND CONFIG ("{key}"="{value}")'


def work(cluster, kind, db="", name="", kind_of="", state=""):
    """Something that writes; see the table `work` in practice/schema.c."""
    cluster.sql("INSERT INTO work (kind, db, name, type, state) VALUES (?, ?, ?, ?, ?)", kind, db,
                name, kind_of, state)


def backup(cluster, name, line="\\backup", **kwargs):
    """Makes one below the cluster's directory; returns its path and how that ended."""
    path = os.path.join(cluster.top, name)
    return path, cluster.belay(f"{line} '{path}'", timeout=120, **kwargs)
