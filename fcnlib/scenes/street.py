"""Composition of a street scene: camera, light, houses, ground, and the objects on the ground."""

import numpy as np

from fcnlib.scenes.buildings import House, draw_house, paint_front, paint_side
from fcnlib.scenes.canvas import Canvas
from fcnlib.scenes.geometry import Camera
from fcnlib.scenes.ground import Roadway, paint_ground
from fcnlib.scenes.light import choose_light
from fcnlib.scenes.nature import paint_sky
from fcnlib.scenes.traffic import Traffic

TOWARDS_CAMERA = (0.0, 0.0, -1.0)


def draw(size: tuple[int, int], rng: np.random.Generator) -> Canvas:
    """Draw one street scene, from the sky to the nearest object.

    Three in ten scenes show a street across the view, the others a street along it.

    Parameters
    ----------
    size : tuple of int
        Height and width of the picture in pixels.
    rng : numpy.random.Generator
        Source of all choices.

    Returns
    -------
    canvas : Canvas
        The painted canvas, before `Canvas.finish`.

    """
    across = bool(rng.random() < 0.3)
    camera = _place_camera(size, rng, across)
    canvas = Canvas(size, camera, choose_light(rng))
    paint_sky(canvas, rng)
    _paint_skyline(canvas, rng)
    roadway = _lay_roadway(rng, across)
    paint_ground(canvas, rng, roadway)
    traffic = Traffic(canvas, rng, roadway)
    if across:
        _paint_row(canvas, rng, roadway)
        traffic.fill_crossroad()
    else:
        traffic.fill_street(_paint_walls(canvas, rng, roadway))
    traffic.paint()
    return canvas


def _place_camera(size: tuple[int, int], rng: np.random.Generator, across: bool) -> Camera:
    height, width = size
    # Keyword arguments are evaluated in this order, and so are the draws.
    return Camera(
        vanishing=width * (0.5 if across else 0.28 + 0.44 * rng.random()),
        horizon=height * (0.38 + 0.12 * rng.random()),
        eye=1.8 + 0.7 * rng.random(),
        focal=height * (1.05 + 0.35 * rng.random()),
    )


def _lay_roadway(rng: np.random.Generator, across: bool) -> Roadway:
    if across:
        near = 5.5 + 3.5 * rng.random()
        return Roadway(near, near + 7.0 + 2 * rng.random(), True, 16 * rng.random() - 12)
    near = -9.0 + 6.0 * rng.random()
    return Roadway(near, near + 7.5 + 3 * rng.random(), False, 6 + 14 * rng.random())


def _paint_skyline(canvas: Canvas, rng: np.random.Generator) -> None:
    """Paint distant houses, except those that the haze would hide."""
    for depth in (160.0, 110.0, 80.0):
        if canvas.light.left(depth) < 0.15:
            continue
        half_width = 2 * canvas.half_width(depth)
        left = -half_width
        while left < half_width:
            house = draw_house(rng, canvas.light.lit, 12 + depth * 0.22)
            wide = 8 + 14 * rng.random()
            if rng.random() < 0.7:
                paint_front(canvas, house, (left, left + wide), depth, 0.9)
            left += wide + 6 * rng.random()


def _paint_row(canvas: Canvas, rng: np.random.Generator, roadway: Roadway) -> None:
    """Paint the houses on the other side of a street across the view."""
    depth = roadway.far + 2.5 + 2.5 * rng.random()
    half_width = canvas.half_width(depth) + 1
    left = -half_width - 6 * rng.random()
    shade = canvas.light.shade(TOWARDS_CAMERA)
    while left < half_width:
        wide = 5 + 9 * rng.random()
        if rng.random() < 0.8:
            house = draw_house(rng, canvas.light.lit, 15.0)
            paint_front(canvas, house, (left, left + wide), depth, shade)
        left += wide + (2.5 * rng.random() if rng.random() < 0.4 else 0.0)


def _paint_walls(canvas: Canvas, rng: np.random.Generator, roadway: Roadway) -> tuple[float, float]:
    """Paint the houses on both sides of a street along the view; return where their walls are."""
    walls = []
    for side, curb in ((-1.0, roadway.near), (1.0, roadway.far)):
        wall = side * max(side * curb + 2.2 + 3.0 * rng.random(), 3.0)
        row = _draw_terrace(canvas, rng)
        sunny = canvas.light.shade((-side, 0.0, 0.0))
        for house, start, deep in reversed(row):
            left, right = sorted((wall, wall + side * 14))
            paint_front(canvas, house, (left, right), start, canvas.light.shade(TOWARDS_CAMERA))
            paint_side(canvas, house, wall, (start, start + deep), sunny)
        if side * canvas.light.sun[0] > 0:
            _shade_ground(canvas, row, wall, side)
        walls.append(wall)
    return walls[0], walls[1]


def _draw_terrace(canvas: Canvas, rng: np.random.Generator) -> list[tuple[House, float, float]]:
    """Return houses, nearest first, each with the depth where it begins and its own depth."""
    depth = 3.0 + 4 * rng.random()
    row = []
    while depth < 80:
        deep = 7 + 10 * rng.random()
        if rng.random() < 0.86:
            row.append((draw_house(rng, canvas.light.lit), depth, deep))
        depth += deep + (5 * rng.random() if rng.random() < 0.3 else 0.0)
    return row


def _shade_ground(
    canvas: Canvas, row: list[tuple[House, float, float]], wall: float, side: float
) -> None:
    for house, start, deep in row:
        tip, end = wall - side * min(house.height * 0.45, 7.0), start + deep
        outline = [(wall, 0, start), (tip, 0, start + 2), (tip, 0, end + 2), (wall, 0, end)]
        canvas.darken(outline, canvas.light.shadow)
