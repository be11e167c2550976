"""The two files that contain the VGG-16 weights, and the variables that configure a mirror.

Both files were converted from the authors' Caffe model. Google publishes no hash of the archive,
so it is checked by https, by its exact length and by `fcnlib.checkpoints.verification`. Keras
publishes a hash of its copy in ``applications/vgg16.py``.

============================== =====================================================
variable                       meaning
============================== =====================================================
``FCNLIB_WEIGHTS_URL``         folder of a mirror, used instead of the official addresses
``FCNLIB_WEIGHTS_SIZE``        exact length of the file on that mirror, in bytes
``FCNLIB_VGG_ARCHIVE_SHA256``  hash that the archive must have
============================== =====================================================
"""

import os
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from ipaddress import ip_address
from urllib.parse import urlsplit

from fcnlib.checks import check_choice
from fcnlib.errors import WeightsError

FETCH_COMMAND = "python -m fcnlib weights --fetch"


@dataclass(frozen=True)
class Source:
    """A file whose address and length are known.

    Attributes
    ----------
    url : str
        Address: https, or http on this machine.
    size : int
        Exact length in bytes.
    checksum : str, optional
        Hash as ``"algorithm:digits"``.
    member : str, optional
        If the file is a tar archive, name of the file in it that is used.
    unpacked : int
        Largest length of `member` in bytes.

    """

    url: str
    size: int
    checksum: str | None = None
    member: str | None = None
    unpacked: int = 0

    @property
    def filename(self) -> str:
        """The last part of the address."""
        return urlsplit(self.url).path.rsplit("/", 1)[-1]

    @property
    def result(self) -> str:
        """Name of the file that is kept: the archive's member, or the file itself."""
        return self.member or self.filename


SOURCES = {
    "archive": Source(
        "https://storage.googleapis.com/download.tensorflow.org/models/vgg_16_2016_08_28.tar.gz",
        size=513_324_920,
        member="vgg_16.ckpt",
        # 138,357,544 float32 parameters take 553,430,176 bytes; the rest is names and indexes.
        unpacked=560_000_000,
    ),
    "keras": Source(
        "https://storage.googleapis.com/tensorflow/keras-applications/vgg16/"
        "vgg16_weights_tf_dim_ordering_tf_kernels.h5",
        size=553_467_096,
        checksum="md5:64373286793e3c8b2b4e3219cbf3544b",
    ),
}


def configured(name: str = "archive") -> Source:
    """Return a source with the changes that the environment variables above make.

    Parameters
    ----------
    name : {"archive", "keras"}
        Which of `SOURCES`.

    Returns
    -------
    source : Source
        The official source, or the same file on a mirror.

    Raises
    ------
    ValueError
        If there is no such source.
    WeightsError
        ``bad_setting`` if the value of a variable is malformed.

    Examples
    --------
    >>> configured("keras").filename
    'vgg16_weights_tf_dim_ordering_tf_kernels.h5'

    """
    check_choice(name, SOURCES, "source")
    source = SOURCES[name]
    if mirror := os.environ.get("FCNLIB_WEIGHTS_URL"):
        source = replace(source, url=f"{mirror.rstrip('/')}/{source.filename}")
        size = _setting("FCNLIB_WEIGHTS_SIZE", r"[1-9][0-9]{0,14}", "a number of bytes")
        source = replace(source, size=int(size)) if size else source
    if name == "archive":
        pin = _setting("FCNLIB_VGG_ARCHIVE_SHA256", r"[0-9a-fA-F]{64}", "64 hexadecimal digits")
        source = replace(source, checksum=f"sha256:{pin.lower()}") if pin else source
    return source


def check_address(url: str) -> None:
    """Raise unless the address is https, or http on this machine.

    Parameters
    ----------
    url : str
        Address to download from.

    Raises
    ------
    WeightsError
        ``insecure_address``. The message does not contain user names, passwords or paths.

    Examples
    --------
    >>> check_address("http://127.0.0.1:8000/vgg_16.ckpt")

    """
    scheme, host, secure = "", "", False
    with suppress(ValueError):  # raised for a malformed address, and for a host that is a name
        parts = urlsplit(url)
        scheme, host = parts.scheme, parts.hostname or ""
        secure = (scheme == "https" and host != "") or (
            scheme == "http" and (host == "localhost" or ip_address(host).is_loopback)
        )
    if secure:
        return
    # The rest of the address may contain a password.
    msg = (
        f"The weights cannot be downloaded from {scheme}://{host}, because they could be changed "
        "on the way. Only https addresses, and http on this machine, are allowed. Check "
        "FCNLIB_WEIGHTS_URL."
    )
    raise WeightsError("insecure_address", msg)


def _setting(variable: str, pattern: str, meaning: str) -> str:
    """Return a variable's value or an empty string; raise if the value is malformed."""
    value = os.environ.get(variable, "")
    if value and not re.fullmatch(pattern, value):
        msg = f"{variable} must be {meaning}, got {value!r}. Correct it or remove it."
        raise WeightsError("bad_setting", msg)
    return value
