import streamlit as st
import expertlens_core, sys
st.title("Experts"); st.write(sys.path[:3])
