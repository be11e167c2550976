"""Checks of the errors that reach visitors."""

from contextlib import contextmanager
from functools import partial

import pytest

from fcnlib.errors import PictureError, WeightsError
from fcnlib.images.fetching import fetch
from support.servers import Server


@contextmanager
def error_of(kind, code, *words):
    """Fail unless the block raises `kind` with this code and all `words` in its message."""
    with pytest.raises(kind) as info:
        yield info
    assert info.value.code == code
    for word in words:
        assert word in str(info.value)


picture_error = partial(error_of, PictureError)
weights_error = partial(error_of, WeightsError)


def fetch_error(script, path="/cat.png"):
    """Return the error that `fetch` raises for a server with this script."""
    with Server({path: script}) as server, pytest.raises(PictureError) as info:
        fetch(server.url(path))
    return info.value
