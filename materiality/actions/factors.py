"""Second factors and sessions of members of staff."""

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext as _

from materiality.models import Factor, StaffSession, User
from materiality.platform import audit
from materiality.platform.factors import (
    app_step,
    digests_of_codes,
    is_required,
    new_recovery_codes,
    opened_secret,
    sealed_secret,
    without_code,
)
from materiality.platform.refusals import NotAllowed


@transaction.atomic
def add_factor(*, person: User, kind: str, secret: bytes, name: str = "", used: int = 0) -> list[str]:
    """Keep a second factor of one's own; with the first come recovery codes, which are given back to be shown once."""
    person = _locked(person)
    first = not person.factors.exists()
    person.factors.create(kind=kind, secret=sealed_secret(person, secret), name=name.strip()[:80], used=used)
    codes = _new_codes(person) if first else []
    audit.record("add_factor", person, by=person, after={"kind": kind})
    return codes


@transaction.atomic
def renew_codes(*, person: User) -> list[str]:
    """Ten new recovery codes in the place of those there are."""
    person = _locked(person)
    codes = _new_codes(person)
    audit.record("renew_codes", person, by=person)
    return codes


def _locked(person: User) -> User:
    return User.objects.select_for_update().get(pk=person.pk)


def _new_codes(person: User) -> list[str]:
    codes = new_recovery_codes()
    person.factors.filter(kind=Factor.Kind.CODES).delete()
    person.factors.create(kind=Factor.Kind.CODES, secret=sealed_secret(person, digests_of_codes(codes)))
    return codes


@transaction.atomic
def remove_factor(*, factor: Factor) -> None:
    """Take away a factor of one's own; recovery codes go with the last one. NotAllowed where the role needs it."""
    person = _locked(factor.user)
    others = person.factors.exclude(kind=Factor.Kind.CODES).exclude(pk=factor.pk)
    if not others.exists():
        if is_required(person):
            raise NotAllowed(_("Your role needs a second factor. Add another one first."))
        person.factors.filter(kind=Factor.Kind.CODES).delete()
    kind = factor.kind
    factor.delete()
    audit.record("remove_factor", person, by=person, before={"kind": kind})


@transaction.atomic
def reset_factors(*, person: User, by: User | None) -> int:
    """Take away all second factors of somebody who has lost them, and end their sessions; returns how many there were.

    The person is told at the next login, and sets up new ones where the role needs them.
    """
    stored = _locked(person)
    number = stored.factors.exclude(kind=Factor.Kind.CODES).count()
    stored.factors.all().delete()
    end_sessions(person=stored)
    audit.record("reset_factors", stored, by=by, before={"factors": number})
    return number


@transaction.atomic
def use_code(*, person: User, code: str) -> bool:
    """Whether this is a code of the person's app, or one of their recovery codes; it works no second time."""
    person = _locked(person)
    for factor in person.factors.exclude(kind=Factor.Kind.PASSKEY):
        secret = opened_secret(factor)
        if factor.kind == Factor.Kind.APP:
            if (step := app_step(secret, code, after=factor.used)) is not None:
                factor.used = step
                factor.save(update_fields=["used"])
                return True
        elif (left := without_code(secret, code)) is not None:
            factor.secret = sealed_secret(person, left)
            factor.save(update_fields=["secret"])
            audit.record("use_recovery_code", person, by=person)
            return True
    return False


def end_sessions(*, person: User, key: str = "", but: str = "") -> int:
    """End the person's session of this key, or all `but` one; returns how many."""
    rows = StaffSession.objects.filter(user=person, **({"key": key} if key else {})).exclude(key=but)
    keys = list(rows.values_list("key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    return rows.delete()[0]
