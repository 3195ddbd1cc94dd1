"""The Microsoft Customer Agreement as it is accepted today: by the customer alone, never by us (microsoft-2026.md, 2).

States: required, invited, accepted, recorded, or expired. Directly, an administrator of the customer accepts in
Microsoft's own pages, and Microsoft tells that it is signed. By attestation, the account's contact person accepts
behind a link of Microsoft's, and the agreement is recorded with the attestation's id. What needs it waits meanwhile.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext_noop

from vendors.base import JSON, Fact, Party, Steps, Waiting, Who
from vendors.errors import Rejected, together
from vendors.microsoft import demands
from vendors.microsoft.errors import SAME_SIGNER
from vendors.microsoft.partner_center import Members, PartnerCenter, id_of, same_id
from vendors.microsoft.unverified import unverified

CUSTOMER_AGREEMENT = "MicrosoftCustomerAgreement"
# How a connection comes by a customer's agreement: the setting agreement_road.
DIRECT, ATTESTATION, CONFIRMED = "direct", "attestation", "confirmed"
# How often it is looked whether it is accepted: soon at first, later every hour.
SOONEST, LATEST = timedelta(minutes=5), timedelta(hours=1)
# It is given up after so long; operators are told much earlier (the setting agreement_alarm_days).
AT_MOST = timedelta(days=90)
# So many links are sent, where Microsoft gives others for those that ran out; then the customer accepts directly.
MOST_LINKS = 5

DIRECT_INVITED = gettext_noop(
    "Microsoft asks for the customer's own acceptance of the Microsoft Customer Agreement. An administrator of"
    " %(domain)s signs in at %(link)s and accepts it there."
    " Nobody may do that in the customer's name; it goes on by itself then."
)
ATTESTATION_INVITED = gettext_noop(
    "Microsoft asks for the customer's own acceptance of the Microsoft Customer Agreement. %(signer)s, the account's"
    " contact person, opens %(link)s and accepts it there. Nobody may do that in the customer's name; it goes on by"
    " itself then."
)
AGREEMENT = gettext_noop("Microsoft Customer Agreement")
AGREEMENT_LINK = gettext_noop("Accept the Microsoft Customer Agreement")
VOID = gettext_noop(
    "Microsoft has no valid acceptance of the Microsoft Customer Agreement by this customer any more. Until an"
    " administrator of %(domain)s accepts it at %(link)s, Microsoft takes no order and no change for the customer."
)


class State(StrEnum):
    """How far a customer is with the agreement."""

    REQUIRED = "required"
    INVITED = "invited"
    ACCEPTED = "accepted"
    RECORDED = "recorded"
    EXPIRED = "expired"


def standing(partner_center: PartnerCenter, customer_id: str) -> State:
    """Return how it stands at Microsoft: accepted directly, recorded by a partner and still good, or required."""
    path = f"customers/{customer_id}/directSignedMicrosoftCustomerAgreementStatus"
    if partner_center.read(path).body.get("isSigned") is True:
        return State.ACCEPTED
    params = {"agreementType": CUSTOMER_AGREEMENT}
    kept = partner_center.collection(f"customers/{customer_id}/agreements", params=params)
    return State.RECORDED if any(_counts(row) for row in kept) else State.REQUIRED


def _counts(row: Members) -> bool:
    """Return whether a confirmation still counts: old ones are void, and no date is none."""
    if not same_id(str(row.get("type") or ""), CUSTOMER_AGREEMENT):
        return False
    try:
        agreed = date.fromisoformat(str(row.get("dateAgreed") or "")[:10])
    except ValueError:
        return False
    return agreed >= date.fromisoformat(unverified("agreement_void_before"))


def facts_of(state: State, link: str = "") -> tuple[Fact, ...]:
    """Return what is shown of the agreement: its state, and where it is accepted as long as it is not."""
    return (
        Fact("agreement", AGREEMENT, state.value),
        Fact("agreement_link", AGREEMENT_LINK, link, way_in=False),
    )


def observed(partner_center: PartnerCenter, ids: Mapping[str, str]) -> tuple[Fact, ...]:
    """Return the facts of the agreement as they are now; one that became void is an alarm."""
    state = standing(partner_center, ids["customer_id"])
    if state is not State.REQUIRED:
        return facts_of(state)
    link = unverified("direct_acceptance_page")
    values = {"domain": ids.get("domain") or ids["customer_id"], "link": link}
    told, way = facts_of(state, link)
    return (Fact(told.name, told.label, told.value, alarm=VOID, alarm_values=values), way)


@dataclass(frozen=True)
class Agreement:
    """The agreement of one customer while an operation needs it.

    `partner_center` speaks for the person who granted, `app_only` for the application alone, which is all that the
    attestation takes. `ids` are the customer's, and whatever else the operation has told so far.
    """

    partner_center: PartnerCenter
    app_only: PartnerCenter
    ids: Mapping[str, str]
    steps: Steps
    now: datetime
    alarm_after: timedelta

    @property
    def customer_id(self) -> str:
        """The customer's tenant."""
        return self.ids["customer_id"]

    def asked_of(self, account: Party, *, road: str, language: str) -> Waiting | None:
        """Return for whom it waits; None where the agreement is there, on whichever road it came.

        Raises Rejected, naming the fields, without a contact person who can be asked, and for one who cannot again.
        """
        if standing(self.partner_center, self.customer_id) is not State.REQUIRED:
            return None
        missing = demands.signer_problems(account)
        if missing:
            raise together(missing)
        return self._attested(account, language) if road == ATTESTATION else self.needed()

    def _attested(self, account: Party, language: str) -> Waiting | None:
        for turn in range(1, MOST_LINKS + 1):
            try:
                made = self.steps.once(
                    f"attestation:{_fingerprint(account)}:{turn}",
                    send=lambda request_id: self._attest(account, language, request_id),
                    find=lambda: None,  # an attestation of which nobody was told is one more, and binds nobody
                    visible_after=timedelta(0),
                    repeats=True,
                )
            except Rejected as refusal:
                if turn == 1 or refusal.code != SAME_SIGNER:
                    raise
                break  # the link ran out, and the same person gets no other
            told = self.app_only.read(f"attestations/enhanced/{made['attestation_id']}").body
            status = str(told.get(unverified("attestation_status")) or "").casefold()
            if status == unverified("attestation_accepted"):
                self._record(made["attestation_id"])
                return None
            if status != unverified("attestation_expired"):
                return self._invited(made, told, account, language)
        return self.needed(state=State.EXPIRED)

    def needed(
        self,
        who: Who = Who.CUSTOMER,
        placed: Mapping[str, str] | None = None,
        *,
        state: State = State.INVITED,
    ) -> Waiting:
        """Return the wait for a direct acceptance, which lifts what Microsoft refuses on every road.

        `state` is EXPIRED where the links of an attestation ran out before it.
        """
        link = unverified("direct_acceptance_page")
        invited = self.steps.once(
            "invitation",
            send=lambda _request_id: {"invited_at": self.now.astimezone(UTC).isoformat()},
            find=lambda: None,
            visible_after=timedelta(0),
        )
        values = {"domain": self.ids.get("domain") or self.customer_id, "link": link}
        ids = {**self.ids, **(placed or {})}
        facts = facts_of(state, link)
        return self._waiting(DIRECT_INVITED, values, facts, invited["invited_at"], who=who, ids=ids)

    def _attest(self, account: Party, language: str, request_id: str) -> JSON:
        contact = account.contact
        body: dict[str, Any] = {
            "country": account.country,
            "language": language,
            "companyName": account.company,
            "signatoryFirstName": contact.first_name,
            "signatoryLastName": contact.last_name,
            unverified("attestation_email"): contact.email,
        }
        if contact.phone:
            body[unverified("attestation_phone")] = contact.phone
        made = self.app_only.write("POST", "attestations/enhanced", body, request_id=request_id).body
        told = {"attestation_id": id_of(made, unverified("attestation_id"))}
        link = str(made.get(unverified("attestation_link")) or "")
        return told | {"link": link, "invited_at": self.now.astimezone(UTC).isoformat()}

    def _invited(self, made: JSON, told: Members, account: Party, language: str) -> Waiting:
        page = unverified("attestation_page")
        filled = page.replace("{attestation_id}", made["attestation_id"]).replace("{language}", language)
        link = str(told.get(unverified("attestation_link")) or "") or made["link"] or filled
        signer = f"{account.contact.first_name} {account.contact.last_name}".strip()
        values, facts = {"signer": signer, "link": link}, facts_of(State.INVITED, link)
        return self._waiting(ATTESTATION_INVITED, values, facts, made["invited_at"], who=Who.CUSTOMER)

    def _record(self, attestation_id: str) -> None:
        """Create the agreement with an accepted attestation, once."""
        body = {unverified("agreement_attestation"): attestation_id, "type": CUSTOMER_AGREEMENT}
        path = f"customers/{self.customer_id}/agreements"

        def send(request_id: str) -> JSON:
            try:
                self.app_only.write("POST", path, body, request_id=request_id)
            except Rejected as refusal:
                if refusal.code != SAME_SIGNER or find() is None:
                    raise
            return {"attestation": attestation_id}

        def find() -> JSON | None:
            recorded = standing(self.partner_center, self.customer_id) is not State.REQUIRED
            return {"attestation": attestation_id} if recorded else None

        # Recording once more costs nothing (it is refused with 600061), and a customer's agreements are read at once.
        self.steps.once(f"record:{attestation_id}"[:100], send=send, find=find, visible_after=timedelta(0))

    def _waiting(
        self,
        message: str,
        values: Mapping[str, object],
        facts: tuple[Fact, ...],
        invited_at: str,
        *,
        who: Who,
        ids: Mapping[str, str] | None = None,
    ) -> Waiting:
        elapsed = self.now - datetime.fromisoformat(invited_at)
        return Waiting(
            message,
            values,
            who=who,
            vendor_ids=dict(ids or self.ids),
            facts=facts,
            look_again=min(max(elapsed / 12, SOONEST), LATEST),
            at_most=AT_MOST,
            alarm_after=self.alarm_after,
            tells_contact=True,
        )


def _fingerprint(account: Party) -> str:
    """Return what tells signers apart: another one needs another attestation."""
    contact = account.contact
    who = "|".join((contact.first_name, contact.last_name, contact.email, contact.phone)).casefold()
    return sha256(who.encode()).hexdigest()[:12]
