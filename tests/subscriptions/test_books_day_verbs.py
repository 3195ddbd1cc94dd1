"""Every function that takes the day is tried as a verb in test_books_day.py, or says why it is none."""

import importlib
import inspect
import pkgutil

import accounts
import billing
import subscriptions
from tests.subscriptions.test_books_day import DEEDS

# What takes a day and is no verb on an account: each with the reason.
NO_VERBS = {
    "paying.take_word": "takes money as payments.complete_payment, or sets it aside",
    "delegation": "of the catalogue, whose days are its own",
    "discounts": "of the catalogue",
    "following": "of the catalogue",
    "markups": "of the catalogue",
    "plans": "of the catalogue",
    "prices": "of the catalogue",
    "price_sheets": "of the catalogue: what a vendor asks",
    "vendor_costs": "of the catalogue: what a vendor asks",
    "repricing": "of the catalogue",
    "price_changes": "of the catalogue",
    "closing.refuse_closed": "the verb's own check",
    "switching.may_switch": "the verb's own check",
    "switching.may_switch_somewhere": "the verb's own check",
    "effect.waits_for_its_day": "reads",
    "used.to_charge": "reads",
    "promo_codes.promo_code_of": "reads",
    "timing.effect_of": "reads",
    "type_says.asks_of_transfer": "reads",
    "margins.margins_of": "reads",
    "tonight.coming_night": "plays the night and rolls it back",
    "turns.turns_of": "reads",
    "turns_page.show_turns": "reads",
    "changes.Asked": "values",
    "proposals": "previews of the verbs above",
    "showing": "words of the previews",
    "upkeep.upkeep_of": "reads",
    "offered": "what a page may offer: asks the checks of the verbs",
    "changes.may_change": "the verb's own check",
    "paying.may_pay": "the verb's own check",
    "renewal.may_renew": "the verb's own check",
    "coming.coming_term": "reads",
    "course": "plays nights in memory",
    "forecast": "reads",
    "forecast_rows": "reads",
    "margin_forecast": "reads",
    "stopping.may_stop": "the verb's own check",
    "stopping.may_activate": "the verb's own check",
    "stopping.may_delete": "the verb's own check",
    "preview.preview": "a preview of the verbs above",
    "preview.carried_out": "carries the verb out that it is given",
    "provisioning.carry_out": "asks the vendor, and concludes by provisioning.conclude",
    "nights": "which nights are due: each is renewals.run_billing_day",
    "renewals.run_billing_day": "batches of renewals.renew_accounts",
    "ahead.accounts_waiting": "reads",
    "holds.unsettled": "reads",
    "rendered.documents_due": "reads",
    "ahead.ahead_of": "reads",
    "owing.owing_of": "reads",
    "holds.unsettled_days": "reads",
    "guarantees.to_expire": "reads",
    "corrections.decline_correction": "moves nothing",
    "holds.out_of_step": "reads",
    "opening.open_account": "how the verbs begin",
    "opening.open_contract": "how the verbs begin",
    "opening.refuse_held": "reads",
    "failures.correct_order": "keeps answers, and goes on as failures.retry",
    "counting": "reads what our books hold up to a day and tells usage.record_usage; the rest next time",
    "undoing.give_up_failed": "a part of failures.cancel_failed_order",
    "undoing.give_up_sale": "a part of stopping.delete",
    "paying.carry_out_at_once": "a part of the verbs above",
    "paying.hold_and_hand_over": "a part of the verbs above",
    "payments.open_order_payment": "a part of the verbs above",
    "payments.close_order_payments": "a part of the verbs above",
    "holds.open_debt_payment": "a part of ordering.place_order",
    "reminding.remind_of_billing_day": "tells of a day to come, and books nothing",
    "windows.tell_of_renewals": "tells of days to come, and books nothing",
    "arranging": "parts of changes.change_quantities, ordering.cancel_order and ending.choose_end",
    "ending.choose_end": "books nothing: what the vendor is to do later, on the day that open_contract finds",
    "ending.may_choose_end": "the verb's own check",
    "working.work_on": "carries out the verbs that people use, line by line",
    "books": "the day itself",
    "audit.audit": "reads",
    "audit.findings": "reads",
    "receivers": "hear the day that a verb has found",
}
# Rooms and modules without verbs on an account: rows, arithmetic, what is played and rolled back, and what is asked of
# the clock at the edge.
NOT_OF_BOOKS = {"migrations", "models", "management", "simulation", "tasks", "engine", "views"}


def test_every_verb_with_a_day_is_tried() -> None:
    """A new function that takes `today` stands in one of the tables above."""
    found = set()
    for package in (accounts, billing, subscriptions):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if NOT_OF_BOOKS.intersection(module.name.split(".")):
                continue
            part = importlib.import_module(module.name)
            for name, value in vars(part).items():
                if getattr(value, "__module__", "") != part.__name__ or name.startswith("_"):
                    continue
                if inspect.isfunction(value) and "today" in inspect.signature(value).parameters:
                    found.add(f"{module.name.rpartition('.')[2]}.{name}")
    known = {*DEEDS, *NO_VERBS}
    assert {name for name in found if name not in known and name.partition(".")[0] not in known} == set()
