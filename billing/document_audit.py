"""Do documents agree with the books? Checks of taxes and credit notes, for `audit.py`: one statement each."""

from django.utils.translation import gettext_noop as _

CHECKS: dict[str, str] = {
    _("the book of taxes is what paid documents bear"): """
        SELECT 'payment ' || payment.id, payment.status || ', tax ' || payment.tax || ', posted '
               || COALESCE(posted.came, 0) || ', given back ' || COALESCE(posted.back, 0) || ', used '
               || COALESCE(used.amount, 0)
        FROM billing_payment payment
        LEFT JOIN (SELECT payment_id, SUM(amount) AS amount FROM billing_prepaidtax GROUP BY payment_id) used
            ON used.payment_id = payment.id
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
               OR COALESCE(posted.back, 0)
                  NOT IN (0, COALESCE(posted.came, 0), COALESCE(posted.came, 0) - COALESCE(used.amount, 0))
               OR COALESCE(used.amount, 0) > COALESCE(posted.came, 0))
    """,
    _("the added tax of a prepaid invoice was brought by payments or taken from the balance"): """
        SELECT 'invoice ' || invoice.id, 'added tax ' || invoice.added_tax || ', brought '
               || COALESCE(brought.amount, 0) || ', from the balance ' || invoice.tax_from_balance || ', posted '
               || COALESCE(posted.amount, 0)
        FROM billing_invoice invoice
        LEFT JOIN (
            SELECT line.invoice_id, SUM(prepaid.amount) AS amount
            FROM billing_prepaidtax prepaid JOIN billing_invoiceline line ON line.id = prepaid.line_id
            GROUP BY line.invoice_id
        ) brought ON brought.invoice_id = invoice.id
        LEFT JOIN billing_ledgerentry posted
            ON posted.key = 'invoice:' || invoice.id || ':tax' AND posted.book = 'tax'
        WHERE (invoice.tax_from_balance IS NOT NULL OR posted.id IS NOT NULL OR brought.amount IS NOT NULL)
          AND (invoice.added_tax IS DISTINCT FROM COALESCE(brought.amount, 0) + invoice.tax_from_balance
               OR invoice.tax_from_balance IS DISTINCT FROM COALESCE(posted.amount, 0))
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
    _("a credit note repeats what was invoiced, and what was given back has one"): """
        SELECT 'credit note ' || note.id, 'total ' || note.total || ', tax ' || note.tax || ', lines '
               || SUM(credit.amount) || ', tax of lines ' || SUM(credit.tax)
        FROM billing_creditnote note
        JOIN billing_creditnoteline credit ON credit.credit_note_id = note.id
        JOIN billing_invoiceline line ON line.id = credit.line_id
        JOIN billing_charge charge ON charge.id = line.charge_id
        GROUP BY note.id
        HAVING SUM(credit.amount + credit.added_tax) <> note.total OR SUM(credit.tax) <> note.tax
            OR BOOL_OR(line.invoice_id <> note.invoice_id)
            OR note.correction_id IS NULL AND BOOL_OR(
                credit.amount <> -line.amount OR credit.tax <> -line.tax OR charge.status <> 'refunded'
            )
        UNION ALL
        SELECT 'line ' || line.id, 'amount ' || line.amount || ', tax ' || line.tax || ', given back '
               || -SUM(credit.amount) || ', tax of that ' || -SUM(credit.tax)
        FROM billing_creditnoteline credit JOIN billing_invoiceline line ON line.id = credit.line_id
        GROUP BY line.id
        HAVING -SUM(credit.amount) > line.amount OR -SUM(credit.tax) > line.tax
            OR -SUM(credit.added_tax) > line.added_tax
        UNION ALL
        SELECT 'correction ' || correction.id, correction.status || ', gives back ' || correction.amount
               || ', credited ' || COALESCE(-(note.total - note.added_tax), 0)
        FROM billing_correction correction
        LEFT JOIN billing_creditnote note ON note.correction_id = correction.id
        WHERE (correction.charge_id IS NOT NULL OR note.id IS NOT NULL)
          AND COALESCE(-(note.total - note.added_tax), 0)
              <> CASE WHEN correction.status = 'approved' THEN correction.amount ELSE 0 END
        UNION ALL
        SELECT 'charge ' || charge.id, 'taken back after its invoice, without a credit note'
        FROM billing_charge charge JOIN billing_invoiceline line ON line.charge_id = charge.id
        WHERE charge.status = 'refunded'
          AND NOT EXISTS (SELECT FROM billing_creditnoteline credit WHERE credit.line_id = line.id)
    """,
}
