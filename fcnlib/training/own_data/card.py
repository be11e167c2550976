"""The model card of a trained network."""

from dataclasses import asdict

import numpy as np

from fcnlib.class_map.metrics import Metrics
from fcnlib.datasets.dataset import Dataset
from fcnlib.networks.backbones import BACKBONES
from fcnlib.networks.model_folder import Model
from fcnlib.training.own_data.options import Options
from fcnlib.training.own_data.trainer import Progress

_TEXT = """\
# {title}

Labels every pixel of a picture with one of {count} classes. To use it:
`python -m fcnlib segment --network FOLDER PICTURE`, with the path of this folder.

| | |
|---|---|
| training data | {pictures} |
| preprocessing | longer side at most {long_side} px; (value - {offset}) × {scale:g}; padded to \
multiples of 32 by repeating the edge |
| weights | those after step {best_step} of {steps}{best}, float16 |
| options | {options} |

## Metrics on the split `{split}`, in percent

| pixel accuracy | mean accuracy | mean IU | frequency-weighted IU |
|---|---|---|---|
| {pixel:.2f} | {mean:.2f} | {iu:.2f} | {weighted:.2f} |

| label | class | color | IU |
|---|---|---|---|
{rows}
"""


def card(
    model: Model,
    options: Options,
    progress: Progress,
    dataset: Dataset,
    *,
    split: str,
    metrics: Metrics,
) -> str:
    """Return the model card in Markdown: task, data, options, seed and metrics."""
    counts = [f"{len(pairs)} pictures in `{name}`" for name, pairs in dataset.splits.items()]
    backbone = BACKBONES[model.backbone]
    rows = [
        f"| {label} | {name.replace('|', '/')} | {color} | {_percent(iu)} |"
        for label, (name, color, iu) in enumerate(
            zip(model.classes, model.palette, metrics.iu, strict=True)
        )
    ]
    measured = f", with {100 * progress.best_mean_iu:.2f} % mean IU on `val`"
    return _TEXT.format(
        title=model.title,
        count=len(model.classes),
        pictures=", ".join(counts),
        long_side=model.long_side,
        offset=backbone.offset,
        scale=backbone.scale,
        best_step=progress.best_step or progress.step,
        steps=progress.step,
        best=measured if progress.best_step else "",
        options=", ".join(f"{name} {value}" for name, value in asdict(options).items()),
        split=split,
        pixel=100 * metrics.pixel_accuracy,
        mean=100 * metrics.mean_accuracy,
        iu=100 * metrics.mean_iu,
        weighted=100 * metrics.frequency_weighted_iu,
        rows="\n".join(rows),
    )


def _percent(iu: float) -> str:
    return "-" if np.isnan(iu) else f"{100 * iu:.2f}"
