"""What does an example partner still know after it was stopped, however that happened?"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TextIO


class Journal:
    """Lines of JSON appended as things happen; without a file nothing is kept."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._opened: TextIO | None = None

    def entries(self) -> Iterator[dict[str, Any]]:
        """What was written so far; a line that a kill cut short is left out."""
        if self._file is None or not self._file.is_file():
            return
        for line in self._file.read_text(encoding="utf-8").splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                return

    def begin(self, entries: Callable[[], Iterator[dict[str, Any]]]) -> None:
        """Start over with `entries`, the state as it is; then whatever is written follows."""
        if self._file is None:
            return
        fresh = self._file.with_name(f"{self._file.name}.new")
        with fresh.open("w", encoding="utf-8") as written:
            written.writelines(f"{json.dumps(entry)}\n" for entry in entries())
        fresh.chmod(0o600)  # it holds tokens
        fresh.replace(self._file)
        self._opened = self._file.open("a", encoding="utf-8", buffering=1)

    def write(self, entry: dict[str, Any]) -> None:
        """Append one entry."""
        if self._opened is not None:
            self._opened.write(f"{json.dumps(entry)}\n")

    def close(self) -> None:
        """Give the file back."""
        if self._opened is not None:
            self._opened.close()
