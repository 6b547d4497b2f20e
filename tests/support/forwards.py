"""belay that reaches a practice cluster by --via port-forward alone, without the address of an FE."""
import re
import subprocess

from practice import BELAY, KUBECTL, Done, clean_env


def argv_of(cluster, *lines, args=()):
    argv = [BELAY, "--user=root", "--state-dir", cluster.state_dir, "--kubectl", KUBECTL,
            "--kubeconfig", cluster.ready["kubeconfig"], "--via", "port-forward", *args]
    for line in lines:
        argv += ["-e", line]
    return argv


def run(cluster, *lines, args=()):
    argv = argv_of(cluster, *lines, args=args)
    done = subprocess.run(argv, capture_output=True, env=clean_env(cluster.home), timeout=120,
                          stdin=subprocess.DEVNULL, check=False)
    return Done(argv, done.returncode, done.stdout, done.stderr)


def forwards(cluster):
    """The pods that were forwarded to, in their order."""
    return [re.search(r"port-forward pod/(\S+) :9030 --address=127.0.0.1$", line)[1]
            for line in cluster.kubectl_calls() if "port-forward" in line]
