"""Convert the photo-trained networks from the packages that publish them.

Run from the repository, in an environment with ``requirements-convert.txt``::

    python tools/convert_photo_networks.py --voc deeplabv3_257_mv_gpu.tflite

It writes ``voc.npz``, ``imagenet.npz`` and ``people.npz`` in ``fcnlib/data``, the figures in
the model cards beside them, and the reference outputs in ``tests/data``, which are computed
with the original packages. Weights come out the same, byte for byte, on every run.
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from support.photo_crops import crops  # noqa: E402 - the paths come first

NETWORKS = ("voc", "imagenet", "people")


def main() -> None:
    """Read the arguments and convert all networks, or those that they name."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("networks", nargs="*", help=f"some of {', '.join(NETWORKS)}; default: all")
    parser.add_argument("--voc", type=Path, help="the file deeplabv3_257_mv_gpu.tflite")
    parser.add_argument(
        "--mediapipe-python", type=Path, help="Python with MediaPipe; by default, one is installed"
    )
    arguments = parser.parse_args()
    networks = arguments.networks or NETWORKS
    if unknown := set(networks) - set(NETWORKS):
        parser.error(f"no such network: {', '.join(sorted(unknown))}")
    if "voc" in networks and arguments.voc is None:
        parser.error("voc needs --voc FILE")
    # Imported when needed: each network needs packages that the others do not.
    if "voc" in networks:
        from conversion import voc

        voc.convert(arguments.voc, crops())
    if "imagenet" in networks:
        from conversion import imagenet

        imagenet.convert(crops())
    if "people" in networks:
        from conversion import people

        people.convert(crops(), arguments.mediapipe_python)


if __name__ == "__main__":
    main()
