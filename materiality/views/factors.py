"""The second step of the login, and one's own account: password, second factors, sessions."""

import json

import segno
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from materiality.actions.factors import add_factor, end_sessions, remove_factor, renew_codes, use_code
from materiality.forms.people import CodeForm, PasskeyForm
from materiality.models import Factor, StaffSession, User
from materiality.platform.factors import (
    app_address,
    app_step,
    as_letters,
    in_fours,
    is_required,
    new_app_secret,
    passkey_server,
    passkey_user,
    passkeys_of,
)
from materiality.platform.logins import Attempt
from materiality.platform.pages import button, sent
from materiality.platform.people import ENROL, can_view, needs

PENDING, LONGEST_PENDING = "second_step", 300.0
_BACKEND = "django.contrib.auth.backends.ModelBackend"
_STATE, _SECRET = "passkey_state", "app_secret"
_OF_ACCOUNT = {"cancel": reverse_lazy("own_account"), "width": "narrow"}


def begin_session(request: HttpRequest, person: User) -> None:
    """Log the person in, and note the session as theirs; who needs a second factor and has none sets one up first."""
    login(request, person, backend=_BACKEND)
    request.session[ENROL] = is_required(person) and not person.factors.exists()
    request.session.save()
    browser = request.headers.get("User-Agent", "")[:200]
    StaffSession.objects.create(key=request.session.session_key, user=person, browser=browser)


def await_second_step(request: HttpRequest, person: User, onward: str) -> HttpResponse:
    """The password was right; nobody is logged in before the second factor is, too."""
    request.session.cycle_key()
    request.session[PENDING] = {"person": person.pk, "at": timezone.now().timestamp(), "next": onward}
    return redirect("second_step")


@never_cache
def second_step(request: HttpRequest) -> HttpResponse:
    """Ask for a code, or for a passkey."""
    pending = request.session.get(PENDING) or {}
    person = User.objects.filter(pk=pending.get("person"), is_active=True).first()
    if person is None or timezone.now().timestamp() - pending["at"] > LONGEST_PENDING:
        return redirect("login")
    attempt, form, wait = Attempt(request, person.username), CodeForm(request.POST or None), 0
    if request.method == "POST" and not (wait := attempt.begin()):
        if _is_right(request, person, form):
            request.session.pop(PENDING)
            begin_session(request, person)
            response = redirect(pending["next"])
            attempt.succeeded(response)
            return response
        form.add_error("code", _("This code is wrong, or was used already."))
    passkeys = passkeys_of(person)
    options = ""
    if passkeys:
        asked, request.session[_STATE] = passkey_server(request).authenticate_begin(passkeys)
        options = json.dumps(dict(asked))
    context = {"form": form, "wait": wait, "options": options}
    return render(request, "materiality/login.html", context, status=429 if wait else 200)


def _is_right(request: HttpRequest, person: User, form: CodeForm) -> bool:
    if not (answer := request.POST.get("answer")):
        return form.is_valid() and use_code(person=person, code=form.cleaned_data["code"])
    try:
        given = json.loads(answer)
        passkey_server(request).authenticate_complete(request.session.pop(_STATE, None), passkeys_of(person), given)
    except (ValueError, TypeError, KeyError, AttributeError):
        return False
    return True


@never_cache
@needs(can_view)
def account(request: HttpRequest) -> HttpResponse:
    """One's own second factors and sessions."""
    open_keys = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    own = request.user.sessions.filter(key__in=open_keys)
    options, request.session[_STATE] = passkey_server(request).register_begin(
        passkey_user(request.user), passkeys_of(request.user)
    )
    context = {
        "factors": request.user.factors.exclude(kind=Factor.Kind.CODES),
        "has_codes": request.user.factors.filter(kind=Factor.Kind.CODES).exists(),
        "required": is_required(request.user),
        "sessions": own,
        "this": request.session.session_key,
        "options": json.dumps(dict(options)),
    }
    return render(request, "materiality/own_account.html", context)


@never_cache
@needs(can_view)
def new_app(request: HttpRequest) -> HttpResponse:
    """Show the secret of a new authenticator app, and keep it once a code of it comes back."""
    text = request.session.get(_SECRET) or new_app_secret().hex()
    request.session[_SECRET] = text
    secret, form = bytes.fromhex(text), CodeForm(request.POST or None)
    if sent(request, form):
        if (step := app_step(secret, form.cleaned_data["code"])) is not None:
            request.session.pop(_SECRET)
            return _added(request, add_factor(person=request.user, kind=Factor.Kind.APP, secret=secret, used=step))
        form.add_error("code", _("This code is wrong. Check the clock of your device."))
    picture = segno.make(app_address(request.user, secret), error="m").png_data_uri(scale=4)
    heading = _("Add an authenticator app")
    lead = _("Scan the picture with the app, or type the letters into it; then give the code that it shows.")
    shown = {"heading": heading, "lead": lead, "button": _("Add"), "back": _("Your account")}
    shown |= {"form": form, "picture": picture, "once": [("", in_fours(as_letters(secret)))]}
    return render(request, "materiality/form.html", _OF_ACCOUNT | shown)


@never_cache
@button(can_view, back="own_account")
def passkey_add(request: HttpRequest) -> HttpResponse | str:
    """Keep the passkey that the browser made."""
    form = PasskeyForm(request.POST)
    state = request.session.pop(_STATE, None)
    try:
        made = passkey_server(request).register_complete(state, form.cleaned_data["answer"] if form.is_valid() else {})
    except (ValueError, TypeError, KeyError, AttributeError):
        messages.error(request, _("The browser made no passkey. Try again."))
        return redirect("own_account")
    secret, name = bytes(made.credential_data), form.cleaned_data["name"]
    return _added(request, add_factor(person=request.user, kind=Factor.Kind.PASSKEY, secret=secret, name=name))


def _added(request: HttpRequest, codes: list[str]) -> HttpResponse:
    request.session[ENROL] = False
    messages.success(request, _("The second factor is added."))
    return _codes_shown(request, codes) if codes else redirect("own_account")


def _codes_shown(request: HttpRequest, codes: list[str]) -> HttpResponse:
    lead = _(
        "For when the phone is lost: each works once in place of a code. They are shown only now; keep them where the "
        "password is not."
    )
    shown = {"heading": _("Recovery codes"), "lead": lead, "button": _("I have kept them")}
    return render(request, "materiality/form.html", _OF_ACCOUNT | shown | {"once": [("", code) for code in codes]})


@never_cache
@button(can_view, back="own_account")
def codes_renew(request: HttpRequest) -> HttpResponse:
    """New recovery codes, shown this once."""
    return _codes_shown(request, renew_codes(person=request.user))


@button(can_view, back="own_account")
def factor_remove(request: HttpRequest, pk: int) -> str:
    """Take a factor away."""
    remove_factor(factor=get_object_or_404(request.user.factors.exclude(kind=Factor.Kind.CODES), pk=pk))
    return _("The second factor is removed.")


@button(can_view, back="own_account")
def session_end(request: HttpRequest) -> str:
    """End one of one's own sessions, or all but this one."""
    end_sessions(person=request.user, key=request.POST.get("key", ""), but=request.session.session_key)
    return _("Ended.")
