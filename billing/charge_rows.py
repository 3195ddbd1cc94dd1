"""The statements that write charges: moves and new rows of any number at once; and of which plan a charge is."""

MOVE_CHARGES = """
    UPDATE billing_charge AS charge
    SET status = moved.status, closed_on = moved.closed_on,
        superseded_by_id = COALESCE(moved.superseded_by, charge.superseded_by_id)
    FROM unnest(%s::bigint[], %s::text[], %s::date[], %s::bigint[]) AS moved(id, status, closed_on, superseded_by)
    WHERE charge.id = moved.id
"""
# The columns of a new charge and their types, in the order of `_row`; arrays are given as texts.
NEW_CHARGE = {
    "account_id": "bigint",
    "reseller_id": "bigint",
    "subscription_id": "bigint",
    "subscription_resource_id": "bigint",
    "order_id": "bigint",
    "parent_id": "bigint",
    "type": "text",
    "source": "text",
    "status": "text",
    "description": "text",
    "block": "int",
    "quantity": "numeric",
    "unit_price": "numeric",
    "price_id": "bigint",
    "plan_price_id": "bigint",
    "currency": "text",
    "amount": "numeric",
    "discount": "numeric",
    "tax": "numeric",
    "discount_rate": "numeric",
    "discounted_by_id": "bigint",
    "operate_from": "date",
    "operate_to": "date",
    "period_from": "date",
    "period_to": "date",
    "created_on": "date",
    "closed_on": "date",
    "priced_on": "date",
    "retail": "text",
    "granted": "text",
    "exact_price": "numeric",
}
ARRAYS = {"retail": "retail::bigint[]", "granted": "granted::numeric[]"}
_COLUMNS = ", ".join(NEW_CHARGE)
ADD_CHARGES = f"""
    INSERT INTO billing_charge ({_COLUMNS})
    SELECT {", ".join(ARRAYS.get(name, name) for name in NEW_CHARGE)}
    FROM unnest({", ".join(f"%s::{kind}[]" for kind in NEW_CHARGE.values())}) WITH ORDINALITY AS made({_COLUMNS}, place)
    ORDER BY place
    RETURNING id
"""  # noqa: S608 - names of our own columns
# So many decimals a unit price keeps; what a vendor took may have more (Charge.exact_price).
PRICE_DECIMALS = 6

# Of which plan a charge is, whichever its subscription has by now: that of its resource, or of the price of the plan's
# own part. What was made before prices were kept is of the present plan.
PLAN_OF_CHARGE = "COALESCE(sold.plan_id, priced.plan_id, subscription.plan_id)"
JOINED_FOR_PLAN = """
    JOIN subscriptions_subscription subscription ON subscription.id = charge.subscription_id
    LEFT JOIN subscriptions_subscriptionresource held ON held.id = charge.subscription_resource_id
    LEFT JOIN subscriptions_planresource sold ON sold.id = held.plan_resource_id
    LEFT JOIN subscriptions_planprice own ON own.id = charge.plan_price_id
    LEFT JOIN subscriptions_planperiod priced ON priced.id = own.period_id
"""
