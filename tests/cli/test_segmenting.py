"""The command `segment` on photographs: networks, several pictures, JSON, files, exit codes."""

import json
import shutil
from functools import cache
from importlib.resources import files

import numpy as np
import pytest
from PIL import Image

from fcnlib import cli
from fcnlib.networks import shipped


def photograph(name):
    return str(files("skimage") / "data" / name)


LOAD_ONCE = cache(shipped.load)


@pytest.fixture(autouse=True)
def networks_loaded_once(monkeypatch):
    """Load each network once for all tests."""
    monkeypatch.setattr(shipped, "load", lambda name, *_, **__: LOAD_ONCE(name))


def summary(capsys, *arguments, code=0):
    assert cli.main(["segment", *arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("name", "largest"),
    [
        ("chelsea.png", "cat"),
        ("astronaut.png", "person"),
        ("motorcycle_left.png", "motorbike"),
        ("camera.png", "person"),
    ],
)
def test_the_largest_class_but_background_is_what_the_photograph_shows(name, largest, capsys):
    (entry,) = summary(capsys, photograph(name))
    shares = entry["classes"]
    shares.pop("background")
    assert max(shares, key=shares.get) == largest


def test_cats_take_over_half_of_the_cells_and_espresso_leads_on_coffee(capsys, tmp_path):
    arguments = [photograph("chelsea.png"), photograph("coffee.png"), "--network", "imagenet"]
    cat, coffee = summary(capsys, *arguments, "--out", str(tmp_path))
    with np.load(tmp_path / "chelsea" / "segmentation.npz") as arrays:
        names = arrays["class_names"][arrays["coarse_map"]]
    assert np.isin(names, ["Egyptian cat", "tiger cat", "tabby"]).mean() > 0.5
    assert cat["cells"] == list(names.shape)
    assert max(coffee["classes"], key=coffee["classes"].get) == "espresso"


@pytest.mark.parametrize("network", [name for name in shipped.NETWORKS if name != "vgg_16"])
def test_every_shipped_network_writes_maps_of_the_pictures_size(network, tmp_path, capsys):
    arguments = [photograph("chelsea.png"), "--network", network, "--out", str(tmp_path)]
    assert cli.main(["segment", *arguments, "--long-side", "128"]) == 0
    for name in ("map.png", "overlay.png"):
        with Image.open(tmp_path / name) as image:
            assert image.size == (128, 85)
    with np.load(tmp_path / "segmentation.npz") as arrays:
        assert arrays["label_map"].shape == (85, 128)
        assert arrays["version"] == 2
    assert shipped.NETWORKS[network].title in capsys.readouterr().out


def test_a_bad_file_is_named_and_the_others_go_on(tmp_path, capsys):
    shutil.copy(photograph("chelsea.png"), tmp_path / "a.png")
    (tmp_path / "b.jpg").write_text("not a picture")
    shutil.copy(photograph("coffee.png"), tmp_path / "c.png")
    (tmp_path / "notes.txt").write_text("not even tried")
    assert cli.main(["segment", str(tmp_path)]) == 1
    captured = capsys.readouterr()
    lines = captured.out.splitlines()
    assert [line.split(":")[0].rsplit("/")[-1] for line in lines] == ["a.png", "c.png"]
    assert "b.jpg" in captured.err
    entries = summary(capsys, str(tmp_path / "*.??g"), code=1)
    assert [sorted(entry) == ["error", "picture"] for entry in entries] == [False, True, False]
    assert entries[1]["error"]["code"] == "not_an_image"


def test_pictures_of_one_name_get_folders_of_their_own(tmp_path, capsys):
    for folder in ("first", "second"):
        (tmp_path / folder).mkdir()
        shutil.copy(photograph("chelsea.png"), tmp_path / folder / "cat.png")
    pictures = [str(tmp_path / folder / "cat.png") for folder in ("first", "second")]
    entries = summary(capsys, *pictures, "--out", str(tmp_path / "maps"))
    assert len({file for entry in entries for file in entry["files"]}) == 10
    assert sorted(path.name for path in (tmp_path / "maps").iterdir()) == ["cat", "cat_2"]


def test_a_picture_that_looks_black_is_named(capsys, tmp_path):
    depths = np.tile(np.arange(64, dtype=np.uint16) * 8, (48, 1))
    Image.fromarray(depths).save(tmp_path / "depth.png")
    arguments = ["segment", str(tmp_path / "depth.png"), "--network", "people", "--json"]
    assert cli.main(arguments) == 0
    error = capsys.readouterr().err
    assert "depth.png" in error
    assert "1 of 255" in error


@pytest.mark.parametrize("suffix", [".jfif", ".jpe", ".MPO", ".JPG", ".dib", ".apng"])
def test_every_ending_of_a_picture_counts_in_a_folder(suffix, capsys, tmp_path):
    (tmp_path / f"empty{suffix}").touch()
    (tmp_path / "notes.txt").touch()
    (entry,) = summary(capsys, str(tmp_path), code=1)
    assert entry["error"]["code"] == "empty"
