"""The networks that are loaded, for all visitors of this process."""

from collections.abc import Callable, Hashable
from threading import Lock

import streamlit as st

from fcnlib import networks
from fcnlib.networks import Network, built_in
from fcnlib.networks.precision import FORMATS
from fcnlib.typing import Report


class NetworkCache:
    """Networks by name, each loaded by the first job that needs it and kept."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._networks: dict[Hashable, Network] = {}

    def built_in(self, head: str) -> Network:
        """Return a head of the built-in network."""
        with self._lock:
            return self._get(head, lambda: built_in.network(head))

    def vgg_16(self, precision: str, report: Report) -> Network:
        """Return VGG-16 in a number format, in place of the one in another.

        Jobs run one at a time, so the other is not at work. Both at once would take a small
        machine's memory.
        """
        with self._lock:
            for other in {*FORMATS} - {precision}:
                if other in self._networks:
                    self._networks.pop(other).close()
            return self._get(precision, lambda: networks.vgg_16(None, report, precision))

    def _get(self, key: Hashable, load: Callable[[], Network]) -> Network:
        if key not in self._networks:
            self._networks[key] = load()
        return self._networks[key]


@st.cache_resource(show_spinner=False)
def loaded_networks() -> NetworkCache:
    """Return what holds the networks of this process."""
    return NetworkCache()
