"""The networks that are loaded and their latest results, for all visitors of this process."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

import streamlit as st

from fcnlib.networks import Network, shipped
from fcnlib.networks.precision import FORMATS
from fcnlib.segmentation import Segmentation
from fcnlib.typing import Report, silent

KEPT_RESULTS = 24


class NetworkCache:
    """Networks by name, each loaded by the first job that needs it, and the latest results."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._networks: dict[Hashable, Network] = {}
        self._results: OrderedDict[Hashable, Segmentation] = OrderedDict()

    def get(self, name: str, precision: str = "float32", report: Report = silent) -> Network:
        """Return a network of `shipped.NETWORKS`; `precision` is that of VGG-16.

        VGG-16 in one number format replaces VGG-16 in another: jobs run one at a time, so the
        other is not in use, and both at once would not fit a small machine's memory.
        """
        key = (name, precision) if name == "vgg_16" else name
        with self._lock:
            if key not in self._networks:
                for other in FORMATS:
                    if name == "vgg_16" and (name, other) in self._networks:
                        self._networks.pop((name, other)).close()
                self._networks[key] = shipped.load(name, report, precision=precision)
            return self._networks[key]

    def result(self, key: Hashable, compute: Callable[[], Segmentation]) -> Segmentation:
        """Return the result kept under `key`, or compute and keep it."""
        if key not in self._results:
            self._results[key] = compute()
            while len(self._results) > KEPT_RESULTS:
                self._results.popitem(last=False)
        return self._results[key]


@st.cache_resource(show_spinner=False)
def loaded_networks() -> NetworkCache:
    """Return the cache of this process."""
    return NetworkCache()
