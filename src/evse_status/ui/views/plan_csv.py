"""What is said of the lines of a file?"""

from collections.abc import Sequence
from dataclasses import dataclass

from evse_status.service.plan_csv import CsvProblem

EXAMPLE = """evse_id,status,from,to,reason
DK*DMO*E1041*1,MAINTENANCE,2027-06-01 22:00,2027-06-02 05:00,Firmware
DK*DMO*E1042*2,BLOCKED,,2027-06-02 05:00,Cable
"""


@dataclass(frozen=True, slots=True)
class LineProblem:
    """One line that can't be placed: where, which column, and what to do."""

    line: int
    column: str
    said: str


def line_problems(problems: Sequence[CsvProblem]) -> tuple[LineProblem, ...]:
    """One row per problem, in the order of the lines."""
    return tuple(
        LineProblem(one.line, one.field, one.said[:1].upper() + one.said[1:])
        for one in sorted(problems, key=lambda problem: problem.line)
    )
