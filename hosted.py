"""The app with the settings and limits of a public host.

``python hosted.py`` serves it, see docs/hosting.md. ``streamlit run hosted.py`` serves it too, but
without the limits in `hosting.serve`, for hosts that start apps only in this way.
"""

import sys

import streamlit as st
from starlette.middleware import Middleware

from fcnlib.errors import FcnlibError
from fcnlib.ui import hosting

try:
    hosting.harden()
except FcnlibError as error:
    sys.stderr.write(f"{error}\n")
    sys.exit(2)
app = st.App("app.py", middleware=[Middleware(hosting.Guard)])

if __name__ == "__main__":
    hosting.serve(app)
