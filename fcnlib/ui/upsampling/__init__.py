"""The Upsampling page."""

from fcnlib.ui.upsampling.verdict import (
    CHANNELS,
    FACTORS,
    POST_FACTORS,
    Answer,
    Question,
    answer,
    ask,
    dense_table,
    post_table,
    say_kernel,
    show_verdict,
    size,
)

__all__ = [
    "CHANNELS",
    "FACTORS",
    "POST_FACTORS",
    "Answer",
    "Question",
    "answer",
    "ask",
    "dense_table",
    "post_table",
    "say_kernel",
    "show_verdict",
    "size",
]
