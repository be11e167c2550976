"""Boxes on wheels for drawing vehicles: position, visible faces, and details on the faces."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from fcnlib.scenes.canvas import Canvas
from fcnlib.scenes.geometry import rectangle
from fcnlib.scenes.light import Color, scaled
from fcnlib.typing import Float64Array

BLACK = (0.05, 0.05, 0.06)
HUB = (0.55, 0.56, 0.58)
LEFT, RIGHT, FRONT, REAR = range(4)

# For each side: the two lower corners as seen from outside, each given by the end along the length
# (-1 is the rear) and across (-1 is the left); then the direction that the side faces.
_CORNERS = (((1, -1), (-1, -1)), ((-1, 1), (1, 1)), ((1, 1), (1, -1)), ((-1, -1), (-1, 1)))
_NORMALS = ((0, -1), (0, 1), (1, 0), (-1, 0))
_RIM = tuple(
    (sign * a, sign * b)
    for sign in (1, -1)
    for a, b in ((1.0, 0.0), (0.8, 0.6), (0.4, 0.9165), (-0.4, 0.9165), (-0.8, 0.6))
)


class Block(NamedTuple):
    """A box whose bottom and top are each (rear, front, half width, height) in meters."""

    bottom: tuple[float, float, float, float]
    top: tuple[float, float, float, float]


@dataclass(frozen=True)
class Pose:
    """Position and direction of a vehicle.

    Attributes
    ----------
    right, ahead : float
        Its center, in meters.
    heading : tuple of float
        Unit vector (right, ahead) of its driving direction.

    """

    right: float
    ahead: float
    heading: tuple[float, float]

    def place(self, points: object) -> Float64Array:
        """Convert points (forward, to its right, up) to street coordinates (right, up, ahead)."""
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
        Canvas to paint on.
    pose : Pose
        Position and direction.
    label : int
        Class of the vehicle.

    """

    canvas: Canvas
    pose: Pose
    label: int

    def block(self, block: Block, paint: Color) -> dict[int, Float64Array]:
        """Paint the visible faces of a box and return the upright ones by side.

        A face has shape (4, 3): its corners in meters, starting at the lower left.
        """
        rear, front, half, height = block.top
        if height < self.canvas.camera.eye:
            roof = [(x, y, height) for x, y in rectangle(rear, front, -half, half)]
            self.canvas.paint(self.pose.place(roof), scaled(paint, 1.06), self.label)
        visible = {}
        for side in (LEFT, RIGHT, FRONT, REAR):
            face = self._face(block, side)
            normal = self.pose.normal(side)
            # The camera is at the origin, so it sees a face whose normal points towards the origin.
            if face[0, 0] * normal[0] + face[0, 2] * normal[2] < 0:
                tone = scaled(paint, self.canvas.light.shade(normal))
                self.canvas.paint(face, tone, self.label)
                visible[side] = face
        return visible

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
        """Paint a part of a face, given as fractions of its width and height; return its center.

        If `lamp` is given, the part emits light of that color in scenes where lamps are on. The
        center is (right, up, ahead) in meters.
        """
        corners = np.stack([_within(face, *corner) for corner in rectangle(*across, *up)])
        shines = lamp is not None and self.canvas.light.lit > 0.2
        self.canvas.paint(corners, lamp if lamp and shines else color, self.label, shines=shines)
        middle = corners.sum(axis=0) / 4
        return float(middle[0]), float(middle[1]), float(middle[2])

    def lamps(self, face: Float64Array, up: tuple[float, float], color: Color) -> None:
        """Paint a pair of lamps on a face, with halos in scenes where lamps are on."""
        for left in (0.05, 0.79):
            middle = self.patch(face, (left, left + 0.16), up, color, lamp=color)
            if self.canvas.light.lit > 0.2 and middle[2] > 1:
                self.canvas.glow(middle, 0.9, scaled(color, 0.5))

    def wheels(self, positions: tuple[float, float], radius: float, aside: float) -> None:
        """Paint the wheels of the visible side, centered `aside` meters from the middle line.

        `positions` are the two axles along the length, in meters.
        """
        for side, sign in ((LEFT, -1), (RIGHT, 1)):
            normal = self.pose.normal(side)
            if -normal[0] * self.pose.right - normal[2] * self.pose.ahead < aside:
                continue
            for position in positions:
                for size, tone in ((radius, BLACK), (0.5 * radius, HUB)):
                    rim = [(position + a * size, sign * aside, radius + b * size) for a, b in _RIM]
                    self.canvas.paint(self.pose.place(rim), tone, self.label)

    def far_to_near(self, *blocks: Block) -> list[Block]:
        """Sort boxes by decreasing distance, so that nearer ones are painted over farther ones."""

        def distance(block: Block) -> float:
            middle = self.pose.place([((block.bottom[0] + block.bottom[1]) / 2, 0.0, 0.0)])[0]
            return float(middle[0] ** 2 + middle[2] ** 2)

        return sorted(blocks, key=distance, reverse=True)


def _within(face: Float64Array, across: float, up: float) -> Float64Array:
    """Return the point of a face at fractions of its width and height."""
    low = (1 - across) * (1 - up) * face[0] + across * (1 - up) * face[1]
    high = across * up * face[2] + (1 - across) * up * face[3]
    return np.asarray(low + high)
