"""Text that cannot be used as a path is refused in one sentence, wherever a path is given."""

import os
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from support.failures import error_of, weights_error

from fcnlib import checkpoints, cli, images, paths
from fcnlib.checkpoints import storage
from fcnlib.errors import FcnlibError, WeightsError
from fcnlib.networks import npz_weights, shipped

ROOT = Path(__file__).parents[1]
LONG = "x" * 300

# What cannot be looked up, and words that say why.
UNUSABLE = {
    "~nosuchuser/x": "nosuchuser",
    "": "empty",
    LONG: "too long",
    f"folder/{LONG}/x": "too long",
    "/" + "x/" * 3000: "too long",
    "a\0b": "null",
    "a\ud800b": "U+D800",
    "loop/x": "symbolic links",
    "closed/x": "Permission denied",
}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Work in a folder with a link to itself and a folder that may not be searched."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FCNLIB_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("FCNLIB_VGG_CHECKPOINT", raising=False)
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("in the way")
    close("closed", monkeypatch)
    return tmp_path


def close(name, monkeypatch):
    """Refuse every access to what lies in a folder, as for a user without permission."""
    for module, function in ((os, "stat"), (os, "lstat"), (os, "mkdir"), (os, "scandir")):
        original = getattr(module, function)

        def guarded(path, *args, original=original, **more):
            if isinstance(path, str | Path) and f"{name}/" in f"{path}":
                raise PermissionError(13, os.strerror(13), str(path))
            return original(path, *args, **more)

        monkeypatch.setattr(module, function, guarded)


def by_variable(name, call):
    def enter(text):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(name, text)
            call()

    return enter


def missing():
    if error := checkpoints.missing():
        raise error


def opened(text):
    with checkpoints.open_checkpoint(text):
        pass


ENTRANCES = {
    "picture": images.read,
    "weights": lambda text: checkpoints.find(named=text),
    "checkpoint": opened,
    "trained weights": lambda text: npz_weights.read_weights("fcn_8s", text),
    "variable": by_variable("FCNLIB_VGG_CHECKPOINT", missing),
    "variable of the cache": by_variable("FCNLIB_CACHE_DIR", missing),
    "download": by_variable("FCNLIB_CACHE_DIR", checkpoints.fetch),
}


VARIABLES = ("variable", "variable of the cache", "download")
# An empty variable is the same as none, and a variable cannot contain a zero or half a character.
NOT_IN_VARIABLES = ("", "a\0b", "a\ud800b")


@pytest.mark.parametrize(
    ("entrance", "text"),
    [
        pytest.param(entrance, text, id=f"{entrance}-{text[:20]!r}")
        for entrance in ENTRANCES
        for text in UNUSABLE
        if entrance not in VARIABLES or text not in NOT_IN_VARIABLES
    ],
)
def test_the_library_says_why_a_path_cannot_be_looked_up(entrance, text):
    with pytest.raises(FcnlibError) as caught:
        ENTRANCES[entrance](text)
    message = str(caught.value)
    assert UNUSABLE[text] in message
    assert len(message) < 500
    assert "\n" not in message


COMMANDS = [
    ("segment",),
    ("segment", "photo.png", "--network", "vgg_16", "--weights"),
    ("segment", "photo.png", "--out"),
    ("evaluate", "--weights"),
    ("train", "--steps", "1", "--folder"),
]


@pytest.mark.parametrize("text", UNUSABLE, ids=lambda text: repr(text[:20]))
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_the_command_line_says_why_a_path_cannot_be_looked_up(command, text, capsys):
    try:
        code = cli.main([*command, text])
    except SystemExit as stop:
        code = stop.code
    assert code in (1, 2)
    assert UNUSABLE[text] in capsys.readouterr().err


@pytest.mark.parametrize("blocked", ["file", "file/x", "closed/x/y"])
def test_a_folder_that_cannot_be_made_is_named(blocked, capsys):
    try:
        code = cli.main(["train", "--steps", "1", "--folder", blocked])
    except SystemExit as stop:
        code = stop.code
    assert code in (1, 2)
    assert blocked in capsys.readouterr().err


def test_an_unwritable_place_is_named_before_the_first_step(folder, capsys, monkeypatch):
    def refuse(self, *_args, **_more):
        raise PermissionError(13, os.strerror(13), str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert cli.main(["train", "--steps", "1", "--folder", "run"]) == 1
    error = capsys.readouterr().err
    assert "run" in error
    assert "Permission denied" in error
    assert "--folder" in error


@pytest.mark.parametrize("path", ["none", "file/x", "none/x"])
def test_a_path_of_something_missing_can_be_looked_up(path):
    assert paths.named(path) == Path(path)


def test_the_users_home_folder_is_meant_unless_a_file_has_that_name(folder, monkeypatch):
    monkeypatch.setenv("HOME", "/homes/me")
    assert paths.named("~/x") == Path("/homes/me/x")
    (folder / "~").mkdir()
    (folder / "~" / "x").touch()
    assert paths.named("~/x") == Path("~/x")


@pytest.mark.parametrize("variable", [None, "~/cache"])
def test_a_user_without_a_home_folder(variable, folder, monkeypatch):
    """Without the variable HOME, Python looks into the list of users."""
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000)
    if variable:
        monkeypatch.setenv("FCNLIB_CACHE_DIR", variable)
    else:
        monkeypatch.delenv("FCNLIB_CACHE_DIR")
    for call in (missing, checkpoints.find, checkpoints.fetch, storage.cache_dir):
        with weights_error("bad_path", "home folder", "FCNLIB_CACHE_DIR"):
            call()
    assert not (folder / "~").exists()


def test_weights_that_may_not_be_read_are_not_called_damaged(folder, monkeypatch):
    (folder / "vgg_16.ckpt").write_bytes(b"weights")
    (folder / "weights.npz").write_bytes(b"weights")

    def refuse(self, *_args, **_more):
        raise PermissionError(13, os.strerror(13), str(self))

    monkeypatch.setattr(Path, "open", refuse)
    for call in (
        lambda: checkpoints.find(named="vgg_16.ckpt"),
        lambda: opened("vgg_16.ckpt"),
        lambda: npz_weights.read_weights("fcn_8s", folder / "weights.npz"),
    ):
        with weights_error("unreadable", "Permission denied"):
            call()


@pytest.fixture
def pipe(folder):
    """Make a named pipe. It is open at both ends, so that opening it does not wait."""
    os.mkfifo(folder / "pipe")
    number = os.open(folder / "pipe", os.O_RDWR)
    yield "pipe"
    os.close(number)


@pytest.mark.parametrize("entrance", ["picture", "weights", "trained weights"])
def test_a_named_pipe_is_refused_instead_of_waited_for(entrance, pipe):
    with pytest.raises(FcnlibError, match=r"not a file|no such file"):
        ENTRANCES[entrance](pipe)


@pytest.mark.parametrize("pictures", [["cat.png"], ["cat.png", "cat.png"]])
@pytest.mark.parametrize("out", ["file", "file/x", "closed/x"])
def test_a_place_that_cannot_be_written_is_named_before_a_network_is_loaded(
    pictures, out, folder, capsys, monkeypatch
):
    (folder / "cat.png").write_bytes(images.encode_png(images.sample("cat")))
    monkeypatch.setattr(shipped, "load", lambda *_, **__: pytest.fail("loaded a network"))
    try:
        code = cli.main(["segment", *pictures, "--out", out])
    except SystemExit as stop:
        code = stop.code
    assert code in (1, 2)
    assert out in capsys.readouterr().err


def test_a_long_name_in_a_message_is_shortened_in_the_middle():
    shown = paths.shown("/first/" + "x" * 3000 + "/last.png")
    assert len(shown) < 200
    assert "first" in shown
    assert "last.png" in shown


@pytest.mark.parametrize("value", ["~nosuchuser/x", LONG, "closed/x", "loop/x", "bad\udcff/x"])
@pytest.mark.parametrize("variable", ["FCNLIB_VGG_CHECKPOINT", "FCNLIB_CACHE_DIR"])
@pytest.mark.parametrize("page", ["weights", "machine"])
def test_pages_show_without_weights(page, variable, value, monkeypatch):
    monkeypatch.setenv(variable, value)
    app = AppTest.from_string(PARTS[page], default_timeout=60).run()
    assert not app.exception


PARTS = {
    "weights": "from fcnlib.ui.segmentation import weights\nweights.ready('key', 'Nothing.')",
    "machine": "from fcnlib.ui import home\nhome.show_machine()",
}


def test_messages_can_be_shown_and_saved_whatever_a_path_contains():
    for kind in (FcnlibError, WeightsError):
        with error_of(kind, "code", r"\udcff"):
            raise kind("code", "There is no file 'a\udcff'.")
    assert str(FcnlibError("code", "héllo 漢\udcff")).encode() == "héllo 漢\\udcff".encode()
