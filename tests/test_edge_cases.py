"""The register of edge cases names tests that exist, at least one for each case."""

import ast
import re
from functools import cache

import pytest

from support import PROJECT

REGISTER = (PROJECT / "docs" / "edge-cases.md").read_text()
CASES = {
    int(number): re.findall(r"`(tests/\S+\.py)::(\w+)`", named)
    for number, named in re.findall(
        r"^\*\*(\d+)\.\*\*(.*?)(?=^\*\*|^## |\Z)", REGISTER, re.M | re.S
    )
}


@cache
def names_in(file: str) -> set[str]:
    tree = ast.parse((PROJECT / file).read_text())
    return {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}


def test_every_case_is_there() -> None:
    assert sorted(CASES) == list(range(1, 34))


@pytest.mark.parametrize("case", range(1, 34))
def test_a_case_names_its_tests(case: int) -> None:
    assert CASES[case]
    for file, name in CASES[case]:
        assert name.startswith("test_")
        assert name in names_in(file), f"{file} has no {name}"
    assert REGISTER.count("::test_") == sum(map(len, CASES.values()))
