"""Roadway and sidewalks with their markings, all labeled road."""

from dataclasses import dataclass

import numpy as np

from fcnlib.scenes.canvas import ROAD, Canvas
from fcnlib.scenes.geometry import SAMPLES, centers
from fcnlib.scenes.nature import smooth_noise
from fcnlib.typing import ByteArray, Float64Array

ASPHALT = (0.36, 0.37, 0.39)
SIDEWALK = (0.62, 0.60, 0.57)
CURB = (0.76, 0.75, 0.72)
MARKING = (0.90, 0.90, 0.86)
AMBER = (0.88, 0.70, 0.25)


@dataclass(frozen=True)
class Roadway:
    """A straight roadway, along the view or across it.

    Attributes
    ----------
    near, far : float
        Its two edges in meters, measured to the right if it runs along the view, otherwise ahead.
    across : bool
        Whether it runs from left to right.
    crossing : float
        Where a zebra crossing begins, in meters along the roadway.

    """

    near: float
    far: float
    across: bool
    crossing: float


def paint_ground(canvas: Canvas, rng: np.random.Generator, roadway: Roadway) -> None:
    """Paint everything below the horizon as roadway and sidewalk."""
    camera, light = canvas.camera, canvas.light
    first = min(int(np.ceil(camera.horizon * SAMPLES)) + 1, canvas.shape[0])
    rows = centers(slice(first, canvas.shape[0]))[:, None]
    cols = centers(slice(0, canvas.shape[1]))[None, :]
    scale = (rows - camera.horizon) / camera.eye
    ahead, right = camera.focal / scale, (cols - camera.vanishing) / scale
    aside, along = (ahead, right) if roadway.across else (right, ahead)
    colors = light.fade(_colors(rng, np.clip(scale / 6, 0, 1)) * light.tint, ahead)
    surface = _surface(roadway, aside, along)
    picture = colors.astype(np.float32)[np.arange(len(rows))[:, None], surface]
    picture *= (0.86 + 0.28 * smooth_noise(rng, surface.shape, (9, 14)))[..., None]
    canvas.picture[first:] = picture
    canvas.labels[first:] = ROAD


def _colors(rng: np.random.Generator, near: Float64Array) -> Float64Array:
    """Return the color of each surface, shape (rows, 6, 3); markings fade with distance."""
    gray = 0.85 + 0.3 * rng.random()
    line = MARKING if rng.random() < 0.6 else AMBER
    asphalt, sidewalk = np.multiply(ASPHALT, gray), np.multiply(SIDEWALK, gray)
    marks = np.array([sidewalk * 0.8, CURB, line, MARKING])
    grounds = np.array([sidewalk, (asphalt + sidewalk) / 2, asphalt, asphalt])
    marked = grounds + 0.9 * near[..., None] * (marks - grounds)
    plain = np.broadcast_to(np.array([asphalt, sidewalk]), (len(near), 2, 3))
    return np.concatenate([plain, marked], axis=1)


def _surface(roadway: Roadway, aside: Float64Array, along: Float64Array) -> ByteArray:
    """Return the surface at each point, as an index into `_colors`."""
    inside = (aside > roadway.near) & (aside < roadway.far)
    joint = (along % 1.6 > 1.52) | (aside % 1.6 > 1.52)
    surface = np.where(inside, np.uint8(0), np.where(joint, np.uint8(2), np.uint8(1)))
    edge = np.minimum(np.abs(aside - roadway.near), np.abs(aside - roadway.far))
    surface[np.broadcast_to(edge < 0.15, surface.shape)] = 3
    middle = (roadway.near + roadway.far) / 2
    surface[(np.abs(aside - middle) < 0.09) & (along % 5.0 < 2.6)] = 4
    start = roadway.crossing
    stripe = inside & (aside % 1.1 < 0.55) & (edge > 0.5)
    surface[stripe & (along > start) & (along < start + 3)] = 5
    return surface
