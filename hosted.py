"""The app with the settings and limits of a public host.

``python hosted.py`` serves it. Hosts that can only run ``streamlit run`` name this file instead of
``app.py``; see docs/hosting.md.
"""

import streamlit as st
from starlette.middleware import Middleware

from fcnlib.ui import hosting

hosting.harden()
app = st.App("app.py", middleware=[Middleware(hosting.Guard)])

if __name__ == "__main__":
    hosting.serve(app)
