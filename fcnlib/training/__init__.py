"""Training the built-in network."""

from fcnlib.training.options import Options, Progress, learning_rate
from fcnlib.training.trainer import Trainer

__all__ = [
    "Options",
    "Progress",
    "Trainer",
    "learning_rate",
]
