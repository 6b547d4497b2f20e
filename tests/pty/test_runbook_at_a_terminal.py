"""\\runbook at a terminal: the gates that its author wants are asked, each time, whatever they cost."""
import os

import pytest

from practice import Practice
from terminal import at

CR = "starrocksclusters.starrocks.com/kube-starrocks"
BOOK = f"""name: evening
steps:
  - id: note
    title: a note
    kubectl: [annotate, {CR}, night=on, --overwrite]
    undo: {{kubectl: [annotate, {CR}, night-]}}
    proof: {{kubectl: [get, {CR}], jsonpath: '{{.metadata.annotations.night}}', equals: "on"}}
  - {{id: look, title: somebody has looked, ask: true, proof: {{sql: SELECT 1, equals: 1}}}}
  - id: over
    title: the note says over
    ask: true
    kubectl: [annotate, {CR}, night=over, --overwrite]
    proof: {{kubectl: [get, {CR}], jsonpath: '{{.metadata.annotations.night}}', equals: "over"}}
"""


@pytest.fixture
def cluster():
    with Practice("seed") as served:
        with open(os.path.join(served.home, "book.yaml"), "w", encoding="utf-8") as file:
            file.write(BOOK)
        yield served


def notes(cluster):
    return [line.split("night=")[1].split()[0] for line in cluster.kubectl_calls() if " night=" in line]


def test_each_gate_is_asked_and_a_no_is_gone_on_from(cluster):
    with at(cluster, columns=200) as shell:
        page = shell.ask("\\runbook book.yaml")
        assert "Reversible. Run this 1 step?" in page and notes(cluster) == [], page
        shell.press("y\r")
        page = shell.question()
        assert "Go on with this 1 step?" in page and notes(cluster) == ["on"], page
        out = shell.reply("n")
        assert 'stopped before "part 2": declined' in out and "\\resume" in out, out
        page = shell.ask("\\resume")
        assert "Go on with this 1 step?" in page and notes(cluster) == ["on"], page
        shell.press("y\r")
        page = shell.question()
        assert "Disruptive. Type the cluster's name" in page and notes(cluster) == ["on"], page
        out = shell.reply("kube-starrocks")
        assert "done" in out and notes(cluster) == ["on", "over"], out
    asked = [(r["stage"], r["consent"]) for r in cluster.records() if r["type"] == "consent"]
    assert [stage for stage, _ in asked] == ["part 2", "part 3"], asked


def test_in_a_script_the_digest_covers_its_gates(cluster):
    path = os.path.join(cluster.home, "book.yaml")
    assert cluster.approved(f"\\runbook {path}").rc == 0 and notes(cluster) == ["on", "over"]
