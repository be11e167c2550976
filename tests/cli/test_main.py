"""The commands `segment` and `weights`: arguments, messages and exit codes."""

import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from fcnlib import cli, images
from fcnlib.cli.segmenting import _write
from fcnlib.errors import FcnlibError
from fcnlib.images import fetching

VGG = ("--network", "vgg_16")


@pytest.fixture(autouse=True)
def no_weights(monkeypatch, tmp_path):
    monkeypatch.delenv("FCNLIB_VGG_CHECKPOINT", raising=False)
    monkeypatch.setenv("FCNLIB_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.png"
    path.write_bytes(images.encode_png(np.full((40, 50, 3), 99, np.uint8)))
    return str(path)


def test_help_names_commands_variables_and_exit_codes(capsys):
    with pytest.raises(SystemExit, match="0"):
        cli.main(["--help"])
    text = capsys.readouterr().out
    for word in ("segment", "weights", "train", "evaluate", "FCNLIB_VGG_CHECKPOINT", "130"):
        assert word in text


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
@pytest.mark.parametrize("name", ["5 × 5.png", "漢字.png", "caf\udce9.png"])
def test_printing_never_fails_in_a_terminal_that_lacks_a_character(encoding, name, monkeypatch):
    printed = io.BytesIO()
    stream = io.TextIOWrapper(printed, encoding, write_through=True)
    monkeypatch.setattr(sys, "stderr", stream)
    assert cli.main(["segment", name]) == 1
    assert b".png" in printed.getvalue()


def test_printing_never_fails_without_a_reader_and_files_are_written(photo, tmp_path):
    out = tmp_path / "maps"
    command = f"python -m fcnlib segment {photo} --network people --out {out} | true"
    done = run(f"{command}; echo ${{PIPESTATUS[0]}}")
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr
    assert done.stdout == "0\n"
    assert {path.name for path in out.iterdir()} > {"map.png", "segmentation.npz"}


@pytest.mark.parametrize("redirection", [">&-", ">/dev/full"])
def test_help_ends_without_a_traceback_if_it_cannot_be_printed(redirection):
    done = run(f"python -m fcnlib --help {redirection}; echo ${{PIPESTATUS[0]}} >&2")
    assert done.stderr.endswith("0\n")
    assert len(done.stderr.splitlines()) == 1


def run(command, **variables):
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", command],
        env=os.environ | {"PATH": path} | variables,
        capture_output=True,
        text=True,
        encoding="latin-1",
        timeout=120,
        check=False,
    )


def test_a_folder_without_pictures_is_an_error(tmp_path, capsys):
    (tmp_path / "notes.txt").write_text("no picture")
    with pytest.raises(SystemExit, match="2"):
        cli.main(["segment", str(tmp_path)])
    error = capsys.readouterr().err
    assert str(tmp_path) in error
    assert ".jpg" in error


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ([], ["required"]),
        (["segment"], ["PICTURE"]),
        (["segment", "x.png", "--long-side", "31"], ["--long-side", "0 or", "32", "got 31"]),
        (["segment", "x.png", "--long-side", "-5"], ["--long-side"]),
        (["weights", "--fetch", "--verify"], ["--fetch", "--verify"]),
        (["weights", "--source", "mars"], ["--source", "mars"]),
        (["segment", "x.png", "--network", "alexnet"], ["--network", "alexnet", "voc"]),
        (["segment", "x.png", "--weights", "y.ckpt"], ["--weights", "vgg_16"]),
    ],
)
def test_wrong_usage_exits_with_2_and_names_the_option(arguments, named, capsys):
    with pytest.raises(SystemExit, match="2"):
        cli.main(arguments)
    message = capsys.readouterr().err.rpartition("error:")[2]
    assert all(part in message for part in named)


def test_a_long_side_of_0_is_allowed(capsys):
    assert cli.main(["segment", "nowhere.jpg", "--long-side", "0"]) == 1
    assert "nowhere.jpg" in capsys.readouterr().err


def test_the_message_names_a_missing_picture(capsys):
    assert cli.main(["segment", "nowhere.jpg"]) == 1
    assert "nowhere.jpg" in capsys.readouterr().err


def test_a_refused_address_gives_the_message_of_the_error(capsys):
    address = "http://127.0.0.1/cat.jpg"
    with pytest.raises(FcnlibError) as caught:
        fetching.fetch(address)
    assert cli.main(["segment", address]) == 1
    assert str(caught.value) in capsys.readouterr().err


def test_the_message_about_missing_weights_names_the_command_that_downloads_them(photo, capsys):
    for arguments in (["segment", photo, *VGG], ["weights"], ["weights", "--path"]):
        assert cli.main(arguments) == 1
        assert "python -m fcnlib weights --fetch" in capsys.readouterr().err


def test_the_message_names_an_unusable_checkpoint(photo, tmp_path, capsys):
    bad = tmp_path / "bad.ckpt"
    bad.write_bytes(b"<html>login</html>")
    assert cli.main(["segment", photo, *VGG, "--weights", str(bad)]) == 1
    assert "bad.ckpt" in capsys.readouterr().err


def test_an_interrupt_exits_with_130(photo, monkeypatch, capsys):
    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(images, "decode", interrupt)
    assert cli.main(["segment", photo]) == 130
    assert "interrupted" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_raises(tmp_path):
    class Result:
        class_names, colors = ("a",), np.zeros((1, 3), np.uint8)
        label_map = np.zeros((1, 1), int)

        def painted(self):
            return np.zeros((1, 1, 3), np.uint8)

        painted_coarse = painted

        def overlay(self, _):
            return self.painted()

        def to_npz(self):
            return b""

    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(FcnlibError, match=str(blocked)) as caught:
        _write(Result(), blocked)
    assert caught.value.code == "cannot_write"
