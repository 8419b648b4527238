"""Keeping long texts while they are typed: Streamlit's text area sends them only when it is left."""

import streamlit as st

PAUSE = 600
"""Milliseconds without a key after which a text is sent."""

_JS = """
export default function () {
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
    waiting = setTimeout(send, PAUSE);
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
""".replace("PAUSE", str(PAUSE))

_autosave = st.components.v2.component("expertlens_autosave", js=_JS)


def autosave() -> None:
    """Send the page's text areas after each pause in typing."""
    _autosave(key="autosave")
