"""Visit the app with the limits of a public host for ten minutes: ``python -m benchmarks.soak``.

20 visitors, each a process of its own, use all pages: two train networks, four upload pictures,
three send bad input, and the others read. Prints how long light pages (`LIGHT`) take and how the
memory of all processes grows after the second minute. Ends with status 1 if a limit does not hold,
if a page shows an exception, or if a message to a browser has a path of this machine or a
traceback.
"""

import argparse
import http.client
import multiprocessing
import os
import random
import socket
import statistics
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

import numpy as np
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from benchmarks.load import (
    LIGHT,
    PAUSE,
    ROOT,
    Clock,
    _megabytes,
    _name,
    ask_health,
    photograph_file,
    processor_seconds,
    quiet,
    train,
    upload_pictures,
    visit,
)
from benchmarks.visitor import PATIENCE, Visitor, server

ROLES = {train: 2, upload_pictures: 4}
LARGEST = 10 << 20
SETTLED = 120.0  # seconds after which memory should not grow
GROWTH = 0.05
UNCAUGHT = "Uncaught app execution"  # how Streamlit's log begins the traceback of a page
LONGEST = 5000  # characters of a traceback
MEDIAN, HIGHEST = 1.0, 2.0  # seconds
Sample = dict[str, float]
ADDRESSES = ["http://127.0.0.1/", "http://10.1.2.3/x", "javascript:alert(1)", "http://[::1]/", "\\"]


def read_all_pages(visitor: Visitor, clock: Clock, ends: float, chance: random.Random) -> None:
    """Open all pages in random order."""
    while time.monotonic() < ends:
        page = chance.choice(list(visitor.pages))
        clock.time(page, partial(visitor.open, page))
        visitor.watch(chance.uniform(*PAUSE))


def send_bad_input(visitor: Visitor, clock: Clock, ends: float, chance: random.Random) -> None:
    """Upload what is no picture, name bad addresses, and speak to the server as nobody should."""
    host, port = visitor.address.split(":")
    while time.monotonic() < ends:
        visitor.open("Segmentation")
        visitor.change("segmentation_source", string_array_value={"data": ["Your file"]})
        good = photograph_file(chance)
        bad = [b"", chance.randbytes(5000), good[: len(good) // 2], b"<svg/>" * 9, bytes(LARGEST)]
        visitor.watch(PATIENCE, until="segmentation_upload")
        visitor.upload("segmentation_upload", "picture\n<b>.exe", chance.choice(bad))
        visitor.watch(chance.uniform(*PAUSE))
        visitor.open("Segmentation")
        visitor.change("segmentation_source", string_array_value={"data": ["Address"]})
        visitor.watch(PATIENCE, until="segmentation_address")
        visitor.change("segmentation_address", string_value=chance.choice(ADDRESSES))
        visitor.press("segmentation_fetch_address")
        visitor.watch(chance.uniform(*PAUSE))
        for path, name in (("/", "evil.test"), ("/media/..%2f..%2fetc", host), ("/x", host)):
            with closing(http.client.HTTPConnection(host, int(port), timeout=30)) as client:
                client.request("GET", path, headers={"Host": name})
                body = client.getresponse().read()
            if any(secret in body for secret in visitor.secrets):
                clock.errors.append(f"{path} sent something internal")
        with suppress(ConnectionError), closing(socket.create_connection((host, int(port)))) as raw:
            raw.sendall(chance.randbytes(2000))
        address = f"ws://{visitor.address}/_stcore/stream"
        with suppress(ConnectionClosed), connect(address, subprotocols=["streamlit"]) as raw:  # type: ignore[list-item]
            raw.send(chance.randbytes(chance.choice([100, 2 << 20])))
            raw.recv(timeout=10)


def main() -> None:
    """Visit, print, and end with status 1 if something does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--visitors", type=int, default=20)
    options = parser.parse_args()
    roles = [role for role, count in ROLES.items() for _ in range(count)] + [send_bad_input] * 3
    roles += [read_all_pages] * (options.visitors - len(roles))
    Visitor.secrets = (str(ROOT).encode(), b"Traceback (most", b"site-packages")
    with tempfile.TemporaryDirectory() as cache, server(ROOT, Path(cache), True) as (address, web):
        quiet(address)  # Otherwise the samples of the first minute fill the queue.
        forks = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(len(roles) + 1, forks) as pool:
            jobs = [pool.submit(ask_health, address, options.seconds)]
            jobs += [
                pool.submit(visit, address, role, options.seconds, number * 0.5, number)
                for number, role in enumerate(roles)
            ]
            memory = _watch_memory(web, time.monotonic() + options.seconds)
            clocks = [job.result() for job in jobs]
        log = (Path(cache) / "log.txt").read_text()
    errors = [error for clock in clocks for error in clock.errors]
    light = [s for clock in clocks for kind, s in clock.times if kind in LIGHT]
    median, highest = statistics.median(light), float(np.quantile(light, 0.95))
    settled = [sample for second, sample in memory if second >= SETTLED]
    # Trainings come and go, so compare the mean of a minute's samples.
    first, last = (sum(_means(minute).values()) for minute in (settled[:12], settled[-12:]))
    print(f"{len(light)} light pages: median {median:.2f} s, 95 % {highest:.2f} s")
    print(f"memory: {first:.0f} MB after {SETTLED:.0f} s, {last:.0f} MB at the end")
    for name, megabytes in _means(settled[-12:]).items():
        print(f"  {name}: {_means(settled[:12]).get(name, 0.0):.0f} MB, then {megabytes:.0f} MB")
    print(f"load average {os.getloadavg()[0]:.1f}, {len(errors)} errors")
    print("\n".join(errors))
    # The pages of Streamlit's own log that are not about messages which `send_bad_input` sent.
    for failure in log.split(UNCAUGHT)[1:]:
        errors.append("a page failed")
        print(failure[:LONGEST])
    kept = median <= MEDIAN and highest <= HIGHEST and last <= first * (1 + GROWTH)
    sys.exit(bool(errors) or not kept)


def _means(samples: list[Sample]) -> dict[str, float]:
    """Return the mean memory of each process in MB; a process that is away has none."""
    names = {name for sample in samples for name in sample}
    return {name: sum(s.get(name, 0.0) for s in samples) / len(samples) for name in sorted(names)}


def _watch_memory(web: int, ends: float) -> list[tuple[float, Sample]]:
    """Return the memory of the server and its workers every five seconds, in MB."""
    started, samples = time.monotonic(), list[tuple[float, Sample]]()
    while (now := time.monotonic()) < ends:
        with suppress(OSError, IndexError):  # a worker ended meanwhile
            sample = {_name(pid)[-40:]: _megabytes(pid) for pid in processor_seconds(web)}
            samples.append((now - started, sample))
        time.sleep(5)
    return samples


if __name__ == "__main__":
    main()
