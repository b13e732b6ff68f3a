"""The mail server as one address: `EMAIL_URL`."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

_BACKENDS = "django.core.mail.backends."
_YES, _NO = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


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
