"""Pictures named on the command line in any way: paths, bytes, addresses, standard input."""

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import types
from functools import cache, partial
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from fcnlib import cli, images
from fcnlib.cli import segmenting
from fcnlib.errors import PictureError
from fcnlib.images import fetching
from fcnlib.networks import shipped

ROOT = Path(__file__).parents[2]

LOAD_ONCE = cache(shipped.load)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def small_network(monkeypatch):
    """Load the smallest network once for all tests."""
    monkeypatch.setattr(shipped, "load", lambda *_, **__: LOAD_ONCE("people"))


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*_args, **_more):
        pytest.fail("loaded a network without a picture")

    monkeypatch.setattr(shipped, "load", refuse)


def write_photo(path):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(str(files("skimage") / "data" / "chelsea.png"), path)
    return path


def errors(capsys, *arguments):
    """Return the code of the error of each picture."""
    assert cli.main(["segment", *arguments, "--json"]) == 1
    return [entry["error"]["code"] for entry in json.loads(capsys.readouterr().out)]


@pytest.mark.parametrize(
    "pictures",
    [["missing.jpg"], ["missing.jpg", "gone/*.png"], ["-"], ["text.jpg"], ["http://127.0.0.1/a"]],
)
def test_no_network_is_loaded_before_a_picture_is_read(
    pictures, folder, no_network, capsys, monkeypatch
):
    (folder / "text.jpg").write_text("not a picture")
    monkeypatch.setattr(sys, "stdin", types.SimpleNamespace(buffer=io.BytesIO()))
    assert len(errors(capsys, *pictures)) == len(pictures)


@pytest.mark.parametrize("name", [b"photo\xff.png", b"\xe9t\xe9.png", b"\x80/\x81.png"])
def test_paths_that_are_not_text(name, folder, small_network, capsys):
    picture = os.fsdecode(name)
    write_photo(folder / picture)
    out = os.fsdecode(b"maps\xfe")
    assert cli.main(["segment", picture, "--out", out]) == 0
    assert (folder / out / "map.png").is_file()
    assert cli.main(["segment", picture, picture, "--out", out, "--json"]) == 0
    summary = json.loads(capsys.readouterr().out.partition("[\n")[2].join(["[\n", ""]))
    assert [entry["picture"] for entry in summary] == [picture] * 2
    assert all(Path(file).is_file() for entry in summary for file in entry["files"])


@pytest.mark.parametrize("name", [b"gone\xff.png", b"\xe9/*.png", b"http://\xff"])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_printing_a_path_that_is_not_text(name, encoding, folder):
    done = subprocess.run(
        [sys.executable.encode(), b"-m", b"fcnlib", b"segment", name],
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding},
        cwd=folder,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert b"fcnlib: " in done.stderr


def test_a_training_in_a_folder_whose_name_is_not_text_is_refused(folder, capsys):
    """TensorFlow cannot write its log there."""
    arguments = ["train", "--steps", "1", "--scenes", "1", "--size", "32", "32", "--folder"]
    assert cli.main([*arguments, os.fsdecode(b"run\xff")]) == 1
    error = capsys.readouterr().err
    assert r"run\udcff" in error
    assert "Unicode" in error


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("http://", "not a valid web address"),
        ("https:/x.test/a.jpg", "not a valid web address"),
        ("\u200bhttps:/x.test/a.jpg", "not a valid web address"),
        ("ftp://x.test/a.jpg", "https://"),
        ("file:///home/a.jpg", "https://"),
        ("s3://bucket/a.jpg", "https://"),
        ("data:image/png;base64,iVBORw0KGgo=", "start with data:"),
        ("\ufeffDATA:,", "start with data:"),
        ("data:a", "start with data:"),
    ],
)
def test_addresses_that_cannot_be_fetched_get_the_true_reason(given, words, no_network, capsys):
    assert cli.main(["segment", given]) == 1
    error = capsys.readouterr().err
    assert words in error
    assert "does not exist" not in error


@pytest.mark.parametrize(
    "given",
    [
        "\ufeffhttps://x.test/a.jpg",
        "\u200bhttps://x.test/a.jpg\u200b",
        "\u00a0 https://x.test/a.jpg\t",
        "HTTPS://x.test/a.jpg",
        "\u3164https://x.test/a.jpg",
    ],
)
def test_invisible_characters_around_an_address(given, no_network, capsys, monkeypatch):
    hosts = []

    def request(target, _end):
        hosts.append(target.host)
        raise TimeoutError

    monkeypatch.setattr(fetching, "request", request)
    assert errors(capsys, given) == ["timeout"]
    assert hosts == ["x.test"]


@pytest.mark.parametrize("name", ["http:", "data:,a", "https:/x.test/a.jpg"])
def test_a_file_of_that_name_comes_before_an_address(name, folder, small_network):
    write_photo(folder / name)
    assert cli.main(["segment", name]) == 0


def test_a_picture_from_standard_input(folder, small_network, capsys, monkeypatch):
    photo = write_photo(folder / "cat.png").read_bytes()
    (folder / "-").mkdir()
    monkeypatch.setattr(sys, "stdin", types.SimpleNamespace(buffer=io.BytesIO(photo)))
    assert cli.main(["segment", "-", "--out", "maps"]) == 0
    assert (folder / "maps" / "map.png").is_file()
    monkeypatch.setattr(sys, "stdin", types.SimpleNamespace(buffer=io.BytesIO(photo)))
    assert cli.main(["segment", "-", "cat.png", "--out", "two", "--json"]) == 0


def without_a_reader():
    reader, writer = os.pipe()
    os.close(reader)
    return os.fdopen(writer, "w")


STREAMS = {
    "closed": contextlib.nullcontext,
    "full disk": partial(open, "/dev/full", "w"),
    "without a reader": without_a_reader,
}


@pytest.mark.usefixtures("small_network")
@pytest.mark.parametrize("name", ["stdout", "stderr"])
@pytest.mark.parametrize("kind", STREAMS)
@pytest.mark.parametrize("pictures", [["cat.png"], ["cat.png", "cat.png"]])
def test_printing_never_fails_and_files_are_written(name, kind, pictures, folder, capsys):
    write_photo(folder / "cat.png")
    with pytest.MonkeyPatch.context() as patch, STREAMS[kind]() as file:
        patch.setattr(sys, name, file)
        code = cli.main(["segment", *pictures, "--out", "maps"])
    # What does not reach the disk is missed, unlike what nobody reads.
    assert code == (1 if (name, kind) == ("stdout", "full disk") else 0)
    assert len([*folder.glob("maps/**/map.png")]) == len(pictures)
    if code:
        assert "No space left on device" in capsys.readouterr().err


def test_without_files_nothing_is_computed_that_nobody_reads(folder, small_network, monkeypatch):
    write_photo(folder / "cat.png")
    segmented, original = [], segmenting._segment_one
    monkeypatch.setattr(
        segmenting, "_segment_one", lambda *a, **k: segmented.append(a[0]) or original(*a, **k)
    )
    with pytest.MonkeyPatch.context() as patch, without_a_reader() as file:
        patch.setattr(sys, "stdout", file)
        assert cli.main(["segment", *["cat.png"] * 4]) == 0
    assert segmented == ["cat.png"]


class Endless:
    """A stream that never ends and counts what was read."""

    total = 0

    def read(self, size):
        self.total += size
        return bytes(size)


def test_standard_input_has_the_limits_of_a_file(no_network, capsys, monkeypatch):
    endless = Endless()
    monkeypatch.setattr(sys, "stdin", types.SimpleNamespace(buffer=endless))
    assert errors(capsys, "-") == ["too_large"]
    assert endless.total <= images.MAX_BYTES + 1
    monkeypatch.setattr(sys, "stdin", types.SimpleNamespace(buffer=io.BytesIO()))
    assert errors(capsys, "-") == ["empty"]
    monkeypatch.setattr(sys, "stdin", None)
    assert errors(capsys, "-") == ["unreadable"]


def test_a_folder_that_may_not_be_read_is_named_and_the_others_go_on(
    folder, small_network, capsys, monkeypatch
):
    (folder / "closed").mkdir()
    write_photo(folder / "cat.png")
    original = os.listdir

    def listdir(path="."):
        if str(path) == "closed":
            raise PermissionError(13, os.strerror(13), path)
        return original(path)

    monkeypatch.setattr(os, "listdir", listdir)
    assert cli.main(["segment", "closed", "cat.png"]) == 1
    captured = capsys.readouterr()
    assert "Permission denied" in captured.err
    assert captured.out.startswith("cat.png: ")
    with pytest.raises(PictureError):
        segmenting._image("closed", segmenting.silent, 0)


@pytest.mark.parametrize(
    "pictures",
    [
        ["a/cat.png", "b/cat.png", "cat_2.png"],
        ["cat_2.png", "a/cat.png", "b/cat.png", "c/cat.png"],
        ["..", "https://x.test/..", "...png"],
        ["https://x.test/" + "a" * 300, "é" * 300, "x" * 300],
        [".png", "", "/"],
    ],
)
def test_each_picture_gets_a_folder_in_the_folder_for_all(pictures, folder):
    found = [*segmenting._folders(pictures, folder, several=True)]
    assert len(set(found)) == len(pictures)
    for place in found:
        assert place.resolve().parent == folder.resolve()
        place.mkdir()


@pytest.mark.slow
def test_tensorflow_is_quiet_unless_the_user_wants_its_log(folder):
    image = np.full((40, 50, 3), 99, np.uint8)
    (folder / "photo.png").write_bytes(images.encode_png(image))
    quiet, loud = (error_output(folder, level) for level in (None, "0"))
    assert [line for line in quiet.splitlines() if not line.startswith("[")] == []
    assert len(loud.splitlines()) > len(quiet.splitlines())


def error_output(folder, level):
    variables = {
        name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"
    }
    variables["PYTHONPATH"] = str(ROOT)
    if level is not None:
        variables["TF_CPP_MIN_LOG_LEVEL"] = level
    done = subprocess.run(
        [sys.executable, "-m", "fcnlib", "segment", "photo.png", "--network", "people"],
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_the_help_says_which_classes_a_network_can_give(capsys):
    with pytest.raises(SystemExit, match="0"):
        cli.main(["segment", "--help"])
    text = capsys.readouterr().out.partition("networks:")[2]
    assert "drawn streets only" in text
    assert "one of the classes" in text
