"""All settings, from the environment. `make run` and the tests set what is missing here."""

from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import environ
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from supportdesk import logs

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default="insecure-development-key" if DEBUG else environ.Env.NOTSET)
BASE_URL = env("BASE_URL", default="http://localhost:8000")
SECURE = BASE_URL.startswith("https://")  # behind TLS: cookies and redirects are strict
HERE = ["localhost", "127.0.0.1", "[::1]"]  # health checks come from the machine itself
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[urlsplit(BASE_URL).hostname, *HERE])
DATA_DIR = Path(env("DATA_DIR", default=str(BASE_DIR / "var")))

INSTALLED_APPS = [
    "supportdesk.web.apps.WebConfig",
    "supportdesk.accounts.apps.AccountsConfig",
    "supportdesk.audit.apps.AuditConfig",
    "supportdesk.messaging.apps.MessagingConfig",
    "supportdesk.worktime.apps.WorktimeConfig",
    "supportdesk.intake.apps.IntakeConfig",
    "releases.apps.ReleasesConfig",
    "training.apps.TrainingConfig",
    "oncall.apps.OncallConfig",
    "tickets.apps.TicketsConfig",
    "demo.apps.DemoConfig",
    "supportdesk.web.apps.OfficeConfig",  # Django's admin, with our site
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "pgtrigger",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "supportdesk.web.request_line.RequestLineMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "supportdesk.web.middleware.ReaderLanguageMiddleware",
    "supportdesk.web.middleware.SignInMiddleware",
    "supportdesk.web.middleware.StaffFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "supportdesk.web.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "supportdesk.urls"
WSGI_APPLICATION = "supportdesk.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["supportdesk.web.templatetags.desk"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "tickets.needs.of_reader",
            ],
        },
    }
]

# --- PostgreSQL holds every promise -----------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", engine="django.db.backends.postgresql")}
DATABASES["default"]["OPTIONS"] = {
    **DATABASES["default"].get("OPTIONS", {}),
    # Joins of many small tables are planned as written: docs/decisions/0013.
    "options": "-c lock_timeout=4000 -c idle_in_transaction_session_timeout=60000"
    " -c join_collapse_limit=4",
}
DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_KEPT_SECONDS", default=0)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True  # one that a restart has cut is not used again
if env.bool("DATABASE_POOL", default=False):
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 10, "timeout": 10}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MIGRATION_MODULES = {"knox": None}  # its table would stand unused beside accounts.Token

# --- Valkey only carries hints ----------------------------------------------------------------
BROKER_URL = env("BROKER_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "supportdesk.web.cache.ForgivingCache",
        "LOCATION": BROKER_URL,
        "KEY_PREFIX": "desk",
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
}
CELERY_BROKER_URL = BROKER_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker does not end because the broker is long away
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # A killed worker's hints come back after this; PostgreSQL is polled long before.
    "visibility_timeout": 600,
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
}
CELERY_BEAT_SCHEDULE = {
    "react": {"task": "supportdesk.messaging.tasks.react", "schedule": 5},
    "dispatch": {"task": "supportdesk.messaging.tasks.dispatch", "schedule": 5},
    "dispatch-urgent": {
        "task": "supportdesk.messaging.tasks.dispatch_urgent",
        "schedule": 5,
        "options": {"queue": "urgent"},
    },
    "forget-answers": {"task": "supportdesk.web.tasks.forget_answers", "schedule": 3600},
    "seal-audit": {"task": "supportdesk.audit.tasks.seal", "schedule": 60},
    "publish-audit-head": {
        "task": "supportdesk.audit.tasks.publish_head",
        # By the clock: a beat that restarts every day would never count to 24 hours.
        "schedule": crontab(hour=4, minute=30),
    },
    "close-quiet-tickets": {"task": "tickets.tasks.close_quiet_tickets", "schedule": 3600},
    "route-waiting": {"task": "tickets.tasks.route_waiting", "schedule": 120},
    "pass-levels": {
        "task": "tickets.tasks.pass_levels",
        "schedule": 30,
        "options": {"queue": "urgent"},
    },
    "rewind-clocks": {
        "task": "tickets.tasks.rewind_clocks",
        "schedule": crontab(hour=0, minute=1),
    },
    "recompute-clocks": {"task": "tickets.tasks.recompute_clocks", "schedule": 60},
    "build-duties": {"task": "oncall.tasks.build_duties", "schedule": 900},
    "tick": {"task": "oncall.tasks.tick", "schedule": 5, "options": {"queue": "urgent"}},
    "report-health": {"task": "oncall.tasks.report_health", "schedule": 30},
    "ask-who-is-next": {"task": "oncall.tasks.ask_who_is_next", "schedule": 300},
    "expire-offers": {"task": "training.tasks.expire_offers", "schedule": 60},
    "remind-of-trainings": {"task": "training.tasks.remind", "schedule": crontab(minute=10)},
    "sort-mail": {"task": "tickets.tasks.sort_mail", "schedule": 30},
    "read-words": {"task": "tickets.tasks.read_words", "schedule": 5},
    "count-words": {"task": "tickets.tasks.count_words", "schedule": crontab(hour=3, minute=40)},
    "scan-files": {"task": "tickets.tasks.scan_files", "schedule": 30},
    "sweep-files": {"task": "tickets.tasks.sweep_files", "schedule": 24 * 3600},
    "sweep-materials": {"task": "training.tasks.sweep_files", "schedule": 24 * 3600},
    "sweep-packages": {"task": "releases.tasks.sweep_files", "schedule": 24 * 3600},
}
# What watchman does when PostgreSQL calls and every two seconds, each in a thread of its own.
WATCHMAN_DUTIES = [
    "supportdesk.messaging.tasks.react",
    "supportdesk.messaging.tasks.dispatch_urgent",
    "supportdesk.messaging.tasks.mail_waiting",
    "supportdesk.messaging.tasks.webhooks_waiting",
    "tickets.tasks.pass_levels",
    "tickets.tasks.read_words",
    "oncall.tasks.tick_without_broker",
]

# --- Who may come in --------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in [
        ("UserAttributeSimilarityValidator", {"user_attributes": ["email", "name"]}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
    ]
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "supportdesk.accounts.adapter.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "supportdesk.accounts.adapter.SocialAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # nobody signs up: people are invited at their address
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # a stranger's typing sends nobody mail
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_FORMS = {
    "reset_password": "supportdesk.accounts.forms.PasswordLinkForm",
    "reset_password_from_key": "supportdesk.accounts.forms.NewPasswordForm",
}
PASSWORD_RESET_TIMEOUT = 30 * 60
# How often, by whom: the network address, the person, or the e-mail address that was typed. A known
# browser's wrong passwords are counted apart (accounts/browsers.py). Counted in Valkey: while it is
# away nothing is limited (docs/decisions/0010-the-way-in.md).
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "20/m/ip,5/15m/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "reset_password": "10/m/ip,3/15m/key",
    "reset_password_from_key": "20/m/ip",
}
MFA_RATE_LIMITS = {"webauthn_login": "30/m/ip"}
# How many proxies of ours stand before us and append to X-Forwarded-For. Too few, and everybody
# shares the proxy's address and its limits; too many, and strangers choose their own address.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=1 if SECURE else 0)
MFA_ADAPTER = "supportdesk.accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG or not SECURE
MFA_TOTP_ISSUER = "Support-Desk"
REQUIRE_STAFF_MFA = env.bool("REQUIRE_STAFF_MFA", default=SECURE)
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"APPS": env.json("OIDC_APPS", default=[])}  # see docs/operations.md
}
KNOX_TOKEN_MODEL = "accounts.Token"  # noqa: S105 - a model name
REST_KNOX = {"TOKEN_TTL": None, "AUTH_HEADER_PREFIX": "Token"}
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[BASE_URL])
if SECURE:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SECURE_REDIRECT_EXEMPT = [r"^health/"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # the proxy must overwrite it
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- What is written down ---------------------------------------------------------------------
LOGGING = logs.setting(readable=DEBUG)
TRUST_REQUEST_ID = env.bool("TRUST_REQUEST_ID", default=False)  # the proxy sets X-Request-ID

# --- API --------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["supportdesk.web.api.tokens.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["supportdesk.web.api.tokens.HasScope"],
    "DEFAULT_THROTTLE_CLASSES": ["supportdesk.web.api.throttle.PerMinute"],
    "DEFAULT_RENDERER_CLASSES": ["supportdesk.web.api.wire.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["supportdesk.web.api.wire.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "supportdesk.web.api.schema.DeskSchema",
    "DEFAULT_FILTER_BACKENDS": ["supportdesk.web.api.filters.Asked"],
    "DEFAULT_METADATA_CLASS": None,  # what can be done stands in the schema
    "EXCEPTION_HANDLER": "supportdesk.web.api.problems.handle",
}
API_PER_MINUTE = {  # of one person
    "reads": env.int("API_READS_PER_MINUTE", default=1200),
    "writes": env.int("API_WRITES_PER_MINUTE", default=600),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Support desk",
    "DESCRIPTION": "Everything a ticket needs, for the tools of insurers and providers.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "PriorityEnum": "tickets.models.Priority",
        "StatusEnum": "tickets.models.Status",
        "PackageStatusEnum": "releases.models.Status",
    },
}

# --- Language, time, files, mail --------------------------------------------------------------
LANGUAGE_CODE = "de"
LANGUAGES = [("de", _("German")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Berlin"
USE_TZ = True
FORMAT_MODULE_PATH = ["supportdesk.web.formats"]
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static", ("bootstrap/css", str(files("bootstrap") / "css"))]
STATIC_ROOT = env("STATIC_ROOT", default=str(DATA_DIR / "static"))
WHITENOISE_USE_FINDERS = env.bool("STATIC_FROM_SOURCE", default=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if WHITENOISE_USE_FINDERS
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"  # after collectstatic
    },
}
MEDIA_ROOT = DATA_DIR / "files"
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "supportdesk.web.uploads.CappedUploadHandler",
]
ATTACHMENT_MOST_BYTES = env.int("ATTACHMENT_MOST_MB", default=25) * 2**20
PACKAGE_FILE_MOST_BYTES = env.int("PACKAGE_FILE_MOST_MB", default=2048) * 2**20
ATTACHMENTS_PER_MESSAGE = 10
ATTACHMENTS_MOST_BYTES = 8 * ATTACHMENT_MOST_BYTES  # of one ticket together
DATA_UPLOAD_MAX_NUMBER_FILES = 2 * ATTACHMENTS_PER_MESSAGE  # more than that is no mistake
# After so many days an inventory counts as unknown.
INVENTORY_DAYS = env.int("INVENTORY_DAYS", default=45)
# clamd's address, "unix:/run/clamav/clamd.ctl" or "tcp://scanner:3310". Empty: the operator has
# decided to run without a scanner, and files say so.
CLAMD_URL = env("CLAMD_URL", default="")
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = env.float("EMAIL_TIMEOUT", default=20)  # of one turn of the talk, in seconds
DEFAULT_FROM_EMAIL = env("FROM_EMAIL", default="Support-Desk <desk@localhost>")
# Where answers to our letters arrive, e.g. support@desk.example; letters then carry a reply address
# signed for ticket and person. Empty: no mail comes in.
MAIL_REPLY_ADDRESS = env("MAIL_REPLY_ADDRESS", default="")
# Our own mail servers as they name themselves in Authentication-Results, which they must remove
# from mail that brings such a field along.
MAIL_AUTHENTICATED_BY = env.list("MAIL_AUTHENTICATED_BY", default=[])
MAILBOX_PASSWORDS = env.json("MAILBOX_PASSWORDS", default={})  # by the mailbox's code
MAIL_MOST_BYTES = env.int("MAIL_MOST_MB", default=35) * 2**20
# Seconds. A message that failed is tried again after RETRY_PAUSE, then twice that, and so on; an
# event whose worker died is tried again after EVENT_PATIENCE, which must outlast its reactions.
RETRY_PAUSE = env.float("RETRY_PAUSE", default=15)
EVENT_PATIENCE = env.float("EVENT_PATIENCE", default=60)
MAIL_SENDERS = env.int("MAIL_SENDERS", default=1)  # at a time, for urgent mail and for the rest
# Where SMS and calls go (docs/gateway.md). Empty: there are none, and the next way is taken.
GATEWAY_URL = env("GATEWAY_URL", default="")
GATEWAY_TOKEN = env("GATEWAY_TOKEN", default="")
# Seconds until a page or a call that hangs turns /health/pages red and keeps the heartbeat back.
PAGE_PATIENCE = env.float("PAGE_PATIENCE", default=30)
HEARTBEAT_URL = env("HEARTBEAT_URL", default="")
WEBHOOK_PORTS = env.list("WEBHOOK_PORTS", cast=int, default=[443, 8443])
# Addresses inside a network that webhooks may reach all the same, by http and on any port.
WEBHOOK_TEST_NETWORKS = env.list("WEBHOOK_TEST_NETWORKS", default=[])
SILENCED_SYSTEM_CHECKS: list[str] = []
