"""All that the pretend ESET knows: accounts and their tokens, companies, licences, and what it has billed by day."""

import base64
import hashlib
import json
import secrets
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from sandbox.store import Store
from sandbox.world import VendorWorld

DEMO_USER = "api@msp.example"
DEMO_PASSWORD = "sandbox-secret"  # noqa: S105 (public: it opens a pretend vendor only)
ROOT = "6f1c2f52-3a0e-4c1b-9a55-0d3f6f9b2a10"
# Whose customer a company becomes that leaves us.
ANOTHER_MSP = "c0a8012e-77aa-4c55-8a0e-5f2f9d1f0b77"
# Numeric texts, as the vendor's codes are; which product has which is not published, these are ours.
PRODUCTS = {
    "105": "ESET NOD32 Antivirus Business Edition",
    "110": "ESET Endpoint Antivirus",
    "120": "ESET Endpoint Security",
    "130": "ESET Server Security",
}
FULL, TRIAL = 1, 4
# The states of a licence (Enum/LicenseStates).
ERROR, NORMAL, OBSOLETE, SUSPENDED, WARNING = 0, 1, 2, 3, 4
TRIAL_DAYS = 30
# ESET counts by the clock of its own town: seats standing at half past midnight are billed for the day.
ZONE = ZoneInfo("Europe/Bratislava")
SNAPSHOT = time(0, 30)
DAY = timedelta(days=1)
# In how many characters a public licence key is written: XXX-XXX-XXX.
LETTERS = "ABCDEFGHJKLMNPRSTUVWX23456789"
Document = dict[str, Any]


class EsetWorld(VendorWorld):
    """The state of one pretend ESET MSP Administrator 2."""

    switches_by_default = {
        "access_seconds": 60,  # how long an access token lives (the vendor's pages say a minute, and an hour)
        "session_seconds": 1800,  # how long a session may be renewed
        "wrong_login_status": 401,  # how a wrong password is refused (not published)
        "list_lag_seconds": 0,  # by how much lists are behind; read by its id a thing is there at once
        "rights": True,  # whether the account may manage licences: where not, each such call is a 500
        "terms_accepted": True,
        "trials_allowed": True,
        "fewest": 1,
        "most": 10_000,
        "once_a_day": False,  # whether a second change of a quantity on one day is refused
        "key_changes": True,  # whether a trial that is converted gets another public key
        "capital_members": False,  # whether members of replies begin with capitals, as one client has seen
        "maintenance": False,
    }

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.ensure_base()

    def ensure_base(self) -> None:
        """Have the demo's account."""
        if self.store.get("user", DEMO_USER) is None:
            self.set_password(DEMO_USER, DEMO_PASSWORD)

    # accounts and tokens

    def set_password(self, username: str, password: str) -> None:
        """Make an account, or give one another password; it is kept as a hash."""
        self.store.put("user", username, {"sha256": _hashed(password)})

    def knows(self, username: str, password: str) -> bool:
        """Say whether an account signs in with this."""
        known = self.store.get("user", username)
        return known is not None and known["sha256"] == _hashed(password)

    def new_tokens(self, username: str, *, until: float | None = None) -> Document:
        """Begin a session, or go on with one that ends at `until`; return the pair of tokens."""
        end = self.now() + float(self.switch("session_seconds")) if until is None else until
        access = ".".join(
            (_coded({"alg": "HS256", "typ": "JWT"}), _coded({"sub": username}), secrets.token_urlsafe(32))
        )
        refresh = f"{secrets.token_urlsafe(24)}.{secrets.token_urlsafe(24)}"
        session = {
            "username": username,
            "access": access,
            "refresh": refresh,
            "access_until": min(self.now() + float(self.switch("access_seconds")), end),
            "until": end,
        }
        self.store.put("access", access, session)
        self.store.put("refresh", refresh, session)
        return {"accessToken": access, "refreshToken": refresh}

    def renewed(self, refresh: str) -> Document | None:
        """Return another pair for a refresh token that is used for the first time in time, else None."""
        session = self.store.get("refresh", refresh)
        if session is None or session["until"] <= self.now():
            return None
        self.store.delete("refresh", refresh)
        return self.new_tokens(session["username"], until=session["until"])

    def user_of(self, access: str) -> str | None:
        """Return whose access token this is, None for one that nobody has or that is over."""
        session = self.store.get("access", access)
        return session["username"] if session and self.now() < session["access_until"] else None

    # companies

    def company(self, identity: str) -> Document | None:
        """Return a company, also another MSP's, or None."""
        return self.store.get("company", identity.lower())

    def companies(self, parent: str) -> list[Document]:
        """Return the customers of a company as lists show them, the oldest first."""
        rows = [row for row in self.store.all("company") if row["parent"] == parent]
        return [row for row in rows if self.is_listed(row["made"])]

    def siblings(self, parent: str) -> list[Document]:
        """Return the customers of a company, those among them that no list shows yet."""
        return [row for row in self.store.all("company") if row["parent"] == parent]

    def keep_company(self, company: Document) -> Document:
        """Keep a company, new or changed."""
        return self.store.put("company", company["id"], company)

    def is_ours(self, identity: str) -> bool:
        """Say whether a company is the MSP itself or one of its customers."""
        found = self.company(identity)
        return identity.lower() == ROOT or (found is not None and found["parent"] == ROOT)

    # licences

    def licence(self, key: str) -> Document | None:
        """Return a licence by its public key, or None."""
        return self.store.get("licence", key.upper())

    def licences(self) -> list[Document]:
        """Return every licence, the oldest first."""
        return self.store.all("licence")

    def keep_licence(self, licence: Document) -> Document:
        """Keep a licence, new or changed."""
        return self.store.put("licence", licence["key"], licence)

    def state_of(self, licence: Document) -> int:
        """Return in which state a licence is now."""
        if licence["suspended_at"] is not None:
            return SUSPENDED
        if self.is_expired(licence, self.now()):
            return OBSOLETE
        if licence["usage"] > licence["quantity"]:
            return ERROR
        return WARNING if licence["usage"] * 10 >= licence["quantity"] * 9 else NORMAL

    def is_expired(self, licence: Document, moment: float) -> bool:
        """Say whether a licence is a trial that is over at a moment."""
        return licence["type"] == TRIAL and licence["trial_until"] <= moment

    # what is billed

    def today(self) -> date:
        """Return the vendor's day."""
        return datetime.fromtimestamp(self.now(), UTC).astimezone(ZONE).date()

    def take_snapshots(self) -> None:
        """Take the snapshots that are due: each day at 00:30, what is there is billed for that day.

        Called before anything changes, so that a snapshot shows what stood at its moment.
        """
        last = self._last_snapshot()
        done = self.store.get("setting", "snapshots")
        until = min(date.fromisoformat(done["until"]), last) if done else last
        while until < last:
            until += DAY
            rows = [row for row in map(self._billed_row, self.licences()) if self._stood(row, until)]
            self.store.put("snapshot", until.isoformat(), {"day": until.isoformat(), "rows": rows})
        self.store.put("setting", "snapshots", {"until": until.isoformat()})

    def billed(self) -> list[Document]:
        """Return the snapshots there are, the oldest first."""
        return sorted(self.store.all("snapshot"), key=lambda one: str(one["day"]))

    def _last_snapshot(self) -> date:
        local = datetime.fromtimestamp(self.now(), UTC).astimezone(ZONE)
        return local.date() if local.time() >= SNAPSHOT else local.date() - DAY

    def _billed_row(self, licence: Document) -> Document:
        return {
            name: licence[name] for name in ("key", "company", "product", "type", "quantity", "suspended_at", "made")
        } | {"trial_until": licence["trial_until"]}

    def _stood(self, row: Document, day: date) -> bool:
        """Say whether a licence is billed for a day: it stood at the snapshot, or was suspended on that very day."""
        begins = datetime.combine(day, time.min, tzinfo=ZONE).timestamp()
        moment = datetime.combine(day, SNAPSHOT, tzinfo=ZONE).timestamp()
        runs = row["suspended_at"] is None or row["suspended_at"] >= begins
        return row["made"] <= moment and runs and not self.is_expired(row, moment)


def fresh_id() -> str:
    """Return an id for a company or an operation."""
    return str(uuid4())


def fresh_key() -> str:
    """Return a public licence key that nobody has."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(3)) for _ in range(3))


def _hashed(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()


def _coded(part: Document) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
