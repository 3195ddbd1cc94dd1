"""Every row of billing-types.md and E1-E22: a history in the shape of simulation.md, and literally what comes of it."""

from tests.oracle.rows import amounts, as_used, common, csp, postpay, reservation, terms, written_off

ROWS = [
    *common.ROWS,
    *csp.ROWS,
    *reservation.ROWS,
    *written_off.ROWS,
    *as_used.ROWS,
    *postpay.ROWS,
    *terms.ROWS,
    *amounts.ROWS,
]
