"""Compute masks with MediaPipe; run in an environment that has it, by `people`.

Usage: ``python mediapipe_masks.py pictures.npz masks.npz``
"""

import sys

import mediapipe
import numpy as np


def main(given: str, computed: str) -> None:
    """Read pictures (256, 256, 3) by name and write their masks (256, 256)."""
    with (
        np.load(given) as pictures,
        mediapipe.solutions.selfie_segmentation.SelfieSegmentation(model_selection=0) as network,
    ):
        masks = {name: network.process(pictures[name]).segmentation_mask for name in pictures}
    np.savez(computed, **masks)


if __name__ == "__main__":
    main(*sys.argv[1:])
