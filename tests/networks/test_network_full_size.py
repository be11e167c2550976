"""VGG-16 at full size: memory while loading, and a large image in strips."""

import os
import subprocess
import sys

import numpy as np
import pytest

from fcnlib import images, networks
from fcnlib.networks.precision import FORMATS

LOAD = (
    "import sys; from pathlib import Path; from fcnlib import networks\n"
    "networks.vgg_16(Path(sys.argv[1]), precision=sys.argv[2])\n"
    "print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])"
)
TENSORFLOW, WEIGHTS, ROWS = 700, 553, 67
"""Megabytes of the import, of all weights in float32, and of the rows read at once."""


@pytest.mark.parametrize("precision", FORMATS)
def test_loading_never_holds_the_weights_twice(precision, full_size_checkpoint):
    process = subprocess.run(
        [sys.executable, "-c", LOAD, str(full_size_checkpoint), precision],
        env=os.environ | {"OMP_NUM_THREADS": "2"},
        capture_output=True,
        text=True,
        check=True,
    )
    peak = int(process.stdout) * 1024 / 1e6
    weights = WEIGHTS if precision == "float32" else WEIGHTS / 2
    # Holding the largest kernel (411 MB) twice would exceed this limit.
    assert peak < TENSORFLOW + weights + 4 * ROWS


def test_strips_give_the_scores_of_the_whole_image_at_full_size(full_size_checkpoint, monkeypatch):
    network = networks.vgg_16(full_size_checkpoint, precision="float32")
    picture = images.pad_to_multiple(images.sample("cat")[:96], 32)
    whole = network.scores(picture)
    monkeypatch.setattr("fcnlib.networks.network.STRIP_PIXELS", picture.shape[0] * 240)
    parts = network.scores(picture)
    network.close()
    assert whole.strips == 1
    assert parts.strips >= 3
    tolerance = 1e-5 * np.ptp(whole.coarse_logits)
    np.testing.assert_allclose(parts.coarse_logits, whole.coarse_logits, rtol=0, atol=tolerance)
