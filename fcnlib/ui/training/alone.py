"""Commands and code that train the small FCN outside of the app."""

import streamlit as st

from fcnlib import class_map
from fcnlib.class_map import metrics
from fcnlib.networks import fcn
from fcnlib.segmentation import comparison
from fcnlib.training import Trainer, grid_bound, learning_rate
from fcnlib.training.live_run import Run
from fcnlib.ui.layout import fold, show_source

SHIPPED_STEPS = 15_500
"""Training steps of the weights that come with the app."""

COMMANDS = """\
python -m fcnlib train --steps 200 --folder runs/street
python -m fcnlib evaluate --weights runs/street/weights.npz --scenes 20
"""
SNIPPET = """\
from fcnlib import images, segmentation
from fcnlib.networks import built_in

picture = images.decode(images.read("street.png"))
network = built_in.network("fcn_8s", "runs/street/weights.npz")
result = segmentation.segment(picture, network)
for found in result.classes:
    print(f"{found.name}: {found.share:.1%}")
"""


def show_commands() -> None:
    """Show in folds how to train and to measure, how to use the weights, and the source code."""
    title = "Go deeper: the commands, and the trained weights in Python"
    fold(title, "training_snippet", _explain)
    show_source(
        *(Run.work, Trainer.step, learning_rate, fcn.build_head, fcn.upscore),
        *(comparison.compare_heads, fcn.fcn_8s, metrics.measure),
        *(grid_bound.down_and_up, class_map.cell_shares, class_map.upsampled_argmax),
        key="training_source_code",
    )


def _explain() -> None:
    st.code(COMMANDS, language="bash")
    st.markdown(
        "The first command trains FCN-32s, then FCN-16s from its weights, then FCN-8s from those. "
        f"If you stop it, run it again to continue. Without `--steps` it takes {SHIPPED_STEPS:,} "
        "steps, as for the weights that this page uses: 68 minutes on two processor cores. The "
        "second command prints the mean IU of each head."
    )
    st.code(SNIPPET, language="python")
    st.caption(
        "The network knows the seven classes of the drawn streets only, so its answers for a "
        "photograph are often wrong."
    )
