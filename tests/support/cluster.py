"""A Ray cluster of several nodes on this machine, with the networks deployed on it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]
SECRET = "a secret of the cluster's tests"
GCS, DASHBOARD, HTTP = 26379, 28265, 28000
URL = f"http://127.0.0.1:{HTTP}"
TAG = "FCNLIB_TEST_NODE"
SOON = 120
BIN = Path(sys.executable).parent


class Cluster:
    """Nodes that are started one by one; the first one is the head."""

    def __init__(self):
        # Names of sockets in it have at most 107 bytes, so that a long TMPDIR will not do.
        self.folder = tempfile.mkdtemp(prefix="ray", dir="/tmp")
        self.nodes = []
        self.ids = []  # what Ray calls each of the nodes
        self.log = open(Path(self.folder, "nodes.log"), "wb")  # noqa: SIM115 - closed at the end

    def add_node(self):
        """Start a node of eight cores, whatever this machine has.

        The first node has none, so that all replicas run on nodes that a test may kill.
        """
        if self.nodes:
            role = [f"--address=127.0.0.1:{GCS}", "--num-cpus=8"]
        else:
            role = ["--head", "--num-cpus=0", f"--port={GCS}", f"--dashboard-port={DASHBOARD}"]
            role += ["--dashboard-host=127.0.0.1", f"--temp-dir={self.folder}"]
        command = [BIN / "ray", "start", *role, "--block"]
        command += ["--object-store-memory=200000000", "--disable-usage-stats"]
        environment = os.environ | {
            TAG: f"{self.folder}/{len(self.nodes)}",
            "FCNLIB_RAY_SECRET": SECRET,
            "PYTHONPATH": str(ROOT),
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "RAY_health_check_period_ms": "1000",
            "RAY_health_check_failure_threshold": "3",
        }
        node = subprocess.Popen(
            command, env=environment, stdout=self.log, stderr=self.log, start_new_session=True
        )
        self.nodes.append(node)
        wait_until(lambda: set(self._alive_ids()) - set(self.ids))
        self.ids += set(self._alive_ids()) - set(self.ids)
        return node

    def _alive_ids(self):
        return [one["node_id"] for one in self.alive()]

    def alive(self):
        """Return the nodes that the head knows to be alive."""
        with suppress(OSError, ValueError, KeyError):
            about = get(f"http://127.0.0.1:{DASHBOARD}/api/v0/nodes")
            nodes = about["data"]["result"]["result"]
            return [node for node in nodes if node["state"] == "ALIVE"]
        return []

    def kill(self, node):
        """End a node and its workers at once, as if its plug was pulled."""
        tag = f"{TAG}={self.folder}/{self.nodes.index(node)}\0".encode()
        for _ in range(2):  # A process may have started another one meanwhile.
            for number in descendants(node.pid) | tagged(tag):
                with suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)
        node.wait()

    def deploy(self, **settings):
        """Deploy the networks with the file that is shipped, and other settings."""
        import yaml  # comes with Ray

        config = yaml.safe_load(Path(ROOT, "deploy/ray/serve.yaml").read_text())
        config["http_options"]["port"] = HTTP
        config["applications"][0]["args"] = settings
        path = Path(self.folder, "serve.yaml")
        path.write_text(yaml.safe_dump(config))
        address = f"http://127.0.0.1:{DASHBOARD}"
        subprocess.run(
            [BIN / "serve", "deploy", "-a", address, path], check=True, capture_output=True
        )
        wait_until(lambda: self.status()["status"] in {"RUNNING", "DEPLOY_FAILED"})
        return self.status()

    def status(self):
        """Return what Serve says about the application."""
        with suppress(OSError, ValueError, KeyError):
            about = get(f"http://127.0.0.1:{DASHBOARD}/api/serve/applications/")
            return about["applications"]["fcnlib"]
        return {"status": "UNKNOWN"}

    def that_run(self, name):
        """Return the nodes on which a network has a replica that has started."""
        replicas = self.status()["deployments"][name]["replicas"]
        ids = {one.get("node_id") for one in replicas if one["state"] == "RUNNING"}
        return [node for node, number in zip(self.nodes, self.ids, strict=True) if number in ids]

    def close(self):
        """End all nodes."""
        for node in self.nodes:
            self.kill(node)
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def cluster(nodes, **settings):
    """Provide a cluster of a head and so many nodes that run the networks."""
    started = Cluster()
    try:
        for _ in range(1 + nodes):
            started.add_node()
        status = started.deploy(**settings)
        assert status["status"] == "RUNNING", status["message"]
        yield started
    finally:
        started.close()


def tagged(tag):
    """Return the processes whose environment contains a text."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if tag in Path(folder, "environ").read_bytes():
                found.add(int(folder.name))
    return found


def descendants(number):
    """Return a process and all that it has started, also those that hide their environment."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            stat = Path(folder, "stat").read_text(errors="replace")
            parents[int(folder.name)] = int(stat.rpartition(")")[2].split()[1])
    found, size = {number}, 0
    while len(found) > size:
        size = len(found)
        found |= {child for child, parent in parents.items() if parent in found}
    return found


def get(url):
    with urllib.request.urlopen(url, timeout=10) as response:
        return json.load(response)


def wait_until(condition):
    limit = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.2)
