"""Do documents agree with the books? Checks of taxes and credit notes, for `audit.py`: one statement each."""

from django.utils.translation import gettext_noop as _

CHECKS: dict[str, str] = {
    _("the book of taxes is what paid documents bear"): """
        SELECT 'payment ' || payment.id, payment.status || ', tax ' || payment.tax || ', posted '
               || COALESCE(posted.came, 0) || ', given back ' || COALESCE(posted.back, 0)
        FROM billing_payment payment
        LEFT JOIN (
            SELECT payment_id, SUM(amount) FILTER (WHERE kind <> 'tax_returned') AS came,
                   -SUM(amount) FILTER (WHERE kind = 'tax_returned') AS back
            FROM billing_ledgerentry WHERE book = 'tax' AND payment_id IS NOT NULL GROUP BY payment_id
        ) posted ON posted.payment_id = payment.id
        WHERE (payment.tax > 0 OR posted.payment_id IS NOT NULL)
          AND (CASE WHEN payment.status IN ('completed', 'paid_from_balance')
                    THEN COALESCE(posted.came, 0) <> payment.tax
                    WHEN payment.status IN ('waiting_for_payment', 'cancelled', 'expired')
                    THEN COALESCE(posted.came, 0) <> 0
                    ELSE COALESCE(posted.came, 0) NOT IN (0, payment.tax) END
               OR COALESCE(posted.back, 0) NOT IN (0, COALESCE(posted.came, 0)))
    """,
    _("taxes are explained"): """
        SELECT 'payment ' || payment.id, 'tax ' || payment.tax || ', explained ' || COALESCE(SUM(tax.amount), 0)
        FROM billing_payment payment
        LEFT JOIN billing_documenttax tax ON tax.payment_id = payment.id AND NOT tax.inclusive
        WHERE payment.kind = 'order' AND payment.tax > 0
        GROUP BY payment.id HAVING COALESCE(SUM(tax.amount), 0) <> payment.tax
        UNION ALL
        SELECT 'line ' || line.id, 'tax ' || line.tax || ', added ' || line.added_tax || ', explained '
               || SUM(tax.amount)
        FROM billing_documenttax tax JOIN billing_invoiceline line ON line.id = tax.line_id
        GROUP BY line.id
        HAVING SUM(tax.amount) <> line.tax
            OR COALESCE(SUM(tax.amount) FILTER (WHERE NOT tax.inclusive), 0) <> line.added_tax
    """,
    _("a credit note repeats what was invoiced, and what was taken back has one"): """
        SELECT 'credit note ' || note.id, 'total ' || note.total || ', tax ' || note.tax || ', lines '
               || SUM(credit.amount) || ', tax of lines ' || SUM(credit.tax)
        FROM billing_creditnote note
        JOIN billing_creditnoteline credit ON credit.credit_note_id = note.id
        JOIN billing_invoiceline line ON line.id = credit.line_id
        JOIN billing_charge charge ON charge.id = line.charge_id
        GROUP BY note.id
        HAVING SUM(credit.amount + credit.added_tax) <> note.total OR SUM(credit.tax) <> note.tax
            OR BOOL_OR(credit.amount <> -line.amount OR credit.tax <> -line.tax OR charge.status <> 'refunded'
                       OR line.invoice_id <> note.invoice_id)
        UNION ALL
        SELECT 'charge ' || charge.id, 'taken back after its invoice, without a credit note'
        FROM billing_charge charge JOIN billing_invoiceline line ON line.charge_id = charge.id
        WHERE charge.status = 'refunded'
          AND NOT EXISTS (SELECT FROM billing_creditnoteline credit WHERE credit.line_id = line.id)
    """,
}
