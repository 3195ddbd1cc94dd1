"""Are the units charged those in service? Checks of units, for `audit.py`: one statement each."""

from django.utils.translation import gettext_noop as _

CHECKS: dict[str, str] = {
    _("an active subscription is charged today for the units it holds"): """
        SELECT 'subscription ' || subscription.id, resource.name || ': holds ' || resource.quantity || ', of them '
               || resource.included || ' included, charged ' || TRIM_SCALE(COALESCE(SUM(charge.quantity), 0))
        FROM subscriptions_subscription subscription
        JOIN subscriptions_subscriptionresource resource ON resource.subscription_id = subscription.id
        LEFT JOIN billing_charge charge ON charge.subscription_resource_id = resource.id
             AND charge.status = 'blocked' AND charge.type = 'recurring_fee'
             AND charge.operate_from <= %(today)s AND charge.operate_to > %(today)s
        WHERE subscription.status = 'active' AND subscription.due_on > %(today)s
          AND subscription.billing_type = ANY(%(by_units)s) AND NOT subscription.trial
          -- Written off ahead, or of the term to come: held by the days of the history alone.
          AND NOT subscription.billing_type = ANY(%(whole_term)s)
        GROUP BY subscription.id, resource.id
        HAVING COALESCE(SUM(charge.quantity), 0) <> GREATEST(resource.quantity - resource.included, 0)
    """,
    # Only what begins before all that came before it has ended is compared with the others.
    _("no unit is charged for more days than it was held"): """
        WITH live AS (
            SELECT id, subscription_id, subscription_resource_id AS resource, block, operate_from, operate_to,
                   MAX(operate_to) OVER earlier AS until
            FROM billing_charge WHERE type = 'recurring_fee' AND status IN ('new', 'opened', 'blocked', 'closed')
            WINDOW earlier AS (PARTITION BY subscription_resource_id, block ORDER BY operate_from, id
                               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
        )
        SELECT DISTINCT 'subscription ' || late.subscription_id, 'charge ' || LEAST(late.id, other.id)
               || ' overlaps charge ' || GREATEST(late.id, other.id) || ' in block ' || block
        FROM live late JOIN live other USING (resource, block)
        WHERE late.operate_from < late.until AND other.id <> late.id
          AND other.operate_from < late.operate_to AND late.operate_from < other.operate_to
    """,
    # Each row of units held ends where one that was written later begins; days are compared where either side changes.
    _("the units charged are those in service, on every day of the history"): """
        WITH unsaid AS MATERIALIZED (
            -- A charge closed by hand says one unit (5.7). Those from before units were kept beside it are not asked.
            SELECT charge.subscription_id AS id
            FROM subscriptions_subscription subscription
            JOIN billing_charge charge ON charge.subscription_id = subscription.id AND charge.source = 'closed_by_hand'
            WHERE subscription.closings > 0 AND charge.subscription_resource_id IS NOT NULL
              AND NOT EXISTS (SELECT FROM billing_closedunits said WHERE said.charge_id = charge.id)
        ), held AS (
            SELECT subscription_resource_id AS resource, day, units,
                   MIN(day) OVER (
                       PARTITION BY subscription_resource_id ORDER BY id
                       ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
                   ) AS until
            FROM subscriptions_heldunits
            WHERE subscription_resource_id IN (
                SELECT resource.id FROM subscriptions_subscriptionresource resource
                JOIN subscriptions_subscription subscription ON subscription.id = resource.subscription_id
                WHERE subscription.billing_type = ANY(%(by_units)s) AND NOT subscription.trial
                  AND NOT subscription.id IN (SELECT id FROM unsaid)
            )
        ), charged AS (
            SELECT charge.subscription_resource_id AS resource,
                   COALESCE(by_hand.operate_from, charge.operate_from) AS operate_from,
                   COALESCE(by_hand.operate_to, charge.operate_to) AS operate_to,
                   COALESCE(by_hand.units, charge.quantity) AS quantity
            FROM billing_charge charge
            JOIN subscriptions_subscription subscription ON subscription.id = charge.subscription_id
            LEFT JOIN billing_closedunits by_hand ON by_hand.charge_id = charge.id
            LEFT JOIN subscriptions_order orders ON orders.id = charge.order_id
            WHERE charge.type = 'recurring_fee' AND subscription.billing_type = ANY(%(by_units)s)
              AND NOT subscription.trial AND NOT subscription.id IN (SELECT id FROM unsaid) AND (
                charge.status = 'closed' OR charge.status = 'blocked'
                -- What the vendor has yet to provide is reserved, and charged from the day on which it has.
                AND subscription.status NOT IN (
                    'installing', 'installation_failed', 'activating', 'activating_failed', 'renewing',
                    'renewing_failed'
                )
                AND NOT (
                    subscription.status IN ('updating', 'updating_failed') AND charge.source = 'upgrade'
                    AND COALESCE(orders.status, '') IN ('provisioning', 'provisioning_failed')
                )
            )
        ), steps AS (
            SELECT resource, day, units AS held, 0 AS charged FROM held WHERE until IS NULL OR day < until
            UNION ALL SELECT resource, until, -units, 0 FROM held WHERE day < until
            UNION ALL SELECT resource, operate_from, 0, quantity FROM charged
            UNION ALL SELECT resource, operate_to, 0, -quantity FROM charged
        ), days AS (
            SELECT resource, day, SUM(SUM(held)) OVER through AS held, SUM(SUM(charged)) OVER through AS charged,
                   LEAD(day) OVER through AS until
            FROM steps GROUP BY resource, day WINDOW through AS (PARTITION BY resource ORDER BY day)
        )
        SELECT 'subscription ' || subscription.id, resource.name || ', from ' || days.day || ' to '
               || LEAST(days.until, subscription.due_on, %(today)s::date + 1) || ': in service ' || days.held
               || ', charged ' || TRIM_SCALE(days.charged)
        FROM days
        JOIN subscriptions_subscriptionresource resource ON resource.id = days.resource
        JOIN subscriptions_subscription subscription ON subscription.id = resource.subscription_id
        WHERE days.held <> days.charged
          -- A term that was bought runs on while it is stopped.
          AND NOT (days.held = 0 AND subscription.billing_type = ANY(%(whole_term)s))
          AND days.day < LEAST(subscription.due_on, %(today)s::date + 1)
        ORDER BY days.resource, days.day
    """,
    _("the units in service are those that a subscription holds, if it runs"): """
        SELECT 'subscription ' || subscription.id, resource.name || ': ' || subscription.status || ', holds '
               || resource.quantity || ', of them ' || resource.included || ' included, in service '
               || COALESCE(held.units, 0)
        FROM subscriptions_subscription subscription
        JOIN subscriptions_subscriptionresource resource ON resource.subscription_id = subscription.id
        LEFT JOIN LATERAL (
            SELECT units FROM subscriptions_heldunits
            WHERE subscription_resource_id = resource.id ORDER BY id DESC LIMIT 1
        ) held ON TRUE
        WHERE subscription.status NOT IN ('updating', 'updating_failed') AND NOT subscription.trial
          AND COALESCE(held.units, 0) <> CASE
            WHEN subscription.status = 'active' THEN GREATEST(resource.quantity - resource.included, 0) ELSE 0
        END
    """,
    _("a month paid in full covers the units that are held"): """
        SELECT 'subscription ' || subscription.id, resource.name || ': holds ' || resource.quantity || ', of them '
               || resource.included || ' included, this month is charged for '
               || TRIM_SCALE(COALESCE(SUM(charge.quantity), 0))
        FROM subscriptions_subscription subscription
        JOIN subscriptions_subscriptionresource resource ON resource.subscription_id = subscription.id
        LEFT JOIN billing_charge charge ON charge.subscription_resource_id = resource.id
             AND charge.status = 'blocked' AND charge.operate_from <= %(today)s AND charge.operate_to > %(today)s
        WHERE subscription.status = 'active' AND subscription.due_on > %(today)s
          AND subscription.billing_type = ANY(%(by_months)s) AND NOT subscription.trial
          AND (DATE_TRUNC('month', subscription.start_date) + INTERVAL '1 month')::date <= %(today)s
        GROUP BY subscription.id, resource.id
        HAVING COALESCE(SUM(charge.quantity), 0) < GREATEST(resource.quantity - resource.included, 0)
    """,
}
