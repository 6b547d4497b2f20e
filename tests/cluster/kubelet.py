"""
What a kubelet does as far as objects show it: a pod that is to be deleted goes, others get ready. And
what the controller of volume claims does: one that no pod uses goes too.
"""
import json
import threading


class Kubelet:
    """Works until the block ends. starts: pods become Running and Ready too, and are given a node."""

    def __init__(self, plane, ns, starts=False):
        self.plane, self.starts = plane, starts
        self.path, self.claims = (f"/api/v1/namespaces/{ns}/{kind}"
                                  for kind in ("pods", "persistentvolumeclaims"))
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.work)
        self.gone = []  # names of pods, in the order in which they went

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def work(self):
        while not self.over.wait(0.1):
            for pod in json.loads(self.plane.request("GET", self.path)[1])["items"]:
                if "deletionTimestamp" in pod["metadata"]:
                    self.end(pod)
                elif self.starts and pod.get("status", {}).get("phase") != "Running":
                    self.start(pod)
            for claim in json.loads(self.plane.request("GET", self.claims)[1])["items"]:
                if "deletionTimestamp" in claim["metadata"]:
                    self.plane.request("PATCH", f"{self.claims}/{claim['metadata']['name']}",
                                       {"metadata": {"finalizers": None}},
                                       kind="application/merge-patch+json")

    def end(self, pod):
        name = pod["metadata"]["name"]
        status, _ = self.plane.request(
            "DELETE", f"{self.path}/{name}",
            {"gracePeriodSeconds": 0, "preconditions": {"uid": pod["metadata"]["uid"]}})
        if status == 200:
            self.gone.append(name)

    def start(self, pod):
        """An image with "broken" in its name never gets ready."""
        name = pod["metadata"]["name"]
        if "nodeName" not in pod["spec"]:
            self.plane.request("POST", f"{self.path}/{name}/binding", {
                "apiVersion": "v1", "kind": "Binding", "metadata": {"name": name},
                "target": {"kind": "Node", "name": "node-a"}})
        ready = not any("broken" in c["image"] for c in pod["spec"]["containers"])
        said = "True" if ready else "False"
        self.plane.request(
            "PATCH", f"{self.path}/{name}/status",
            {"status": {"phase": "Running", "conditions": [
                {"type": kind, "status": said} for kind in ("Ready", "ContainersReady")]}},
            kind="application/merge-patch+json")
