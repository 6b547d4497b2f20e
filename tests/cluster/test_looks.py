"""Nights in which belay looks, saves, takes the Lease and runs a team's own steps."""
import pytest

from nights import LOOKS
from vectors import NEEDED, plane, same_answers  # pylint: disable=unused-import

pytestmark = NEEDED


@pytest.mark.parametrize("night", LOOKS)
def test_same_answers(plane, night):
    same_answers(plane, night, *LOOKS[night])
