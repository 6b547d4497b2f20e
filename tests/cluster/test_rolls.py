"""Nights in which a roll crashes, is taken back, or goes pod by pod."""
import pytest

from nights import ROLLS
from vectors import NEEDED, plane, same_answers  # pylint: disable=unused-import

pytestmark = NEEDED


@pytest.mark.parametrize("night", ROLLS)
def test_same_answers(plane, night):
    same_answers(plane, night, *ROLLS[night])
