"""The checks of taxes and credit notes are among the audit's; their faults are in test_audit.py."""

from billing import audit, document_audit


def test_they_are_carried_out() -> None:
    assert document_audit.CHECKS.items() <= audit.CHECKS.items()
