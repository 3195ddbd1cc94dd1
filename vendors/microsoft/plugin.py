"""What every plugin of Microsoft's says and does alike: the connection, its consent, and the customer it sells to."""

from collections.abc import Mapping
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from vendors.base import JSON, Access, Connection, Field, FieldKind, Order, Secret, Steps, VendorPlugin
from vendors.capabilities import ConsentRequest, Grant, NeedsConsent
from vendors.microsoft import consent, customers
from vendors.microsoft.partner_center import API_BASE, PartnerCenter

CUSTOMER_AGREEMENT = "MicrosoftCustomerAgreement"
CLOUD_AGREEMENT = "MicrosoftCloudAgreement"


class MicrosoftPlugin(VendorPlugin, NeedsConsent):
    """A service that Microsoft sells through Partner Center to a customer of ours; a plugin adds what is sold."""

    # Partner Center's list of orders lags up to 15 minutes (its own documentation).
    visible_after = timedelta(minutes=20)
    urls = "vendors.microsoft.urls"
    settings_fields = (
        Field("tenant_id", _("Microsoft tenant ID"), help=_("The partner's own tenant."), voids_consent=True),
        Field("client_id", _("Application ID"), voids_consent=True),
        Field("client_secret", _("Secret key"), FieldKind.SECRET),
        Field("country", _("Country of the price list"), FieldKind.COUNTRY, default="US"),
        Field(
            "agreement_type",
            _("Agreement"),
            FieldKind.CHOICE,
            choices=(
                (CUSTOMER_AGREEMENT, _("Microsoft Customer Agreement")),
                (CLOUD_AGREEMENT, _("Microsoft Cloud Agreement")),
            ),
            default=CUSTOMER_AGREEMENT,
        ),
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

    # -- the customer -------------------------------------------------------------------------------------------

    def validate_order(self, connection: Connection, order: Order) -> None:
        """Raise Rejected, naming each field, for what Microsoft would not take: domain, contact person, address."""
        customers.validate(partner_center_of(connection), order)

    def agree(
        self, connection: Connection, partner_center: PartnerCenter, customer_id: str, order: Order, steps: Steps
    ) -> None:
        """Confirm once that the customer accepted the connection's agreement, without which nothing is sold (13605)."""
        customers.confirm_agreement(
            partner_center,
            customer_id,
            order,
            kind=connection.setting("agreement_type", CUSTOMER_AGREEMENT),
            user_id=_user_id(connection),
            now=connection.now,
            steps=steps,
        )


def partner_center_of(connection: Connection) -> PartnerCenter:
    """Return Partner Center over the connection, with an access token that is renewed when it has to be."""
    return PartnerCenter(connection, lambda fresh: consent.access_token(connection, fresh=fresh))


def country_of(connection: Connection) -> str:
    """Return the country of the connection's price list."""
    return connection.setting("country", "US")


def _user_id(connection: Connection) -> str:
    """Return the object id of the person who granted: the agreement's confirmation names it."""
    return str(consent.claims_of(consent.access_token(connection)).get("oid") or "")
