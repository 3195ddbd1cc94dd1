"""What an offer is, of the legacy catalogue and of the new commerce."""

from dataclasses import dataclass

from sandbox.microsoft.world import stable_id

MOST_PLANS = (("P1M", "monthly"), ("P1Y", "monthly"), ("P1Y", "annual"))
ALL_PLANS = (*MOST_PLANS, ("P3Y", "monthly"), ("P3Y", "annual"), ("P3Y", "triennial"))
TRIAL_PLANS = (("P1M", "none"),)
# Months of each term, and of each billing plan of a term that is billed more than once.
MONTHS = {"P1M": 1, "P1Y": 12, "P3Y": 36}
CYCLE_MONTHS = {"monthly": 1, "annual": 12, "triennial": 36}
BASE_SUITES = (
    "BD938F12-058F-4927-BBA3-AE36B1D2501C",
    "031C9E47-4802-4248-838E-778FB1D2CC05",
    "61795CAB-2ABD-43F6-88E9-C9ADAE5746E0",
    "91FD106F-4B2C-4938-95AC-F54F74E9A239",
    "796B6B5F-613C-4E24-A17C-EBA730D49C02",
    "A044B16A-1861-4308-8086-A3A3B506FAC2",
    "195416C1-3447-423A-B37B-EE59A99A19C4",
    "2F707C7C-2433-49A5-A437-9CA7CF40D3EB",
    "8BDBB60B-E526-43E9-92EF-AB760C8E0B72",
)


@dataclass(frozen=True)
class Offer:
    """One legacy offer; `modern` is its product and sku in the new commerce, where it has one.

    What only the new commerce has is no `legacy` offer and is ordered as product:sku:availability alone.
    """

    id: str
    name: str
    description: str
    product_id: str
    part_number: str
    category: str = "Enterprise"
    rank: int = 100
    maximum: int = 10_000_000
    prerequisites: tuple[str, ...] = ()
    upgrades: tuple[str, ...] = ()
    conversions: tuple[str, ...] = ()
    trial: bool = False
    usage: bool = False
    has_add_ons: bool = True
    limit: int = 0
    learn_more: str | None = None
    services: tuple[str, ...] = ("EXCHANGE_S_FOUNDATION",)
    modern: tuple[str, str] | None = None
    available: bool = True
    legacy: bool = True
    # What follows is the new commerce's: (term, billing plan) pairs, who may buy, what it may become, US$ a month.
    plans: tuple[tuple[str, str], ...] = MOST_PLANS
    segment: str = "commercial"
    attested: bool = False
    becomes: tuple[tuple[str, str], ...] = ()
    # Of an add-on: the (product, SKU) pairs of which a customer has to have one.
    bases: tuple[tuple[str, str], ...] = ()
    price: str = "10.00"

    @property
    def is_add_on(self) -> bool:
        """Say whether the offer can only be bought on top of another."""
        return bool(self.prerequisites)

    @property
    def billing_cycles(self) -> list[str]:
        """Return the billing cycles that an order may name."""
        if self.trial:
            return ["none"]
        return ["monthly"] if self.usage else ["annual", "monthly"]

    @property
    def unit(self) -> str:
        """Return what a quantity of the offer counts."""
        return "Usage-based" if self.usage else "Licenses"

    @property
    def months(self) -> int:
        """Return the length of a term in months; usage has none."""
        return 1 if self.trial else 12


def availability_id(offer: Offer, generation: int) -> str:
    """Return the modern catalogue's availability of an offer: Microsoft changes these ids over time."""
    return "CFQ7TTC0" + stable_id("availability", offer.id, str(generation)).replace("-", "")[:4].upper()


def catalogue_item_id(offer: Offer, generation: int) -> str:
    """Return product:sku:availability of an offer that the modern catalogue has."""
    product, sku = offer.modern or ("", "")
    return f"{product}:{sku}:{availability_id(offer, generation)}"
