"""Sky, trees and bushes."""

import numpy as np

from fcnlib.scenes.canvas import SKY, TREE, Canvas
from fcnlib.scenes.geometry import SAMPLES, rectangle
from fcnlib.scenes.light import scaled
from fcnlib.typing import Float32Array, Float64Array

GREENS = ((0.20, 0.40, 0.14), (0.28, 0.47, 0.17), (0.15, 0.33, 0.16), (0.35, 0.50, 0.20))
RARE = ((0.80, 0.45, 0.13), (0.72, 0.26, 0.14), (0.86, 0.66, 0.72))
TRUNK = (0.30, 0.22, 0.16)


def paint_sky(canvas: Canvas, rng: np.random.Generator) -> None:
    """Fill the canvas with sky: a gradient, clouds, and a sun, a moon or stars."""
    light, width = canvas.light, canvas.shape[1]
    height = min(int(canvas.camera.horizon * SAMPLES) + 2, canvas.shape[0])
    mix = (np.arange(height, dtype=np.float32) / height)[:, None, None] ** 2
    sky = canvas.picture[:height]
    zenith, haze = (np.asarray(color, np.float32) for color in (light.zenith, light.haze))
    sky[:] = zenith * (1 - mix) + haze * mix
    if light.lit > 0.4:
        stars = rng.integers(0, (height, width), (60, 2))
        sky[stars[:, 0], stars[:, 1]] += np.float32(0.25 + 0.5 * rng.random((60, 1)))
    _paint_sun(canvas, rng)
    if light.clouds > 0.05:
        _paint_clouds(canvas, rng, sky)
    canvas.labels[:] = SKY


def _paint_clouds(canvas: Canvas, rng: np.random.Generator, sky: Float32Array) -> None:
    shape = (sky.shape[0], sky.shape[1])
    octaves = ((0.6, (4, 5)), (0.3, (10, 11)), (0.1, (26, 30)))
    large, medium, small = (
        np.float32(share) * smooth_noise(rng, shape, cells) for share, cells in octaves
    )
    open_sky = np.float32(0.62 - 0.24 * canvas.light.clouds)
    veil = np.clip((large + medium + small - open_sky) * 6, 0, 1) * 0.85
    haze, tint = (np.asarray(c, np.float32) for c in (canvas.light.haze, canvas.light.tint))
    sky += veil[..., None] * (haze * 0.8 + tint * 0.22 - sky)


def _paint_sun(canvas: Canvas, rng: np.random.Generator) -> None:
    light = canvas.light
    if light.clouds > 0.7 or light.name == "fog" or rng.random() < 0.4:
        return
    right, up = (rng.random() - 0.5) * 160, 15 + 45 * rng.random()
    night = light.lit > 0.4
    warm = (0.5, 0.52, 0.5) if night else (0.9, 0.75, 0.5)
    center = (right, canvas.camera.eye + up, 200.0)
    canvas.glow(center, 30 if night else 60, scaled(warm, 0.35))
    canvas.glow(center, 7 if night else 9, scaled(warm, 2.0))


def smooth_noise(
    rng: np.random.Generator, shape: tuple[int, int], cells: tuple[int, int]
) -> Float32Array:
    """Return noise in [0, 1], interpolated between random values on a coarse grid.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the values.
    shape : tuple of int
        Rows and columns of the result.
    cells : tuple of int
        Rows and columns of the grid.

    """
    grid = rng.random((cells[0] + 1, cells[1] + 1)).astype(np.float32)
    for axis in (0, 1):
        position = np.arange(shape[axis], dtype=np.float32) * np.float32(cells[axis] / shape[axis])
        index = np.minimum(position.astype(np.intp), cells[axis] - 1)
        part = position - index
        part = part * part * (3 - 2 * part)
        part = part[:, None] if axis == 0 else part
        low, high = np.take(grid, index, axis), np.take(grid, index + 1, axis)
        grid = low + (high - low) * part
    return grid


def paint_tree(canvas: Canvas, rng: np.random.Generator, right: float, ahead: float) -> None:
    """Paint a broad-leaved tree or a conifer whose foot is at (`right`, `ahead`) in meters."""
    height = 3.5 + 5.0 * rng.random()
    palette = RARE if rng.random() < 0.12 else GREENS
    base = np.array(palette[int(rng.integers(len(palette)))]) * (0.85 + 0.3 * rng.random())
    if rng.random() < 0.22:
        width = (0.2 + 0.1 * rng.random()) * height
        _paint_conifer(canvas, (right, ahead), height, width, base)
        return
    half, fork = 0.025 * height, 0.45 * height
    trunk = [(-half, 0), (half, 0), (0.7 * half, fork), (-0.7 * half, fork)]
    canvas.paint_upright(trunk, (right, ahead), TRUNK, TREE)
    spread, middle = (0.26 + 0.1 * rng.random()) * height, 0.68 * height
    for step in range(26):
        level = step / 25
        offset = rng.random(3) * 2 - 1
        radius = spread * (0.26 + 0.26 * rng.random()) * (1.25 - 0.5 * level)
        aside = right + offset[0] * spread * (0.95 - 0.45 * level)
        up = middle + (offset[1] * 0.55 + level - 0.5) * spread
        sunny = 0.66 + 0.5 * level + 0.16 * offset[2] + 0.12 * offset[0] * canvas.light.sun[0]
        canvas.disk((aside, up, ahead), (radius * 0.85, radius), base * sunny, TREE)


def _paint_conifer(
    canvas: Canvas, foot: tuple[float, float], height: float, width: float, base: Float64Array
) -> None:
    canvas.paint_upright(rectangle(-0.12, 0.12, 0, 1), foot, TRUNK, TREE)
    tiers = 6
    for tier in range(tiers):
        low, half = 0.6 + tier / tiers * (height - 0.6), width * (1 - 0.8 * tier / tiers)
        peak = (0, min(height, low + 0.34 * height))
        tone = base * (0.62 + 0.08 * tier)
        sunny_edge = half * canvas.light.sun[0] * 1.6
        canvas.paint_upright([(-half, low), (half, low), peak], foot, tone, TREE)
        canvas.paint_upright([(0, low), (sunny_edge, low), peak], foot, tone * 1.2, TREE)


def paint_bush(canvas: Canvas, rng: np.random.Generator, right: float, ahead: float) -> None:
    """Paint a low bush, labeled tree like all leaves."""
    base = np.array(GREENS[int(rng.integers(len(GREENS)))])
    size = 0.35 + 0.4 * rng.random()
    for step in range(9):
        offset = rng.random(2) * 2 - 1
        center = (right + offset[0] * size * 1.6, size * (0.7 + 0.5 * step / 8), ahead)
        canvas.disk(center, (size * 0.7, size * 0.8), base * (0.7 + 0.05 * step), TREE)
