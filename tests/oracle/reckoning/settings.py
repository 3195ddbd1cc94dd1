"""What a random history's plan, account and chain may be like."""

from __future__ import annotations

from random import Random

CURRENCIES = ["USD", "USD", "USD", "USD", "JPY", "KWD"]
PRICES = {
    "USD": ["10.00", "3.33", "12.00", "7.77", "0.99", "0.15", "0.0035", "0", "19.999"],
    "JPY": ["1000", "333", "1", "12.5", "3"],
    "KWD": ["3.333", "10.000", "0.001", "0.0005", "0.015"],
}
USED_PRICES = {
    "USD": ["0.012", "0.5", "0.0004"],
    "JPY": ["1", "12.5", "0.3"],
    "KWD": ["0.0012", "0.015", "1"],
}
FEES = {
    "USD": ["0", "1.00", "4.99", "0.50"],
    "JPY": ["0", "100", "499"],
    "KWD": ["0", "1.005", "0.250"],
}
AMOUNTS = {
    "USD": ["500.00", "60.00", "19.35", "0.01"],
    "JPY": ["5000", "900", "1"],
    "KWD": ["500.000", "19.355", "60.001"],
}
LENGTHS = {
    "csp_monthly": [None, None, 1, 2, 3, 12],
    "csp_annual": [1, 2, 3, 12],
    "reservation": [1, 2, 3, 12],
    "pay_in_full": [1, 2, 3],
    "non_refund": [12],
    "gsuite": [1],
    "payg_internal": [None],
    "payg_external": [None],
}
AFTER = ("csp_monthly", "csp_annual", "reservation", "payg_internal", "payg_external")


def random_settings(rng: Random, given: dict) -> dict:
    """Return a history's members besides its events; `given` ones are not drawn. Where one is None, it is left out."""
    billing_type = given.get("billing_type") or rng.choice(list(LENGTHS))
    currency = rng.choice(CURRENCIES)
    metered = billing_type.startswith("payg")
    months = rng.choice(LENGTHS[billing_type])
    highest = 31 if billing_type == "csp_monthly" else 28
    plan = {
        "currency": currency,
        "billing_type": billing_type,
        "billing_day": 1 if billing_type == "pay_in_full" else rng.choice([1, 1, 15, 28, rng.randint(1, highest)]),
        "period": "endless" if months is None else {"months": months},
        "fixed_price": rng.random() < 0.4,
        "credit_limit": rng.choice(["0", "0", "200", "1000"] if not metered else ["100", "5000"]),
        "resources": [resource(rng, billing_type, currency, key) for key in rng.choice([["seats"], ["seats", "gb"]])],
    }
    model = given.get("payment_model") or rng.choice(["prepay", "prepay", "postpay"])
    if billing_type in AFTER and model == "postpay":
        plan |= {"payment_model": "postpay", "credit_limit": "0", "billing_day": min(plan["billing_day"], 28)}
    plan |= of_a_term(rng) if months is not None else {}
    plan |= further(rng, plan, currency)
    plan["account_class"] = account(rng, plan)
    return {name: value for name, value in (plan | given).items() if value is not None}


def resource(rng: Random, billing_type: str, currency: str, key: str) -> dict:
    """Return a resource, now and then with what is included, demanded, or charged once."""
    metered = billing_type.startswith("payg")
    made = {"key": key, "price": rng.choice((USED_PRICES if metered else PRICES)[currency])}
    if metered or billing_type == "reservation":
        made["setup_fee"] = rng.choice(FEES[currency])
    if billing_type == "reservation":
        made["renewal_fee"] = rng.choice(FEES[currency])
    if not metered and rng.random() < 0.15:
        made |= {"included": rng.choice([1, 2]), "minimum": rng.choice([0, 2])}
    if not metered and rng.random() < 0.1:
        made["limit"] = 7
    return made


def of_a_term(rng: Random) -> dict:
    """Return what is said of terms that end."""
    return {
        "auto_renew": rng.random() < 0.6,
        "service_term": {
            "grace_days": rng.choice([0, 3, 10, 40]),
            "stop_days": rng.choice([None, 0, 5, 30]),
            "renew_point": rng.choice([0, 0, 3, 10]),
            "manual_renew_point": rng.choice([-1, -1, -1, 0, 15]),
        },
    }


def account(rng: Random, plan: dict) -> dict:
    """Return what is said of the account."""
    if plan.get("payment_model") == "postpay":
        return {
            "subscription_credit_limit": rng.choice([None, "100", "1000", "20000"]),
            "payment_expiration_days": rng.choice([10, 10, 1, 40]),
        }
    return {"cancel_unpaid_after": rng.choice([None, None, 5]), "subzero_days": rng.choice([-1, -1, 20])}


def further(rng: Random, plan: dict, currency: str) -> dict:
    """Return further plans, a discount, a chain: each now and then."""
    made: dict = {}
    billing_type = plan["billing_type"]
    if billing_type == "reservation":
        made["plan"] = {name: rng.choice(FEES[currency]) for name in ("setup_fee", "recurring_fee", "renewal_fee")}
    if billing_type == "payg_external":
        made["plan"] = {"markup": rng.choice(["0", "15", "7.5"])}
    if billing_type in ("csp_monthly", "csp_annual", "reservation", "gsuite") and rng.random() < 0.5:
        other = {"resources": [resource(rng, billing_type, currency, "places")]}
        if billing_type == "reservation":
            other["plan"] = {name: rng.choice(FEES[currency]) for name in ("setup_fee", "recurring_fee")}
        made["plans"] = {"big": other}
    if rng.random() < 0.25:
        on = rng.choice([["setup", "renewal", "recurring"], ["recurring"], ["setup"]])
        made["discount"] = {"percent": rng.choice(["10", "33.33", "100", "7.5"]), "on": on}
    if rng.random() < 0.25:
        made["chain"] = chain(rng, plan, made, currency)
    return made


def chain(rng: Random, plan: dict, made: dict, currency: str) -> list[dict]:
    """Return one or two resellers above the seller, root first."""
    resources = [*plan["resources"], *(r for other in made.get("plans", {}).values() for r in other["resources"])]
    prices = (USED_PRICES if plan["billing_type"].startswith("payg") else PRICES)[currency]
    levels = []
    for name in rng.choice([["distributor"], ["distributor", "reseller"]]):
        retail = {one["key"]: rng.choice(prices) for one in resources}
        for one in resources:
            retail |= {
                f"{fee}:{one['key']}": rng.choice(FEES[currency]) for fee in ("setup_fee", "renewal_fee") if fee in one
            }
        levels.append({"reseller": name, "retail": retail, "discount": rng.choice(["0", "20", "50", "33.3"])})
    levels[0]["net_cost"] = {one["key"]: rng.choice(prices) for one in resources}
    return levels
