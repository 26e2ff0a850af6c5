"""What has every command? A database, an answer for people or programs, one sentence when it fails."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from evse_status import cli_output as output
from evse_status.bootstrap import App, open_app
from evse_status.core.errors import EvseStatusError, StoreNotFound

_LOG = logging.getLogger(__name__)

OPTIONS: dict[str, Any] = {
    "no_args_is_help": True,
    "pretty_exceptions_enable": False,
    "rich_markup_mode": None,
}
"""How every group of commands behaves."""

DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        envvar="EVSE_STATUS_DATABASE_URL",
        help="sqlite:///path/to/file.db or postgresql://user:password@host/name.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


class Sentences(TyperGroup):
    """Turns whatever ends a command into one sentence and an exit code."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run it as the program itself; `standalone_mode=False` leaves errors to the caller."""
        alone = extra.get("standalone_mode", True)
        extra["standalone_mode"] = False
        if not alone:
            return super().main(*args, **extra)
        try:
            code = super().main(*args, **extra)
        except typer.Abort:
            _end(130, "Stopped.")
        except EvseStatusError as error:
            _end(1, output.sentence(error))
        except Exception as error:
            _end_unexpectedly(error)
        sys.exit(code if isinstance(code, int) else 0)


def _end(code: int, sentence: str) -> NoReturn:
    output.complain(sentence)
    sys.exit(code)


def _end_unexpectedly(error: Exception) -> NoReturn:
    if hasattr(error, "format_message"):  # what Typer says about a command written wrongly
        if "NoArgs" in type(error).__name__:
            print(error.format_message(), file=sys.stderr)
            sys.exit(2)
        _end(2, error.format_message())
    if os.environ.get("EVSE_STATUS_DEBUG") not in (None, "", "0", "false"):
        raise error
    _LOG.debug("A command failed", exc_info=error)
    said = (str(error).splitlines() or [""])[0][:200]
    _end(
        1,
        f"Something unexpected went wrong ({type(error).__name__}: {said}). "
        "Run it again with EVSE_STATUS_DEBUG=1 for the details.",
    )


@contextmanager
def store(database_url: str | None, *, create: bool = False) -> Iterator[App]:
    """The parts on a database that is there, closed afterwards; with `create` made or brought up to date."""
    opened = open_app(database_url, create=create)
    try:
        yield opened
    finally:
        opened.database.close()


@contextmanager
def store_or_new(database_url: str | None) -> Iterator[App]:
    """Likewise, made where there is none; an older one isn't touched."""
    try:
        opened = open_app(database_url)
    except StoreNotFound:
        opened = open_app(database_url, create=True)
    try:
        yield opened
    finally:
        opened.database.close()
