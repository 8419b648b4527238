"""What is typed reaches the server without a press: sent whenever the keys rest."""

import streamlit as st

_JS = """
export default function ({ data }) {
  let waiting = null;
  let area = null;
  const send = () => {
    clearTimeout(waiting);
    waiting = null;
    // What Ctrl+Enter does in a text area of Streamlit: send it, and stay in it.
    area?.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", ctrlKey: true, bubbles: true, cancelable: true}));
  };
  const typed = (event) => {
    if (event.target.tagName !== "TEXTAREA" || event.isComposing) return;
    area = event.target;
    clearTimeout(waiting);
    waiting = setTimeout(send, data.pause);
  };
  const leaving = () => waiting && send();
  document.addEventListener("input", typed);
  window.addEventListener("pagehide", leaving);
  // Someone quick may have typed before this was loaded.
  if (document.activeElement) typed({target: document.activeElement});
  return () => {
    leaving();
    document.removeEventListener("input", typed);
    window.removeEventListener("pagehide", leaving);
  };
}
"""


def send_when_typed(pause: int = 600) -> None:
    """Send what is typed into any text area of the page after `pause` milliseconds without a key."""
    _component(key="typed", data={"pause": pause})


_component = st.components.v2.component("expertlens_typed", js=_JS)
