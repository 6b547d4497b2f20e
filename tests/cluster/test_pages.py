r"""Nights in which a person types what \restore-plan prints."""
import pytest

from nights import PAGES
from vectors import NEEDED, plane, same_answers  # pylint: disable=unused-import

pytestmark = NEEDED


@pytest.mark.parametrize("night", PAGES)
def test_same_answers(plane, night):
    same_answers(plane, night, *PAGES[night])
