"""Fixtures with a VGG-16 checkpoint and its archive in full size, created once per test run.

They take about half a minute and one gigabyte on the disk, so all tests that need the full size
share them. A separate process creates them, because this takes 2.5 GB of memory.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
MAKE = (
    "import sys; from pathlib import Path\n"
    "from support.checkpoint_factory import pack, write_v1\n"
    "from fcnlib.networks.vgg import vgg_16_shapes\n"
    "checkpoint, archive = map(Path, sys.argv[1:])\n"
    "pack(write_v1(checkpoint, vgg_16_shapes()), archive)\n"
)


@pytest.fixture(scope="session")
def full_size_archive(tmp_path_factory):
    """Return the path of a ``.tar.gz`` like the official archive, with random weights."""
    folder = tmp_path_factory.mktemp("full_size")
    archive = folder / "vgg_16_2016_08_28.tar.gz"
    subprocess.run(
        [sys.executable, "-c", MAKE, str(folder / "vgg_16.ckpt"), str(archive)],
        env=os.environ | {"PYTHONPATH": f"{TESTS}:{TESTS.parent}"},
        check=True,
        capture_output=True,
    )
    yield archive
    for path in folder.iterdir():
        path.unlink()


@pytest.fixture(scope="session")
def full_size_checkpoint(full_size_archive):
    """Return the path of the ``vgg_16.ckpt`` in that archive."""
    return full_size_archive.with_name("vgg_16.ckpt")
