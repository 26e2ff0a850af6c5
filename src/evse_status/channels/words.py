"""What did a counterparty say? Its words in one line, the pause that it asks for, and why a request broke."""

_LONGEST_PAUSE = 3_600.0


def clean(text: str) -> str:
    """In one line and without what no database keeps."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def pause_of(retry_after: str | None) -> float | None:
    """Seconds that a header Retry-After asks for, an hour at most; `None` if it tells no number of them."""
    if retry_after is None:
        return None
    told = retry_after.strip()
    if not told.isdecimal() or len(told) > 9:
        return None  # a date would need the partner's clock to be right
    return min(float(told), _LONGEST_PAUSE)


def reason(error: BaseException) -> str:
    """An error of the network in words."""
    said = clean(str(error)).rstrip(".")
    return said[:200] or type(error).__name__
