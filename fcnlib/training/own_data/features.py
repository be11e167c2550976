"""Features of a frozen backbone, computed once per picture and kept on the disk.

If the weights of the backbone do not change, a picture has the same features in every step. A head
alone then trains many times as fast. The features of a picture are one file of float16 numbers,
which is memory-mapped: only the part that a crop needs is read.
"""

import hashlib
import math
import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from fcnlib import runtime
from fcnlib.images.preprocessing import pad_to_multiple
from fcnlib.networks import graph
from fcnlib.networks.backbones import BACKBONES, ROLES
from fcnlib.networks.npz_weights import Weights
from fcnlib.typing import AnyArray, RGBImage

MAX_NBYTES = 4 << 30
"""Largest size of the folder. Beyond it, files that this process has not used are removed."""

STRIDES = tuple(ROLES)
_LARGEST = float(np.finfo(np.float16).max)


class FrozenBackbone:
    """A backbone whose weights do not change, with the folder of its features.

    Parameters
    ----------
    name : str
        A key of `BACKBONES`.
    weights : dict of str to ndarray
        Its weights by name.
    folder : Path
        Folder for the features, created if it does not exist.
    max_nbytes : int, optional
        Largest size of that folder.

    Attributes
    ----------
    channels : dict of int to int
        Number of channels by stride.
    weights : dict of str to ndarray
        The weights by name, without those that the features do not need.

    """

    def __init__(
        self, name: str, weights: Weights, folder: Path, max_nbytes: int = MAX_NBYTES
    ) -> None:
        backbone = BACKBONES[name]
        self._max_nbytes = max_nbytes
        with runtime.building() as (tf, tf1, _), tf1.Graph().as_default():
            self._images = tf1.placeholder(tf.uint8, (1, None, None, 3), "images")
            features = backbone.features(backbone.preprocess(tf.cast(self._images, tf.float32)))
            self._features = [features[stride][0] for stride in STRIDES]
            self.channels = {stride: int(features[stride].shape[-1]) for stride in STRIDES}
            variables = {v.op.name: v for v in tf1.global_variables()}
            self.session = tf1.Session(config=session_config())
            graph.set_variables(self.session, variables, weights)
        self.weights = {variable: weights[variable] for variable in variables}
        self._digest = hashlib.sha256(name.encode())
        for variable in variables:
            self._digest.update(weights[variable].tobytes())
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._used: set[str] = set()

    def close(self) -> None:
        """Free the session."""
        self.session.close()

    def features(self, picture: RGBImage) -> dict[int, AnyArray]:
        """Return the features of a picture, padded to multiples of 32, by stride.

        Parameters
        ----------
        picture : ndarray of shape (H, W, 3), uint8

        Returns
        -------
        features : dict of int to ndarray of shape (h / stride, w / stride, C), float16
            With the padded sides h and w.

        """
        picture = pad_to_multiple(picture, max(STRIDES))
        height, width = picture.shape[:2]
        shapes = [(height // s, width // s, self.channels[s]) for s in STRIDES]
        path = self._folder / f"{self._key(picture)}.npy"
        self._used.add(path.name)
        values = self._stored(path, sum(map(math.prod, shapes)))
        if values is None:
            values = self._computed(picture)
            self._store(path, values)
        ends = np.cumsum([math.prod(shape) for shape in shapes])
        parts = zip(STRIDES, np.split(values, ends[:-1]), shapes, strict=True)
        return {stride: part.reshape(shape) for stride, part, shape in parts}

    def _key(self, picture: RGBImage) -> str:
        digest = self._digest.copy()
        digest.update(repr(picture.shape).encode())
        digest.update(picture.tobytes())
        return digest.hexdigest()

    def _computed(self, picture: RGBImage) -> AnyArray:
        found = self.session.run(self._features, {self._images: picture[None]})
        flat = np.concatenate([values.ravel() for values in found])
        return np.clip(flat, -_LARGEST, _LARGEST).astype(np.float16)

    def _stored(self, path: Path, size: int) -> AnyArray | None:
        """Return what a file holds, or None if it is missing or not complete."""
        with suppress(OSError, ValueError, EOFError):
            values = np.load(path, mmap_mode="r")
            if values.dtype == np.float16 and values.shape == (size,):
                # The files that were used longest ago are removed first.
                os.utime(path)
                return values
        return None

    def _store(self, path: Path, values: AnyArray) -> None:
        """Write a file if the folder has space for it, or gets it by removing old files."""
        # A full disk is no reason to end a training: the features are then computed every time.
        with suppress(OSError):
            if self._make_space(values.nbytes):
                # Two threads may compute the same picture.
                part = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}.part")
                with part.open("wb") as file:
                    np.save(file, values)
                part.replace(path)

    def _make_space(self, nbytes: int) -> bool:
        files = {entry.path: entry.stat() for entry in os.scandir(self._folder)}
        size = nbytes + sum(stat.st_size for stat in files.values())
        for path in sorted(files, key=lambda path: files[path].st_mtime):
            if size <= self._max_nbytes:
                break
            if Path(path).name not in self._used:
                os.unlink(path)
                size -= files[path].st_size
        return size <= self._max_nbytes


def session_config() -> Any:
    """Return the configuration of a session that shares the machine with another one."""
    config = graph.session_config(runtime.threads())
    # By default, the first session takes all memory of a GPU.
    config.gpu_options.allow_growth = True
    return config


def window(
    features: Mapping[int, AnyArray], top: int, left: int, size: tuple[int, int]
) -> dict[int, AnyArray]:
    """Return the features of a part of a picture, by stride.

    Parameters
    ----------
    features : mapping of int to ndarray
        As from `FrozenBackbone.features`.
    top, left : int
        First row and column of the part in pixels, multiples of 32.
    size : tuple of int
        Its height and width in pixels, multiples of 32. What lies outside the picture is zero.

    """
    found = {}
    for stride, values in features.items():
        rows, cols = (side // stride for side in size)
        part = values[top // stride :, left // stride :][:rows, :cols]
        bottom, right = rows - part.shape[0], cols - part.shape[1]
        found[stride] = np.pad(part, ((0, bottom), (0, right), (0, 0)))
    return found
