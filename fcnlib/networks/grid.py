"""Position of the cells in the input of a network, and the input sizes that it accepts."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from fcnlib.images.preprocessing import pad_to_multiple
from fcnlib.images.values import as_rgb8
from fcnlib.typing import RGBImage


@dataclass(frozen=True)
class CellGrid:
    """Where the cells of the coarse scores lie in the network's input.

    Attributes
    ----------
    factor : int
        Pixels from one cell to the next along each axis.
    corners : bool
        True: cell (i, j) is centered on pixel (factor * i, factor * j), so the outermost cells
        lie on the outermost pixels and sides are ``factor * k + 1``. False: every cell
        covers a block of `factor` × `factor` pixels, and sides are ``factor * k``.
    size : tuple of int, optional
        The only height and width that the network takes, where it is not free.
    long_side : int, optional
        Pixels of the long side that a picture is scaled to, in its own proportions. Without
        it, and without `size`, a picture keeps its scale and is padded.

    Examples
    --------
    >>> CellGrid(8, corners=True).nearest(250), CellGrid(32).nearest(250)
    (249, 256)

    """

    factor: int
    corners: bool = False
    size: tuple[int, int] | None = None
    long_side: int | None = None

    def fits(self, height: int, width: int) -> bool:
        """Tell whether the network takes a picture of this size."""
        if self.size is not None:
            return (height, width) == self.size
        return all(
            side > 0 and (side - self.corners) % self.factor == 0 for side in (height, width)
        )

    def nearest(self, side: float) -> int:
        """Return the valid side nearest to `side`, of at least one cell."""
        cells = max(0 if self.corners else 1, round((side - self.corners) / self.factor))
        return cells * self.factor + self.corners

    @property
    def rule(self) -> str:
        """The condition on the sides, in words."""
        if self.size is not None:
            return f"be {self.size[0]} × {self.size[1]}"
        return f"be {self.factor} k + 1" if self.corners else f"be multiples of {self.factor}"

    @property
    def scales(self) -> bool:
        """Whether `fit` scales a picture; otherwise it pads it."""
        return self.size is not None or self.long_side is not None

    def fit(self, picture: RGBImage) -> RGBImage:
        """Return a picture with sides that the network takes.

        Parameters
        ----------
        picture : ndarray of shape (H, W, 3), uint8
            RGB of any size, or what `images.as_rgb8` accepts.

        Returns
        -------
        fitted : ndarray of shape (h, w, 3), uint8
            Padded at the bottom and on the right by repeating the edge, or, where the grid
            `scales`, resized: to `size`, or so that the longer side is nearest to
            `long_side`. Proportions then hold to half a cell of rounding. A picture with
            the right sides is returned as it is.

        Raises
        ------
        ValueError
            As from `images.as_rgb8`.

        Examples
        --------
        >>> picture = np.zeros((300, 451, 3), np.uint8)
        >>> CellGrid(8, corners=True, long_side=385).fit(picture).shape
        (257, 385, 3)
        >>> CellGrid(32).fit(picture).shape
        (320, 480, 3)

        """
        picture = as_rgb8(picture)
        if not self.scales:
            return pad_to_multiple(picture, self.factor)
        height, width = self.size or self._scaled(*picture.shape[:2])
        if (height, width) == picture.shape[:2]:
            return picture
        filter_ = Image.Resampling.BILINEAR if self.size else Image.Resampling.LANCZOS
        return np.array(Image.fromarray(picture).resize((width, height), filter_))

    def _scaled(self, height: int, width: int) -> tuple[int, int]:
        longest = max(height, width)
        ratio = self.nearest(self.long_side or longest) / longest
        return self.nearest(height * ratio), self.nearest(width * ratio)
