"""The shape of an end-customer charge (api-and-panels.md 2.5)."""

from decimal import ROUND_HALF_UP, Decimal

from rest_framework_json_api import serializers
from rest_framework_json_api.relations import ResourceRelatedField, SerializerMethodResourceRelatedField

from api.serializers.related import AccountSerializer, PlanSerializer, ResellerSerializer, SubscriptionSerializer
from billing.models import Charge, ChargeType
from core.money import minor_units
from subscriptions.models import Plan

# The reference counts a day as a thirtieth of a month, to three places: 1 day = 0.033, 2 years = 24 (G-D9).
DAYS_OF_A_MONTH = 30
THOUSANDTH = Decimal("0.001")


def months_of(charge: Charge) -> Decimal:
    """Return the duration in months, to three places; a whole billing period is one month. For display only."""
    if (charge.period_from, charge.period_to) == (charge.operate_from, charge.operate_to):
        return Decimal(1)
    days = (charge.operate_to - charge.operate_from).days
    return (Decimal(days) / DAYS_OF_A_MONTH).quantize(THOUSANDTH, ROUND_HALF_UP)


class ChargeSerializer(serializers.ModelSerializer):
    """A charge: money as decimal strings in `currency`, half-open days [operate_from, operate_to)."""

    subscription_resource_name = serializers.CharField(source="subscription_resource.name")
    plan_resource_id = serializers.IntegerField(source="subscription_resource.plan_resource_id")
    duration = serializers.SerializerMethodField(help_text="Months, for display: 1 day is 0.033.")
    amount = serializers.SerializerMethodField(help_text="Decimal string, rounded to the currency's smallest unit.")
    # JSON:API keeps the name "type" for the record's own kind.
    charge_type = serializers.ChoiceField(source="type", choices=ChargeType.choices)
    close_date = serializers.DateField(source="closed_on", allow_null=True)
    account = ResourceRelatedField(read_only=True)
    reseller = ResourceRelatedField(read_only=True)
    subscription = ResourceRelatedField(read_only=True)
    plan = SerializerMethodResourceRelatedField(model=Plan, read_only=True, method_name="get_plan")

    included_serializers = {
        "account": AccountSerializer,
        "plan": PlanSerializer,
        "reseller": ResellerSerializer,
        "subscription": SubscriptionSerializer,
    }

    class Meta:
        model = Charge
        fields = (
            "created_at", "updated_at", "subscription_id", "subscription_resource_id", "subscription_resource_name",
            "plan_resource_id", "quantity", "operate_from", "operate_to", "duration", "description", "unit_price",
            "amount", "currency", "status", "charge_type", "source", "close_date", "period_from", "period_to",
            "account_id", "reseller_id", "order_id", "account", "reseller", "subscription", "plan",
        )  # fmt: skip
        read_only_fields = fields

    def get_duration(self, charge: Charge) -> float:
        """Return the duration in months (a number: it is for display and never multiplied)."""
        return float(months_of(charge))

    def get_amount(self, charge: Charge) -> str:
        """Return the amount with the decimals of its currency."""
        return f"{charge.amount:.{minor_units(charge.currency)}f}"

    def get_plan(self, charge: Charge) -> Plan:
        """Return the plan of the charge's subscription."""
        return charge.subscription.plan
