"""Is this JSON? And if not, what is it, in one sentence."""

import json

from evse_status.core.errors import UnreadableFeed

_COMPRESSED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd")
_LONGEST_NUMBER = 300
# A word or an escape that was cut is complained about at its beginning, this near to the end.
_NEAR_THE_END = 8


def read_json(content: bytes, *, origin: str) -> object:
    """The JSON value in `content` (UTF-8, with or without a byte order mark, also UTF-16 and -32).

    NaN, infinities and absurdly long numbers are read as null. Raises UnreadableFeed, naming
    `origin`.
    """
    text = _text(content, origin)
    try:
        return json.loads(text, parse_constant=lambda _: None, parse_int=_whole_number)
    except json.JSONDecodeError as error:
        raise UnreadableFeed(_complaint(text, error, origin)) from None
    except RecursionError:
        raise UnreadableFeed(f"{origin} is JSON nested too deeply to be Locations.") from None


def _text(content: bytes, origin: str) -> str:
    if not content.strip():
        raise UnreadableFeed(f"{origin} is empty. Check that it was saved or sent completely.")
    if content.startswith(_COMPRESSED):
        raise UnreadableFeed(f"{origin} is compressed. Unpack it first.")
    try:
        text = content.decode(json.detect_encoding(content)).removeprefix("\N{BYTE ORDER MARK}")
    except UnicodeDecodeError:
        raise UnreadableFeed(f"{origin} is not text in UTF-8. Save it as UTF-8 JSON.") from None
    if text.lstrip().startswith("<"):
        raise UnreadableFeed(
            f"{origin} is a web page or XML, not JSON. "
            "Give the address or file of the OCPI Locations themselves, and check the token."
        )
    return text


def _complaint(text: str, error: json.JSONDecodeError, origin: str) -> str:
    end = len(text.rstrip())
    if error.pos >= end - _NEAR_THE_END or error.msg.startswith("Unterminated string"):
        return (
            f"{origin} is cut off: its JSON ends in the middle, at line {text.count(chr(10)) + 1}. "
            "Fetch it again completely."
        )
    return (
        f"{origin} is not JSON: {error.msg.lower()} at line {error.lineno}, column {error.colno}. "
        "Check that it is the feed of OCPI Locations."
    )


def _whole_number(digits: str) -> int | None:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else None
