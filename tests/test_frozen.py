"""Case 30: tests live at a frozen instant, so none fails at midnight or in the week clocks change."""

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent
CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "localtime"),
    ("Timestamp", "now"),
}
WITH_A_REASON = {
    "examples/certificates.py": "certificates are valid from the machine's now on",
    "pages/test_deliveries.py": "a certificate that ends soon",
    "sender/clocked.py": "the clock of a real sender, moved by hand",
    "sender/test_faults.py": "real senders in processes of their own",
    "service/test_client_certificate.py": "certificates are valid from the machine's now on",
    "test_cli.py": "commands run at the machine's time",
    "test_cli_partner.py": "a certificate that ends soon",
    "test_cli_token.py": "commands run at the machine's time",
}
"""Files that look at the machine's clock; each counts from it alone, never a day or an hour of it."""


def _clocks(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of = node.func.value
            name = of.id if isinstance(of, ast.Name) else getattr(of, "attr", "")
            if (name, node.func.attr) in CLOCKS:
                yield f"line {node.lineno}: {name}.{node.func.attr}()"


def test_case_30_no_test_looks_at_the_machines_clock_without_a_reason() -> None:
    found = {
        str(file.relative_to(TESTS)): calls
        for file in sorted(TESTS.rglob("*.py"))
        if (calls := list(_clocks(file)))
    }
    assert {name: calls for name, calls in found.items() if name not in WITH_A_REASON} == {}
    assert sorted(found) == sorted(WITH_A_REASON)
