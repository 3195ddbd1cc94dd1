"""What every plugin of Microsoft's says and does alike: the connection, its consent, and the customer it sells to."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from vendors.base import JSON, Access, Connection, Field, FieldKind, Order, Secret, Steps, VendorPlugin, Waiting
from vendors.capabilities import ConsentRequest, Grant, NamesResellers, NeedsConsent
from vendors.microsoft import consent, customers, delegated, resellers
from vendors.microsoft.agreements import ATTESTATION, CONFIRMED, CUSTOMER_AGREEMENT, DIRECT, Agreement
from vendors.microsoft.partner_center import API_BASE, PartnerCenter

CLOUD_AGREEMENT = "MicrosoftCloudAgreement"


class MicrosoftPlugin(VendorPlugin, NeedsConsent, NamesResellers):
    """A service that Microsoft sells through Partner Center to a customer of ours; a plugin adds what is sold."""

    # Partner Center's list of orders lags up to 15 minutes (its own documentation).
    visible_after = timedelta(minutes=20)
    urls = "vendors.microsoft.urls"
    settings_fields = (
        Field("tenant_id", _("Microsoft tenant ID"), help=_("The partner's own tenant."), voids_consent=True),
        Field("client_id", _("Application ID"), voids_consent=True),
        Field("client_secret", _("Secret key"), FieldKind.SECRET, required=False),
        Field(
            "certificate",
            _("Certificate"),
            FieldKind.FILE,
            required=False,
            help=_("Instead of a secret key: .pfx, .p12 or .pem with certificate and key. It wins where both are."),
        ),
        Field("certificate_password", _("Password of the certificate"), FieldKind.SECRET, required=False),
        Field("country", _("Country of the price list"), FieldKind.COUNTRY, default="US"),
        Field(
            "agreement_road",
            _("How customers accept the agreement"),
            FieldKind.CHOICE,
            choices=(
                (DIRECT, _("Directly: the customer's administrator accepts in Microsoft's pages")),
                (ATTESTATION, _("By attestation: the contact person accepts behind a link of Microsoft's")),
                (CONFIRMED, _("As in 2019: we confirm it, and licence offers are ordered without carts")),
            ),
            default=DIRECT,
            help=_("Microsoft has taken no confirmations of ours since 5 January 2026."),
        ),
        Field(
            "agreement_alarm_days",
            _("Days until we hear that a customer has not accepted"),
            FieldKind.NUMBER,
            default="7",
            minimum=1,
            maximum=90,
        ),
        Field(
            "agreement_type",
            _("Agreement"),
            FieldKind.CHOICE,
            help=_("What we confirm where it is as in 2019."),
            choices=(
                (CUSTOMER_AGREEMENT, _("Microsoft Customer Agreement")),
                (CLOUD_AGREEMENT, _("Microsoft Cloud Agreement")),
            ),
            default=CUSTOMER_AGREEMENT,
        ),
        *delegated.FIELDS,
        Field("locale", _("Language of Microsoft's answers"), default="en-US"),
        Field("login_base_url", _("Sign-in server"), FieldKind.URL, default=consent.LOGIN_BASE),
        Field("api_base_url", _("Partner Center server"), FieldKind.URL, default=API_BASE),
        Field(
            "login_browser_url",
            _("Sign-in server as browsers reach it"),
            FieldKind.URL,
            required=False,
            help=_("Only where it differs from the address above."),
        ),
    )
    tls = consent.SIGNED_BY
    one_of = (("client_secret", "certificate"),)
    # Every Microsoft plugin knows a customer by its tenant.
    family = "microsoft"
    account_ids = frozenset({"customer_id", "domain"})
    secrets = (
        Secret("admin_user", _("Administrator's login")),
        Secret("admin_password", _("First password")),
    )
    order_fields = (
        Field(
            "domain_prefix",
            _("Domain prefix"),
            required=False,
            used_by="customer",
            help=_(
                "The customer's domain at Microsoft will be <prefix>.onmicrosoft.com; not needed for a second order."
            ),
        ),
    )

    reseller_fields = resellers.FIELDS

    # -- the connection -----------------------------------------------------------------------------------------

    def begin_consent(self, connection: Connection, *, redirect_uri: str) -> ConsentRequest:
        """Return Microsoft's consent page for this connection."""
        return consent.begin(connection, redirect_uri=redirect_uri)

    def complete_consent(self, connection: Connection, *, flow: JSON, answer: Mapping[str, str]) -> Grant:
        """Exchange Microsoft's answer for tokens and prove that they work; raises VendorError."""
        return consent.complete(connection, flow=flow, answer=answer)

    def check_access(self, connection: Connection) -> Access:
        """Renew the token and read our own profile, asking for the MFA verdict."""
        consent.access_token(connection, fresh=True)
        return Access(consent.profile_details(partner_center_of(connection).own_profile()))

    # -- indirect resellers -------------------------------------------------------------------------------------

    def reseller_choices(self, connection: Connection) -> tuple[Field, ...]:
        """Return the fields with our indirect resellers to choose from."""
        return resellers.choices(partner_center_of(connection))

    def checked_reseller(self, connection: Connection, values: Mapping[str, str]) -> Mapping[str, str]:
        """Return tenant and Partner ID of one of our indirect resellers; raises Rejected, naming the field."""
        return resellers.checked(partner_center_of(connection), values)

    # -- the customer -------------------------------------------------------------------------------------------

    def validate_order(self, connection: Connection, order: Order) -> None:
        """Raise Rejected, naming each field, for what Microsoft would not take: domain, contact person, address."""
        customers.validate(partner_center_of(connection), order)

    def agree(
        self, connection: Connection, partner_center: PartnerCenter, customer: JSON, order: Order, steps: Steps
    ) -> Waiting | None:
        """Return for whom the customer's agreement waits, without which nothing is sold; None where it is there.

        As in 2019 it is confirmed once, by us.
        """
        if road_of(connection) != CONFIRMED:
            language = connection.setting("locale", "en-US")
            agreement = agreement_of(connection, partner_center, customer, steps)
            return agreement.asked_of(order.account, road=road_of(connection), language=language)
        customers.confirm_agreement(
            partner_center,
            customer["customer_id"],
            order,
            kind=connection.setting("agreement_type", CUSTOMER_AGREEMENT),
            user_id=_user_id(connection),
            now=connection.now,
            steps=steps,
        )
        return None


def agreement_of(
    connection: Connection, partner_center: PartnerCenter, ids: Mapping[str, str], steps: Steps
) -> Agreement:
    """Return the agreement of the customer with these ids, for an operation's steps."""
    return Agreement(
        partner_center,
        PartnerCenter(connection, _app_only(connection)),
        ids,
        steps,
        connection.now,
        alarm_after=timedelta(days=int(connection.setting("agreement_alarm_days", "7"))),
    )


def road_of(connection: Connection) -> str:
    """Return how customers of the connection come by the agreement: DIRECT, ATTESTATION or, as in 2019, CONFIRMED."""
    return connection.setting("agreement_road", DIRECT)


def _app_only(connection: Connection) -> Callable[[bool], str]:
    """Return what gives tokens of the application alone; one is asked for when it is needed, and kept meanwhile."""
    known: list[str] = []

    def token(fresh: bool) -> str:
        if fresh or not known:
            known[:] = [consent.app_only_token(connection)]
        return known[0]

    return token


def partner_center_of(connection: Connection) -> PartnerCenter:
    """Return Partner Center over the connection, with an access token that is renewed when it has to be."""
    return PartnerCenter(connection, lambda fresh: consent.access_token(connection, fresh=fresh))


def country_of(connection: Connection) -> str:
    """Return the country of the connection's price list."""
    return connection.setting("country", "US")


def _user_id(connection: Connection) -> str:
    """Return the object id of the person who granted: the agreement's confirmation names it."""
    return str(consent.claims_of(consent.access_token(connection)).get("oid") or "")
