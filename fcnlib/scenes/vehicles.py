"""School buses and cars, built from boxes that may narrow towards the top."""

import numpy as np

from fcnlib.scenes.bodywork import BLACK, FRONT, LEFT, REAR, RIGHT, Block, Bodywork, Pose
from fcnlib.scenes.canvas import BUS, CAR, Canvas
from fcnlib.scenes.light import Color, scaled
from fcnlib.typing import Float64Array

YELLOW = (0.97, 0.70, 0.06)
GLASS = (0.20, 0.26, 0.32)
GRILLE = (0.15, 0.15, 0.16)
PLATE = (0.85, 0.85, 0.8)
AMBER = (0.95, 0.35, 0.1)
HEADLIGHT = (1.0, 0.97, 0.85)
PAINTS = (
    (0.75, 0.10, 0.12), (0.12, 0.25, 0.55), (0.85, 0.86, 0.88),
    (0.10, 0.10, 0.12), (0.50, 0.53, 0.57), (0.16, 0.40, 0.30),
    (0.40, 0.62, 0.78), (0.55, 0.30, 0.18), (0.93, 0.93, 0.90),
)  # fmt: skip

_BODY = Block((-5.2, 4.2, 1.2, 0.45), (-5.2, 4.2, 1.12, 3.05))
_HOOD = Block((4.2, 5.7, 1.05, 0.45), (4.2, 5.5, 0.95, 1.65))
_SIDES = (LEFT, RIGHT)


def paint_bus(canvas: Canvas, rng: np.random.Generator, pose: Pose) -> None:
    """Paint a yellow school bus with black rails, a row of windows and warning lamps."""
    bus = Bodywork(canvas, pose, BUS)
    paint = scaled(YELLOW, 0.93 + 0.1 * rng.random())
    for block in bus.far_to_near(_BODY, _HOOD):
        for side, face in bus.block(block, paint).items():
            if block is _HOOD:
                _detail_hood(bus, side, face)
            elif side in _SIDES:
                _detail_bus_side(bus, face)
            else:
                _detail_bus_end(bus, side, face)
    bus.wheels((-3.2, 4.4), 0.52, 1.21)


def _detail_bus_side(bus: Bodywork, face: Float64Array) -> None:
    for rail in ((0.16, 0.19), (0.30, 0.33), (0.42, 0.445)):
        bus.patch(face, (0, 1), rail, BLACK)
    for pane in range(9):
        across = (0.035 + pane * 0.105, 0.115 + pane * 0.105)
        bus.patch(face, across, (0.50, 0.76), GLASS, lamp=(0.95, 0.85, 0.6))


def _detail_bus_end(bus: Bodywork, side: int, face: Float64Array) -> None:
    for across in ((0.1, 0.46), (0.54, 0.9)):
        bus.patch(face, across, (0.46, 0.77), GLASS)
    bus.patch(face, (0.22, 0.78), (0.82, 0.92), BLACK)
    for left in (0.06, 0.82):
        bus.patch(face, (left, left + 0.12), (0.82, 0.91), AMBER, lamp=AMBER)
    if side == REAR:
        bus.patch(face, (0, 1), (0.04, 0.09), BLACK)
        for across in ((0.36, 0.38), (0.62, 0.64)):
            bus.patch(face, across, (0.1, 0.8), BLACK)
        bus.lamps(face, (0.22, 0.30), (0.85, 0.1, 0.08))


def _detail_hood(bus: Bodywork, side: int, face: Float64Array) -> None:
    if side == FRONT:
        bus.patch(face, (0.25, 0.75), (0.3, 0.72), GRILLE)
        bus.patch(face, (0, 1), (0, 0.16), BLACK)
        bus.lamps(face, (0.4, 0.6), HEADLIGHT)


def paint_car(canvas: Canvas, rng: np.random.Generator, pose: Pose) -> None:
    """Paint a sedan, a station wagon or a van in one of several colors."""
    car = Bodywork(canvas, pose, CAR)
    paint = PAINTS[int(rng.integers(len(PAINTS)))]
    kind = int(rng.integers(3))
    height = (1.42, 1.50, 1.85)[kind] + 0.06 * rng.random()
    waist = (0.88, 0.92, 1.1)[kind]
    rear, front = ((-1.0, 0.2), (-1.9, 0.35), (-1.95, 0.9))[kind]
    body = Block((-2.1, 2.1, 0.88, 0.28), (-2.08, 2.0, 0.84, waist))
    slope = 0.55 * (kind == 0)
    cabin = Block((rear - slope - 0.1, front + 0.8, 0.80, waist), (rear, front, 0.64, height))
    for side, face in car.block(body, paint).items():
        _detail_car_body(car, side, face, paint)
    for side, face in car.block(cabin, paint).items():
        panes = ((0.06, 0.48), (0.53, 0.94)) if side in _SIDES else ((0.07, 0.93),)
        for pane in panes:
            car.patch(face, pane, (0.10, 0.88), GLASS)
    car.wheels((-1.3, 1.3), 0.33, 0.89)


def _detail_car_body(car: Bodywork, side: int, face: Float64Array, paint: Color) -> None:
    if side in _SIDES:
        car.patch(face, (0, 1), (0, 0.12), scaled(paint, 0.45))
        return
    car.patch(face, (0.02, 0.98), (0, 0.25), BLACK)
    car.patch(face, (0.36, 0.64), (0.35, 0.55), PLATE)
    car.lamps(face, (0.55, 0.8), HEADLIGHT if side == FRONT else (0.85, 0.08, 0.07))
