"""spec/billing-types.md A term is cut at the billing days, and where the next term begins."""

from dataclasses import replace
from datetime import date

from tests.billing.engine.lived import SEP10, Lived


def test_a_renewal_ahead_is_reserved_at_once_and_a_raise_covers_both_terms():
    end = date(2018, 11, 20)
    lived = Lived("csp_annual", 3)
    lived.renew(end, SEP10)
    lived.terms = replace(lived.terms, expires_on=date(2019, 2, 20), last_term_on=end)
    before = len(lived.rows)
    lived.to(6, date(2018, 11, 12))
    assert [str(line.period) for line in lived.rows[before:]][:2] == [
        "[2018-11-12, 2018-11-20)",
        "[2018-11-20, 2018-12-01)",
    ]
    assert [str(line.amount) for line in lived.rows[before:]] == ["2.67", "3.67", "10.00", "10.00", "6.79"]
