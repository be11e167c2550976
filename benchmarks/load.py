"""Visit the app with 20 visitors at once: ``python -m benchmarks.load``.

Starts the app with an empty cache folder. Each visitor is a process of its own: two train networks,
four upload pictures, and the others open light pages (`LIGHT`) and move sliders. Prints how long
pages and the health check take on a quiet server and under this load. ``--app FOLDER`` measures
another checkout.
"""

import argparse
import http.client
import io
import multiprocessing
import os
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.visitor import PageError, Visitor, server

ROOT = Path(__file__).parents[1]
HOME = "Home"
LIGHT = (HOME, "Kernels", "Upsampling", "Transposed convolution", "Why a layer", "Numbers")
SLIDERS = {
    "Upsampling": "upsampling_factor",
    "Why a layer": "transposed_convolution_step_rate",
}
TRAINERS, UPLOADERS = 2, 4
PAUSE = 1.0, 3.0  # seconds between two pages of a visitor
ROUNDS = 5  # of all light pages on the quiet server
HEALTH_EVERY = 0.1  # seconds
LIMITS = {"light pages": (1.0, 2.0, None), "health": (None, None, 0.1)}
"""Largest median, 95 % and maximum in seconds."""

Times = list[tuple[str, float]]


class Clock:
    """Seconds of each action of a visitor, its errors, and whether it saw a training run."""

    def __init__(self) -> None:
        self.times: Times = []
        self.errors: list[str] = []
        self.trained = False

    def time(self, kind: str, action: Callable[[], object]) -> None:
        """Do something and note how long it takes."""
        started = time.perf_counter()
        action()
        self.times.append((kind, time.perf_counter() - started))


def read_pages(visitor: Visitor, clock: Clock, ends: float, chance: random.Random) -> None:
    """Open light pages in random order and move their sliders."""
    while time.monotonic() < ends:
        page = chance.choice(LIGHT)
        clock.time(page, partial(visitor.open, page))
        visitor.watch(chance.uniform(*PAUSE))
        if page in SLIDERS and time.monotonic() < ends:
            slider = visitor.elements[SLIDERS[page]]
            value = chance.randint(int(slider.min), min(int(slider.max), 9))
            clock.time(f"slider on {page}", partial(visitor.slide, SLIDERS[page], value))
            visitor.watch(chance.uniform(*PAUSE))


def upload_pictures(visitor: Visitor, clock: Clock, ends: float, chance: random.Random) -> None:
    """Upload one picture after another to the Segmentation page, each a new one."""
    visitor.open("Segmentation")
    visitor.change("segmentation_source", string_array_value={"data": ["Your file"]})
    while time.monotonic() < ends:
        clock.time("upload to class maps", partial(_segment, visitor, photograph_file(chance)))
        visitor.watch(chance.uniform(*PAUSE))


def train(visitor: Visitor, clock: Clock, ends: float, _chance: random.Random) -> None:
    """Start a training, and another one as soon as it has ended."""
    clock.time("Training", lambda: visitor.open("Training"))
    visitor.slide("training_steps", 400)
    while time.monotonic() < ends:
        if not visitor.elements["training_go"].disabled:
            clock.time("start a training", lambda: visitor.press("training_go"))
        visitor.watch(min(1.0, ends - time.monotonic()))
    clock.trained = "training_loss" in visitor.elements


def visit(address: str, act: Callable[..., None], seconds: float, delay: float, seed: int) -> Clock:
    """Be one visitor, who comes after `delay` seconds and leaves after `seconds`."""
    clock, chance = Clock(), random.Random(seed)
    ends = time.monotonic() + seconds
    time.sleep(delay)
    started = time.perf_counter()
    try:
        visitor = Visitor(address)
        clock.times.append((HOME, time.perf_counter() - started))
        act(visitor, clock, ends, chance)
        visitor.close()
    except Exception as error:
        clock.errors.append(f"{act.__name__}: {type(error).__name__}: {error}")
    return clock


def ask_health(address: str, seconds: float) -> Clock:
    """Ask for the health of the server all the time."""
    clock, ends = Clock(), time.monotonic() + seconds
    connection = http.client.HTTPConnection(address, timeout=30)

    def ask() -> None:
        connection.request("GET", "/_stcore/health")
        if connection.getresponse().read() != b"ok":
            clock.errors.append("the server is not healthy")

    while time.monotonic() < ends:
        clock.time("health", ask)
        time.sleep(HEALTH_EVERY)
    return clock


def quiet(address: str) -> tuple[Clock, Clock]:
    """Open all light pages alone; return the first visits and the others."""
    first, others = Clock(), Clock()
    visitor = Visitor(address)
    visitor.watch(60, until="home_nearest")
    for page in LIGHT:
        first.time(page, partial(visitor.open, page))
    visitor.open("Numbers")
    visitor.watch(30)  # the samples are segmented and the facts computed once, for all visitors
    for _ in range(ROUNDS):
        for page in LIGHT:
            others.time(page, partial(visitor.open, page))
    visitor.close()
    return first, others


def main() -> None:
    """Measure and print; end with status 1 if there were errors."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--app", type=Path, default=ROOT, help="folder of the app")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--visitors", type=int, default=20)
    parser.add_argument("--arrive", type=float, default=10.0, help="seconds in which all arrive")
    options = parser.parse_args()
    roles = [train] * TRAINERS + [upload_pictures] * UPLOADERS
    roles += [read_pages] * max(options.visitors - len(roles), 0)
    errors: list[str] = []
    print(f"load average {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as cache, server(options.app, Path(cache)) as (address, web):
        first, others = quiet(address)
        _print("first visit to a quiet server", [first])
        _print("quiet server", [others])
        before = processor_seconds(web)
        # Forked, since 20 processes that import Streamlit would be a load of their own.
        forks = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(len(roles) + 1, forks) as pool:
            jobs = [pool.submit(ask_health, address, options.seconds)]
            jobs += [
                pool.submit(
                    visit, address, role, options.seconds, seed / len(roles) * options.arrive, seed
                )
                for seed, role in enumerate(roles)
            ]
            clocks = [job.result() for job in jobs]
        name = (
            f"{len(roles)} visitors, {TRAINERS} train, {UPLOADERS} upload, {options.seconds:.0f} s"
        )
        _print(name, clocks)
        print("\nprocessor seconds and memory under load:")
        for pid, seconds in processor_seconds(web).items():
            print(f"  {_name(pid)}: {seconds - before.get(pid, 0):.1f} s, {_megabytes(pid):.0f} MB")
        if not any(clock.trained for clock in clocks):
            errors.append("no training showed its loss")
        errors += [error for clock in clocks for error in clock.errors]
    print(f"load average {os.getloadavg()[0]:.1f}, {len(errors)} errors")
    print("\n".join(errors))
    sys.exit(bool(errors))


def _print(title: str, clocks: Iterable[Clock]) -> None:
    kinds: dict[str, list[float]] = defaultdict(list)
    for clock in clocks:
        for kind, seconds in clock.times:
            kinds[kind].append(seconds)
            if kind in LIGHT or kind.startswith("slider"):
                kinds["light pages"].append(seconds)
    print(f"\n| {title} | count | median | 95 % | most | |\n|---|---|---|---|---|---|")
    for kind, times in sorted(kinds.items()):
        figures = statistics.median(times), float(np.quantile(times, 0.95)), max(times)
        limits = LIMITS.get(kind, (None,) * 3)
        kept = [value <= most for value, most in zip(figures, limits, strict=True) if most]
        verdict = ("holds" if all(kept) else "**fails**") if kept else ""
        cells = " | ".join(f"{value:.3f} s" for value in figures)
        print(f"| {kind} | {len(times)} | {cells} | {verdict} |", flush=True)


def _segment(visitor: Visitor, photograph: bytes) -> None:
    visitor.upload("segmentation_upload", "picture.jpg", photograph)
    if not visitor.watch(60, until="segmentation_2_full"):
        msg = "no class map within 60 s"
        raise PageError(msg)


def photograph_file(chance: random.Random) -> bytes:
    """Return a JPEG of 800 × 600 px that no visitor has uploaded before."""
    small = np.frombuffer(chance.randbytes(30 * 40 * 3), np.uint8).reshape(30, 40, 3)
    file = io.BytesIO()
    Image.fromarray(small).resize((800, 600), Image.Resampling.BICUBIC).save(file, "JPEG")
    return file.getvalue()


def processor_seconds(web: int) -> dict[int, float]:
    """Return the processor time of the server and of each of its workers, by process number."""
    children = Path(f"/proc/{web}/task/{web}/children").read_text().split()
    for task in Path(f"/proc/{web}/task").iterdir():
        children += (task / "children").read_text().split()
    seconds = {}
    for pid in {web, *map(int, children)}:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        seconds[pid] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return seconds


def _name(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ").split("python ")[-1]


def _megabytes(pid: int) -> float:
    """Return the memory of a process in MB, with its share of what it shares with others."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(rollup.partition("\nPss:")[2].split()[0]) * 1024 / 1e6


if __name__ == "__main__":
    main()
