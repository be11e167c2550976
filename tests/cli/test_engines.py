"""The command `segment` with other engines, and going on after it was interrupted."""

import json
import os
import shutil
import threading
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from support.door import Door, computed, failed

from fcnlib import cli, engine
from fcnlib.networks import shipped

NAMES = ("chelsea.png", "coffee.png", "rocket.jpg", "astronaut.png")
SMALL = ["--network", "fcn_8s", "--long-side", "64"]
LOAD_ONCE = cache(shipped.load)


@pytest.fixture(autouse=True)
def networks_loaded_once(monkeypatch):
    """Load each network once for all tests, and leave the engine as it was."""
    monkeypatch.setattr(shipped, "load", lambda name, *_, **__: LOAD_ONCE(name))
    monkeypatch.setattr(engine, "_current", engine.current())
    monkeypatch.setenv("FCNLIB_ENGINE", "inline")  # The option has priority over the variable.
    yield
    engine.current().close()


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in NAMES:
        shutil.copy(str(files("skimage") / "data" / name), folder / name)
    return folder


@pytest.fixture
def door(monkeypatch):
    monkeypatch.setenv("FCNLIB_RAY_SECRET", "a secret of the tests")
    monkeypatch.setattr("fcnlib.cli.segmenting.PAUSES", (0.01,) * 50)
    monkeypatch.setattr("fcnlib.engine.ray.PAUSE", 0.01)
    started = Door(computed)
    monkeypatch.setenv("FCNLIB_RAY_URL", started.address)
    yield started
    started.end()


def summary(capsys, folder, out, *more, code=0):
    arguments = ["segment", str(folder), "--out", str(out), *SMALL, "--json", *more]
    assert cli.main(arguments) == code
    return json.loads(capsys.readouterr().out)


def contents(folder):
    """Return the arrays of every result by its folder; the files themselves hold times."""
    found = {}
    for path in sorted(folder.glob("*/segmentation.npz")):
        with np.load(path) as arrays:
            found[path.parent.name] = {name: arrays[name].tobytes() for name in arrays.files}
    return found


def names(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.*"))


@pytest.mark.parametrize("name", ["local", "ray"])
def test_every_engine_writes_the_same_maps(door, photos, tmp_path, capsys, name):
    here = summary(capsys, photos, tmp_path / "here")
    there = summary(capsys, photos, tmp_path / "there", "--engine", name)
    assert [entry["classes"] for entry in here] == [entry["classes"] for entry in there]
    assert contents(tmp_path / "here") == contents(tmp_path / "there")
    assert names(tmp_path / "here") == names(tmp_path / "there")
    assert len(contents(tmp_path / "there")) == len(NAMES)
    assert len(door.requests) == (len(NAMES) if name == "ray" else 0)


def test_a_cluster_works_on_several_pictures_at_once(door, photos, tmp_path, capsys):
    together = threading.Barrier(len(NAMES))
    door.script = lambda *sent: together.wait(20) >= 0 and computed(*sent)
    assert len(summary(capsys, photos, tmp_path / "out", "--engine", "ray")) == len(NAMES)


def test_a_busy_cluster_is_asked_again(door, photos, tmp_path, capsys):
    lock, busy = threading.Lock(), [failed(503, "BusyError", "busy")] * 7

    def script(*sent):
        with lock:
            if busy:
                return busy.pop()
        return computed(*sent)

    door.script = script
    entries = summary(capsys, photos, tmp_path / "out", "--engine", "ray")
    assert all("error" not in entry for entry in entries)
    assert len(door.requests) == 7 + len(NAMES)


def test_an_interrupted_command_goes_on_where_it_ended(door, photos, tmp_path, capsys):
    """The cluster goes away after two pictures; the second run asks for the other two."""
    lock, left = threading.Lock(), [1, 2]

    def script(*sent):
        with lock:
            if not left:
                return None
            left.pop()
        return computed(*sent)

    door.script = script
    out = tmp_path / "out"
    arguments = ["segment", str(photos), "--out", str(out), *SMALL, "--engine", "ray", "--resume"]
    assert cli.main(arguments) == 1
    assert f"127.0.0.1:{door.server_port}" in capsys.readouterr().err
    assert len(contents(out)) == 2
    assert not [name for name in names(out) if name.endswith(".part")]
    times = {path: os.stat(path).st_mtime_ns for path in out.rglob("*.*")}
    door.script = computed
    door.requests.clear()
    entries = summary(capsys, photos, out, "--engine", "ray", "--resume")
    assert len(door.requests) == 2
    assert [Path(entry["picture"]).name for entry in entries] == sorted(NAMES)
    assert {path: os.stat(path).st_mtime_ns for path in times} == times
    assert len(contents(out)) == len(NAMES)


@pytest.fixture
def made(photos, tmp_path, capsys):
    """Return a function that runs the command again and returns what was made again."""
    out = tmp_path / "out"
    summary(capsys, photos, out, "--resume")

    def times():
        return {path.parent.name: os.stat(path).st_mtime_ns for path in out.glob("*/map.png")}

    def again(*more):
        before = times()
        summary(capsys, photos, out, "--resume", *more)
        return {name for name, time in times().items() if before.get(name) != time}

    return again


EVERY = {Path(name).stem for name in NAMES}


def test_what_is_done_is_not_made_again(made):
    assert made() == set()


@pytest.mark.parametrize("more", [["--network", "fcn_32s"], ["--long-side", "32"]])
def test_other_options_make_it_again(made, more):
    assert made(*more) == EVERY


@pytest.mark.parametrize("name", ["map.png", "segmentation.npz", "record.json"])
def test_a_file_that_is_missing_is_made_again(made, tmp_path, name):
    (tmp_path / "out" / "coffee" / name).unlink()
    assert made() == {"coffee"}


@pytest.mark.parametrize("record", ["", "{}", "[]", '{"entry": 1}', "[" * 100_000])
def test_a_damaged_record_counts_for_nothing(made, tmp_path, record):
    (tmp_path / "out" / "coffee" / "record.json").write_text(record)
    assert made() == {"coffee"}


def test_a_picture_that_changed_is_made_again(made, photos):
    shutil.copy(photos / "rocket.jpg", photos / "coffee.png")
    assert made() == {"coffee"}


def test_maps_that_were_made_without_a_record_are_made_again(made, photos, tmp_path, capsys):
    summary(capsys, photos, tmp_path / "out", "--network", "fcn_32s")
    assert made() == EVERY


@pytest.mark.parametrize(
    "more", [["--resume"], ["--engine", "local", "--weights", "x", "--network", "vgg_16"]]
)
def test_options_that_do_not_go_together_are_refused(photos, more):
    with pytest.raises(SystemExit) as raised:
        cli.main(["segment", str(photos), *more])
    assert raised.value.code == 2
