import re

import numpy as np
import pytest

from fcnlib import cli, images
from fcnlib.errors import FcnlibError


@pytest.fixture(autouse=True)
def no_weights(monkeypatch, tmp_path):
    monkeypatch.delenv("FCNLIB_VGG_CHECKPOINT", raising=False)
    monkeypatch.setenv("FCNLIB_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.png"
    path.write_bytes(images.encode_png(np.full((40, 50, 3), 99, np.uint8)))
    return str(path)


def test_help_tells_commands_examples_and_exit_codes(capsys):
    with pytest.raises(SystemExit, match="0"):
        cli.main(["--help"])
    text = capsys.readouterr().out
    for word in ("segment", "weights", "FCNLIB_VGG_CHECKPOINT", "exit codes"):
        assert word in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "required"),
        (["segment"], "PICTURE"),
        (["segment", "x.png", "--long-side", "31"], "must be 0 or at least 32, got 31"),
        (["segment", "x.png", "--long-side", "-5"], "expected one argument|at least 32"),
        (["weights", "--fetch", "--verify"], "not allowed with"),
        (["weights", "--source", "mars"], "invalid choice"),
    ],
)
def test_wrong_usage_exits_with_2(arguments, message, capsys):
    with pytest.raises(SystemExit, match="2"):
        cli.main(arguments)
    assert re.search(message, capsys.readouterr().err)


def test_a_missing_picture_is_named(capsys):
    assert cli.main(["segment", "nowhere.jpg"]) == 1
    assert "nowhere.jpg" in capsys.readouterr().err


def test_a_refused_address_is_told(capsys):
    assert cli.main(["segment", "http://127.0.0.1/cat.jpg"]) == 1
    assert "fcnlib: There is no public site at this address." in capsys.readouterr().err


def test_missing_weights_come_with_the_command_that_fetches_them(photo, capsys):
    for arguments in (["segment", photo], ["weights"], ["weights", "--path"]):
        assert cli.main(arguments) == 1
        assert "python -m fcnlib weights --fetch" in capsys.readouterr().err


def test_an_unusable_checkpoint_is_told(photo, tmp_path, capsys):
    bad = tmp_path / "bad.ckpt"
    bad.write_bytes(b"<html>login</html>")
    assert cli.main(["segment", photo, "--weights", str(bad)]) == 1
    assert "bad.ckpt" in capsys.readouterr().err


def test_an_interrupt_is_not_a_traceback(photo, monkeypatch, capsys):
    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(images, "decode", interrupt)
    assert cli.main(["segment", photo]) == 130
    assert "interrupted" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    class Result:
        def painted(self):
            return np.zeros((1, 1, 3), np.uint8)

        painted_coarse = painted

        def overlay(self, _):
            return self.painted()

        def to_npz(self):
            return b""

    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(FcnlibError, match="cannot be written to: "):
        cli._write(Result(), blocked)


def test_progress_without_a_terminal_prints_each_text_once(capsys):
    report = cli.terminal_report()
    for done in range(5):
        report(done / 4, f"{done} of 4 MB")
    report(1, "Done")
    assert capsys.readouterr().err.splitlines() == ["0 of 4 MB", "Done"]
