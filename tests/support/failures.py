"""The errors that fetches end in."""

import pytest

from fcnlib.errors import PictureError
from fcnlib.images.fetching import fetch
from support.servers import Server


def failure(script, path="/cat.png"):
    """Return the error that a fetch from a server with this script ends in."""
    with Server({path: script}) as server, pytest.raises(PictureError) as info:
        fetch(server.url(path))
    return info.value
