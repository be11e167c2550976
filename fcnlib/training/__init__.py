"""Training of the small FCN on drawn scenes."""

from fcnlib.training.options import Options, Progress, learning_rate
from fcnlib.training.trainer import Trainer

__all__ = ["Options", "Progress", "Trainer", "learning_rate"]
