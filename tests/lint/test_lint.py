"""The rules of the house, on this repository. Each fails with a sentence that says what to do."""

import re
from pathlib import Path

import pytest

import rules

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tree():
    return rules.Tree(ROOT)


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__.removeprefix("check_"))
def test_rule(tree, rule):
    found = [f"{path}:{line}: {what}" for path, line, what in rule(tree)]
    if found:
        advice = re.sub(r"\s+", " ", rule.__doc__)
        pytest.fail("\n".join([advice, *found]), pytrace=False)


def test_the_tables_name_what_exists(tree):
    gone = [name for name in rules.PUBLIC if f"include/belay/{name}" not in tree.paths]
    assert not gone, f"Take these headers, which are gone, out of PUBLIC in rules.py: {gone}"


def test_the_repository_was_found(tree):
    assert "shell/base/str.c" in tree.paths, "Run this test inside the repository."
