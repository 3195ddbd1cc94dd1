"""The one settings file; everything that differs between machines comes from the environment (docs/settings.md)."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from brokerage import environment as env
from brokerage import limits, local_services, log_masking, plugin_packages, variables, zones

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"  # all that this checkout makes while it runs; may be deleted

# --- which machine this is -----------------------------------------------------------------------------------------
ENVIRONMENT = env.environment()
PRODUCTION = ENVIRONMENT == "production"
TESTING = ENVIRONMENT == "test"
zones.read_pinned()
variables.check(production=PRODUCTION)  # every variable below, all faults at once
DEMO = env.flag("BROKERAGE_DEMO")
DEBUG = env.flag("BROKERAGE_DEBUG")
DEFAULT_EXCEPTION_REPORTER = "brokerage.error_reports.Report"
DEFAULT_EXCEPTION_REPORTER_FILTER = "brokerage.error_reports.ReportFilter"

BASE_URL = env.text("BASE_URL", "http://localhost:8000").rstrip("/")
_local_hosts = [] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]", *(["testserver"] if TESTING else [])]
ALLOWED_HOSTS = [urlsplit(BASE_URL).hostname or "", *_local_hosts, *env.words("ALLOWED_HOSTS")]
CSRF_TRUSTED_ORIGINS = [BASE_URL]

# SECRETS_KEYS: "keyid:fernetkey", the newest first; what lies encrypted in the database can be read by any of them.
_secrets = env.production_secrets() if PRODUCTION else env.local_secrets(VAR_DIR / "secrets.json")
SECRET_KEY = _secrets["SECRET_KEY"]
SECRETS_KEYS = _secrets["SECRETS_KEYS"]

# --- apps ----------------------------------------------------------------------------------------------------------
# The only list of vendor plugins: a line here switches one on.
VENDOR_PLUGINS = [f"vendors.{name}" for name in ("drweb", "eset", "gsuite", "kaspersky", "office365", "opensrs")]

INSTALLED_APPS = [
    "brokerage",
    "core.lists",
    "core.panel",
    "accounts",
    "notifications",
    "vendors",
    *VENDOR_PLUGINS,
    "billing",
    "subscriptions",
    "api",
    "operator_panel",
    "customer_panel",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",  # FORM_RENDERER finds the templates of widgets there
    "django.contrib.humanize",
    "pgtrigger",
    "pghistory",
    "rest_framework",
    "drf_spectacular",
    "django_filters",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "hijack",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "brokerage.request_id.RequestIdMiddleware",
    "brokerage.health.HealthMiddleware",
    "brokerage.well_formed.WellFormedMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "brokerage.packing.PackingMiddleware",
    "accounts.middleware.NoStoreMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.ActorMiddleware",
    "accounts.gate.GateMiddleware",
    "accounts.second_factor.SecondFactorMiddleware",
    "accounts.middleware.SeenMiddleware",
    "accounts.middleware.ActorHistoryMiddleware",
    "core.panel.returning.ReturningMiddleware",
    "axes.middleware.AxesMiddleware",
]
# Who changed a row is told to the database with every statement; a page that is only read changes none.
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")

ROOT_URLCONF = "brokerage.urls"
WSGI_APPLICATION = "brokerage.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["core.panel.templatetags.marks"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.panel.context.frame",
                "operator_panel.navigation.navigation",
                "customer_panel.navigation.navigation",
            ],
        },
    },
]

# --- database and Redis --------------------------------------------------------------------------------------------
# Where an address is missing, this checkout's own server stands in (brokerage/local_services.py); never in production.
DATABASE_URL, REDIS_URL = env.text("DATABASE_URL"), env.text("REDIS_URL")
LOCAL_SERVICES = tuple(name for name, url in (("postgres", DATABASE_URL), ("redis", REDIS_URL)) if not url)
SERVICES_PLACE = None
if LOCAL_SERVICES:
    SERVICES_PLACE = local_services.place_for(
        var=VAR_DIR, name="test-services" if TESTING else "services", disposable=TESTING
    )
    DATABASE_URL = DATABASE_URL or SERVICES_PLACE.database_url
    REDIS_URL = REDIS_URL or SERVICES_PLACE.redis_url

_test_name = "_".join(["test", "brokerage", *env.words("BROKERAGE_TEST_DB")])
DATABASES = {"default": {**env.database(DATABASE_URL), "TEST": {"NAME": _test_name}}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# What is counted (allauth's limits) lies in the database, so that Redis carries nothing but the queue of tasks.
_counted = {"LOCATION": "django_cache", "OPTIONS": {"MAX_ENTRIES": 100_000}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", **_counted}}

# --- Celery (brokerage/celery.py reads the CELERY_ names; times are in brokerage/schedule.py) ----------------------
CELERY_BROKER_URL = env.broker(REDIS_URL)
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # A task of a worker that was killed is given to another one after so many seconds.
    "visibility_timeout": env.number("TASK_VISIBILITY_SECONDS", 900),
    # A queue that does not answer holds nobody up for long (core/handover.py asks it first, more briefly still).
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "global_keyprefix": f"{DATABASES['default']['NAME']}:",  # one Redis may serve several databases
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = limits.TASK_SOFT, limits.TASK_HARD
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = env.text("BROKERAGE_TIME_ZONE", "UTC")
SWEEP_SECONDS = env.number("SWEEP_SECONDS", 60)  # how soon what a killed worker left is carried on
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")

# --- people --------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # thousands of users a run
LOGIN_URL = ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
CSRF_FAILURE_VIEW = "accounts.gate.csrf_failure"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS, ACCOUNT_SIGNUP_FIELDS = {"email"}, ["email*", "password1*", "password2*"]
# An address is unique among those who sign in: User.objects, where allauth looks people up.
ACCOUNT_USER_MODEL_USERNAME_FIELD, SILENCED_SYSTEM_CHECKS = None, ["auth.W004"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # people come by invitation, which went to that address
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True  # asked of the adapter, which sends none
ACCOUNT_ADAPTER = "notifications.sign_in_mail.OutboxAccountAdapter"
LINK_HOURS = env.number("LINK_HOURS", 24)  # how long a mailed link opens its door: invitations and new passwords
PASSWORD_RESET_TIMEOUT = LINK_HOURS * 3600
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "accounts.reset_links.NewestOnly"  # noqa: S105 - a class
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60  # what may do lasting harm asks for a younger proof
ACCOUNT_SESSION_COOKIE_AGE = 14 * 24 * 3600  # "remember me"
# By key: wrong codes of one person's second factor. What counts wrong passwords is accounts/lockout.py.
ACCOUNT_RATE_LIMITS = {"login_failed": "60/m/ip,30/h/key", "reset_password": "20/m/ip,5/m/key"}
# How many proxies of our own append to X-Forwarded-For; without one, that header is anybody's word.
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 1 if env.flag("BEHIND_TLS_PROXY") else 0)
MFA_ADAPTER, MFA_ALLOW_UNVERIFIED_EMAIL = "accounts.second_factor.SealedMFAAdapter", True
MFA_SUPPORTED_TYPES, MFA_TOTP_ISSUER = ["totp", "recovery_codes"], "Brokerage"
AXES_HANDLER = "accounts.lockout.Lockout"
AXES_VERBOSE = AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_FAILURE_LIMIT = 10  # by name and address together
AXES_COOLOFF_TIME = timedelta(hours=24)  # how long wrong passwords are remembered; who waits how long: the handler
AXES_LOCKOUT_PARAMETERS, AXES_RESET_ON_SUCCESS = [["username", "ip_address"]], True
AXES_USERNAME_CALLABLE = "accounts.sign_in.typed_name"
AXES_CLIENT_IP_CALLABLE = "accounts.client_address.counted_address"
AXES_LOCKOUT_TEMPLATE = "account/locked_out.html"
AXES_SENSITIVE_PARAMETERS = ["password"]
HIJACK_INSERT_BEFORE = None  # the panels show their own banner

# --- language and time ---------------------------------------------------------------------------------------------
LANGUAGE_CODE = env.text("BROKERAGE_LANGUAGE", "en")
LANGUAGES = [("en", _("English")), ("ru", _("Russian"))]
LOCALE_PATHS = [BASE_DIR / "locale", *plugin_packages.locale_paths()]  # of one text, the first is heard
USE_I18N = USE_TZ = True
TIME_ZONE = env.text("BROKERAGE_TIME_ZONE", "UTC")

# --- files ---------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "static-collected"
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(VAR_DIR / "media")))  # exports and documents; never served by address
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = TESTING or DEBUG
_storage = "django.contrib.staticfiles.storage." if TESTING or DEBUG else "whitenoise.storage.CompressedManifest"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": f"{_storage}StaticFilesStorage"},
}

# --- mail ----------------------------------------------------------------------------------------------------------
EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_PORT = env.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 20
# Without a mail server, letters are files under var/mail.
EMAIL_BACKEND = f"{'django.core.mail.backends.smtp' if EMAIL_HOST else 'notifications.letter_files'}.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("DEFAULT_FROM_EMAIL", f"brokerage@{urlsplit(BASE_URL).hostname}")

# --- vendors -------------------------------------------------------------------------------------------------------
# What a new connection's form is filled in with, by plugin and field.
VENDOR_DEFAULTS = env.texts_by_plugin("VENDOR_DEFAULTS")
# A test's own transaction is never committed, so rows that must outlive a roll-back are written inside it there.
VENDOR_CALLS_INSIDE_TRANSACTIONS = TESTING
# A person waits so long for a vendor in all; so many people of one web process at once, other threads serve pages.
VENDOR_PERSON_SECONDS = env.number("VENDOR_PERSON_SECONDS", 8)
VENDOR_QUESTIONS_AT_ONCE = 4
# For how many seconds a vendor's lists may lag, by plugin, where it is not what the plugin says.
VENDOR_VISIBLE_AFTER = env.numbers_by_name("VENDOR_VISIBLE_AFTER")
# What nobody could verify of Partner Center, by name (vendors/microsoft/unverified.py).
MICROSOFT_UNVERIFIED = env.texts_by_name("MICROSOFT_UNVERIFIED")
VENDOR_JOURNAL_DAYS = env.number("VENDOR_JOURNAL_DAYS", 180)

# --- the resellers' API (api/) --------------------------------------------------------------------------------------
API_TOKEN_DAYS = env.number("API_TOKEN_DAYS", 365)  # how long a token works at most
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["api.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated", "api.permissions.TokenHasScope"],
    "DEFAULT_RENDERER_CLASSES": ["api.media.JsonApi", "api.media.PlainJson"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "api.media.Negotiation",
    "DEFAULT_SCHEMA_CLASS": "api.schema.Schema",
    "EXCEPTION_HANDLER": "api.errors.handle",
}
SPECTACULAR_SETTINGS = {"TITLE": "Brokerage reseller API", "VERSION": "3", "SERVE_INCLUDE_SCHEMA": False}

# --- the browser's side of safety ----------------------------------------------------------------------------------
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"  # Strict would lose the session on the way back from a consent
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BASE_URL.startswith("https://")
SESSION_COOKIE_AGE, SESSION_ENGINE = 12 * 3600, "accounts.sessions"  # sealed at rest
SECURE_SSL_REDIRECT = PRODUCTION and env.flag("SECURE_SSL_REDIRECT", True)
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if PRODUCTION and SESSION_COOKIE_SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("BEHIND_TLS_PROXY") else None
SECURE_REFERRER_POLICY = SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # the arrows of Tabler's selects are data: pictures
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

# --- log -----------------------------------------------------------------------------------------------------------
LOGGING = log_masking.logging_to_stderr(env.text("LOG_LEVEL", "INFO"))
