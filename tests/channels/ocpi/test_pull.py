"""The pages of a feed get here, or one sentence says why not and what to do."""

import base64
import gzip
import json
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from evse_status.channels.ocpi.pull import Page, _following, origin_of, pull
from evse_status.core.errors import UnreadableFeed

FeedServer = Any  # of conftest.py
Answer = dict[str, Any]


def raw(body: bytes = b"", *, status: int = 200, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"body": body, "status": status, "headers": named}


def answer(body: Any, **headers: str) -> Answer:
    return raw(json.dumps(body).encode()) | {"headers": headers}


def bodies(source: str, **options: Any) -> list[object]:
    return [page.body for page in pull(source, **options)]


def refusal(source: str, **options: Any) -> str:
    with pytest.raises(UnreadableFeed) as refused:
        list(pull(source, **options))
    sentence = str(refused.value)
    assert origin_of(source) in sentence
    assert "\n" not in sentence
    return sentence


# Files


def test_file_is_one_page(tmp_path: Path) -> None:
    file = tmp_path / "feed.json"
    file.write_text('[{"id": "L1"}]', encoding="utf-8")
    heard: list[tuple[int, int | None]] = []
    pages = list(pull(str(file), on_progress=lambda done, total: heard.append((done, total))))
    assert pages == [Page([{"id": "L1"}], more=False)]
    assert heard == [(14, 14)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-8"])
def test_file_in_any_unicode_encoding(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "feed.json"
    file.write_text('["Köln"]', encoding=encoding)
    assert bodies(str(file)) == [["Köln"]]


def test_file_that_names_a_next_page_says_so(tmp_path: Path) -> None:
    file = tmp_path / "feed.json"
    file.write_text('{"items": [], "next": "NWVl"}', encoding="utf-8")
    assert [page.more for page in pull(str(file))] == [True]


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"<!doctype html><title>Sign in</title>", "web page"),
        (b"\xef\xbb\xbf  <html>", "web page"),
        (b'[{"id": "L1"}, {"id": "L', "is cut off"),
        (b'[{"id": "L1"}, ', "is cut off"),
        (b'{"data": [tru', "is cut off"),
        (b"id,name\nL1,Harbour", "is not JSON: expecting value at line 1, column 1"),
        (b'[{"id": "L1",}, {"id": "L2", "name": "Harbour"}]', "is not JSON"),
        ('["K\xf6ln"]'.encode("latin-1"), "not text in UTF-8"),
        (gzip.compress(b"[]", mtime=0), "is compressed"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_file_that_is_no_feed(tmp_path: Path, content: bytes, named: str) -> None:
    file = tmp_path / "feed.json"
    file.write_bytes(content)
    assert named in refusal(str(file))


def test_numbers_that_json_should_not_have_are_null(tmp_path: Path) -> None:
    file = tmp_path / "feed.json"
    file.write_text(f"[NaN, -Infinity, {'9' * 5000}, 12]", encoding="utf-8")
    assert bodies(str(file)) == [[None, None, None, 12]]


def test_file_that_is_not_there_or_no_file(tmp_path: Path) -> None:
    assert "There is no file" in refusal(str(tmp_path / "missing.json"))
    assert "is a folder" in refusal(str(tmp_path))
    assert "can't be read" in refusal("a\0b")


def test_file_above_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "feed.json"
    with file.open("wb") as huge:
        huge.truncate(200_000_000)
    heard: list[int] = []
    sentence = refusal(str(file), on_progress=lambda done, _: heard.append(done))
    assert "larger than 100 MB" in sentence
    assert heard == []


def test_endless_file_stops_at_the_limit() -> None:
    assert "larger than 1 MB" in refusal("/dev/zero", limit_bytes=1_000_000)


# Addresses


def test_link_header_is_followed_to_the_end(feed_server: FeedServer) -> None:
    feed_server.answers |= {
        "/loc": answer([1], Link=f'<{feed_server.url}/loc?offset=1>; rel="next"'),
        "/loc?offset=1": answer([2], Link='</loc?offset=2>; rel="next"'),
        "/loc?offset=2": answer([3]),
    }
    pages = list(pull(f"{feed_server.url}/loc"))
    assert pages == [Page([1], more=True), Page([2], more=True), Page([3], more=False)]


def test_next_in_the_body_is_followed(feed_server: FeedServer) -> None:
    feed_server.answers |= {
        "/loc": answer({"items": [1], "next": f"{feed_server.url}/loc?after=1"}),
        "/loc?after=1": answer({"items": [2], "next": None}),
    }
    assert [page.more for page in pull(f"{feed_server.url}/loc")] == [True, False]


def test_next_that_is_no_address_ends_the_pull_as_a_part(feed_server: FeedServer) -> None:
    feed_server.answers["/loc"] = answer({"items": [1], "next": "NWVlMjQyZDI="})
    assert [page.more for page in pull(f"{feed_server.url}/loc")] == [True]


@pytest.mark.parametrize(
    ("encode", "sent"), [(True, base64.b64encode(b"secret").decode()), (False, "secret")]
)
def test_token_is_sent_with_every_page(feed_server: FeedServer, encode: bool, sent: str) -> None:
    feed_server.answers |= {
        "/loc": answer([], Link='</loc?2>; rel="next"'),
        "/loc?2": answer([1]),
    }
    bodies(f"{feed_server.url}/loc", token="secret\n", encode_token=encode)
    assert [asked.headers["Authorization"] for asked in feed_server.asked] == [f"Token {sent}"] * 2


def test_without_a_token_none_is_sent(feed_server: FeedServer) -> None:
    feed_server.answers["/loc"] = answer([])
    bodies(f"{feed_server.url}/loc")
    assert "Authorization" not in feed_server.asked[0].headers


def test_token_is_not_taken_to_another_host(
    feed_server: FeedServer, other_server: FeedServer
) -> None:
    feed_server.answers |= {
        "/moved": raw(status=302, Location=f"{other_server.url}/loc"),
        "/paged": answer([1], Link=f'<{other_server.url}/loc>; rel="next"'),
    }
    other_server.answers["/loc"] = answer([2])
    assert "sends on to" in refusal(f"{feed_server.url}/moved", token="secret")
    assert "another host" in refusal(f"{feed_server.url}/paged", token="secret")
    assert other_server.asked == []


def test_redirect_is_followed(feed_server: FeedServer, other_server: FeedServer) -> None:
    feed_server.answers |= {
        "/old": raw(status=301, Location="/new"),
        "/new": answer([1]),
        "/far": raw(status=302, Location=f"{other_server.url}/loc"),
        "/round": raw(status=302, Location="/round"),
    }
    other_server.answers["/loc"] = answer([2])
    assert bodies(f"{feed_server.url}/old", token="secret") == [[1]]
    assert bodies(f"{feed_server.url}/far") == [[2]]
    assert "sends on more than 5 times" in refusal(f"{feed_server.url}/round")


def test_pages_in_a_circle_are_refused(feed_server: FeedServer) -> None:
    feed_server.answers |= {
        "/loc": answer([1], Link='</loc?2>; rel="next"'),
        "/loc?2": answer([2], Link='</loc>; rel="next"'),
        "/same": answer([1], Link='</same>; rel="next"'),
    }
    assert "leads in a circle" in refusal(f"{feed_server.url}/loc")
    assert "leads in a circle" in refusal(f"{feed_server.url}/same")


def test_pages_that_never_change_are_a_circle(feed_server: FeedServer) -> None:
    def ever_further(path: str) -> Answer:
        return answer([1], Link=f'<{path}x>; rel="next"')

    feed_server.answers["*"] = ever_further
    assert "leads in a circle" in refusal(f"{feed_server.url}/loc?")
    assert len(feed_server.asked) == 2


def test_limit_counts_all_pages_together(feed_server: FeedServer) -> None:
    def endless(path: str) -> Answer:
        return answer(["x" * 1000, len(path)], Link=f'<{path}x>; rel="next"')

    feed_server.answers["*"] = endless
    assert "larger than 0.01 MB" in refusal(f"{feed_server.url}/loc?", limit_bytes=10_000)
    assert len(feed_server.asked) == 10


def test_compressed_answer_counts_unpacked(feed_server: FeedServer) -> None:
    packed = gzip.compress(b"[" + b" " * 5_000_000 + b"]")
    feed_server.answers["/loc"] = raw(packed, Content_Encoding="gzip")
    assert bodies(f"{feed_server.url}/loc") == [[]]
    assert "larger than 1 MB" in refusal(f"{feed_server.url}/loc", limit_bytes=1_000_000)


@pytest.mark.parametrize(
    ("status", "token", "advice"),
    [
        (401, None, "give it with --token or EVSE_STATUS_UPSTREAM_TOKEN"),
        (401, "secret", "--raw-token"),
        (403, "secret", "may not read"),
        (404, None, "Check the address"),
        (503, None, "Try again later"),
    ],
)
def test_refusal_says_what_to_do(
    feed_server: FeedServer, status: int, token: str | None, advice: str
) -> None:
    feed_server.answers["/loc"] = raw(b"{}", status=status)
    sentence = refusal(f"{feed_server.url}/loc", token=token)
    assert f"HTTP {status}" in sentence
    assert advice in sentence
    assert "secret" not in sentence


def test_answer_that_is_no_feed(feed_server: FeedServer) -> None:
    feed_server.answers |= {"/html": raw(b"<html>"), "/empty": raw()}
    assert "web page" in refusal(f"{feed_server.url}/html")
    assert "is empty" in refusal(f"{feed_server.url}/empty")


def test_answer_that_breaks_off(feed_server: FeedServer) -> None:
    feed_server.answers["/loc"] = raw(b"[1,", Content_Length="900")
    assert "broke off" in refusal(f"{feed_server.url}/loc")


def test_answer_that_never_comes(feed_server: FeedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def stalled(_path: str) -> Answer:
        over.wait(60)
        return answer([])

    feed_server.answers["/loc"] = stalled
    monkeypatch.setattr("evse_status.channels.ocpi.pull._TIMEOUT", httpx.Timeout(0.2))
    assert "stopped sending" in refusal(f"{feed_server.url}/loc")
    over.set()


def test_token_that_http_cannot_carry(feed_server: FeedServer) -> None:
    with pytest.raises(UnreadableFeed, match="characters that HTTP can't carry"):
        list(pull(f"{feed_server.url}/loc", token="s\u00e9cret\x00", encode_token=False))
    feed_server.answers["/loc"] = answer([])
    bodies(f"{feed_server.url}/loc", token="s\u00e9cret")
    [asked] = feed_server.asked
    assert base64.b64decode(asked.headers["Authorization"].split()[1]).decode() == "s\u00e9cret"


@pytest.mark.parametrize(
    ("named", "followed"),
    [
        ("http://csms.example/loc?offset=50", "https://csms.example/loc?offset=50"),
        ("/loc?offset=50", "https://csms.example/loc?offset=50"),
        ("?offset=50", "https://csms.example/loc?offset=50"),
        ("https://csms.example:443/loc?offset=50", "https://csms.example/loc?offset=50"),
        ("NWVlMjQyZDI=", None),
        (None, None),
    ],
)
def test_next_address_stays_on_tls(named: str | None, followed: str | None) -> None:
    page = httpx.URL("https://csms.example/loc")
    url = _following(named, page, page, "https://csms.example/loc")
    assert (None if url is None else str(url)) == followed


@pytest.mark.parametrize(
    "named", ["https://evil.example/loc?2", "ftp://csms.example/x?2", "//evil.example/?2"]
)
def test_next_address_elsewhere_is_refused(named: str) -> None:
    page = httpx.URL("https://csms.example/loc")
    with pytest.raises(UnreadableFeed, match="another host"):
        _following(named, page, page, "https://csms.example/loc")


def test_host_that_is_not_there() -> None:
    assert "can't be reached" in refusal("http://127.0.0.1:1/loc")
    assert "no web address" in refusal("http://127.0.0.1:port/loc")


def test_origin_has_neither_password_nor_query() -> None:
    assert origin_of("https://me:pw@a.example/loc?key=1#x") == "https://a.example/loc"
    assert origin_of("feed.json") == "feed.json"
