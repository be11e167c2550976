"""Houses, whose walls face the camera or run along the street."""

from dataclasses import dataclass

import numpy as np

from fcnlib.scenes.canvas import BUILDING, Canvas
from fcnlib.scenes.geometry import centers, samples
from fcnlib.typing import BoolArray, ByteArray, Float64Array

WALLS = (
    (0.66, 0.36, 0.27), (0.55, 0.30, 0.25), (0.80, 0.70, 0.56), (0.84, 0.80, 0.73),
    (0.62, 0.61, 0.60), (0.78, 0.60, 0.46), (0.56, 0.64, 0.68), (0.83, 0.74, 0.62),
    (0.45, 0.42, 0.42), (0.72, 0.52, 0.48),
)  # fmt: skip
AWNINGS = ((0.62, 0.15, 0.15), (0.14, 0.36, 0.30), (0.18, 0.26, 0.46), (0.78, 0.72, 0.62))
WALL, TRIM, FRAME, DARK, LIT, AWNING, DOOR = range(7)


@dataclass(frozen=True)
class House:
    """Appearance of one house, lengths in meters.

    Attributes
    ----------
    height : float
        Height of the eaves.
    bay, story : float
        Distance between windows along and up the wall.
    pane : tuple of float
        Fraction of a bay and of a story that a window fills.
    shop : bool
        Whether the ground floor is a shop.
    colors : ndarray of shape (7, 3)
        RGB color of each part, in the order of `WALL` to `DOOR`.
    lights : ndarray of shape (8, 8)
        Whether the light is on behind a window, by story and bay.

    """

    height: float
    bay: float
    story: float
    pane: tuple[float, float]
    shop: bool
    colors: Float64Array
    lights: BoolArray


def draw_house(rng: np.random.Generator, lit: float, tallest: float = 24.0) -> House:
    """Choose the appearance of a house at random; a share `lit` of its windows has the light on."""
    wall = np.array(WALLS[int(rng.integers(len(WALLS)))]) * (0.9 + 0.2 * rng.random())
    glass = np.array((0.22, 0.29, 0.36)) * (0.8 + 0.6 * rng.random())
    trim = wall * 0.72 if rng.random() < 0.5 else np.minimum(wall * 1.2, 1.0)
    awning = AWNINGS[int(rng.integers(len(AWNINGS)))]
    return House(
        height=4.5 + (tallest - 4.5) * rng.random() ** 1.5,
        bay=2.2 + 1.4 * rng.random(),
        story=2.9 + 0.7 * rng.random(),
        pane=(0.38 + 0.3 * rng.random(), 0.45 + 0.2 * rng.random()),
        shop=bool(rng.random() < 0.5),
        colors=np.array([wall, trim, trim, glass, (1.0, 0.83, 0.52), awning, wall * 0.4]),
        lights=rng.random((8, 8)) < lit,
    )


def parts(house: House, along: Float64Array, up: Float64Array) -> ByteArray:
    """Return the part of a house to which each point of its wall belongs.

    Parameters
    ----------
    house : House
        The house.
    along, up : ndarray, broadcastable to (H, W)
        Meters along the wall and above the ground.

    Returns
    -------
    parts : ndarray of shape (H, W)
        One of `WALL` to `DOOR` per point.

    """
    bays, floors = along / house.bay, (up - 0.7) / house.story
    bay, floor = np.floor(bays), np.floor(floors)
    across, rise = np.abs(bays - bay - 0.5), np.abs(floors - floor - 0.5)
    half_width, half_height = house.pane[0] / 2, house.pane[1] / 2
    whole = (floor >= 0) & ((floor + 0.9) * house.story + 0.7 < house.height)
    window = whole & (across < half_width) & (rise < half_height)
    frame = whole & (across < half_width + 0.05) & (rise < half_height + 0.05)
    # Windows repeat every 8 bays and stories.
    alight = house.lights[floor.astype(np.intp) & 7, bay.astype(np.intp) & 7]
    pane = np.where(alight, np.uint8(LIT), np.uint8(DARK))
    result = np.where(frame, np.uint8(FRAME), np.uint8(WALL))
    result = np.where(window, pane, result)
    result = np.where((up > house.height - 0.45) | (up < 0.35), np.uint8(TRIM), result)
    door = (up < 2.3) & (across < 0.22) & ((bay.astype(np.intp) & 3) == 1)
    if house.shop:
        ground = (up < 2.6) & (up > 0.5) & (across < 0.44)
        result = np.where(ground, pane, result)
        result = np.where((up >= 2.6) & (up < 3.3), np.uint8(AWNING), result)
    return np.where(door, np.uint8(DOOR), result)


def paint_front(
    canvas: Canvas, house: House, right: tuple[float, float], ahead: float, shade: float = 1.0
) -> None:
    """Paint a wall that faces the camera, at depth `ahead` and between two positions `right`."""
    camera, scale = canvas.camera, canvas.camera.focal / ahead
    left, end = (camera.vanishing + side * scale for side in right)
    cols = samples(left, end, canvas.shape[1])
    top = camera.horizon + (camera.eye - house.height) * scale
    rows = samples(top, camera.horizon + camera.eye * scale, canvas.shape[0])
    along = (centers(cols) - camera.vanishing) / scale - right[0]
    up = camera.eye - (centers(rows) - camera.horizon) / scale
    colors = canvas.light.fade(_lit_colors(canvas, house, shade), ahead).astype(np.float32)
    canvas.picture[rows, cols] = colors[parts(house, along[None, :], up[:, None])]
    canvas.labels[rows, cols] = BUILDING


def paint_side(
    canvas: Canvas, house: House, right: float, ahead: tuple[float, float], shade: float
) -> None:
    """Paint a wall along the street, at position `right` and between two depths `ahead`."""
    camera = canvas.camera
    ends = sorted(camera.vanishing + right * camera.focal / depth for depth in ahead)
    cols = samples(ends[0], ends[1], canvas.shape[1])
    if cols.stop <= cols.start:
        return
    scale = (centers(cols) - camera.vanishing) / right
    depth = camera.focal / scale
    top = camera.horizon + (camera.eye - house.height) * scale
    bottom = camera.horizon + camera.eye * scale
    rows = samples(float(top.min()), float(bottom.max()), canvas.shape[0])
    up = camera.eye - (centers(rows)[:, None] - camera.horizon) / scale
    part = parts(house, (depth - ahead[0])[None, :], up)
    inside = (up >= 0) & (up <= house.height)
    fade = canvas.light.fade(_lit_colors(canvas, house, shade)[None], depth[:, None])
    colors = fade.astype(np.float32)[np.arange(len(depth))[None, :], part]
    np.copyto(canvas.picture[rows, cols], colors, where=inside[..., None])
    canvas.labels[rows, cols][inside] = BUILDING


def _lit_colors(canvas: Canvas, house: House, shade: float) -> Float64Array:
    """Return the color of each part in the light of the scene, without haze."""
    lit = house.colors * canvas.light.tint * shade
    sky = np.array(canvas.light.zenith) * 0.35 + np.array(canvas.light.haze) * 0.15
    lit[DARK] = lit[DARK] * 0.6 + sky * 0.5
    if canvas.light.lit > 0.2:
        lit[LIT] = house.colors[LIT]
    return lit
