"""Where are the pages, and which options does Streamlit need, wherever it is started from?"""

import tomllib
from pathlib import Path
from typing import Any

from streamlit import config

_PACKAGE = Path(__file__).resolve().parents[1]
FRAME = Path(__file__).with_name("frame.py")
ASSETS = Path(__file__).with_name("assets")


def root() -> Path:
    """The folder of `app.py`, `pages/`, `.streamlit/`: in an installed package, else the checkout."""
    bundled = _PACKAGE / "bundle"
    return bundled if bundled.is_dir() else _PACKAGE.parents[1]


def page(name: str) -> Path:
    """The file of a page, absolute (Streamlit would look beside the running script otherwise)."""
    return root() / "pages" / f"{name}.py"


def serve_config(file: Path | None = None) -> dict[str, Any]:
    """The options of `.streamlit/config.toml` by dotted name, as `App.run` takes them."""
    text = (file or root() / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    return dict(_dotted("", tomllib.loads(text)))


def apply_config() -> None:
    """Give Streamlit the options of `serve_config` that nobody has set otherwise.

    `streamlit run` reads the file beside `app.py`; other servers read only the one in the working
    directory. Call it before `st.App` is made. Calling it again changes nothing.
    """
    for name, value in serve_config().items():
        if not config.is_manually_set(name):
            config.set_option(name, value)


def _dotted(prefix: str, table: dict[str, Any]) -> list[tuple[str, Any]]:
    pairs: list[tuple[str, Any]] = []
    for key, value in table.items():
        pairs += (
            _dotted(f"{prefix}{key}.", value)
            if isinstance(value, dict)
            else [(prefix + key, value)]
        )
    return pairs
