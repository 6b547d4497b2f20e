"""For every tier: tests/support is on the path, and the cluster that most tests of belay ask for."""
import os
import shutil
import sys
import tempfile

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "support"))

MEMORY = "/dev/shm"


def memory():
    """
    A place in memory for the tests' directories, where one is and nobody named another by TMPDIR: the
    practice clusters make and remove files by the thousand, and wait for the disk at each fsync. In a
    container it is often too small for that, or nothing there may be run.
    """
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK):
        return None
    fit = not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC and shutil.disk_usage(MEMORY).free >= 4 << 30
    return MEMORY if fit else None


tempfile.tempdir = memory()


@pytest.fixture(scope="module")
def cluster():
    """
    The seed cluster, one for all tests of a file: they look at it, or clean up behind themselves. A
    file whose tests change more has a fixture of its own in place of this one.
    """
    from practice import Practice  # only now: the tests of the sources need no built program

    with Practice("seed") as served:
        yield served
