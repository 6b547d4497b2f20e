"""For every tier: tests/support is on the path, and the cluster that most tests of belay ask for."""
import os
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "support"))


@pytest.fixture(scope="module")
def cluster():
    """
    The seed cluster, one for all tests of a file: they look at it, or clean up behind themselves. A
    file whose tests change more has a fixture of its own in place of this one.
    """
    from practice import Practice  # only now: the tests of the sources need no built program

    with Practice("seed") as served:
        yield served
