"""Django settings, made from the environment (see environment.py for every variable)."""

import hashlib
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF

from materiality.environment import further_languages, read_environment
from materiality.platform.memory import close_memory
from materiality.platform.temporary import use_temporary_folder

close_memory()
BASE_DIR = Path(__file__).resolve().parent.parent
ENVIRONMENT = read_environment(BASE_DIR)
DATA = ENVIRONMENT.data
KEYS = ENVIRONMENT.keys
# Uploads in progress and what libraries write aside: on the data's disk, and swept at the next start.
FILE_UPLOAD_TEMP_DIR = use_temporary_folder(DATA / "tmp")

SECRET_KEY = ENVIRONMENT.secret_key
DEBUG = ENVIRONMENT.debug
PRODUCTION = ENVIRONMENT.production
ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts
CSRF_TRUSTED_ORIGINS = ENVIRONMENT.trusted_origins
ORGANISATION = {"zh-hans": ENVIRONMENT.organisation_zh, "en": ENVIRONMENT.organisation_en}

INSTALLED_APPS = [
    "materiality.apps.MaterialityConfig",
    "surveys.apps.SurveysConfig",
    "reports.apps.ReportsConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "import_export",
    "csp",
]

MIDDLEWARE = [
    "materiality.platform.people.FormMiddleware",
    # Before all others, which respondents' pages do without.
    "surveys.respond.pages.RespondentMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "materiality.platform.gate.TurnedAwayMiddleware",
    "materiality.platform.people.ContentPolicyMiddleware",
    "materiality.platform.pages.PackedPagesMiddleware",
    "materiality.platform.people.StaffSessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "materiality.platform.people.StaffAuthenticationMiddleware",
    "materiality.platform.people.StaffMessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "materiality.platform.people.StaffOnlyMiddleware",
]

# Outside of all middleware, and of Django; the last is asked first.
BEFORE_DJANGO = [
    "materiality.platform.gate.StaffGate",
    "surveys.respond.short_way.ShortWay",
    "materiality.platform.health.Health",
]
ROOT_URLCONF = "materiality.urls"
WSGI_APPLICATION = "materiality.wsgi.application"
AUTH_USER_MODEL = "materiality.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "login"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "materiality.platform.organisation.organisation",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "materiality.templatetags.yiti",
            ],
        },
    }
]

FORM_RENDERER = "materiality.forms.fields.PlainRenderer"

DATABASES = {"default": dj_database_url.parse(ENVIRONMENT.database_url, conn_max_age=600, conn_health_checks=True)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # One writer at a time, readers never wait: the write lock is taken at the start of a transaction, so that
    # two requests queue for it instead of failing half-way. What was acknowledged is on the disk (synchronous=FULL).
    # No mmap_size: at each write of another connection SQLite maps the whole file anew, which was a tenth of what
    # answering costs; 150,000 responses are read without in 97 ms of a processor in place of 93.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-20000;"
        # What is deleted is overwritten: drafts with their links must not stay readable in the file.
        "PRAGMA temp_store=MEMORY; PRAGMA secure_delete=ON;",
    }
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = False
else:
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)


def _valkey_socket() -> Path:
    """A socket in the data folder; elsewhere if its path is longer than a socket address may be."""
    path = DATA / "valkey.sock"
    if len(str(path)) < 100:
        return path
    return Path("/tmp") / f"yiti-{hashlib.sha256(str(DATA).encode()).hexdigest()[:16]}.sock"


VALKEY_SOCKET = _valkey_socket()
EMBEDDED_VALKEY = not ENVIRONMENT.redis_url
CELERY_BROKER_URL = ENVIRONMENT.redis_url or f"redis+socket://{VALKEY_SOCKET}"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 6 * 3600, "socket_timeout": 10, "socket_connect_timeout": 5}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = ENVIRONMENT.worker_concurrency
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 2, "interval_start": 0, "interval_step": 0.2, "interval_max": 0.5}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "materiality.platform.beat.SteadyScheduler"
# Seconds that the page of a job waits for it before it shows itself; most jobs are over by then.
SHORT_JOB = 1.5
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep-jobs": {"task": "materiality.tasks.sweep_jobs", "schedule": 10.0, "options": {"expires": 9}},
    "anchor": {"task": "materiality.tasks.anchor", "schedule": 3600.0, "options": {"expires": 3000}},
    "forget-uploads": {"task": "materiality.tasks.forget_uploads", "schedule": 3600.0, "options": {"expires": 3000}},
    "remind": {"task": "materiality.tasks.remind", "schedule": 3600.0, "options": {"expires": 3000}},
    "send-due-mail": {"task": "surveys.tasks.send_due_mail", "schedule": 10.0, "options": {"expires": 9}},
    "tend-surveys": {"task": "surveys.tasks.tend_surveys", "schedule": 60.0, "options": {"expires": 50}},
}

# Links outside of pages, in exported files and mails, begin with this.
PUBLIC_URL = ENVIRONMENT.url or f"http://127.0.0.1:{ENVIRONMENT.port}"
PUBLIC_URL_IS_SET = bool(ENVIRONMENT.url)
MAIL = ENVIRONMENT.mail
EMAIL_BACKEND = MAIL.backend
EMAIL_HOST, EMAIL_PORT = MAIL.host, MAIL.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL.user, MAIL.password
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL.tls, MAIL.ssl
EMAIL_FILE_PATH = MAIL.folder and str(MAIL.folder)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = ENVIRONMENT.mail_from

# A job whose heartbeat is older than this was lost with its worker and is sent again.
JOB_HEARTBEAT_SECONDS = 5
# Responses of a survey that one worker counts at once; a survey of more than twice as many is counted by all workers.
COUNTED_AT_ONCE = ENVIRONMENT.counted_at_once
JOB_LOST_SECONDS = 30

# Openings of surveys, and how they are answered, are counted in memory and stored so often.
OPENINGS_STORED_SECONDS = 2.0

# Of a web process's threads (--blocking-threads 10) so many may be taken by staff requests.
STAFF_AT_ONCE = 7
# Where processes for staff listen (wsgi.py); without it, web processes answer staff themselves.
STAFF_SOCKET = ENVIRONMENT.staff_socket
WEB_PINNED = ENVIRONMENT.web_pinned

# Finished answers by open links from one address: so many in so many seconds are usual, more bear the mark `burst`.
USUAL_ANSWERS, USUAL_SECONDS = 60, 3600.0

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # Figures of runs; apart, so that they drive out nothing that fieldwork keeps.
    "figures": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "figures",
        "TIMEOUT": 86_400,
        "OPTIONS": {"MAX_ENTRIES": 200},
    },
    # Failed logins: in memory only, and never written.
    "logins": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "logins",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
SECOND_FACTOR_ROLES = ENVIRONMENT.second_factor_roles
# A link to set a password by works so long.
PASSWORD_RESET_TIMEOUT = 3600
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "materiality.platform.people.MaximumLengthValidator"},
]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = ENVIRONMENT.hsts_seconds
SECURE_HSTS_INCLUDE_SUBDOMAINS = ENVIRONMENT.hsts_seconds > 0
TRUSTED_PROXIES = ENVIRONMENT.trusted_proxies
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.behind_proxy else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = ENVIRONMENT.secure_cookies
# The prefix binds a cookie to this host and to https; browsers take it for Secure cookies only.
_HOST = "__Host-" if ENVIRONMENT.secure_cookies else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_HOST}sessionid", f"{_HOST}csrftoken"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = ENVIRONMENT.language
LOCALE_PATHS = [DATA / "locale"]
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English"), *further_languages(*BASE_DIR.glob("*/locale"), *LOCALE_PATHS)]
TIME_ZONE = ENVIRONMENT.time_zone
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["materiality.locale"]

STATIC_URL = "static/"
STATIC_ROOT = DATA / "static"
MEDIA_ROOT = DATA / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# A grid of all issues by all groups is one form.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
MAX_UPLOAD_BYTES = ENVIRONMENT.max_upload_mb * 1_000_000
# What one person may send within a day: files, and bytes.
UPLOADS_A_DAY = 500, 20 * MAX_UPLOAD_BYTES
CLAMD = ENVIRONMENT.clamd
FILE_UPLOAD_HANDLERS = [
    "materiality.platform.uploads.GuardedUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

FIRST_LOGIN_FILE = DATA / "first-login.txt"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"tokens": {"()": "materiality.platform.log_lines.WithoutTokens"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["tokens"]}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "celery.beat": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
    },
}
