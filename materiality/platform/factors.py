"""Second factors: codes of an authenticator app (RFC 6238), recovery codes, passkeys (WebAuthn)."""

import base64
import hmac
import json
import secrets
import time
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings
from django.http import HttpRequest
from fido2.server import Fido2Server
from fido2.webauthn import AttestedCredentialData, PublicKeyCredentialRpEntity, PublicKeyCredentialUserEntity

from materiality.models.people import Factor, User
from materiality.platform.keys import derived, ensure_installation_key, installation_key, seal, unseal

STEP, DIGITS = 30, 6
EARLY_OR_LATE = 1  # so many steps a person's clock may be off
CODES, CODE_LETTERS = 10, "abcdefghjkmnpqrstuvwxyz23456789"


def is_required(person: User) -> bool:
    """Whether the person's role asks for a second factor (YITI_SECOND_FACTOR)."""
    return person.role in settings.SECOND_FACTOR_ROLES


def new_app_secret() -> bytes:
    return secrets.token_bytes(20)


def app_address(person: User, secret: bytes) -> str:
    """What an authenticator app reads from the picture."""
    values = {"secret": as_letters(secret), "issuer": "Yiti", "period": STEP, "digits": DIGITS}
    return f"otpauth://totp/Yiti:{quote(person.username)}?{urlencode(values)}"


def as_letters(secret: bytes) -> str:
    """The secret as apps take it."""
    return base64.b32encode(secret).decode()


def in_fours(text: str) -> str:
    """For typing in, as apps take it, too, and narrow pages can break it."""
    return " ".join(text[place : place + 4] for place in range(0, len(text), 4))


def app_step(secret: bytes, code: str, after: int = 0, now: float | None = None) -> int | None:
    """The time step of this code, which has to come after that of the last one; None where it is no code of now.

    A last one that is still to come was of a clock that ran ahead, and keeps nobody out until then.
    """
    present = int((time.time() if now is None else now) // STEP)
    after = after if after <= present + EARLY_OR_LATE else 0
    app, given = TOTP(secret, DIGITS, SHA1(), STEP), code.replace(" ", "").encode()
    for step in range(present - EARLY_OR_LATE, present + EARLY_OR_LATE + 1):
        if step > after and hmac.compare_digest(app.generate(step * STEP), given):
            return step
    return None


def new_recovery_codes() -> list[str]:
    """Ten codes of 50 bits, each of which works once."""
    return ["-".join("".join(secrets.choice(CODE_LETTERS) for _ in range(5)) for _ in range(2)) for _ in range(CODES)]


def digests_of_codes(codes: list[str]) -> bytes:
    """What is kept of recovery codes."""
    return json.dumps([_code_digest(code) for code in codes]).encode()


def without_code(kept: bytes, code: str) -> bytes | None:
    """What is kept once this code is used; None where it is none of them."""
    digests, given = json.loads(kept), _code_digest(code)
    left = [each for each in digests if not hmac.compare_digest(each, given)]
    return None if len(left) == len(digests) else json.dumps(left).encode()


def _code_digest(code: str) -> str:
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return hmac.digest(derived(installation_key(), "recovery"), plain.encode(), "sha256").hex()


def sealed_secret(person: User, secret: bytes) -> bytes:
    """As a row keeps it."""
    return seal(derived(ensure_installation_key(), "factors"), secret, str(person.pk).encode())


def opened_secret(factor: Factor) -> bytes:
    """KeyMissing, or CannotOpen where it is another installation's or another person's."""
    return unseal(derived(installation_key(), "factors"), bytes(factor.secret), str(factor.user_id).encode())


def passkey_server(request: HttpRequest) -> Fido2Server:
    """Of this site: a passkey works under the host name at which it was made."""
    host = request.get_host()
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    scheme = "https" if request.is_secure() else "http"
    # Browsers give passkeys to https alone, and to localhost.
    return Fido2Server(
        PublicKeyCredentialRpEntity(id=name, name="Yiti"), verify_origin=lambda origin: origin == f"{scheme}://{host}"
    )


def passkeys_of(person: User) -> list[AttestedCredentialData]:
    """The public data of the person's passkeys."""
    return [AttestedCredentialData(opened_secret(each)) for each in person.factors.filter(kind=Factor.Kind.PASSKEY)]


def passkey_user(person: User) -> PublicKeyCredentialUserEntity:
    """The person, as their device shows them."""
    handle = hmac.digest(derived(ensure_installation_key(), "passkey user"), str(person.pk).encode(), "sha256")
    return PublicKeyCredentialUserEntity(id=handle, name=person.username, display_name=str(person))
