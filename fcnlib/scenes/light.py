"""Time of day and weather, which change every color of a scene."""

from dataclasses import dataclass, replace

import numpy as np

from fcnlib.typing import Float64Array

Color = tuple[float, float, float]


def scaled(color: Color, factor: float) -> Color:
    """Make a color brighter or darker.

    Examples
    --------
    >>> scaled((0.5, 0.25, 0.0), 2.0)
    (1.0, 0.5, 0.0)

    """
    return color[0] * factor, color[1] * factor, color[2] * factor


@dataclass(frozen=True)
class Light:
    """Light, haze and sky of one scene; colors are RGB in [0, 1].

    Attributes
    ----------
    name : str
        Name of the time of day or weather, such as ``"dusk"``.
    tint : tuple of float
        Factor on the color of everything that does not emit light.
    zenith, haze : tuple of float
        Color of the sky overhead and at the horizon. Distant objects fade to `haze`.
    clear : float
        Distance in meters at which half of an object's color has faded.
    shadow : float
        Darkness of cast shadows, 0 for none.
    clouds : float
        Share of the sky that is cloudy.
    lit : float
        Share of windows with light on. Lamps are on if it is above 0.2.
    sun : tuple of float
        Direction to the sun: right, up, ahead.

    """

    name: str
    tint: Color
    zenith: Color
    haze: Color
    clear: float
    shadow: float
    clouds: float
    lit: float
    sun: Color = (0.5, 0.8, -0.3)

    def fade(self, color: Color | Float64Array, depth: float | Float64Array) -> Float64Array:
        """Mix haze into colors that already include the tint or emit light themselves."""
        left = np.asarray(self.left(depth))[..., None]
        return np.asarray(color, dtype=np.float64) * left + np.asarray(self.haze) * (1 - left)

    def left(self, depth: float | Float64Array) -> float | Float64Array:
        """Return the share of a color that haze leaves at a depth: one half at `clear`."""
        return self.clear / (self.clear + depth * depth / self.clear)

    def shade(self, normal: Color) -> float:
        """Return how bright a surface looks that faces along a unit normal."""
        facing = sum(a * b for a, b in zip(normal, self.sun, strict=True))
        return 0.8 + (0.25 if self.shadow else 0.12) * facing


LIGHTS = (
    Light("noon", (1.0, 1.0, 0.97), (0.22, 0.47, 0.86), (0.76, 0.87, 0.96), 260, 0.42, 0.35, 0.0),
    Light("afternoon", (1, 0.94, 0.84), (0.3, 0.52, 0.85), (0.86, 0.88, 0.9), 160, 0.38, 0.5, 0.0),
    Light("dusk", (0.86, 0.66, 0.54), (0.27, 0.30, 0.55), (0.98, 0.66, 0.42), 120, 0.25, 0.5, 0.25),
    Light("overcast", (0.78, 0.81, 0.85), (0.6, 0.65, 0.7), (0.8, 0.83, 0.85), 110, 0.0, 0.9, 0.1),
    Light("fog", (0.80, 0.82, 0.83), (0.72, 0.75, 0.77), (0.79, 0.81, 0.82), 34, 0.0, 0.0, 0.2),
    Light("blue hour", (0.42, 0.46, 0.66), (0.1, 0.17, 0.4), (0.58, 0.5, 0.58), 130, 0, 0.4, 0.45),
    Light("night", (0.33, 0.35, 0.48), (0.02, 0.03, 0.10), (0.14, 0.15, 0.27), 130, 0.0, 0.2, 0.5),
)
"""The kinds of light that scenes are drawn in."""

_PROBABILITIES = (0.24, 0.22, 0.16, 0.14, 0.08, 0.08, 0.08)


def choose_light(rng: np.random.Generator) -> Light:
    """Choose a kind of light at random and vary it a little."""
    base = LIGHTS[int(rng.choice(len(LIGHTS), p=_PROBABILITIES))]
    # The order of the draws determines the scene, so it must not change.
    gain = 0.92 + 0.14 * rng.random()
    side = 1.0 if rng.random() < 0.5 else -1.0
    red, green, blue = (gain * (channel + 0.04 * (rng.random() - 0.5)) for channel in base.tint)
    deep = 0.9 + 0.2 * rng.random()
    top = [channel * (deep + 0.06 * rng.random()) for channel in base.zenith]
    return replace(
        base,
        tint=(red, green, blue),
        zenith=(top[0], top[1], top[2]),
        clear=base.clear * (0.7 + 0.7 * rng.random()),
        clouds=base.clouds * (0.5 + rng.random()),
        sun=(0.55 * side, 0.75, -0.35),
    )
