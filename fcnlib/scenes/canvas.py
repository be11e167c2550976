"""Canvas that draws a picture and its labels together, distant objects first."""

from collections.abc import Iterable

import numpy as np

from fcnlib.scenes.geometry import SAMPLES, Camera, Spans, ellipse, polygon
from fcnlib.scenes.light import Color, Light
from fcnlib.typing import BoolArray, LabelMap, RGBImage

SKY, BUILDING, TREE, ROAD, BUS, CAR, PERSON = range(7)
_TEXTURE = np.array([0, 0.05, 0.26, 0.07, 0, 0, 0], np.float32)


class Canvas:
    """A picture and its labels; later shapes hide earlier ones in both.

    Parameters
    ----------
    size : tuple of int
        Height and width of the finished picture in pixels.
    camera : Camera
        Camera that projects the shapes onto the picture.
    light : Light
        Light and haze that change the colors.

    """

    def __init__(self, size: tuple[int, int], camera: Camera, light: Light) -> None:
        self.shape = (size[0] * SAMPLES, size[1] * SAMPLES)
        self.camera = camera
        self.light = light
        self.picture = np.zeros((*self.shape, 3), dtype=np.float32)
        self.labels = np.zeros(self.shape, dtype=np.uint8)

    def half_width(self, depth: float) -> float:
        """Return half the width in meters that the camera sees at a depth."""
        return self.shape[1] / (2 * SAMPLES) / self.camera.focal * depth

    def paint(
        self, points: object, color: Iterable[float], label: int, *, shines: bool = False
    ) -> None:
        """Fill a convex polygon given by its corners (right, up, ahead) in meters.

        A polygon less than half a meter in front of the camera is not painted.
        """
        corners = np.asarray(points, dtype=np.float64)
        if corners[:, 2].min() > 0.5:
            spans = polygon(self.camera.project(corners), self.shape)
            depth = float(np.add.reduce(corners[:, 2])) / len(corners)
            self._fill(spans, self._faded(color, depth, shines), label)

    def paint_upright(
        self,
        outline: Iterable[tuple[float, float]],
        foot: tuple[float, float],
        color: Iterable[float],
        label: int,
        scale: float = 1.0,
    ) -> None:
        """Fill a convex polygon that stands upright and faces the camera.

        Parameters
        ----------
        outline : iterable of tuple of float
            Corners: offset to the right of the foot, and height above the ground.
        foot : tuple of float
            Position (right, ahead) in meters.
        color, label
            As in `paint`.
        scale : float, optional
            Meters per unit of `outline`.

        """
        right, ahead = foot
        corners = [(right + aside * scale, up * scale, ahead) for aside, up in outline]
        self.paint(corners, color, label)

    def disk(
        self, center: Color, radii: tuple[float, float], color: Iterable[float], label: int
    ) -> None:
        """Fill an ellipse that faces the camera, with vertical and horizontal radii in meters."""
        row, col = self.camera.project([center])[0]
        scale = self.camera.focal / center[2]
        spans = ellipse(row, col, radii[0] * scale, radii[1] * scale, self.shape)
        self._fill(spans, self._faded(color, center[2]), label)

    def darken(self, points: object, share: float) -> None:
        """Cast a shadow, whose corners are given in meters, on the ground."""
        corners = np.asarray(points, dtype=np.float64)
        if share and corners[:, 2].min() > 0.5:
            window, inside = self._inside(polygon(self.camera.project(corners), self.shape))
            self.picture[window][inside & (self.labels[window] == ROAD)] *= 1 - share

    def glow(self, center: Color, radius: float, color: Color) -> None:
        """Add the halo of a lamp to the picture; the labels stay as they are."""
        row, col = self.camera.project([center])[0] * SAMPLES
        halo = radius * self.camera.focal / center[2] * SAMPLES
        window = tuple(
            slice(min(max(int(mid - halo), 0), count), min(max(int(mid + halo) + 1, 0), count))
            for mid, count in zip((row, col), self.shape, strict=True)
        )
        rows, cols = np.ogrid[window]
        near = np.maximum(0, 1 - ((rows - row) ** 2 + (cols - col) ** 2) / halo**2)
        strength = (near**3).astype(np.float32)[..., None]
        self.picture[window] += strength * np.asarray(color, np.float32)

    def finish(self, rng: np.random.Generator) -> tuple[RGBImage, LabelMap]:
        """Return the picture with texture and sensor noise, and its labels."""
        height, width = self.shape[0] // SAMPLES, self.shape[1] // SAMPLES
        grid = self.picture.reshape(height, SAMPLES, width, SAMPLES, 3)
        picture = (grid[:, 0, :, 0] + grid[:, 0, :, 1] + grid[:, 1, :, 0] + grid[:, 1, :, 1]) / 4
        labels = self.labels[SAMPLES // 2 :: SAMPLES, SAMPLES // 2 :: SAMPLES].copy()
        leaves = rng.integers(0, 256, (height, width), dtype=np.uint8).astype(np.float32)
        texture = _TEXTURE[labels]
        texture *= np.float32(self.light.clear / (self.light.clear + 40))
        picture *= (1 + texture * (leaves / 127.5 - 1))[..., None]
        noise = rng.integers(0, 256, (2, height, width, 3), dtype=np.uint8).astype(np.float32)
        strength = (2.0 + 4.0 * rng.random() + 6.0 * (self.light.lit > 0.4) * rng.random()) / 255
        picture += ((noise[0] + noise[1]) / 255 - 1) * np.float32(strength)
        return np.clip(picture * 255 + 0.5, 0, 255).astype(np.uint8), labels

    def _faded(self, color: Iterable[float], depth: float, shines: bool = False) -> Color:
        """Return a color as it looks from a distance, illuminated or emitting light itself."""
        # In plain floats, which for one color are faster than the arrays of `Light.fade`.
        left = float(self.light.left(depth))
        red, green, blue = (
            own * (1.0 if shines else tint) * left + haze * (1 - left)
            for own, tint, haze in zip(color, self.light.tint, self.light.haze, strict=True)
        )
        return red, green, blue

    def _fill(self, spans: Spans, color: Color, label: int) -> None:
        window, inside = self._inside(spans)
        self.picture[window][inside] = color
        self.labels[window][inside] = label

    def _inside(self, spans: Spans) -> tuple[tuple[slice, slice], BoolArray]:
        """Return the bounding window of a shape and which of its samples are inside."""
        first = int(np.minimum.reduce(spans.left, initial=self.shape[1]))
        last = max(int(np.maximum.reduce(spans.right, initial=0)), first)
        cols = np.arange(first, last)
        inside = (cols >= spans.left[:, None]) & (cols < spans.right[:, None])
        return (slice(spans.top, spans.top + len(spans.left)), slice(first, last)), inside
