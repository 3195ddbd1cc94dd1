"""The states of federations by the two letters that Microsoft knows them by, and how a state typed in full is read."""

from collections.abc import Collection

# ISO 3166-2, the part behind the hyphen. Only how a name is read stands here: which states are allowed is what
# Partner Center publishes for the country (countryvalidationrules, supportedStatesList).
_NAMES = {
    "US": (
        "AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware"
        "|DC District of Columbia|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas"
        "|KY Kentucky|LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi"
        "|MO Missouri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York"
        "|NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|RI Rhode Island"
        "|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|VT Vermont|VA Virginia|WA Washington"
        "|WV West Virginia|WI Wisconsin|WY Wyoming|AS American Samoa|GU Guam|MP Northern Mariana Islands"
        "|PR Puerto Rico|VI Virgin Islands|DC Washington DC"
    ),
    "CA": (
        "AB Alberta|BC British Columbia|MB Manitoba|NB New Brunswick|NL Newfoundland and Labrador|NS Nova Scotia"
        "|NT Northwest Territories|NU Nunavut|ON Ontario|PE Prince Edward Island|QC Quebec|SK Saskatchewan|YT Yukon"
        "|QC Québec"
    ),
    "BR": (
        "AC Acre|AL Alagoas|AP Amapá|AM Amazonas|BA Bahia|CE Ceará|DF Distrito Federal|ES Espírito Santo|GO Goiás"
        "|MA Maranhão|MT Mato Grosso|MS Mato Grosso do Sul|MG Minas Gerais|PA Pará|PB Paraíba|PR Paraná|PE Pernambuco"
        "|PI Piauí|RJ Rio de Janeiro|RN Rio Grande do Norte|RS Rio Grande do Sul|RO Rondônia|RR Roraima"
        "|SC Santa Catarina|SP São Paulo|SE Sergipe|TO Tocantins|SP Sao Paulo|PR Parana|PA Para|CE Ceara|GO Goias"
        "|AP Amapa|ES Espirito Santo|MA Maranhao|PB Paraiba|PI Piaui|RO Rondonia"
    ),
    "IN": (
        "AN Andaman and Nicobar Islands|AP Andhra Pradesh|AR Arunachal Pradesh|AS Assam|BR Bihar|CH Chandigarh"
        "|CG Chhattisgarh|DH Dadra and Nagar Haveli and Daman and Diu|DL Delhi|GA Goa|GJ Gujarat|HR Haryana"
        "|HP Himachal Pradesh|JK Jammu and Kashmir|JH Jharkhand|KA Karnataka|KL Kerala|LA Ladakh|LD Lakshadweep"
        "|MP Madhya Pradesh|MH Maharashtra|MN Manipur|ML Meghalaya|MZ Mizoram|NL Nagaland|OD Odisha|PY Puducherry"
        "|PB Punjab|RJ Rajasthan|SK Sikkim|TN Tamil Nadu|TS Telangana|TR Tripura|UP Uttar Pradesh|UK Uttarakhand"
        "|WB West Bengal|CT Chhattisgarh|OR Odisha|TG Telangana|UT Uttarakhand"
    ),
    "AU": (
        "ACT Australian Capital Territory|NSW New South Wales|NT Northern Territory|QLD Queensland"
        "|SA South Australia|TAS Tasmania|VIC Victoria|WA Western Australia"
    ),
}


def _plain(text: str) -> str:
    return " ".join(text.replace(".", "").replace(",", " ").casefold().split())


STATES: dict[str, tuple[tuple[str, str], ...]] = {
    country: tuple((_plain(row.partition(" ")[2]), row.partition(" ")[0]) for row in names.split("|"))
    for country, names in _NAMES.items()
}


def state_code(country: str, text: str, allowed: Collection[str]) -> str | None:
    """Return the state among the allowed codes that a text means: "CA", "ca", "US-CA" or "California"; else None."""
    by_code = {_plain(code): code for code in allowed}
    typed = _plain(text)
    bare = typed.removeprefix(f"{country.casefold()}-")
    for wanted in (typed, bare):
        if wanted in by_code:
            return by_code[wanted]
    named = [
        by_code[_plain(code)] for name, code in STATES.get(country, ()) if name == typed and _plain(code) in by_code
    ]
    return named[0] if named else None
