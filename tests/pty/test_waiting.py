"""What a person sees of a step that takes its time: since when, what is usual, the limit; a bell before a question."""
import re

import pytest

from practice import DOWN
from terminal import CTRL_C, Practice, at

SPAN = r"\d+(?:\.\d+)? (?:s|min)[\d s]*"


@pytest.fixture(scope="module")
def slow():
    """Slow enough that an image is waited for."""
    with Practice("seed", speed=8) as started:
        yield started


def test_since_when_and_what_is_usual(slow):
    with at(slow) as shell:
        shell.begin("\\image")
        shell.until(re.compile(rf"\d+/\d+  waiting {SPAN}, limit {SPAN}: "))
        shell.answer()
        shell.begin("\\image")
        # The one before took about as long.
        shell.until(re.compile(rf"\d+/\d+  waiting {SPAN}, usually {SPAN}: {SPAN} left, limit "))
        shell.answer()


def test_the_bell_rings_when_an_answer_is_awaited(slow):
    with at(slow) as shell:
        shell.begin(DOWN)
        shell.question()
        assert "\a" in shell.seen
        shell.press(CTRL_C)
    with at(slow, "--no-beep") as shell:
        shell.begin(DOWN)
        shell.question()
        assert "\a" not in shell.seen
        shell.press(CTRL_C)


def test_a_long_wait_without_a_terminal_is_told_of():
    with Practice("seed", speed=2) as cluster:
        done = cluster.approved(r"\image", timeout=120)
        assert done.rc == 0, done
        assert re.search(rf"\n *\d+/\d+  waiting {SPAN}, limit {SPAN}: ", done.err), done
