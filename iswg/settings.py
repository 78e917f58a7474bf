"""Every setting, from the environment (see docs/operations.md for the table).

Development works with nothing set. Production refuses to start half configured:
`ISWG_ENV=production` names every missing secret at once, and `iswg/checks.py` looks at
the machine (temporary folder, swap, pin, directory).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import dj_database_url
import dj_email_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from iswg.environment import (
    Environment,
    is_private_mail,
    month,
    networks,
    peppers,
    pin,
    secret_bytes,
)
from vault.crypto.phrase import ArgonCost

env = Environment()

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"
PRODUCTION = env.parsed(
    "ISWG_ENV",
    lambda raw: {"development": False, "production": True}[raw],
    False,
    "write development or production",
)
DEBUG = False


def only_in_development(name: str, value: str, remedy: str) -> str:
    """A value that does for first steps and would be wrong, quietly, where it matters."""
    if PRODUCTION:
        env.fault(name, remedy)
    return value


DATA_DIR = Path(
    env.text("ISWG_DATA_DIR")
    or only_in_development(
        "ISWG_DATA_DIR", str(BASE_DIR / "var"), "name a folder outside of the code"
    )
).resolve()
FILES_DIR = DATA_DIR / "files"
MAIL_DIR = DATA_DIR / "mail"
SPOOL_DIR = DATA_DIR / "spool"


def development_secret(name: str) -> bytes:
    """A fixed value for tests and first steps; `dev.py run` makes real ones, production must."""
    if PRODUCTION:
        env.fault(name, "set it (or name a file in " + name + "_FILE); docs/operations.md says how")
    return hashlib.sha256(b"iswg development " + name.encode()).digest()


SECRET_KEY = env.text("ISWG_SECRET_KEY") or development_secret("ISWG_SECRET_KEY").hex()
PEPPERS = env.parsed(
    "ISWG_PEPPER", peppers, {}, "write id:base64 of 32 bytes, one or two, the newest first"
) or {1: development_secret("ISWG_PEPPER")}
JOURNAL_KEY = env.parsed(
    "ISWG_JOURNAL_KEY", secret_bytes, b"", "write base64 of 32 random bytes"
) or development_secret("ISWG_JOURNAL_KEY")
# Empty until the first officer accepted; from then on production does not start without it
# (iswg/checks.py), and takes it from nowhere else.
DIRECTORY_PIN = env.parsed("ISWG_DIRECTORY_PIN", pin, "", "write the pin as shown: 64 digits, 0-f")
ARGON_COST = ArgonCost()
REQUIRE_MFA = env.flag("ISWG_REQUIRE_MFA", PRODUCTION)
if PRODUCTION and not REQUIRE_MFA:
    env.fault("ISWG_REQUIRE_MFA", "leave it out: in production everyone has a second factor")
DEMO_PASSPHRASE = env.text("ISWG_DEMO_PASSPHRASE")
CLAMD_URL = env.text("CLAMD_URL")
TRUSTED_PROXIES: list[str] = env.parsed(
    "ISWG_TRUSTED_PROXIES", networks, [], "write addresses or networks with commas: 127.0.0.1"
)
if PRODUCTION and not TRUSTED_PROXIES:
    # Without it every visitor comes from the proxy's own address, which may be the loopback.
    env.fault("ISWG_TRUSTED_PROXIES", "write the address of the proxy, for example 127.0.0.1")
METRICS_TOKEN = env.text("ISWG_METRICS_TOKEN")
SECURITY_CONTACT = env.text("ISWG_SECURITY_CONTACT") or only_in_development(
    "ISWG_SECURITY_CONTACT", "security@demo.invalid", "write who is told of weaknesses, an address"
)

ALLOWED_HOSTS = env.listed("ISWG_HOSTS", ["localhost", "127.0.0.1", "[::1]", "testserver"])
ORIGIN = env.text("ISWG_ORIGIN") or "http://localhost:8000"
CSRF_TRUSTED_ORIGINS = [ORIGIN]
if PRODUCTION and "*" in ALLOWED_HOSTS:
    env.fault("ISWG_HOSTS", "name the host; a star lets anybody pretend to be it")
if PRODUCTION and len(SECRET_KEY) < 50:
    env.fault("ISWG_SECRET_KEY", "write 50 random characters or more; deploy/make-secrets does")
if PRODUCTION and not env.text("ISWG_HOSTS"):
    env.fault("ISWG_HOSTS", "write the host name people type, for example iswg.example.org")
if PRODUCTION and not ORIGIN.startswith("https://"):
    env.fault("ISWG_ORIGIN", "write the address people type, beginning with https://")
if not env.text("ISWG_ENV") and ORIGIN.startswith("https://"):
    env.fault("ISWG_ENV", "write production (or development, if it is only tried out)")

INSTALLED_APPS = [
    "daphne",
    "iswg.apps.IswgConfig",
    "access",
    "activity",
    "accounts",
    "vault",
    "bulletins",
    "discussions",
    "meetings",
    "mous",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "channels",
    "guardian",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]
MIDDLEWARE = [
    "access.addresses.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "iswg.compression.PageCompressionMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "accounts.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "accounts.requirement.SecondFactorMiddleware",
    "vault.http.VaultMiddleware",
    "access.http.ActorMiddleware",
    "iswg.errors.RefusalMiddleware",
]
ROOT_URLCONF = "iswg.urls"
ASGI_APPLICATION = "iswg.asgi.application"
WSGI_APPLICATION = None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "iswg.context.page",
            ],
        },
    }
]

# Database: SQLite by default. Writers take the lock at BEGIN and wait for it, so that a
# page beside the worker is late by milliseconds instead of failing (see docs/decisions).
# Connections end with their request, except in the threads of iswg/onehop.py, which keep theirs.
DATABASE_URL = env.text("DATABASE_URL")
if DATABASE_URL and not DATABASE_URL.startswith("sqlite"):
    DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=0)}
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": dj_database_url.parse(DATABASE_URL)["NAME"]
            if DATABASE_URL
            else DATA_DIR / "iswg.sqlite3",
            "CONN_MAX_AGE": 0,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
                    "PRAGMA secure_delete=ON; PRAGMA foreign_keys=ON;"
                ),
            },
        }
    }

REDIS_URL = env.text("REDIS_URL")
if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            # Without socket_timeout None an idle subscriber of redis-py 8 dies after 5 s.
            "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}]},
        }
    }
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
# Rate limits live here: seen by every process, and never in Redis, because sign-in must answer
# when that is away. Nothing else uses it.
CACHES = {"default": {"BACKEND": "accounts.attempts.Counters"}}

# People and sessions
AUTHENTICATION_BACKENDS = ["vault.backends.PassphraseBackend"]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 8 * 3600
# The month in which the organisation's year begins: a suggestion for new meetings, no more.
FISCAL_YEAR_STARTS = env.parsed(
    "ISWG_FISCAL_YEAR_STARTS", month, 7, "write a month as a number from 1 to 12"
)
SESSION_IDLE_SECONDS = 30 * 60
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_NAME = "__Host-iswg" if PRODUCTION else "iswg"
CSRF_COOKIE_NAME = "__Host-iswg-csrf" if PRODUCTION else "iswg-csrf"
VAULT_COOKIE_NAME = "__Host-iswg-vault" if PRODUCTION else "iswg-vault"
LANGUAGE_COOKIE_NAME = "__Host-iswg-language" if PRODUCTION else "iswg-language"
MESSAGES_COOKIE_NAME = "__Host-iswg-messages" if PRODUCTION else "iswg-messages"
MESSAGE_STORAGE = "iswg.sentences.Sentences"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]

ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
MFA_ADAPTER = "accounts.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TRUST_ENABLED = False
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
MFA_TOTP_ISSUER = "ISWG portal"
USERSESSIONS_TRACK_ACTIVITY = False  # it writes a row at every request

# Words and times
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"

# Files and limits: bodies never touch the disk (iswg/serve.py bounds them before Django).
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if env.flag("ISWG_COLLECTED", PRODUCTION)
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not env.flag("ISWG_COLLECTED", PRODUCTION)
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = DATA_UPLOAD_MAX_MEMORY_SIZE = 96 * 1024
MAX_ATTACHMENT_BYTES = 50 * 1024 * 1024
MAX_UNSENT_BYTES = 500 * 1024 * 1024  # the files of all drafts of one person

# Mail: content-free, from the outgoing table (activity/mail.py)
EMAIL_URL = env.text("EMAIL_URL")
if EMAIL_URL:
    vars().update({k: v for k, v in dj_email_url.parse(EMAIL_URL).items() if k.startswith("EMAIL")})
else:
    EMAIL_BACKEND = "activity.mail.EmlFileBackend"
    if PRODUCTION:
        env.fault("EMAIL_URL", "write for example submission://user:password@mail.example.org")
if PRODUCTION and EMAIL_URL and not is_private_mail(vars()):
    # Invitations are keys: not in clear over a network, not to a terminal or a file.
    env.fault("EMAIL_URL", "begin with submission:// or smtps://; smtp:// to this machine only")
DEFAULT_FROM_EMAIL = env.text("ISWG_FROM_EMAIL") or only_in_development(
    "ISWG_FROM_EMAIL", "ISWG portal <portal@demo.invalid>", "write the sender of the portal's mail"
)

# Headers
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 63072000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_SSL_REDIRECT = PRODUCTION
# What machines ask on the loopback, past the proxy.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "iswg.errors.stale_form"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"()": "iswg.logs.QuietFormatter", "format": "%(levelname)s %(name)s %(message)s"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"iswg": {"level": "INFO"}, "django.security.DisallowedHost": {"level": "CRITICAL"}},
}

env.refuse_if_faulty()
