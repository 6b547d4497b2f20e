"""\\restore from an image alone, killed at every boundary of its journal: the cluster of the image."""
from test_restore_faults import Restore, killed_at_every_boundary


def test_killed_at_every_boundary():
    with Restore("3.4.8", "--form image-only") as restore:
        assert killed_at_every_boundary(restore) > 40
