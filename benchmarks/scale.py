"""Measure what a picture costs on a Ray cluster, and plan a cluster for a number of pictures a day.

Run it on a cluster of one machine, with one replica of one thread per network, as `docs/scale.md`
says::

    FCNLIB_THREADS=1 OMP_NUM_THREADS=1 python -m benchmarks.scale

It measures processor time as well as elapsed time, because other work on the machine changes
processor time little.
"""

import argparse
import json
import math
import os
import statistics
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.networks import photograph
from fcnlib import runtime
from fcnlib.engine import Inline, Ray
from fcnlib.engine.context import Caller, Mailbox, ignore
from fcnlib.engine.tasks import imported
from fcnlib.facts import machine
from fcnlib.typing import RGBImage

RESULTS = Path(__file__).with_name("scale.json")
SIZE = 768, 1024
REPEATS = 15
LOAD = 60  # pictures
AT_ONCE = 4
TICKS = os.sysconf("SC_CLK_TCK")
DAYS = (100, 10_000, 1_000_000)
PEAK = 4.0  # the busiest hour has so many times the average load
BUSY = 0.6  # share of a replica's time that is planned to be used
MACHINE_CORES, MACHINE_GB = 16, 64
RAY_MB = 1000  # memory of Ray itself on a node
CORE_HOUR = 0.05  # US dollars; an assumption, the order of magnitude of rented machines


class Measured(NamedTuple):
    """What one picture of 768 × 1024 pixels costs with one network, on one core.

    Attributes
    ----------
    network : str
        Its name.
    here, cluster : float
        Median seconds of a call with the engines `inline` and `ray`.
    rate : float
        Pictures per second of one replica while it always has the next one.
    core_seconds : float
        Processor time of the replica for a picture.
    front_seconds : float
        Processor time of the door and of Ray's proxy, which is one process each, for a picture.
    replica_mb : float
        Resident memory of the replica after the load.
    request_mb, answer_mb : float
        Bytes that travel.

    """

    network: str
    here: float
    cluster: float
    rate: float
    core_seconds: float
    front_seconds: float
    replica_mb: float
    request_mb: float
    answer_mb: float


def main() -> None:
    """Measure every network that is deployed, print two tables and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("networks", nargs="*", default=["voc", "imagenet", "people", "fcn_8s"])
    networks = parser.parse_args().networks
    runtime.load_quietly()
    measured = [measure(name) for name in networks]
    print(table(measured))
    plans = [plan(one, per_day) for one in measured for per_day in DAYS]
    print(plan_table(plans))
    results = {
        "machine": machine.machine(),
        "date": datetime.now(UTC).date().isoformat(),
        "threads": runtime.threads(),
        "measured": [one._asdict() for one in measured],
        "plans": plans,
    }
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    others = sum(memory(name) for name in ("raylet", "gcs_server", *NODE))
    print(f"{results['machine']}, FCNLIB_THREADS={results['threads']}, {results['date']}")
    print(f"Ray itself on this node: {others:,.0f} MB")


FRONT = ("ray::ServeReplica:fcnlib:door", "ray::ProxyActor")
NODE = (*FRONT, "ray::ServeController", "ray-dashboard")


def measure(name: str) -> Measured:
    """Measure one network. No picture is sent twice, so that no answer comes from the cache."""
    inline, cluster = Inline(), Ray()
    pictures = iter(different(3 * REPEATS + 3 * LOAD))
    replica = f"ray::ServeReplica:fcnlib:{name}"

    def seconds(engine: Inline | Ray) -> float:
        picture = next(pictures)
        started = time.perf_counter()
        _segment(engine, picture, name)
        return time.perf_counter() - started

    for _ in range(3):
        seconds(inline)
        seconds(cluster)
    pairs = [(seconds(inline), seconds(cluster)) for _ in range(REPEATS)]
    here, there = map(statistics.median, zip(*pairs, strict=True))
    many = [next(pictures) for _ in range(LOAD)]
    before, front = processor(replica), sum(map(processor, FRONT))
    started = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in pool.map(lambda one: _segment(cluster, one, name), many):
            pass
    elapsed = time.perf_counter() - started
    request = imported("fcnlib.segmentation.remote:prepare")(many[0], name, "float32", 0).request
    answer = imported("fcnlib.segmentation.remote:answer")(name, request)
    return Measured(
        name,
        here,
        there,
        LOAD / elapsed,
        (processor(replica) - before) / LOAD,
        (sum(map(processor, FRONT)) - front) / LOAD,
        memory(replica),
        len(request) / 1e6,
        len(answer) / 1e6,
    )


def _segment(engine: Inline | Ray, picture: RGBImage, name: str) -> Any:
    caller = Caller(ignore, ignore, Mailbox(), deadline=None)
    return engine.run("segment", (picture, name, "float32", 0), caller)


def plan(one: Measured, per_day: int) -> dict[str, Any]:
    """Return how many replicas and machines so many pictures a day need, and what they cost.

    The busiest hour decides the number of machines. The cost is that of cores that run all day.
    """
    peak = PEAK * per_day / 86_400
    replicas = max(2, math.ceil(peak * one.core_seconds / BUSY))
    front_cores = math.ceil(peak * one.front_seconds / BUSY)
    # A node has one door and one proxy at most. Each of them uses one core at most, and their
    # shares were not measured apart, so this is the largest number of doors that may be needed.
    doors = max(2, front_cores)
    cores = replicas + front_cores
    memory_gb = (replicas * one.replica_mb + doors * RAY_MB) / 1000
    machines = max(doors, math.ceil(cores / MACHINE_CORES), math.ceil(memory_gb / MACHINE_GB))
    megabits = peak * (one.request_mb + one.answer_mb) * 8
    return {
        "network": one.network,
        "per_day": per_day,
        "peak": peak,
        "replicas": replicas,
        "doors": doors,
        "front_cores": front_cores,
        "machines": machines,
        "memory_gb": memory_gb,
        "megabits": megabits,
        "dollars_per_1000": 24 * cores * CORE_HOUR / (per_day / 1000),
    }


def table(measured: Iterable[Measured]) -> str:
    """Return the measurements as a Markdown table."""
    lines = [
        "| network | inline | on the cluster | overhead | pictures per second of processor time "
        "(of elapsed time) | processor time of a replica | processor time of door and proxy | "
        "memory of a replica | request | answer |",
        "|---" * 10 + "|",
    ]
    lines += [
        f"| {one.network} | {one.here * 1e3:.0f} ms | {one.cluster * 1e3:.0f} ms | "
        f"{(one.cluster - one.here) * 1e3:.0f} ms | {1 / one.core_seconds:.1f} "
        f"({one.rate:.1f}) | "
        f"{one.core_seconds * 1e3:.0f} ms | {one.front_seconds * 1e3:.0f} ms | "
        f"{one.replica_mb:,.0f} MB | {one.request_mb:.1f} MB | {one.answer_mb:.1f} MB |"
        for one in measured
    ]
    return "\n".join(lines)


def plan_table(plans: Iterable[dict[str, Any]]) -> str:
    """Return the plans as a Markdown table."""
    lines = [
        "| network | pictures a day | pictures per second in the busiest hour | replicas | "
        "doors | cores for doors and proxies | machines | memory | data rate | "
        "US dollars per 1,000 pictures |",
        "|---" * 10 + "|",
    ]
    lines += [
        f"| {one['network']} | {one['per_day']:,} | {one['peak']:.3g} | {one['replicas']} | "
        f"{one['doors']} | {one['front_cores']} | {one['machines']} | {one['memory_gb']:.1f} GB | "
        f"{one['megabits']:,.0f} Mbit/s | {one['dollars_per_1000']:.3g} |"
        for one in plans
    ]
    return "\n".join(lines)


def different(count: int) -> Iterator[RGBImage]:
    """Yield photographs of 768 × 1024 pixels that differ from each other and from earlier ones."""
    picture = photograph(SIZE)
    for number in range(count):
        shifted = np.roll(picture, number, axis=1)
        shifted[0, 0] = number % 256, number // 256, time.monotonic_ns() % 256
        yield shifted


def processor(name: str) -> float:
    """Return the processor time in seconds of all processes of that name."""
    total = 0.0
    for folder in _named(name):
        with suppress(OSError):
            fields = Path(folder, "stat").read_text(errors="replace").rpartition(")")[2].split()
            total += (int(fields[11]) + int(fields[12])) / TICKS
    return total


def memory(name: str) -> float:
    """Return the memory in MB of all processes of that name, shared pages divided among users."""
    total = 0.0
    for folder in _named(name):
        with suppress(OSError, IndexError):
            pss = Path(folder, "smaps_rollup").read_text().split("Pss:")[1].split()[0]
            total += int(pss) * 1024 / 1e6
    return total


def _named(name: str) -> Iterator[Path]:
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = Path(folder, "cmdline").read_bytes().split(b"\0")
            if Path(os.fsdecode(words[0])).name.startswith(name) or words[0] == name.encode():
                yield folder


if __name__ == "__main__":
    main()
