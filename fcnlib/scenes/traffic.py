"""Vehicles, people and plants: their positions and the shadows they cast."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from fcnlib.scenes.bodywork import Pose
from fcnlib.scenes.canvas import Canvas
from fcnlib.scenes.geometry import rectangle
from fcnlib.scenes.ground import Roadway
from fcnlib.scenes.nature import paint_bush, paint_tree
from fcnlib.scenes.people import paint_person
from fcnlib.scenes.vehicles import paint_bus, paint_car


@dataclass
class Traffic:
    """Everything that stands or moves in a street, first positioned and then painted.

    Shadows are painted while objects are positioned, so they lie below every object.

    Attributes
    ----------
    canvas : Canvas
        Canvas to paint on.
    rng : numpy.random.Generator
        Source of all random choices.
    roadway : Roadway
        Roadway that lanes and sidewalks follow.

    """

    canvas: Canvas
    rng: np.random.Generator
    roadway: Roadway
    _objects: list[tuple[float, Callable[[], None]]] = field(default_factory=list)

    def paint(self) -> None:
        """Paint all objects, the farthest first."""
        for _, paint in sorted(self._objects, key=lambda item: -item[0]):
            paint()

    def fill_street(self, walls: tuple[float, float]) -> None:
        """Fill a street along the view, between house walls at two positions to the right."""
        roadway, rng = self.roadway, self.rng
        for share, north in ((0.27, -1.0), (0.73, 1.0)):
            self._fill_lane(share, north)
        for side, curb, wall in ((-1, roadway.near, walls[0]), (1, roadway.far, walls[1])):
            self._add_people(curb + side * 0.5, wall - side * 0.4, int(rng.integers(0, 5)))
            if rng.random() < 0.65:
                self._plant_avenue(curb, side)
        self._add_people(roadway.near, roadway.far, int(rng.integers(0, 3)))

    def fill_crossroad(self) -> None:
        """Fill a street across the view."""
        roadway, rng = self.roadway, self.rng
        for share, east in ((0.3, 1.0), (0.72, -1.0)):
            self._fill_cross_lane(share, east)
        half_width = self.canvas.half_width(roadway.far)
        for _ in range(int(rng.integers(2, 9))):
            right, far = (rng.random() * 2 - 1) * half_width, rng.random() < 0.7
            back, front = roadway.far + 0.4, roadway.near - 4.8
            depth = back + 2 * rng.random() if far else 4.8 + front * rng.random()
            self._add_person(right, depth)
        for _ in range(int(rng.integers(0, 5))):
            right = (rng.random() * 2 - 1) * half_width
            self._add_plant(right, roadway.far + 0.9, tree=rng.random() < 0.75)

    def _fill_lane(self, share: float, north: float) -> None:
        roadway, rng = self.roadway, self.rng
        depth = 7.0 + 12 * rng.random()
        while depth < 48:
            right = roadway.near + share * (roadway.far - roadway.near) + 0.4 * (rng.random() - 0.5)
            self._add_vehicle(right, depth, _turn(rng, (0.0, north)))
            depth += 9 + 22 * rng.random()

    def _fill_cross_lane(self, share: float, east: float) -> None:
        roadway, rng = self.roadway, self.rng
        depth = roadway.near + share * (roadway.far - roadway.near)
        half_width = self.canvas.half_width(depth)
        right = -half_width - 3 + 8 * rng.random()
        while right < half_width + 3:
            if rng.random() < 0.6:
                self._add_vehicle(right, depth, _turn(rng, (east, 0.0)))
            right += 7.5 + 9 * rng.random()

    def _plant_avenue(self, curb: float, side: int) -> None:
        depth = 7.0 + 6 * self.rng.random()
        while depth < 55:
            right = curb + side * (0.7 + 0.3 * self.rng.random())
            self._add_plant(right, depth, tree=self.rng.random() < 0.85)
            depth += 6 + 12 * self.rng.random()

    def _add_people(self, first: float, last: float, count: int) -> None:
        for _ in range(count):
            depth = 4.8 + 20.0 * self.rng.random() * (0.4 + 0.6 * self.rng.random())
            self._add_person(first + (last - first) * self.rng.random(), depth)

    def _add_person(self, right: float, depth: float) -> None:
        canvas, rng = self.canvas, self.rng
        child = rng.random() < 0.15
        tall = 1.15 + 0.3 * rng.random() if child else 1.55 + 0.35 * rng.random()
        self._cast_shadow((right, depth), (0.25, 0.18, tall))
        self._objects.append((depth, lambda: paint_person(canvas, rng, right, depth, tall)))

    def _add_plant(self, right: float, depth: float, *, tree: bool) -> None:
        canvas, rng = self.canvas, self.rng
        self._cast_shadow((right, depth), (1.6, 1.0, 4.0) if tree else (0.8, 1.0, 0.8))
        paint = paint_tree if tree else paint_bush
        self._objects.append((depth, lambda: paint(canvas, rng, right, depth)))

    def _add_vehicle(self, right: float, depth: float, heading: tuple[float, float]) -> None:
        canvas, rng = self.canvas, self.rng
        bus = rng.random() < 0.3
        half, aside = (5.5, 1.25) if bus else (2.2, 0.95)
        if bus:
            depth += half * abs(heading[1])
        pose = Pose(right, depth, heading)
        for grow, share in ((1.0, 0.55), (1.12, 0.25)):
            length, width = half * grow, aside * grow
            corners = [(x, y, 0.0) for x, y in rectangle(-length, length, -width, width)]
            canvas.darken(pose.place(corners), share)
        paint = paint_bus if bus else paint_car
        self._objects.append((depth, lambda: paint(canvas, rng, pose)))

    def _cast_shadow(self, foot: tuple[float, float], extent: tuple[float, float, float]) -> None:
        """Cast an object's shadow away from the sun, and a small dark one at its foot."""
        (right, depth), (half, deep, tall) = foot, extent
        away = -self.canvas.light.sun[0] * 0.9 * tall
        near, far = depth - deep / 2, depth + deep
        long = [(-half, near), (half, near), (half + away, far), (-half + away, far)]
        short = rectangle(-half, half, depth - 0.1, depth + 0.12)
        for outline, share in ((long, self.canvas.light.shadow), (short, 0.35)):
            self.canvas.darken([(right + aside, 0, ahead) for aside, ahead in outline], share)


def _turn(rng: np.random.Generator, heading: tuple[float, float]) -> tuple[float, float]:
    """Turn a heading by a small random angle.

    Sine and cosine are computed from the tangent of half the angle, because only the four basic
    operations give the same result on every machine.
    """
    tangent = 0.04 * (rng.random() - 0.5) if rng.random() < 0.8 else 0.3 * (rng.random() - 0.5)
    scale = 1 + tangent * tangent
    cosine, sine = (1 - tangent * tangent) / scale, 2 * tangent / scale
    return heading[0] * cosine + heading[1] * sine, heading[1] * cosine - heading[0] * sine
