"""A script that computes the page's class maps without the app."""

import streamlit as st

from fcnlib.ui.segmentation.choices import Request

SAMPLE = 'picture = images.sample("{name}")'
FILE = 'picture = images.decode(images.read("picture.jpg"))  # your file'
SCRIPT = """\
from pathlib import Path

from fcnlib import images, segmentation
from fcnlib.networks import shipped

{picture}
{scale}for name in {networks}:
    network = shipped.load(name, precision="{precision}")
    result = segmentation.segment(picture, network)
    for entry in result.classes[:3]:
        print(f"{{name}}: {{entry.name}} {{entry.share:.0%}}, {{entry.cells}} cells")
    Path(f"{{name}}_map.png").write_bytes(images.encode_png(result.painted()))
"""


def script(request: Request) -> str:
    """Return a script for a request; a picture that is not a sample is read from a file."""
    kind, _, name = request.picture.digest.partition(":")
    side = request.long_side
    return SCRIPT.format(
        picture=SAMPLE.format(name=name) if kind == "sample" else FILE,
        scale=f"picture = images.fit_long_side(picture, {side})\n" if side else "",
        networks=request.networks,
        precision=request.precision,
    )


def show_script(request: Request) -> None:
    """Show the script, to copy."""
    st.code(script(request), "python")
    st.caption("Run it where this repository is, or where fcnlib is installed.")
