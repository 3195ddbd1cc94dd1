"""The months to come, of an account (own and child) and of the token's own reseller; read only, reckoned when asked."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.queries import accounts_visible_to
from api.serializers.forecasts import ACCOUNT_FORECAST, MARGIN_FORECAST, AccountForecast, ResellerForecast
from api.views.resources import ResourceViewSet
from subscriptions.told.forecast import forecast_of
from subscriptions.told.margin_forecast import margin_forecast


class AccountForecastViewSet(ResourceViewSet):
    """What the next twelve months bring an account of which nothing changes, and what would fall short when."""

    right = "charges.view"
    rows_visible_to = staticmethod(accounts_visible_to)
    shape = ACCOUNT_FORECAST

    def retrieve(self, _request: Request, *, pk: int, **_path: int) -> Response:
        """Return the forecast of the account of that id."""
        account = get_object_or_404(self._rows().select_related("account_class", "reseller"), pk=pk)
        row = AccountForecast.of(forecast_of(account, timezone.localdate()))
        return self._document(self.shape.record(row), [row])


class MarginForecastViewSet(ResourceViewSet):
    """What the next twelve months bring the token's own reseller where everything is paid; each level its own alone."""

    right = "reseller_charges.view"
    shape = MARGIN_FORECAST

    def retrieve(self, _request: Request, **_path: int) -> Response:
        """Return the forecast of the reseller in the path, which no other level's token finds."""
        found = margin_forecast(self.actor, timezone.localdate())
        if found is None or self.actor.reseller is None or self.actor.reseller.pk != self.reseller.pk:
            raise Http404
        row = ResellerForecast(self.reseller.pk, found)
        return self._document(self.shape.record(row), [row])
