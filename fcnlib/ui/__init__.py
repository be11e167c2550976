"""Streamlit code of the app: page setup, controls, cached calls and components."""
