"""Templates of the parts of the scripts in `fcnlib.upsampling.scripts`."""

from fcnlib.upsampling.example_images import SIDE

SAMPLES = {
    "astronaut": "astronaut()",
    "cat": "chelsea()",
    "coffee": "coffee()",
    "motorcycle": "stereo_motorcycle()[0]",
    "rocket": "rocket()",
}

NOISE_CALLS = {
    "unit": "uniform(0, 1, size=(8, 10, 3))",
    "bright": "uniform(0.5, 1, size=(8, 10, 3))",
    "normal": "normal(size=(24, 32, 3))",
}

RAMP = """\
half = np.linspace(0, 0.5, 3)
image = np.stack([np.add.outer(half, half)] * 3, axis=-1)  # the post's ramp"""

SHRINK = f"""\
scale = min(1, {SIDE} / max(picture.size))
size = [max(1, round(scale * side)) for side in picture.size]
image = np.asarray(picture.resize(size, Image.Resampling.LANCZOS)) / 255"""

OPEN = """\
PATH = {path!r}  # your picture, in the folder where you run this

picture = ImageOps.exif_transpose(Image.open(PATH))
"""

PIXELS = """\
if picture.mode.startswith("I"):  # 16-bit gray: keep the upper 8 bits
    picture = Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
if picture.has_transparency_data:  # replace transparency by white
    transparent = picture.convert("RGBA")
    picture = Image.new("RGB", transparent.size, "white")
    picture.paste(transparent, mask=transparent)
picture = picture.convert("RGB")
"""

# Pictures that are offered to be stretched are nearly black, so they have no transparent parts.
STRETCHED = """\
values = np.asarray(picture if picture.mode.startswith("I") else picture.convert("RGB"))
values = np.rint((values - float(values.min())) * (255 / np.ptp(values)))  # 0 to 255
picture = Image.fromarray(values.astype(np.uint8)).convert("RGB")
"""

LAYER = """\
size = {size}
tent = 1 - np.abs(np.arange(size) - (size - 1) / 2) / FACTOR
kernel = np.outer(tent, tent){change}
# Channels do not mix, so they are passed as a batch of gray images.
batch = {padded}.transpose(2, 0, 1)[..., np.newaxis]
count, height, width, _ = batch.shape
with tf.device("/CPU:0"):  # a GPU may round to fewer bits
    enlarged = tf.nn.conv2d_transpose(
        batch,
        kernel[..., np.newaxis, np.newaxis].astype(image.dtype),
        output_shape=(count, FACTOR * height, FACTOR * width, 1),
        strides=FACTOR,
        padding="SAME",
    )
by_tensorflow = enlarged.numpy()[..., 0].transpose(1, 2, 0){cropped}"""

RESIZE = """\
size = [FACTOR * side for side in image.shape[:2]]
with tf.device("/CPU:0"):
    by_tensorflow = tf.{call}.numpy()"""

RESIZES = {
    "half_pixel": "image.resize(image, size)",
    "align_corners": "compat.v1.image.resize_images(image, size, align_corners=True)",
    "tf1": "compat.v1.image.resize_images(image, size)",
}

RESCALE = """\
by_skimage = rescale(
    image,
    FACTOR,
    order=1,
    mode={mode!r},
    cval=0,
    clip={clip},
    anti_aliasing=False,
    channel_axis={channel_axis},
)"""

VERDICT = """\
def short(value):
    return f"{value:.1e}" if value else "0"


if by_tensorflow.shape != by_skimage.shape:
    print("allclose: impossible")
    print(f"Shapes: {by_tensorflow.shape} and {by_skimage.shape}")
else:
    difference = np.abs(by_tensorflow - by_skimage)
    within = difference <= ATOL + RTOL * np.abs(by_skimage)  # as in np.allclose
    inside = difference[FACTOR:-FACTOR, FACTOR:-FACTOR]
    print(f"allclose: {within.all()}")
    print(f"Largest difference: {short(difference.max())}")
    if inside.size:
        print(f"Away from the rim: {short(inside.max())}")
    print(f"Values within tolerance: {within.sum():,} of {within.size:,}")"""
