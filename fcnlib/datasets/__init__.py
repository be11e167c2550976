"""Folders of labeled pictures: layouts, checks, and pairs that are read when they are needed."""

from fcnlib.datasets.checking import Check, check
from fcnlib.datasets.dataset import Dataset, open_dataset
from fcnlib.datasets.pairs import VOID, Pair, PairReader

__all__ = ["VOID", "Check", "Dataset", "Pair", "PairReader", "check", "open_dataset"]
