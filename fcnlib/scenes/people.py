"""People of all sizes, standing and walking."""

import numpy as np

from fcnlib.scenes.canvas import PERSON, Canvas

SKINS = ((0.94, 0.78, 0.66), (0.82, 0.62, 0.48), (0.62, 0.44, 0.32), (0.40, 0.27, 0.20))
HAIRS = ((0.12, 0.09, 0.08), (0.30, 0.20, 0.12), (0.62, 0.47, 0.25), (0.65, 0.63, 0.60))
SHIRTS = (
    (0.80, 0.16, 0.18),
    (0.15, 0.35, 0.70),
    (0.92, 0.92, 0.90),
    (0.18, 0.55, 0.45),
    (0.55, 0.22, 0.55),
    (0.93, 0.50, 0.20),
    (0.16, 0.17, 0.20),
    (0.35, 0.65, 0.85),
    (0.90, 0.55, 0.65),
)
TROUSERS = ((0.16, 0.20, 0.34), (0.14, 0.14, 0.15), (0.45, 0.40, 0.32), (0.30, 0.32, 0.36))


def paint_person(
    canvas: Canvas, rng: np.random.Generator, right: float, ahead: float, height: float
) -> None:
    """Paint a person of a height in metres, with the feet at a place in metres."""
    skin, hair, shirt, trousers = (
        np.array(kind[int(rng.integers(len(kind)))]) for kind in (SKINS, HAIRS, SHIRTS, TROUSERS)
    )
    stride = 0.04 + 0.11 * rng.random()
    broad = 0.125 + 0.03 * rng.random()
    lit = 1.0 + 0.12 * canvas.light.sun[0]

    def part(outline: list[tuple[float, float]], color: np.ndarray) -> None:
        points = [(right + a * height, b * height, ahead) for a, b in outline]
        canvas.paint(points, tuple(color), PERSON)

    for side in (-1, 1):
        foot, hip = side * stride, side * broad * 0.35
        tone = trousers * (0.8 if side < 0 else 1.0)
        part(
            [(hip - 0.05, 0.5), (hip + 0.05, 0.5), (foot + 0.035, 0.03), (foot - 0.035, 0.03)], tone
        )
        part(
            [(foot - 0.045, 0), (foot + 0.055, 0), (foot + 0.05, 0.04), (foot - 0.04, 0.04)],
            np.array((0.10, 0.09, 0.09)),
        )
        swing = side * broad + (0.5 - rng.random()) * 0.14
        part(
            [
                (side * broad - 0.035, 0.81),
                (side * broad + 0.035, 0.81),
                (swing + 0.03, 0.45),
                (swing - 0.03, 0.45),
            ],
            shirt * (0.75 if side < 0 else 0.9),
        )
        part(
            [
                (swing - 0.025, 0.46),
                (swing + 0.025, 0.46),
                (swing + 0.025, 0.41),
                (swing - 0.025, 0.41),
            ],
            skin,
        )
    skirt = 0.1 if rng.random() < 0.25 else 0.0
    part(
        [
            (-broad, 0.82),
            (broad, 0.82),
            (broad * 0.8 + skirt, 0.47 - skirt),
            (-broad * 0.8 - skirt, 0.47 - skirt),
        ],
        shirt,
    )
    part([(0, 0.82), (broad, 0.82), (broad * 0.8, 0.5), (0, 0.5)], shirt * lit)
    part([(-0.03, 0.8), (0.03, 0.8), (0.03, 0.88), (-0.03, 0.88)], skin * 0.85)
    head = (right, 0.925 * height, ahead)
    canvas.disk(
        (right, 0.94 * height, ahead), (0.075 * height, 0.062 * height), tuple(hair), PERSON
    )
    canvas.disk(head, (0.06 * height, 0.05 * height), tuple(skin), PERSON)
