"""What is said of the lines of a file?"""

from collections.abc import Sequence

from evse_status.service.plan_csv import CsvProblem

EXAMPLE = """evse_id,status,from,to,reason
DK*DMO*E1041*1,MAINTENANCE,2027-06-01 22:00,2027-06-02 05:00,Firmware
DK*DMO*E1042*2,BLOCKED,,2027-06-02 05:00,Cable
"""


def line_problems(problems: Sequence[CsvProblem]) -> tuple[str, ...]:
    """One sentence per problem, in the order of the lines: "Line 3, from: …"."""
    told = [str(one) for one in sorted(problems, key=lambda problem: problem.line)]
    return tuple(one[:1].upper() + one[1:] for one in told)
