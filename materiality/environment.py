"""What an installation is told from outside: every environment variable, typed, in one place."""

import secrets
import stat
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo

import dj_database_url
from django.conf.locale import LANG_INFO
from django.utils.translation import to_language
from environs import Env, validate

_BACKENDS = "django.core.mail.backends."
_ROLES = ["viewer", "analyst", "lead", "committee", "administrator"]
_YES, _NO = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


def further_languages(*folders: Path) -> list[tuple[str, str]]:
    """Languages of the interface beside the two that are kept complete: those of which a folder has a `.po`."""
    found = {to_language(path.parts[-3]) for folder in folders for path in folder.glob("*/LC_MESSAGES/django.po")}
    names = {code: LANG_INFO.get(code, {}).get("name_local") for code in sorted(found - {"zh-hans", "en"})}
    return [(code, name) for code, name in names.items() if name]  # Django knows `zh-tw` by a fallback alone


@dataclass(frozen=True)
class Mail:
    """What Django needs to send mail: `tls` is STARTTLS, `ssl` encryption from the first byte, `folder` for files."""

    backend: str
    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    tls: bool = False
    ssl: bool = False
    folder: Path | None = None


def read_mail_url(url: str, default_folder: Path) -> Mail:
    """`smtp://user:password@host:587?tls=1`, `smtps://…`, `console:`, `file:///folder`; empty: files in the folder.

    Raises ValueError that names EMAIL_URL and what is wrong with it.
    """
    if not url:
        return Mail(_BACKENDS + "filebased.EmailBackend", folder=default_folder)
    parts = urlsplit(url)
    if parts.scheme == "console":
        return Mail(_BACKENDS + "console.EmailBackend")
    if parts.scheme == "file" and parts.path and not parts.netloc:
        return Mail(_BACKENDS + "filebased.EmailBackend", folder=Path(unquote(parts.path)))
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError(
            "EMAIL_URL: write smtp://user:password@host:587?tls=1, smtps://host, console: or file:///folder"
        )
    return _smtp(parts)


def _smtp(parts) -> Mail:
    options = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    tls, ssl = _switch(options, "tls"), _switch(options, "ssl") or parts.scheme == "smtps"
    if options:
        raise ValueError(f"EMAIL_URL: there is no option “{next(iter(options))}”; tls and ssl are possible")
    if tls and ssl:
        raise ValueError("EMAIL_URL: choose tls (STARTTLS) or ssl, not both")
    try:
        port = parts.port
    except ValueError as problem:
        raise ValueError("EMAIL_URL: the port is no number from 0 to 65535") from problem
    return Mail(
        _BACKENDS + "smtp.EmailBackend",
        host=parts.hostname,
        port=port or (465 if ssl else 587 if tls else 25),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=tls,
        ssl=ssl,
    )


def _switch(options: dict[str, str], name: str) -> bool:
    value = options.pop(name, "").lower()
    if value not in _YES | _NO:
        raise ValueError(f"EMAIL_URL: {name}={value} is neither on nor off")
    return value in _YES


class Misconfigured(SystemExit):
    """The installation cannot start; the message names the variable and how to mend it."""


@dataclass(frozen=True)
class Environment:
    """The values of `read_environment`, in the units their names say."""

    data: Path
    keys: Path
    production: bool
    debug: bool
    secret_key: str
    database_url: str
    redis_url: str
    allowed_hosts: list[str]
    trusted_origins: list[str]
    behind_proxy: bool
    trusted_proxies: list[IPv4Network | IPv6Network]
    secure_cookies: bool
    hsts_seconds: int
    time_zone: str
    language: str
    organisation_zh: str
    organisation_en: str
    port: int
    url: str
    max_upload_mb: int
    clamd: tuple[str, int]
    worker_concurrency: int
    counted_at_once: int
    mail: Mail
    mail_from: str
    health_token: str
    staff_socket: str
    web_pinned: bool
    second_factor_roles: list[str]


def read_environment(base: Path) -> Environment:
    """Read and check the variables; raise Misconfigured with the name of the one that is wrong."""
    env = Env()
    try:
        found = _read(env, base)
    except Exception as problem:
        raise Misconfigured(f"Yiti cannot start: {problem}") from problem
    _refuse_unsafe_production(found)
    _close_database(found.database_url)
    return found


def _read(env: Env, base: Path) -> Environment:
    data = Path(env.str("YITI_DATA", "") or base / "var").resolve()
    _private_folder(data)
    keys = _keys_folder(env.str("YITI_KEYS", ""), data, base)
    production = env.bool("YITI_PRODUCTION", False)
    return Environment(
        data=data,
        keys=keys,
        production=production,
        debug=env.bool("YITI_DEBUG", False),
        secret_key=env.str("YITI_SECRET_KEY", "") or ("" if production else _kept_secret(data)),
        database_url=_database_url(env.str("DATABASE_URL", "") or f"sqlite:///{data / 'yiti.sqlite3'}"),
        redis_url=env.str("REDIS_URL", ""),
        allowed_hosts=env.list("YITI_ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"]),
        trusted_origins=env.list("YITI_TRUSTED_ORIGINS", []),
        behind_proxy=env.bool("YITI_BEHIND_PROXY", False),
        trusted_proxies=_networks(env.list("YITI_TRUSTED_PROXIES", [])),
        secure_cookies=env.bool("YITI_SECURE_COOKIES", production),
        hsts_seconds=env.int("YITI_HSTS_SECONDS", 0, validate=validate.Range(min=0)),
        time_zone=_zone(env.str("YITI_TIME_ZONE", "Asia/Shanghai")),
        language=env.str("YITI_LANGUAGE", "zh-hans", validate=validate.OneOf(["zh-hans", "en"])),
        organisation_zh=env.str("YITI_ORGANISATION_ZH", "示例公司"),
        organisation_en=env.str("YITI_ORGANISATION_EN", "Example Company"),
        port=env.int("PORT", 8000, validate=validate.Range(min=1, max=65535)),
        url=_address(env.str("YITI_URL", "")),
        max_upload_mb=env.int("YITI_MAX_UPLOAD_MB", 100, validate=validate.Range(min=1)),
        clamd=_clamd(env.str("YITI_CLAMD", "")),
        counted_at_once=env.int("YITI_COUNTED_AT_ONCE", 50_000, validate=validate.Range(min=100)),
        worker_concurrency=env.int("YITI_WORKERS", 2, validate=validate.Range(min=1)),
        mail=(mail := read_mail_url(env.str("EMAIL_URL", ""), data / "mail")),
        mail_from=env.str("EMAIL_FROM", "") or (mail.user if "@" in mail.user else "yiti@localhost"),
        second_factor_roles=env.list("YITI_SECOND_FACTOR", [], validate=validate.ContainsOnly(_ROLES)),
        health_token=_token(env.str("YITI_HEALTH_TOKEN", "")),
        staff_socket=env.str("YITI_STAFF_SOCKET", ""),
        web_pinned=env.bool("YITI_WEB_PINNED", True),
    )


def _networks(texts: list[str]) -> list[IPv4Network | IPv6Network]:
    try:
        return [ip_network(text.strip()) for text in texts]
    except ValueError as problem:
        raise ValueError(
            f"YITI_TRUSTED_PROXIES: write addresses or networks, as 10.0.0.2,10.1.0.0/16: {problem}"
        ) from None


def _private_folder(path: Path) -> None:
    """The data folder, for nobody but its owner when it is made here; strangers are kept out of an older one, too."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    _close_to_strangers(path)


def _keys_folder(given: str, data: Path, base: Path) -> Path:
    """Beside the data, so that a copy of the data holds no key: `keys/` beside `var/`, else `NAME-keys` beside NAME."""
    beside = base / "keys" if data == (base / "var").resolve() else data.with_name(f"{data.name}-keys")
    keys = Path(given or beside).resolve()
    try:
        _private_folder(keys)
    except OSError as problem:
        raise ValueError(f"YITI_KEYS: the folder {keys} cannot be made or opened ({problem.strerror})") from problem
    return keys


def _close_database(url: str) -> None:
    """SQLite gives the files beside the database the modes of the database."""
    parsed = dj_database_url.parse(url)
    path = Path(parsed["NAME"])
    if not parsed["ENGINE"].endswith("sqlite3") or not path.parent.is_dir() or parsed["NAME"] == ":memory:":
        return
    with suppress(OSError):
        path.touch(mode=0o600)
    for file in (path, *path.parent.glob(f"{path.name}-*")):
        _close_to_strangers(file)


def _close_to_strangers(path: Path) -> None:
    with suppress(OSError):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & stat.S_IRWXO:
            path.chmod(mode & ~stat.S_IRWXO)


def _clamd(text: str) -> tuple[str, int]:
    """(host, port), or (path of a socket, 0); empty where no scanner is used."""
    host, _, port = text.rpartition(":")
    if not text or text.startswith("/"):
        return text, 0
    if host and port.isdecimal() and 0 < int(port) < 65536:
        return host.strip("[]"), int(port)
    raise ValueError(f'YITI_CLAMD: "{text}" is neither a path such as /run/clamav/clamd.ctl nor host:port')


def _token(token: str) -> str:
    if token and len(token) < 20:
        raise ValueError("YITI_HEALTH_TOKEN: at least 20 random characters, or none")
    return token


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except Exception as problem:
        raise ValueError(f'YITI_TIME_ZONE: "{name}" is not a time zone such as Asia/Shanghai') from problem
    return name


def _address(url: str) -> str:
    """Where people reach the application, without a slash at the end; empty where it is not said."""
    if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc or len(url) > 200):
        raise ValueError(f'YITI_URL: "{url}" is no address such as https://survey.example.com')
    return url.rstrip("/")


def _database_url(url: str) -> str:
    try:
        engine = dj_database_url.parse(url)["ENGINE"]
    except Exception as problem:
        raise ValueError(f"DATABASE_URL: {problem}") from problem
    if not engine.endswith((".sqlite3", ".postgresql")):
        raise ValueError("DATABASE_URL: only postgresql:// and sqlite:// are supported")
    return url


def _kept_secret(data: Path) -> str:
    """A key made at first start and kept in the data folder, so that sessions survive a restart."""
    path = data / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text().strip()


def _refuse_unsafe_production(found: Environment) -> None:
    if not found.production:
        return
    if len(found.secret_key) < 40:
        raise Misconfigured(
            "Yiti cannot start: YITI_SECRET_KEY must be set to at least 40 random characters in production "
            "(a generated key is refused)."
        )
    if found.keys.is_relative_to(found.data) or found.data.is_relative_to(found.keys):
        raise Misconfigured(
            "Yiti cannot start: YITI_KEYS and YITI_DATA must not lie inside one another in production, "
            "as a backup of the data would hold the keys."
        )
    if found.debug:
        raise Misconfigured("Yiti cannot start: YITI_DEBUG must be off in production.")
    if "*" in found.allowed_hosts:
        raise Misconfigured("Yiti cannot start: YITI_ALLOWED_HOSTS must name the hosts in production, not *.")
