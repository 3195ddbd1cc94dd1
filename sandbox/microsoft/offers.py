"""What the pretend Microsoft sells: the legacy offers and the products of the modern catalogue."""

from dataclasses import dataclass

from sandbox.microsoft.world import stable_id

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
    """One legacy offer; `modern` is its product and sku in the modern catalogue, where it has one."""

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


OFFERS: tuple[Offer, ...] = (
    Offer(
        "BD938F12-058F-4927-BBA3-AE36B1D2501C",
        "Microsoft 365 Business Basic",
        "Business e-mail, web versions of the Office applications, 1 TB of storage and meetings for each user.",
        "3B555118-DA6A-4418-894F-7DF1E2096870",
        "O365_BUSINESS_ESSENTIALS",
        category="Small business",
        rank=200,
        maximum=300,
        limit=2,
        upgrades=BASE_SUITES[1:3],
        learn_more="908",
        services=("EXCHANGE_S_STANDARD", "SHAREPOINTSTANDARD", "TEAMS1", "EXCHANGE_S_FOUNDATION"),
        modern=("CFQ7TTC0LH18", "0001"),
    ),
    Offer(
        "031C9E47-4802-4248-838E-778FB1D2CC05",
        "Microsoft 365 Business Standard",
        "Desktop and web versions of the Office applications with business e-mail, storage and meetings.",
        "F245ECC8-75AF-4F8E-B61F-27D8114DE5F3",
        "O365_BUSINESS_PREMIUM",
        category="Small business",
        rank=207,
        maximum=300,
        limit=2,
        upgrades=(*BASE_SUITES[2:6], BASE_SUITES[8]),
        learn_more="909",
        services=("EXCHANGE_S_STANDARD", "SHAREPOINTSTANDARD", "TEAMS1", "OFFICE_BUSINESS", "EXCHANGE_S_FOUNDATION"),
        modern=("CFQ7TTC0LDPB", "0001"),
    ),
    Offer(
        "61795CAB-2ABD-43F6-88E9-C9ADAE5746E0",
        "Microsoft 365 Business Premium",
        "Business Standard with device management and protection against advanced threats.",
        "CBDC14AB-D96C-4C30-B9F4-6ADA7CDC1D46",
        "SPB",
        category="Small business",
        rank=209,
        maximum=300,
        limit=2,
        learn_more="910",
        services=("EXCHANGE_S_STANDARD", "SHAREPOINTSTANDARD", "TEAMS1", "OFFICE_BUSINESS", "INTUNE_SMBIZ"),
        modern=("CFQ7TTC0LCHC", "0002"),
    ),
    Offer(
        "91FD106F-4B2C-4938-95AC-F54F74E9A239",
        "Office 365 Enterprise E1",
        "Communication and collaboration for businesses, with web versions of the Office applications.",
        "18181A46-0D4E-45CD-891E-60AABD171B4E",
        "STANDARDPACK",
        rank=215,
        learn_more="1013",
        services=("EXCHANGE_S_STANDARD", "SHAREPOINTSTANDARD", "TEAMS1", "EXCHANGE_S_FOUNDATION"),
        modern=("CFQ7TTC0LF8Q", "0001"),
    ),
    Offer(
        "796B6B5F-613C-4E24-A17C-EBA730D49C02",
        "Office 365 Enterprise E3",
        "Full productivity, communication and collaboration with the installed Office applications and compliance.",
        "6FD2C87F-B296-42F0-B197-1E91E994B900",
        "ENTERPRISEPACK",
        rank=218,
        learn_more="1015",
        services=("EXCHANGE_S_ENTERPRISE", "SHAREPOINTENTERPRISE", "TEAMS1", "OFFICESUBSCRIPTION", "RMS_S_ENTERPRISE"),
        modern=("CFQ7TTC0LF8R", "0001"),
    ),
    Offer(
        "A044B16A-1861-4308-8086-A3A3B506FAC2",
        "Office 365 Enterprise E5",
        "Office 365 Enterprise E3 with voice, analytics and advanced security.",
        "C7DF2760-2C81-4EF7-B578-5B5392B571DF",
        "ENTERPRISEPREMIUM",
        rank=221,
        services=("EXCHANGE_S_ENTERPRISE", "SHAREPOINTENTERPRISE", "TEAMS1", "OFFICESUBSCRIPTION", "MCOEV"),
    ),
    Offer(
        "195416C1-3447-423A-B37B-EE59A99A19C4",
        "Exchange Online (Plan 1)",
        "Messaging, calendars and an archive of e-mail, from Outlook, the web and mobile devices.",
        "4B9405B0-7788-4568-ADD1-99614E613B69",
        "EXCHANGESTANDARD",
        rank=155,
        upgrades=(BASE_SUITES[7],),
        learn_more="1005",
        services=("EXCHANGE_S_STANDARD",),
        modern=("CFQ7TTC0LH16", "0001"),
    ),
    Offer(
        "2F707C7C-2433-49A5-A437-9CA7CF40D3EB",
        "Exchange Online (Plan 2)",
        "Messaging with unlimited archive, hosted voice mail and protection against data loss.",
        "19EC0D23-8335-4CBD-94AC-6050E30712FA",
        "EXCHANGEENTERPRISE",
        rank=156,
        learn_more="1006",
        services=("EXCHANGE_S_ENTERPRISE",),
    ),
    Offer(
        "8BDBB60B-E526-43E9-92EF-AB760C8E0B72",
        "Microsoft 365 E5",
        "Office 365 Enterprise E5, Enterprise Mobility + Security E5 and Windows 10 Enterprise E5 in one.",
        "06EBC4EE-1BB5-47DD-8120-11324BC54E06",
        "SPE_E5",
        rank=174,
        services=("EXCHANGE_S_ENTERPRISE", "SHAREPOINTENTERPRISE", "TEAMS1", "OFFICESUBSCRIPTION", "INTUNE_A"),
    ),
    Offer(
        "79C29AF7-3CD0-4A6F-B182-A81E31DEC84E",
        "Enterprise Mobility + Security E3",
        "Identity, device and information protection.",
        "EFCCB6F7-5641-4E0E-BD10-B4976E1BF68E",
        "EMS",
        rank=140,
        services=("RMS_S_PREMIUM", "INTUNE_A", "RMS_S_ENTERPRISE", "AAD_PREMIUM", "MFA_PREMIUM"),
    ),
    Offer(
        "E59159FC-6F67-4599-B3CB-17FF4020F643",
        "Azure Active Directory Premium P2",
        "Identity protection and governance of privileged accounts.",
        "84A661C4-E949-4BD2-A560-ED7766FCAF2B",
        "AAD_PREMIUM_P2",
        rank=141,
        has_add_ons=False,
        services=("AAD_PREMIUM_P2",),
    ),
    Offer(
        "800F4F3B-CFE1-42C1-9CEA-675512810488",
        "Power BI Pro",
        "Dashboards and reports shared with colleagues.",
        "F8A1DB68-BE16-40ED-86D5-CB42CE701560",
        "POWER_BI_PRO",
        rank=160,
        has_add_ons=False,
        services=("EXCHANGE_S_FOUNDATION", "BI_AZURE_P2"),
    ),
    Offer(
        "2828BE95-46BA-4F91-B2FD-0BEF192ECF60",
        "Exchange Online Archiving for Exchange Online",
        "An archive in the cloud for e-mail: retention, legal hold and search, for the base plans it can be added to.",
        "EE02FD1B-340E-4A4B-B355-4A514E4C8943",
        "EXCHANGEARCHIVE_ADDON",
        category="",
        rank=157,
        prerequisites=BASE_SUITES[:7],
        learn_more="1302",
        services=("EXCHANGE_S_ARCHIVE_ADDON",),
    ),
    Offer(
        "C94271D8-B431-4A25-A3C5-A57737A1C909",
        "Audio Conferencing",
        "Join meetings from any telephone.",
        "0C266DFF-15DD-4B49-8397-2BB16070ED52",
        "MCOMEETADV",
        category="",
        rank=1,
        prerequisites=(*BASE_SUITES[:5], BASE_SUITES[8]),
        services=("MCOMEETADV",),
    ),
    Offer(
        stable_id("offer", "business-standard-trial").upper(),
        "Microsoft 365 Business Standard Trial",
        "A month of Microsoft 365 Business Standard for up to 25 users, once for each customer.",
        "F245ECC8-75AF-4F8E-B61F-27D8114DE5F3",
        "O365_BUSINESS_PREMIUM",
        category="Trial",
        rank=35,
        maximum=25,
        trial=True,
        conversions=(BASE_SUITES[1],),
        limit=1,
        has_add_ons=False,
        services=("EXCHANGE_S_STANDARD", "SHAREPOINTSTANDARD", "TEAMS1", "OFFICE_BUSINESS", "EXCHANGE_S_FOUNDATION"),
    ),
    Offer(
        "MS-AZR-0145P",
        "Microsoft Azure",
        "Cloud services for applications and infrastructure, paid by what is used.",
        "9DEA7946-EC2C-441E-9FFD-E3B275F7E838",
        "AZURE",
        rank=178,
        maximum=999_999_999,
        usage=True,
        has_add_ons=False,
        services=(),
    ),
    Offer(
        stable_id("offer", "project-pro-2013").upper(),
        "Project Pro for Office 365 (retired)",
        "An offer that was withdrawn from sale; what was bought before goes on.",
        stable_id("product", "project-pro-2013").upper(),
        "PROJECTCLIENT",
        rank=300,
        has_add_ons=False,
        services=("PROJECT_CLIENT_SUBSCRIPTION",),
        available=False,
    ),
)

BY_ID: dict[str, Offer] = {offer.id.lower(): offer for offer in OFFERS}
CATEGORIES: tuple[tuple[str, str, int], ...] = (
    ("Enterprise_Key", "Enterprise", 20),
    ("SmallBusiness_Key", "Small business", 30),
    ("Nonprofit_Key", "Nonprofit", 60),
    ("Trial_Key", "Trial", 70),
)


def availability_id(offer: Offer, generation: int) -> str:
    """Return the modern catalogue's availability of an offer: Microsoft changes these ids over time."""
    return "CFQ7TTC0" + stable_id("availability", offer.id, str(generation)).replace("-", "")[:4].upper()


def catalogue_item_id(offer: Offer, generation: int) -> str:
    """Return product:sku:availability of an offer that the modern catalogue has."""
    product, sku = offer.modern or ("", "")
    return f"{product}:{sku}:{availability_id(offer, generation)}"
