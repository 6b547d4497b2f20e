"""\\nodes names the image of each pod, also where no operator put labels on it."""
import pytest

from practice import Practice


@pytest.mark.parametrize("scenario, tag", [("seed", "3.3.3"), ("plain-statefulset", "3.3.3"),
                                           ("warehouses", "3.5.16")])
def test_every_pod_has_its_image(scenario, tag):
    with Practice(scenario) as cluster:
        done = cluster.belay("\\nodes", args=["--batch"])
        assert done.rc == 0 and done.err == "", done
        assert len(done.rows) == {"warehouses": 9}.get(scenario, 6)
        for row in done.rows:
            kind = row["kind"].lower()
            assert row["image"] == f"starrocks/{kind}-ubuntu:{tag}", row
        # One question more, and only where the operator's labels did not find all.
        asked = [call for call in cluster.kubectl_calls() if " get pods " in call]
        assert any(" -l" in call or "--selector" in call for call in asked), asked
        every = [call for call in asked if " -l" not in call and "--selector" not in call]
        assert len(every) == (0 if scenario == "seed" else 1), asked


def test_a_pod_that_is_not_there_has_none():
    with Practice("plain-statefulset") as cluster:
        cluster.sql("DELETE FROM k8s_object WHERE resource = 'pods' AND name LIKE '%-cn-%'")
        cluster.sql("UPDATE k8s_object SET json = json_set(json, '$.spec.replicas', 0) WHERE resource ="
                    " 'statefulsets.apps' AND name LIKE '%-cn'")
        rows = cluster.belay("\\nodes", args=["--batch"]).rows
        assert {row["image"] for row in rows if row["kind"] == "CN"} == {"NULL"}
        assert {row["image"] for row in rows if row["kind"] == "FE"} == {"starrocks/fe-ubuntu:3.3.3"}
