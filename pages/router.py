"""The router: which pages there are, and in which group."""

import streamlit as st

# A picture from an icon font would be fetched from a CDN; an emoji is drawn by the browser itself.
st.set_page_config(page_title="ExpertLens Explorer", page_icon="🔎", layout="wide")
st.navigation(
    {"Neurons": [st.Page("experts.py", title="Experts", icon=":material/bar_chart:", default=True)]}
).run()
