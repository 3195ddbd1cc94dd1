"""The customer panel's addresses. Names: a list is the plural ("payments"), its pages start with the singular."""

from django.urls import path

from customer_panel.views import (
    account,
    charges,
    credit_notes,
    forecasts,
    home,
    invoices,
    operations,
    ordering,
    orders,
    payments,
    priorities,
    profile,
    secrets,
    subscriptions,
    users,
)

app_name = "customer"

urlpatterns = [
    path("", home.home, name="home"),
    path("messages/", home.messages_page, name="home_messages"),
    path("subscriptions/", subscriptions.subscriptions, name="subscriptions"),
    path("subscriptions/priorities/", priorities.subscription_priorities, name="subscription_priorities"),
    path("subscriptions/<int:pk>/", subscriptions.subscription, name="subscription"),
    *(
        path(f"subscriptions/<int:pk>/{view.__name__.removeprefix('subscription_')}/", view, name=view.__name__)
        for view in subscriptions.lists
    ),
    path("subscriptions/<int:pk>/act/", subscriptions.subscription_act, name="subscription_act"),
    path("subscriptions/<int:pk>/change/", operations.subscription_change, name="subscription_change"),
    path("subscriptions/<int:pk>/stop/", operations.subscription_stop, name="subscription_stop"),
    path("subscriptions/<int:pk>/switch/", operations.subscription_switch, name="subscription_switch"),
    path("subscriptions/<int:pk>/renew/", operations.subscription_renew, name="subscription_renew"),
    path(
        "subscriptions/<int:pk>/automatic-renewal/",
        operations.subscription_auto_renew,
        name="subscription_auto_renew",
    ),
    path("subscriptions/<int:pk>/activate/", operations.subscription_activate, name="subscription_activate"),
    path("subscriptions/<int:pk>/delete/", operations.subscription_delete, name="subscription_delete"),
    path("subscriptions/<int:pk>/first-sign-in/", secrets.subscription_secrets, name="subscription_secrets"),
    path("order/", ordering.order_plan, name="order_plan"),
    path("order/<int:plan_pk>/", ordering.order_plan_details, name="order_plan_details"),
    path("order/<int:plan_pk>/check/", ordering.order_plan_check, name="order_plan_check"),
    path("orders/<int:pk>/", orders.order, name="subscription_order"),
    path("orders/<int:pk>/pay/", orders.order_pay_from_balance, name="order_pay_from_balance"),
    path("orders/<int:pk>/correct/", orders.order_correct, name="order_correct"),
    path("orders/<int:pk>/cancel/", orders.order_cancel, name="order_cancel"),
    path("payments/", payments.payments, name="payments"),
    path("payments/top-up/", payments.payment_top_up, name="payment_top_up"),
    path("payments/<int:pk>/cancel/", payments.payment_cancel, name="payment_cancel"),
    path("payments/<int:pk>/card/", payments.payment_card, name="payment_card"),
    path("payments/<int:pk>/card/leave/", payments.payment_card_leave, name="payment_card_leave"),
    path("payments/<int:pk>/demo-bank/", payments.payment_demo_bank, name="payment_demo_bank"),
    path("charges/", charges.charges, name="charges"),
    path("charges/<int:pk>/", charges.charge, name="charge"),
    path("forecast/", forecasts.forecast, name="forecast"),
    path("invoices/", invoices.invoices, name="invoices"),
    path("invoices/<int:pk>/", invoices.invoice, name="invoice"),
    path("credit-notes/", credit_notes.credit_notes, name="credit_notes"),
    path("credit-notes/<int:pk>/", credit_notes.credit_note, name="credit_note"),
    path("transactions/", charges.transactions, name="transactions"),
    path("account/", account.account, name="account"),
    path("account/edit/", account.account_edit, name="account_edit"),
    path("users/", users.users, name="users"),
    path("users/invite/", users.user_invite, name="user_invite"),
    path("users/<int:pk>/level/", users.user_level, name="user_level"),
    path("users/<int:pk>/remove/", users.user_remove, name="user_remove"),
    path("users/invitations/<int:pk>/withdraw/", users.user_withdraw, name="user_withdraw"),
    path("profile/", profile.profile, name="profile"),
]
