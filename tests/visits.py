"""Pages as a visitor meets them, behind the frame, without a browser."""

import os
from typing import Any

from streamlit.testing.v1 import AppTest

from evse_status.ui import bundle


def visit(name: str, /, *, user: Any = None, **address: str | list[str]) -> AppTest:
    """Open a page behind the frame, cold, with these words in its address; it has run once.

    `user` is what an identity provider says of the visitor.
    """
    visitor = AppTest.from_file(str(bundle.FRAME), default_timeout=30)
    visitor.user = dict(user or {})
    for word, value in address.items():
        visitor.query_params[word] = value
    file = os.path.relpath(bundle.page(name), bundle.FRAME.parent)
    return visitor.switch_page(file).run()


def texts(visitor: AppTest) -> str:
    """Everything that is written on the page, as it was given to Streamlit."""
    kinds = ("title", "subheader", "markdown", "caption", "error", "warning", "info", "html")
    return "\n".join(
        str(getattr(element, "value", "")) for kind in kinds for element in visitor.get(kind)
    )


def press(visitor: AppTest, label: str) -> AppTest:
    """Press the button of this label; the page has run again."""
    [button] = [one for one in visitor.button if one.label == label]
    return button.click().run()
