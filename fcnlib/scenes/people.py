"""People of different heights, standing or walking."""

from collections.abc import Iterable

import numpy as np

from fcnlib.scenes.canvas import PERSON, Canvas
from fcnlib.scenes.geometry import rectangle

SKINS = ((0.94, 0.78, 0.66), (0.82, 0.62, 0.48), (0.62, 0.44, 0.32), (0.40, 0.27, 0.20))
HAIRS = ((0.12, 0.09, 0.08), (0.30, 0.20, 0.12), (0.62, 0.47, 0.25), (0.65, 0.63, 0.60))
SHIRTS = (
    (0.80, 0.16, 0.18), (0.15, 0.35, 0.70), (0.92, 0.92, 0.90),
    (0.18, 0.55, 0.45), (0.55, 0.22, 0.55), (0.93, 0.50, 0.20),
    (0.16, 0.17, 0.20), (0.35, 0.65, 0.85), (0.90, 0.55, 0.65),
)  # fmt: skip
TROUSERS = ((0.16, 0.20, 0.34), (0.14, 0.14, 0.15), (0.45, 0.40, 0.32), (0.30, 0.32, 0.36))
SHOES = (0.10, 0.09, 0.09)


def paint_person(
    canvas: Canvas, rng: np.random.Generator, right: float, ahead: float, height: float
) -> None:
    """Paint a person of a height in meters whose feet are at (`right`, `ahead`) in meters."""
    skin, hair, shirt, trousers = (
        np.array(kind[int(rng.integers(len(kind)))]) for kind in (SKINS, HAIRS, SHIRTS, TROUSERS)
    )
    stride = 0.04 + 0.11 * rng.random()
    broad = 0.125 + 0.03 * rng.random()
    sunny = 1.0 + 0.12 * canvas.light.sun[0]

    def part(outline: Iterable[tuple[float, float]], color: Iterable[float]) -> None:
        canvas.paint_upright(outline, (right, ahead), color, PERSON, height)

    def limb(
        start: tuple[float, float, float], end: tuple[float, float, float], color: np.ndarray
    ) -> None:
        """Paint a trapezoid between two ends, each (middle, up, half width)."""
        (x, y, half), (end_x, end_y, end_half) = start, end
        ends = [(end_x + end_half, end_y), (end_x - end_half, end_y)]
        part([(x - half, y), (x + half, y), *ends], color)

    for side in (-1, 1):
        foot, hip, shoulder = side * stride, side * broad * 0.35, side * broad
        limb((hip, 0.5, 0.05), (foot, 0.03, 0.035), trousers * (0.8 if side < 0 else 1.0))
        shoe = [(-0.045, 0), (0.055, 0), (0.05, 0.04), (-0.04, 0.04)]
        part([(foot + x, y) for x, y in shoe], SHOES)
        hand = shoulder + (0.5 - rng.random()) * 0.14
        limb((shoulder, 0.81, 0.035), (hand, 0.45, 0.03), shirt * (0.75 if side < 0 else 0.9))
        part(rectangle(hand - 0.025, hand + 0.025, 0.46, 0.41), skin)
    skirt = 0.1 if rng.random() < 0.25 else 0.0
    limb((0, 0.82, broad), (0, 0.47 - skirt, broad * 0.8 + skirt), shirt)
    part([(0, 0.82), (broad, 0.82), (broad * 0.8, 0.5), (0, 0.5)], shirt * sunny)
    part(rectangle(-0.03, 0.03, 0.8, 0.88), skin * 0.85)
    canvas.disk((right, 0.94 * height, ahead), (0.075 * height, 0.062 * height), hair, PERSON)
    canvas.disk((right, 0.925 * height, ahead), (0.06 * height, 0.05 * height), skin, PERSON)
