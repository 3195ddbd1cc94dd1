"""Usage reports of the pretend ESET: the seats of its daily snapshots, summed up by company and product."""

from collections.abc import Callable, Iterable

from sandbox.eset.asked import Asked
from sandbox.eset.companies import ours
from sandbox.eset.world import PRODUCTS, ROOT, Document, EsetWorld


def monthly(world: EsetWorld, asked: Asked) -> Document:
    """Tell what one company has used, product by product."""
    return _of_company(world, asked, ours(world, asked.required("companyId")), by_day=False)


def daily(world: EsetWorld, asked: Asked) -> Document:
    """Tell the same with the seats of each day."""
    return _of_company(world, asked, ours(world, asked.required("companyId")), by_day=True)


def of_all(world: EsetWorld, asked: Asked) -> Document:
    """Tell what each of our customers has used."""
    return _of_companies(world, asked, [row["id"] for row in world.companies(ROOT)])


def of_selected(world: EsetWorld, asked: Asked) -> Document:
    """Tell what some of our customers have used."""
    return _of_companies(world, asked, [ours(world, one) for one in asked.texts("companyIds")])


def _of_companies(world: EsetWorld, asked: Asked, companies: list[str]) -> Document:
    rows = [_of_company(world, asked, one, by_day=False, paged=False) for one in companies]
    return {"companies": asked.page_of(rows), "paging": {"totalCount": len(rows)}}


def _of_company(world: EsetWorld, asked: Asked, company: str, *, by_day: bool, paged: bool = True) -> Document:
    first, last, codes = asked.day("from").isoformat(), asked.day("to").isoformat(), asked.texts("codes")
    used: dict[tuple[str, int], dict[str, int]] = {}
    for snapshot in world.billed():
        for row in snapshot["rows"]:
            wanted = company in (ROOT, row["company"]) and (not codes or row["product"] in codes)
            if wanted and first <= snapshot["day"] <= last:
                days = used.setdefault((row["product"], row["type"]), {})
                days[snapshot["day"]] = days.get(snapshot["day"], 0) + row["quantity"]
    products = [_product(code, kind, days, by_day=by_day) for (code, kind), days in sorted(used.items())]
    found = world.company(company)
    return {
        "companyId": company,
        "companyName": found["name"] if found else "Brokerage MSP",
        "products": asked.page_of(products) if paged else products,
        "totalUsage": sum(product["seatDays"] for product in products),
        "totalCount": len(products),
    }


def _product(code: str, kind: int, days: dict[str, int], *, by_day: bool) -> Document:
    told: Document = {"code": code, "name": PRODUCTS[code], "licenseType": kind}
    told |= {"seatDays": sum(days.values()), "seats": days[max(days)]}
    if by_day:
        told["usagePerDays"] = [{"date": day, "usage": units} for day, units in sorted(days.items())]
    return told


REPORTS: Iterable[tuple[str, Callable[[EsetWorld, Asked], Document]]] = (
    ("Monthly", monthly),
    ("Daily", daily),
    ("AllCompanies", of_all),
    ("SelectedCompanies", of_selected),
)
