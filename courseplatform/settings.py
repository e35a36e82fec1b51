"""The site's settings: one file, every value read through `courseplatform.env`.

A clone runs with none of them set. `HOSTED=yes` asks for what a public site needs.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from pathlib import Path
from typing import Any

import django_stubs_ext
import environ
from csp.constants import NONCE, NONE, SELF

from courseplatform.env import (
    SettingError,
    env_bool,
    env_choice,
    env_int,
    env_list,
    env_number,
    env_path,
    env_secret,
    env_text,
)

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent

# --- where things are --------------------------------------------------------------------------
VAR_DIR = env_path("VAR_DIR", BASE_DIR / "var")
CONTENT_DIR = env_path("CONTENT_DIR", BASE_DIR / "content")
VAR_DIR.mkdir(parents=True, exist_ok=True)

# --- who may reach the site ---------------------------------------------------------------------
DEBUG = env_bool("DEBUG", False)
HOSTED = env_bool("HOSTED", False)
HTTPS = env_bool("HTTPS", HOSTED)
SECRET_KEY = env_secret("SECRET_KEY", None if HOSTED else VAR_DIR / "secret")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", None if HOSTED else ["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS", [])

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS and env_bool("HTTPS_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = env_int("HSTS_SECONDS", 3600 * 24 * 30 if HTTPS else 0, 0, 10**9)
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
if env_bool("BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = env_int("TRUSTED_PROXY_COUNT", 1, 1, 10)

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- the application ----------------------------------------------------------------------------
INSTALLED_APPS = [
    "courseplatform.accounts",
    "courseplatform.curriculum",
    "courseplatform.ops",
    "assignments",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "courseplatform.urls"
WSGI_APPLICATION = "courseplatform.wsgi.application"
ASGI_APPLICATION = "courseplatform.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "courseplatform" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ]
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

# --- the database -------------------------------------------------------------------------------
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;",
}


def read_database(url: str) -> dict[str, Any]:
    """Django's description of the database that DATABASE_URL names."""
    try:
        database: dict[str, Any] = environ.Env.db_url_config(url)
    except (ValueError, KeyError, environ.ImproperlyConfigured) as error:
        raise SettingError(
            f"DATABASE_URL: write sqlite:///path or postgres://user:password@host/name ({error})."
        ) from None
    engine = str(database.get("ENGINE", ""))
    if engine.endswith("sqlite3"):
        return database | {"OPTIONS": SQLITE_OPTIONS}
    if engine.endswith("postgresql"):
        return database | {"OPTIONS": {"pool": {"min_size": 1, "max_size": 16, "timeout": 20}}}
    raise SettingError("DATABASE_URL: only sqlite and postgres are supported.")


DATABASES = {"default": read_database(env_text("DATABASE_URL", f"sqlite:///{VAR_DIR / 'db.sqlite3'}"))}

# --- people -------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "catalogue"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_USERNAME_BLACKLIST = ["admin", "administrator", "root", "staff", "system"]
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

# --- static files -------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "courseplatform" / "static"]
# A hosted site serves what `collectstatic` gathered; a clone serves the source folders as they are.
WHITENOISE_USE_FINDERS = not HOSTED
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if HOSTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# --- the broker ---------------------------------------------------------------------------------
BROKER_SOCKET = VAR_DIR / "broker.sock"
REDIS_URL = env_text("REDIS_URL", "")
CELERY_BROKER_URL = REDIS_URL or f"redis+socket://{BROKER_SOCKET}"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A broker that is away comes back one day: workers and scheduler wait for it.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_DEFAULT_QUEUE = "sweep"
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_TIMEZONE = "UTC"
# The database is the truth and a run is claimed by compare-and-set, so redelivery is harmless and
# the timeout may be short. Queues are asked in the order of the worker's -Q.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "queue_order_strategy": "priority",
    "socket_connect_timeout": 3,
    "max_retries": 2,
    "interval_start": 0.1,
    "interval_step": 0.2,
    "interval_max": 0.5,
}

# Rate limits are counted here: with several web processes they need a place in common.
CACHES: dict[str, dict[str, Any]] = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if REDIS_URL:
    CACHES["default"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "courseplatform",
    }

# --- grading ------------------------------------------------------------------------------------
SANDBOX = env_choice("SANDBOX", "local", ("local", "docker"))
GRADING_CONCURRENCY = env_int("GRADING_CONCURRENCY", min(4, os.cpu_count() or 1), 1, 64)
# Read by the engine itself, which says where it may not use that core; a number that no core has stops the start.
LAST_CORE = os.sysconf("SC_NPROCESSORS_CONF") - 1
GRADING_TIMED_CORE = (
    env_int("GRADING_TIMED_CORE", LAST_CORE, 0, LAST_CORE) if env_text("GRADING_TIMED_CORE", "") else None
)
GRADING_LEASE_SECONDS = env_number("GRADING_LEASE_SECONDS", 30, 1, 3600)
GRADING_HEARTBEAT_SECONDS = env_number("GRADING_HEARTBEAT_SECONDS", 5, 0.2, 600)
GRADING_SWEEP_SECONDS = env_number("GRADING_SWEEP_SECONDS", 5, 0.5, 600)
GRADING_RESEND_SECONDS = env_number("GRADING_RESEND_SECONDS", 20, 1, 3600)
GRADING_BACKOFF_SECONDS = env_number("GRADING_BACKOFF_SECONDS", 5, 0.1, 3600)
GRADING_MAX_ATTEMPTS = env_int("GRADING_MAX_ATTEMPTS", 4, 1, 100)
GRADING_WAITING_PER_PERSON = env_int("GRADING_WAITING_PER_PERSON", 10, 1, 10_000)
GRADING_REQUESTS_PER_MINUTE = env_int("GRADING_REQUESTS_PER_MINUTE", 30, 1, 100_000)
# Source is parsed by the web process before anything is queued, which takes some 600 times its size in memory.
GRADING_SOURCE_LIMIT_KB = env_int("GRADING_SOURCE_LIMIT_KB", 256, 1, 4096)
GRADING_UPLOAD_LIMIT_KB = env_int("GRADING_UPLOAD_LIMIT_KB", 1024, 1, 102_400)
if 2 * GRADING_HEARTBEAT_SECONDS > GRADING_LEASE_SECONDS:
    raise SettingError("GRADING_LEASE_SECONDS: a lease must last at least two heartbeats (GRADING_HEARTBEAT_SECONDS).")
# Seeds the inputs that checks draw. Another key draws others, so it is derived unless set apart.
GRADING_SECRET = (
    env_text("GRADING_SECRET", "").encode()
    or hmac.new(SECRET_KEY.encode(), b"courseplatform grading inputs", hashlib.sha256).digest()
)
DATA_UPLOAD_MAX_MEMORY_SIZE = (GRADING_SOURCE_LIMIT_KB + 256) * 1024

CELERY_BEAT_SCHEDULE = {
    "sweep": {
        "task": "assignments.tasks.sweep",
        "schedule": GRADING_SWEEP_SECONDS,
        "options": {"queue": "sweep", "expires": max(5.0, 2 * GRADING_SWEEP_SECONDS)},
    }
}

# --- logging ------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)-7s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": env_choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))},
    "loggers": {"django.server": {"handlers": ["stderr"], "propagate": False}},
}
