"""The page of all calls works without any other server."""

import re

import pytest

from api.conftest import Caller

OUTSIDE = re.compile(r"(?:https?:|\W)//[\w.-]+\.\w+")


def test_page_names_no_other_server(ask: Caller) -> None:
    page = ask("GET", "/docs")
    assert page.headers["Content-Type"].startswith("text/html")
    assert not OUTSIDE.search(page.text)
    assert not OUTSIDE.search(ask("GET", "/docs/start.js").text)
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert set(re.findall(r"[\w-]+-src ([^;]+)", policy)) <= {
        "'none'", "'self'", "'self' 'unsafe-inline'", "'self' data:",
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["text/javascript", "text/css"])
def test_everything_that_it_names_is_here(ask: Caller, kind: str) -> None:
    page = ask("GET", "/docs").text
    assert "<script>" not in page
    ending = "js" if kind.endswith("script") else "css"
    named = re.findall(rf'(?:src|href)="(docs/[^"]+\.{ending})"', page)
    assert named
    for name in named:
        asset = ask("GET", f"/{name}")
        assert asset.status_code == 200
        assert asset.headers["Content-Type"].startswith(kind)
        assert "max-age" in asset.headers["Cache-Control"]
        assert "swagger" in asset.text.lower()
