"""The Streamlit side of the app: page set-up, controls, cached calls and components."""
