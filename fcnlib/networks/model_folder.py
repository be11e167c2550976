"""A trained network as a folder, which any machine with this library can use.

::

    weights.npz   the weights, float16, as `npz_weights.write_weights` writes them
    model.json    version, backbone, head, long_side, classes, and palette as #rrggbb
    README.md     the model card: what it was trained on, how, and how good it is
"""

import io
import json
import lzma
import zipfile
import zlib
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from fcnlib.errors import WeightsError
from fcnlib.images.colors import from_hex
from fcnlib.networks import backbones, fcn
from fcnlib.networks.built_in import NAMES
from fcnlib.networks.network import Network
from fcnlib.networks.npz_weights import Weights, read_weights, write_weights
from fcnlib.paths import shown, why, write_whole
from fcnlib.typing import RGBImage

MODEL, WEIGHTS, CARD = "model.json", "weights.npz", "README.md"
VERSION = 1
MAX_NBYTES = 1 << 30
"""Largest size of the weights once they are unpacked; those of VGG-16 have 270 MB."""
MAX_UPLOAD_NBYTES = 64 << 20
"""Largest size of a file in an uploaded network; those that the app trains have 10 MB."""
_MAX_JSON = 1 << 20
_MAX_CLASSES = 255
_LONGEST = 4096
"""Largest `long_side`."""


@dataclass(frozen=True)
class Model:
    """What a trained network consists of, without its weights.

    Attributes
    ----------
    backbone : str
        A key of `backbones.BACKBONES`, which also determines the preprocessing.
    head : str
        A key of `fcn.HEADS`.
    classes : tuple of str
        Name of each label, from 0 up.
    palette : tuple of str
        Color of each label, such as ``"#ff8000"``.
    long_side : int
        Long side in pixels to which larger pictures were scaled down.

    """

    backbone: str
    head: str
    classes: tuple[str, ...]
    palette: tuple[str, ...]
    long_side: int

    @property
    def colors(self) -> RGBImage:
        """The palette as an array (C, 3)."""
        return from_hex(self.palette)

    @property
    def title(self) -> str:
        """Name to show."""
        return f"{NAMES[self.head]} on {backbones.BACKBONES[self.backbone].title}"


def write(folder: Path, model: Model, weights: Weights) -> None:
    """Write a network to a folder, which is created; its card is written separately.

    Raises
    ------
    OSError
        If the folder cannot be written to.

    """
    folder.mkdir(parents=True, exist_ok=True)
    write_weights(folder / WEIGHTS, {model.head: weights})
    # The last file, so that a folder with it is complete.
    text = json.dumps({"version": VERSION, **vars(model)}, indent=1, ensure_ascii=False)
    write_whole(folder / MODEL, text.encode())


def read(folder: Path) -> Model:
    """Read what a network consists of.

    Raises
    ------
    WeightsError
        ``no_model`` if the folder holds no network, ``bad_model`` if its description is damaged.

    """
    path = folder / MODEL
    try:
        with path.open("rb") as file:
            values = json.loads(file.read(_MAX_JSON))
        if values.pop("version") != VERSION:
            msg = f"its version is not {VERSION}"
            raise ValueError(msg)
        return _checked(values)
    except OSError as error:
        msg = (
            f"{shown(folder)} holds no trained network: {MODEL} cannot be read: {why(error)}. Name "
            "a folder that python -m fcnlib train --data wrote."
        )
        raise WeightsError("no_model", msg) from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        msg = f"{shown(path)} does not describe a network: {error}. Train the network again."
        raise WeightsError("bad_model", msg) from error


def unpack(data: bytes, folder: Path) -> None:
    """Write the network in a ZIP file, as the app offers it, to an existing folder.

    Parameters
    ----------
    data : bytes
        From outside. The network's files may be in a folder; other files are left out.
    folder : Path
        Gets `MODEL` and `WEIGHTS`.

    Raises
    ------
    WeightsError
        ``no_model`` if this is no ZIP file with these two files, ``too_large`` if they are larger
        than `MAX_UPLOAD_NBYTES`.

    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in (MODEL, WEIGHTS):
                # The path in the archive is never used as a path.
                entry = next(e for e in archive.infolist() if e.filename.split("/")[-1] == name)
                with archive.open(entry) as file:
                    content = file.read(MAX_UPLOAD_NBYTES + 1)
                if len(content) > MAX_UPLOAD_NBYTES:
                    _refuse_size(name, len(content))
                (folder / name).write_bytes(content)
    # What the module raises for damaged, encrypted or unusual archives.
    except (
        *(zipfile.BadZipFile, StopIteration, RuntimeError, NotImplementedError),
        *(ValueError, EOFError, OSError, zlib.error, lzma.LZMAError),
    ) as error:
        msg = (
            f"This is not a ZIP file with {MODEL} and {WEIGHTS}. Download a network from the "
            "Training page, or compress a folder that python -m fcnlib train --data wrote."
        )
        raise WeightsError("no_model", msg) from error


def load(folder: Path, most: int | None = None) -> Network:
    """Load the network of a folder.

    Parameters
    ----------
    folder : Path
        A folder that `write` wrote.
    most : int, optional
        Largest size in bytes of the unpacked weights, by default `MAX_NBYTES`.

    Returns
    -------
    network : Network
        It upsamples its own scores. Scale pictures down to the `long_side` of `read` first.

    Raises
    ------
    WeightsError
        As from `read` and `npz_weights.read_weights`, ``wrong_network`` if the weights belong to
        another network, ``too_large`` if they are larger than any network of this library.

    """
    model = read(folder)
    path = folder / WEIGHTS
    _check_size(path, MAX_NBYTES if most is None else most)
    return Network(
        model.title,
        model.classes,
        partial(
            backbones.build,
            name=model.backbone,
            head=model.head,
            num_classes=len(model.classes),
        ),
        model.colors,
        preprocess=backbones.BACKBONES[model.backbone].preprocess,
        weights=read_weights(model.head, path),
    )


def _checked(values: dict[str, Any]) -> Model:
    """Return the model that values from outside describe, or raise `ValueError`."""
    model = Model(
        **values | {"classes": tuple(values["classes"]), "palette": tuple(values["palette"])}
    )
    texts = (*model.classes, *model.palette)
    if not all(isinstance(text, str) for text in texts) or type(model.long_side) is not int:
        msg = "a name, a color or the long side has the wrong type"
        raise ValueError(msg)
    if not 1 <= len(model.classes) == len(model.palette) <= _MAX_CLASSES:
        msg = f"there must be 1 to {_MAX_CLASSES} classes, each with a color"
        raise ValueError(msg)
    known = model.backbone in backbones.BACKBONES and model.head in fcn.HEADS
    if not known or not 32 <= model.long_side <= _LONGEST:
        msg = "backbone, head or long side is none that this version knows"
        raise ValueError(msg)
    if model.colors.shape != (len(model.palette), 3):
        msg = "a color is not of the form #rrggbb"
        raise ValueError(msg)
    return model


def _check_size(path: Path, most: int) -> None:
    """Raise if an archive would unpack to more than is allowed."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except (OSError, ValueError, RuntimeError, zipfile.BadZipFile, NotImplementedError):
        return  # Reading the weights gives the reason.
    if size > most:
        _refuse_size(shown(path), size)


def _refuse_size(name: str, size: int) -> NoReturn:
    msg = f"{name} would take {size / 1e6:,.0f} MB or more, which no network here needs."
    raise WeightsError("too_large", msg)
