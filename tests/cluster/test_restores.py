"""Nights in which belay brings metadata back."""
import pytest

from nights import RESTORES
from vectors import NEEDED, plane, same_answers  # pylint: disable=unused-import

pytestmark = NEEDED


@pytest.mark.parametrize("night", RESTORES)
def test_same_answers(plane, night):
    same_answers(plane, night, *RESTORES[night])
