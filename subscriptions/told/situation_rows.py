"""The statements that gather what is due in a night, and add up what goes on."""

# What is due, by subscription: what of its charges ends with the present period, and a number of all that the engine
# would be told of it. `renews`: it does nothing but begin another billing period. Sums of hashes, as the rows of a
# subscription are a set; a resource's are of another kind (the 1) than a charge's (the 2).
DUE = """
    CREATE TEMPORARY TABLE night_due ON COMMIT DROP AS
    WITH due AS MATERIALIZED (
        SELECT id, account_id, billing_priority,
            status = %(active)s AND payment_model = %(prepay)s AND due_on = %(day)s AND next_billing_day = %(day)s
                AND COALESCE(expiration_date > %(day)s, TRUE) AND COALESCE(ends_on > %(day)s, TRUE) AS renews,
            hash_record_extended(ROW(plan_id, period_id, reseller_id, billing_type, currency, billing_day, fixed_price,
                trial, payment_model, promo_code_id, closed_to, closings, expiration_date,
                CASE WHEN expiration_date IS NOT NULL THEN start_date END,
                CASE WHEN expiration_date IS NOT NULL THEN term_anchor END), 0) AS agreed
        FROM subscriptions_subscription
        WHERE due_on <= %(day)s AND status = ANY(%(statuses)s) AND account_id IN ({visible})
    ), told AS (
        SELECT subscription_id, NULL::numeric AS closes,
            hash_record_extended(ROW(plan_resource_id, of_plan, quantity, included, ordering_price, ordered_at_id), 1)
                AS part
        FROM subscriptions_subscriptionresource resource JOIN due ON due.id = resource.subscription_id
        UNION ALL
        SELECT lines.subscription_id, CASE WHEN ends THEN amount END,
            CASE WHEN ends THEN hash_record_extended(ROW(type, block, resource), 2)
                ELSE hash_record_extended(ROW(type, status, source, block, resource, quantity, unit_price, exact_price,
                    amount, discount, discount_rate, tax, operate_from, operate_to, period_from, period_to,
                    closed_on), 2)
            END
        FROM (
            SELECT charge.*, held.plan_resource_id AS resource,
                charge.status = %(blocked)s AND charge.operate_to <= %(day)s AS ends
            FROM billing_charge charge JOIN due ON due.id = charge.subscription_id
            LEFT JOIN subscriptions_subscriptionresource held ON held.id = charge.subscription_resource_id
            WHERE charge.status = ANY(%(live)s)
        ) AS lines
    ), summed AS (
        SELECT subscription_id, SUM(closes) AS closes, SUM(part >> 8) AS told FROM told GROUP BY subscription_id
    ), offered AS (
        SELECT account_id, SUM(hash_record_extended(ROW(discount_id), 0) >> 8) AS told FROM (
            SELECT account_id, discount_id FROM subscriptions_discount_accounts
            UNION ALL
            SELECT account.id, listed.discount_id FROM subscriptions_discount_account_classes listed
            JOIN accounts_account account ON account.account_class_id = listed.accountclass_id
        ) AS listed GROUP BY account_id
    ), waiting AS (
        SELECT DISTINCT subscription_id FROM subscriptions_order
        WHERE status = ANY(%(unfinished)s) AND subscription_id IN (SELECT id FROM due)
    )
    SELECT due.account_id, due.id AS subscription_id, due.billing_priority,
        due.renews AND waiting.subscription_id IS NULL AS renews, COALESCE(summed.closes, 0) AS closes,
        hash_record_extended(ROW(due.agreed, summed.told, offered.told), 0) AS alike
    FROM due LEFT JOIN summed ON summed.subscription_id = due.id
        LEFT JOIN offered ON offered.account_id = due.account_id
        LEFT JOIN waiting ON waiting.subscription_id = due.id
"""
# Accounts on which more is due than another billing period, or which are on a list, go elsewhere.
LEAVE_OUT = """
    DELETE FROM night_due WHERE account_id IN (SELECT account_id FROM night_due WHERE NOT renews)
        OR account_id = ANY(%s::bigint[])
    RETURNING account_id
"""
# Two subscriptions of each situation.
ALIKE = """
    SELECT due.account_id, due.subscription_id, due.closes, due.alike FROM night_due due
    JOIN (
        SELECT UNNEST(ARRAY[MIN(subscription_id), MAX(subscription_id)]) AS subscription_id
        FROM night_due GROUP BY alike
    ) AS asked ON asked.subscription_id = due.subscription_id
"""
# Of each account whether all goes on for certain: its money suffices without any credit, even after what is closed.
# The order in which they take it is then of no consequence.
OF_ACCOUNTS = """
    CREATE TEMPORARY TABLE night_accounts ON COMMIT DROP AS
    SELECT account.id AS account_id, account.currency, due.subscriptions, due.closes + due.at_once AS closed,
        due.reserved, due.all_said AND due.least >= 0 AND account.status = %s AND class.payment_model = %s
            AND COALESCE(head.balance, 0) >= GREATEST(due.closes + due.at_once, 0)
            AND COALESCE(head.balance, 0) - COALESCE(reserving.amount, 0) >= due.needed AS goes_on
    FROM (
        SELECT account_id, COUNT(*) AS subscriptions, SUM(closes) AS closes, SUM(said.closed_at_once) AS at_once,
            SUM(said.reserved) AS reserved, SUM(said.needed) AS needed, MIN(said.needed) AS least,
            BOOL_AND(said.alike IS NOT NULL) AS all_said
        FROM night_due LEFT JOIN UNNEST(%s::bigint[], %s::numeric[], %s::numeric[], %s::numeric[])
            AS said(alike, needed, reserved, closed_at_once) USING (alike)
        GROUP BY account_id
    ) AS due
    JOIN accounts_account account ON account.id = due.account_id
    JOIN accounts_accountclass class ON class.id = account.account_class_id
    LEFT JOIN LATERAL (
        SELECT balance FROM billing_ledgerentry entry WHERE entry.account_id = due.account_id AND entry.book = 'account'
        ORDER BY number DESC LIMIT 1
    ) AS head ON TRUE
    LEFT JOIN LATERAL (
        SELECT SUM(amount) AS amount FROM billing_charge charge
        WHERE charge.account_id = due.account_id AND charge.status = ANY(%s)
    ) AS reserving ON TRUE
"""
SUMS = """
    SELECT currency, COUNT(*), SUM(subscriptions)::int, SUM(closed), SUM(reserved) FROM night_accounts
    WHERE goes_on GROUP BY currency ORDER BY currency
"""
ONE_BY_ONE = "SELECT account_id FROM night_accounts WHERE NOT goes_on"
NEXT = "SELECT account_id FROM night_accounts WHERE goes_on AND account_id > %s ORDER BY account_id LIMIT %s"
# Whoever comes first in the night comes first here.
BY_ACCOUNT = """
    SELECT account_id, subscription_id, closes, alike FROM night_due WHERE account_id = ANY(%s::bigint[])
    ORDER BY account_id, billing_priority, subscription_id
"""
FORGET = "DROP TABLE IF EXISTS pg_temp.night_due, pg_temp.night_accounts"
# Accounts on which nothing is due.
NOT_DUE = "accounts_account.id NOT IN (SELECT account_id FROM night_due)"
# A hundred thousand rows are joined in memory; sums of sorted rows take two thirds of what a hash table of sums takes;
# to compile a statement takes longer than it takes.
SETTINGS = "SET LOCAL work_mem = '64MB'; SET LOCAL enable_hashagg = off; SET LOCAL jit = off"
AS_BEFORE = "SET LOCAL work_mem = DEFAULT; SET LOCAL enable_hashagg = DEFAULT; SET LOCAL jit = DEFAULT"
