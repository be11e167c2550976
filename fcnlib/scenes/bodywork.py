"""Boxes on wheels: where a vehicle stands, which faces are seen, and what is on them."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from fcnlib.scenes.canvas import Canvas
from fcnlib.scenes.light import Color, scaled
from fcnlib.typing import Float64Array

BLACK = (0.05, 0.05, 0.06)
HUB = (0.55, 0.56, 0.58)
LEFT, RIGHT, FRONT, REAR = range(4)

# Per side, the two lower corners as seen from outside, each the end along the length (-1 is
# the rear) and across (-1 is the left); then the direction that the side faces.
_CORNERS = (((1, -1), (-1, -1)), ((-1, 1), (1, 1)), ((1, 1), (1, -1)), ((-1, -1), (-1, 1)))
_NORMALS = ((0, -1), (0, 1), (1, 0), (-1, 0))
_RIM = tuple(
    (sign * a, sign * b)
    for sign in (1, -1)
    for a, b in ((1.0, 0.0), (0.8, 0.6), (0.4, 0.9165), (-0.4, 0.9165), (-0.8, 0.6))
)


class Block(NamedTuple):
    """A box whose bottom and top are each (rear, front, half width, height) in metres."""

    bottom: tuple[float, float, float, float]
    top: tuple[float, float, float, float]


@dataclass(frozen=True)
class Pose:
    """Where a vehicle stands and where it heads.

    Attributes
    ----------
    right, ahead : float
        Its middle, in metres.
    heading : tuple of float
        Unit vector (right, ahead) along which it drives.

    """

    right: float
    ahead: float
    heading: tuple[float, float]

    def place(self, points: object) -> Float64Array:
        """Take points (forward, to its right, up) to the street's (right, up, ahead)."""
        forward, aside, up = np.asarray(points, dtype=np.float64).T
        east, north = self.heading
        right = self.right + forward * east + aside * north
        ahead = self.ahead + forward * north - aside * east
        return np.stack([right, up, ahead], axis=-1)

    def normal(self, side: int) -> Color:
        """Return the direction (right, up, ahead) in which one of the four sides faces."""
        forward, aside = _NORMALS[side]
        east, north = self.heading
        return forward * east + aside * north, 0.0, forward * north - aside * east


@dataclass(frozen=True)
class Bodywork:
    """A vehicle on a canvas.

    Attributes
    ----------
    canvas : Canvas
        Where it is painted.
    pose : Pose
        Where it stands.
    label : int
        What it is.

    """

    canvas: Canvas
    pose: Pose
    label: int

    def block(self, block: Block, paint: Color) -> dict[int, Float64Array]:
        """Paint a box as far as the camera sees it; return the upright faces seen.

        A face has shape (4, 3): its corners in metres, from the lower left on.
        """
        rear, front, half, height = block.top
        roof = [(rear, -half, height), (front, -half, height), (front, half, height),
                (rear, half, height)]  # fmt: skip
        if height < self.canvas.camera.eye:
            self.canvas.paint(self.pose.place(roof), scaled(paint, 1.06), self.label)
        seen = {}
        for side in (LEFT, RIGHT, FRONT, REAR):
            face = self._face(block, side)
            normal = self.pose.normal(side)
            if face[0, 0] * normal[0] + face[0, 2] * normal[2] < 0:
                tone = scaled(paint, self.canvas.light.shade(normal))
                self.canvas.paint(face, tone, self.label)
                seen[side] = face
        return seen

    def _face(self, block: Block, side: int) -> Float64Array:
        lower = _CORNERS[side]
        corners = [
            (level[(end + 1) // 2], across * level[2], level[3])
            for level, order in ((block.bottom, lower), (block.top, lower[::-1]))
            for end, across in order
        ]
        return self.pose.place(corners)

    def patch(
        self,
        face: Float64Array,
        across: tuple[float, float],
        up: tuple[float, float],
        color: Color,
        *,
        lamp: Color | None = None,
    ) -> Color:
        """Paint a part of a face, given in shares of its width and height.

        It shines in the color `lamp` where lamps burn. Returns its middle in metres.
        """
        places = [(across[0], up[0]), (across[1], up[0]), (across[1], up[1]), (across[0], up[1])]
        corners = np.stack([_within(face, *place) for place in places])
        shines = lamp is not None and self.canvas.light.lit > 0.2
        shown = lamp if lamp is not None and shines else color
        self.canvas.paint(corners, shown, self.label, shines=shines)
        middle = corners.sum(axis=0) / 4
        return float(middle[0]), float(middle[1]), float(middle[2])

    def lamps(self, face: Float64Array, up: tuple[float, float], color: Color) -> None:
        """Paint a pair of lamps on a face, with their halos at night."""
        for left in (0.05, 0.79):
            middle = self.patch(face, (left, left + 0.16), up, color, lamp=color)
            if self.canvas.light.lit > 0.2 and middle[2] > 1:
                self.canvas.glow(middle, 0.9, scaled(color, 0.5))

    def wheels(self, places: tuple[float, float], radius: float, aside: float) -> None:
        """Paint the wheels of the side that is seen, at two places along the length."""
        for side, sign in ((LEFT, -1), (RIGHT, 1)):
            normal = self.pose.normal(side)
            if -normal[0] * self.pose.right - normal[2] * self.pose.ahead < aside:
                continue
            for place in places:
                for size, tone in ((radius, BLACK), (0.5 * radius, HUB)):
                    rim = [(place + a * size, sign * aside, radius + b * size) for a, b in _RIM]
                    self.canvas.paint(self.pose.place(rim), tone, self.label)

    def far_to_near(self, *blocks: Block) -> list[Block]:
        """Sort boxes so that later ones hide earlier ones."""

        def distance(block: Block) -> float:
            middle = self.pose.place([((block.bottom[0] + block.bottom[1]) / 2, 0.0, 0.0)])[0]
            return float(middle[0] ** 2 + middle[2] ** 2)

        return sorted(blocks, key=distance, reverse=True)


def _within(face: Float64Array, across: float, up: float) -> Float64Array:
    """Return the point of a face at shares of its width and height."""
    low = (1 - across) * (1 - up) * face[0] + across * (1 - up) * face[1]
    high = across * up * face[2] + (1 - across) * up * face[3]
    return np.asarray(low + high)
