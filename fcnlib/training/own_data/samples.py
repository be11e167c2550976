"""Training samples, determined by the seed and their number alone, and batches of them.

A training that was killed and resumed therefore uses the same samples as one that was not.
`Stream` computes them in threads of `tf.data`. Only a few batches are in memory at a time.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from fcnlib import runtime
from fcnlib.datasets.augmentation import augment, scaled
from fcnlib.datasets.pairs import VOID, Pair, PairReader
from fcnlib.datasets.uploaded import LONG_SIDE
from fcnlib.errors import FcnlibError
from fcnlib.images.preprocessing import fit_long_side
from fcnlib.training.own_data.features import STRIDES, FrozenBackbone, window
from fcnlib.training.own_data.options import LARGEST_CROP, Options
from fcnlib.typing import AnyArray, ByteArray, IndexArray, RGBImage

Sample = tuple[AnyArray, ...]
"""The arrays that the network gets, such as a picture, and as the last one the labels."""


def default_crop(pairs: Sequence[Pair], read: PairReader) -> tuple[int, int]:
    """Return the size of a typical picture in multiples of 32, at most `LARGEST_CROP`.

    The typical one is the median of the first eight. If it is upright, so is the limit.
    """
    found = filter(None, map(read, pairs[:8]))
    sizes = [fit_long_side(p, LONG_SIDE).shape[:2] for p, _ in found] or [LARGEST_CROP]
    height, width = (-(-int(side) // 32) * 32 for side in np.median(sizes, axis=0))
    limits = LARGEST_CROP if height <= width else LARGEST_CROP[::-1]
    return min(height, limits[0]), min(width, limits[1])


class Samples:
    """Samples of some pictures. Every epoch uses each picture once, in a new random order.

    Parameters
    ----------
    pairs : sequence of Pair
        The training pictures.
    options : Options
        Seed, crop and long side.
    read : PairReader
        Reads them. The next picture takes the place of one that is damaged.
    frozen : FrozenBackbone, optional
        If given, the samples are its features and not pictures.

    """

    def __init__(
        self,
        pairs: Sequence[Pair],
        options: Options,
        read: PairReader,
        frozen: FrozenBackbone | None = None,
    ) -> None:
        self._pairs, self._options, self._read_pair, self._frozen = pairs, options, read, frozen
        self._order = lru_cache(4)(self._new_order)

    def _new_order(self, epoch: int) -> IndexArray:
        rng = np.random.default_rng([self._options.seed, epoch])
        return rng.permutation(len(self._pairs))

    def sample(self, number: int) -> Sample:
        """Return the sample of a number, counted from the start of the training."""
        rng = np.random.default_rng([self._options.seed, int(number), 1])
        picture, labels = scaled(*self._read(int(number)), self._options.long_side)
        if self._frozen is None:
            return augment(picture, labels, self._options.crop, rng)
        return self._features(self._frozen, picture, labels, rng)

    def _read(self, number: int) -> tuple[RGBImage, ByteArray]:
        epoch, position = divmod(number, len(self._pairs))
        order = self._order(epoch)
        for index in np.roll(order, -position):
            if pair := self._read_pair(self._pairs[index]):
                return pair
        msg = "None of the training pictures can be read. See what `dataset check` says about them."
        raise FcnlibError("no_pictures", msg)

    def _features(
        self,
        frozen: FrozenBackbone,
        picture: RGBImage,
        labels: ByteArray,
        rng: np.random.Generator,
    ) -> Sample:
        """Return the features of a random part, mirrored or not: the cache has only these two."""
        flip = slice(None, None, -1 if rng.random() < 0.5 else 1)
        features = frozen.features(picture[:, flip])
        cell, crop = max(STRIDES), self._options.crop
        cells = [-(-side // cell) for side in labels.shape]  # quotients rounded up
        spare = [max(0, n - side // cell) for n, side in zip(cells, crop, strict=True)]
        top, left = (cell * int(rng.integers(n + 1)) for n in spare)
        part = labels[top:, flip][:, left:][: crop[0], : crop[1]]
        bottom, right = crop[0] - part.shape[0], crop[1] - part.shape[1]
        padded = np.pad(part, ((0, bottom), (0, right)), constant_values=VOID)
        return *window(features, top, left, crop).values(), padded


class Stream:
    """Batches of samples in order, computed ahead by threads of `tf.data`.

    Parameters
    ----------
    sample : callable
        Returns the sample of a number.
    dtypes : sequence of dtype
        Types of the arrays of a sample.
    batch_size : int
        Samples per batch.
    first : int
        Number of the first batch.

    """

    def __init__(
        self,
        sample: Callable[[int], Sample],
        dtypes: Sequence[Any],
        batch_size: int,
        first: int = 0,
    ) -> None:
        self._error: FcnlibError | None = None

        def guarded(number: int) -> Sample:
            try:
                return sample(number)
            except FcnlibError as error:
                self._error = error  # TensorFlow would raise an error of its own instead
                raise

        with runtime.building() as (tf, tf1, _), tf1.Graph().as_default():
            numbers = tf1.data.Dataset.range(first * batch_size, np.iinfo(np.int64).max)
            batches = (
                numbers.map(
                    lambda number: tf.numpy_function(guarded, [number], list(dtypes)),
                    num_parallel_calls=2,
                    deterministic=True,
                )
                .batch(batch_size)
                .prefetch(2)
            )
            iterator = tf1.data.make_initializable_iterator(batches)
            self._next = iterator.get_next()
            self._session = tf1.Session()
            self._session.run(iterator.initializer)

    def close(self) -> None:
        """Stop computing."""
        self._session.close()

    def next(self) -> Sample:
        """Return the arrays of the next batch."""
        try:
            return self._session.run(self._next)
        except runtime.load().tf.errors.OpError:
            if self._error:
                raise self._error from None
            raise
