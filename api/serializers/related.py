"""Short shapes of what other records point at, for `include`."""

from rest_framework_json_api import serializers

from accounts.models import Account, Reseller
from subscriptions.models import Plan, Subscription


class ResellerSerializer(serializers.ModelSerializer):
    """A reseller beside its records."""

    class Meta:
        model = Reseller
        fields = ("name", "domain", "currency", "parent_id")
        read_only_fields = fields


class AccountSerializer(serializers.ModelSerializer):
    """A customer's account beside its records."""

    class Meta:
        model = Account
        fields = ("reseller_id", "name", "status", "currency", "email")
        read_only_fields = fields


class SubscriptionSerializer(serializers.ModelSerializer):
    """A subscription beside its records."""

    class Meta:
        model = Subscription
        fields = ("account_id", "plan_id", "name", "status", "trial", "start_date", "expiration_date")
        read_only_fields = fields


class PlanSerializer(serializers.ModelSerializer):
    """A plan beside its records."""

    class Meta:
        model = Plan
        fields = ("reseller_id", "name", "sku", "status", "billing_type", "fixed_price", "public")
        read_only_fields = fields
