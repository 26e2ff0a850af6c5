"""A form for rules has fields for the usual ones, and leaves any other as it is."""

import pytest

from evse_status.core.rule_parts import parts_of
from evse_status.ui.series_repeat import Kind, kind_of


@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        ("FREQ=DAILY;INTERVAL=3;COUNT=5", Kind.DAYS),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH", Kind.WEEKS),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15", Kind.MONTH_DAYS),
        ("FREQ=MONTHLY;BYDAY=-1FR", Kind.MONTH_WEEKDAYS),
        ("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1", Kind.AS_IT_IS),
        ("FREQ=WEEKLY;BYDAY=TU;BYMONTH=6", Kind.AS_IT_IS),
        ("FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=1", Kind.AS_IT_IS),
        ("FREQ=DAILY;BYDAY=MO", Kind.AS_IT_IS),
        ("FREQ=MONTHLY;BYDAY=1MO,3MO", Kind.AS_IT_IS),
    ],
)
def test_each_rule_has_its_kind(rule: str, kind: Kind) -> None:
    assert kind_of(parts_of(rule)) is kind
