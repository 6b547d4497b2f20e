"""Nights in which belay upgrades each kind of cluster."""
import pytest

from nights import UPGRADES
from vectors import NEEDED, plane, same_answers  # pylint: disable=unused-import

pytestmark = NEEDED


@pytest.mark.parametrize("night", UPGRADES)
def test_same_answers(plane, night):
    same_answers(plane, night, *UPGRADES[night])
