"""Subscriptions by the million, as a distributor of ten years has them: made by set-based SQL, kept between runs."""

import time

from django.db import connection, transaction

from accounts.models import AccountClass, AccountType, Reseller

DATABASE = {"small": "brokerage_bench_small", "full": "brokerage_bench"}
ROWS = {"small": 50_000, "full": 1_000_000}
ACCOUNTS_PER_ROW = 0.25

# A wide tree of four levels below the operator; the first reseller is large, the last has a handful of customers.
RESELLERS = """
    INSERT INTO accounts_reseller (parent_id, lineage, name, domain, currency, email, status, default_language, attributes)
    SELECT (SELECT id FROM accounts_reseller WHERE name = CASE WHEN n <= 8 THEN 'Operator' ELSE 'Reseller ' || (n / 8) END),
           '{}', 'Reseller ' || n, '', CASE WHEN n %% 10 = 3 THEN 'EUR' WHEN n = 40 THEN 'BYN' ELSE 'USD' END,
           'r' || n || '@bench.example', 'active', 'en', '{}'
    FROM generate_series(%(first)s, %(last)s) n
"""
MANAGERS = """
    INSERT INTO accounts_user (password, email, name, kind, reseller_id, role, status, phone, language, theme, attributes)
    SELECT '', 'sales' || n || '@bench.example', 'Sales ' || n, 'manager',
           (SELECT id FROM accounts_reseller WHERE parent_id IS NULL), 'sales', 'active', '', 'en', 'auto', '{}'
    FROM generate_series(1, 200) n
"""
# Every third account is Russian; a name is a made-up word and a trade.
ACCOUNTS = """
    INSERT INTO accounts_account (reseller_id, account_type_id, account_class_id, manager_id, status, name, primary_name,
        currency, trial, tax_id, contact_first_name, contact_middle_name, contact_last_name, contact_email,
        contact_phone, email, phone, country, region, city, street, building, office, zip, attributes)
    SELECT reseller.id, %(type)s, %(class)s,
           (SELECT min(id) FROM accounts_user WHERE email LIKE 'sales%%') + abs(hashint8(n)) %% 200, 'active',
           CASE WHEN n %% 3 = 0
             THEN initcap((ARRAY['вер','лог','тверь','мед','стро','агро','кам','нев','дон','бал','сиб','урал','волг','рос','мир'])[1 + n %% 15]
                  || (ARRAY['а','о','и','ло','ни','та','ка','ве','ми','ро','зо','бе','су'])[1 + (n / 15) %% 13]
                  || (ARRAY['н','тек','сервис','град','маш','лён','дом','фарм','проф','лайн','снаб'])[1 + (n / 195) %% 11])
                  || ' ' || (ARRAY['Логистика','Клиника','Школа','Строй','Торговля','Банк','Завод'])[1 + (n / 7) %% 7]
             ELSE initcap((ARRAY['ve','lo','ka','mi','ro','sa','ne','bo','ti','zu','pe','al','or','in','da'])[1 + n %% 15]
                  || (ARRAY['ga','rin','mex','tor','lan','vis','dol','pra','ket','son','bar','nix','hem'])[1 + (n / 15) %% 13]
                  || (ARRAY['','ia','um','ex','on','ar','is','ent','ova','ley','wick'])[1 + (n / 195) %% 11])
                  || ' ' || (ARRAY['Logistics','Clinic','Retail','Bank','Foods','Energy','Media','& Sons'])[1 + (n / 7) %% 8]
           END || CASE WHEN n > 4000 THEN ' ' || n / 4000 ELSE '' END,
           '', reseller.currency, false, '', '', '', '', '', '', 'a' || n || '@bench.example', '', '', '', '', '', '', '',
           '', '{}'
    FROM (SELECT n, abs(hashint8(n * 3)) %% 100 AS lot FROM generate_series(1, %(accounts)s) n) drawn
    JOIN accounts_reseller reseller ON reseller.name = CASE
        WHEN lot < 25 THEN 'Reseller 1' WHEN lot < 45 THEN 'Operator' WHEN n %% 5000 = 77 THEN 'Reseller 60'
        ELSE 'Reseller ' || (2 + n %% 58) END
"""
PLANS = """
    INSERT INTO subscriptions_plan (reseller_id, name, sku, product_id, description, template_id, billing_type,
        service_term_id, currency, status, public, singleton, fixed_price, subscription_name_template)
    SELECT %(operator)s, (ARRAY['Office 365','Azure','G Suite','Kaspersky Endpoint','ESET NOD32','Acronis Backup',
           'Dr.Web AV-Desk','PositiveSSL','vCloud Director','Exchange Online'])[1 + n %% 10] || ' ' ||
           (ARRAY['Business','Business Premium','Enterprise','Basic','Standard','Education'])[1 + n / 10 %% 6]
           || CASE WHEN n >= 60 THEN ' ' || n ELSE '' END,
           '', (SELECT min(id) + n %% 10 FROM subscriptions_product), '', %(template)s, 'csp_monthly', %(term)s, 'USD',
           'active', true, false, false, ''
    FROM generate_series(0, 119) n
"""
# The newest hundredth is young; what is stopped or deleted is mostly old; one in two thousand fails.
SUBSCRIPTIONS = """
    INSERT INTO subscriptions_subscription (id, account_id, reseller_id, manager_id, plan_id, period_id, name, status,
        stop_reason, stop_comment, trial, individual_price, billing_type, currency, billing_day, fixed_price,
        billing_priority, start_date, expiration_date, next_billing_day, due_on, quantity, attributes, parameters,
        vendor_ids, awaited_operation, account_name, plan_name, reseller_name, created_at, updated_at, search_vector)
    SELECT n, account.id, account.reseller_id, account.manager_id, plan.id, period.id, plan.name, state.status,
        CASE WHEN state.status = 'stopped' THEN (ARRAY['funds_short','manual','expired','funds_short'])[1 + n %% 4] ELSE '' END,
        '', n %% 50 = 3, n %% 90 = 5, 'csp_monthly', account.currency, 1 + n %% 28, false, 100, started.day,
        CASE WHEN period.endless THEN NULL ELSE started.day + 365 END, due.day, due.day, 1 + (n * 7919::bigint) %% 60,
        fact.attributes, '{}', fact.vendor_ids, '', account.name, plan.name, reseller.name,
        started.day + interval '9 hours', now() - (n %% 1000) * interval '1 hour',
        array_to_tsvector(list_words(concat_ws(' ', n, plan.name, account.name,
            fact.attributes #>> '{domain,value}', fact.vendor_ids ->> 'customer')))
    FROM generate_series(%(first)s, %(last)s) n
    JOIN LATERAL (SELECT %(first_account)s + abs(hashint8(n)) %% %(accounts)s AS account_id,
                         %(first_plan)s + abs(hashint8(n * 5)) %% 120 AS plan_id) pick ON true
    JOIN accounts_account account ON account.id = pick.account_id
    JOIN accounts_reseller reseller ON reseller.id = account.reseller_id
    JOIN subscriptions_plan plan ON plan.id = pick.plan_id
    JOIN subscriptions_planperiod period ON period.plan_id = plan.id AND period.endless = (n %% 8 <> 0)
    JOIN LATERAL (SELECT abs(hashint8(n * 7)) %% 18000 AS lot) drawn ON true
    JOIN LATERAL (SELECT CASE
        WHEN lot < 9 THEN 'updating_failed' WHEN lot < 11 THEN 'installation_failed'
        WHEN lot < 1100 AND n < %(all)s * 0.8 THEN 'deleted' WHEN lot < 1800 AND n < %(all)s * 0.9 THEN 'stopped'
        WHEN lot < 1860 THEN 'graced' ELSE 'active' END AS status) state ON true
    JOIN LATERAL (SELECT date '2017-01-01' + (n * 3550::bigint / %(all)s)::int AS day) started ON true
    JOIN LATERAL (SELECT CASE WHEN state.status IN ('active', 'updating_failed') THEN date '2026-12-01' + (n %% 28) END AS day) due ON true
    JOIN LATERAL (SELECT
        CASE WHEN n %% 5 < 3 THEN jsonb_build_object('domain', jsonb_build_object('label', 'Domain', 'value',
            'c' || account.id || '.onmicrosoft.com')) ELSE '{}' END AS attributes,
        CASE WHEN n %% 5 < 3 THEN jsonb_build_object('customer', md5(account.id::text)::uuid::text) ELSE '{}' END AS vendor_ids
    ) fact ON true
"""
WORDS = """
    INSERT INTO subscriptions_subscriptionword (word, variant)
    SELECT word, word_variants(word) FROM (SELECT word FROM ts_stat('SELECT search_vector FROM subscriptions_subscription'))
    AS words WHERE is_plain_word(word)
"""
CHUNK = 100_000


def fill(number: int) -> None:
    """Make the rows where they are not there yet; a half-made database is finished from the start."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM (SELECT FROM subscriptions_subscriptionword LIMIT 1) one")
        if cursor.fetchone()[0]:
            return
    begun = time.perf_counter()
    print(f"   making {number:,} subscriptions …", flush=True)
    with transaction.atomic():
        ids = _catalogue(max(int(number * ACCOUNTS_PER_ROW), 1000))
        _subscriptions(number, ids)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    print(f"   made in {time.perf_counter() - begun:.0f} s", flush=True)


def _catalogue(accounts: int) -> dict[str, int]:
    operator, _made = Reseller.objects.get_or_create(
        parent=None, defaults={"name": "Operator", "currency": "USD", "email": "operator@bench.example"}
    )
    kind = AccountType.objects.create(reseller=operator, name="Business", key="business")
    terms = AccountClass.objects.create(reseller=operator, name="Prepay", key="prepay")
    with connection.cursor() as cursor:
        for first, last in ((1, 8), (9, 40), (41, 60)):
            cursor.execute(RESELLERS, {"first": first, "last": last})
        # From here on no triggers and no checks of foreign keys: the statements write what those would.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(MANAGERS)
        cursor.execute(ACCOUNTS, {"type": kind.pk, "class": terms.pk, "accounts": accounts})
        cursor.execute("SELECT min(id) FROM accounts_account")
        (first_account,) = cursor.fetchone()
    template = operator.application_templates.create(name="Billed only")
    term = operator.service_terms.create(name="First of the month", key="first", billing_day=1)
    operator.products.bulk_create(operator.products.model(reseller=operator, name=f"Product {n}") for n in range(10))
    with connection.cursor() as cursor:
        cursor.execute(PLANS, {"operator": operator.pk, "template": template.pk, "term": term.pk})
        cursor.execute(
            "INSERT INTO subscriptions_planperiod (plan_id, endless, trial, active, unit) SELECT id, true, false, true, '' FROM subscriptions_plan"
        )
        cursor.execute(
            "INSERT INTO subscriptions_planperiod (plan_id, endless, duration, unit, trial, active) SELECT id, false, 1, 'year', false, true FROM subscriptions_plan"
        )
        cursor.execute("SELECT min(id) FROM subscriptions_plan")
        (first_plan,) = cursor.fetchone()
    return {"accounts": accounts, "first_account": first_account, "first_plan": first_plan}


def _subscriptions(number: int, ids: dict[str, int]) -> None:
    """Insert the rows with triggers off and indexes away: what they would do is in the statement, or done once after."""
    table = "subscriptions_subscription"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid = %s::regclass AND NOT indisunique",
            [table],
        )
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        for first in range(1, number + 1, CHUNK):
            last = min(first + CHUNK - 1, number)
            cursor.execute(SUBSCRIPTIONS, {**ids, "first": first, "last": last, "all": number})
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        for _name, definition in indexes:
            cursor.execute(definition)
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, number])
        cursor.execute(WORDS)
