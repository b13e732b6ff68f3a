"""Pages of members of staff: login, passwords, roles, accounts."""

from copy import copy

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.core.mail import send_mail
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from materiality.actions.people import (
    add_person,
    change_password,
    erase_person,
    login_links,
    offer_login,
    renew_hash,
    save_person,
)
from materiality.forms.people import NewPersonForm, PersonForm
from materiality.models import AuditEvent, User
from materiality.models.people import Role
from materiality.platform.lists import Chip, Head, Listing, chosen_in
from materiality.platform.logins import Attempt
from materiality.platform.pages import button, onward, refusals, sent
from materiality.platform.people import PERMISSIONS, can_manage_people, can_view, needs
from materiality.queries.audit import in_words
from materiality.tables.lists import listed
from materiality.views.factors import await_second_step, begin_session


class StaffLogin(LoginView):
    """The login page; who guesses has to wait longer and longer."""

    template_name = "materiality/login.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        self.attempt = Attempt(request)
        if not (wait := self.attempt.begin()):
            return super().post(request, *args, **kwargs)
        form = self.form_class(request, initial={"username": request.POST.get("username", "")})
        response = self.render_to_response(self.get_context_data(form=form, wait=wait), status=429)
        response["Retry-After"] = str(wait)
        return response

    def form_valid(self, form) -> HttpResponse:
        person, onward = form.get_user(), self.get_success_url()
        renew_hash(person=person, password=form.cleaned_data["password"])
        for sentence in done_to(person):
            messages.warning(self.request, sentence)
        if person.factors.exists():
            return await_second_step(self.request, person, onward)
        begin_session(self.request, person)
        response = redirect(onward)
        self.attempt.succeeded(response)
        return response


class OwnPassword(PasswordChangeView):
    """The old password and the new one twice; the change leaves an event."""

    template_name = "materiality/form.html"
    success_url = reverse_lazy("start")
    extra_context = {
        "heading": gettext_lazy("Change your password"),
        "lead": gettext_lazy("At least 12 characters. You stay logged in here, and are logged out everywhere else."),
        "button": gettext_lazy("Change your password"),
        "cancel": reverse_lazy("start"),
        "width": "narrow",
    }

    def form_valid(self, form) -> HttpResponse:
        changed = change_password(person=self.request.user, password=form.cleaned_data["new_password1"])
        # This session goes on; all others of the person end.
        update_session_auth_hash(self.request, changed)
        messages.success(self.request, _("Your password is changed."))
        return redirect(self.success_url)


SECTION = {"section": "people"}


def done_to(person: User) -> list[str]:
    """What others have done to the person's account since they last logged in, in words."""
    if person.last_login is None:
        return []
    events = AuditEvent.objects.filter(object_type=User._meta.label_lower, object_id=str(person.pk))
    since = events.filter(at__gt=person.last_login).exclude(person__user=person).order_by("number")
    sentence = _("Since you last logged in: %(person)s %(words)s (%(at)s).")
    return [
        sentence % {"person": each.person or _("The system"), "words": each.words, "at": localize(each.row.at)}
        for each in in_words(since.select_related("person"))
    ]


def _named(person: User) -> str:
    return _("erased person") if person.is_erased else str(person)


_HEADS = (
    Head(gettext_lazy("Name"), "name", "first_name", said=_named),
    Head(gettext_lazy("User name"), "user", "username"),
    Head(gettext_lazy("Role"), "role", "role"),
    Head(gettext_lazy("Last login"), "login", "last_login"),
    Head(""),
)


def listed_people() -> QuerySet[User]:
    """All accounts, the active first, by name."""
    return User.objects.order_by("-is_active", "first_name", "username")


@needs(can_manage_people)
def people(request: HttpRequest) -> HttpResponse:
    """All accounts with role and state."""
    roles = Chip("role", _("Role"), Role.choices, _("all"))
    found = listed_people().filter(**({"role": role} if (role := chosen_in(request.GET, "role", Role.values)) else {}))
    noun = ngettext_lazy("%(shown)s person", "%(shown)s people", "number")
    listing = Listing(request, found, heads=_HEADS, chips=[roles], noun=noun, name="people")
    return listed(request, "materiality/people.html", SECTION | {"listing": listing})


@never_cache
@needs(can_manage_people)
def new_person(request: HttpRequest) -> HttpResponse:
    """Add a person, who sets a password by a link."""
    form = NewPersonForm(request.POST or None)
    if sent(request, form):
        with refusals(form, "username"):
            return _link_sent(request, add_person(values=form.cleaned_data, by=request.user))
    lead = _("They set their password themselves, by a link that works once and for an hour.")
    context = _page(form, _("Add a person"), lead, "people")
    context["further"] = (_("What each role may do"), reverse("roles"))
    return render(request, "materiality/form.html", SECTION | context)


def _page(form: BaseForm | None, words: str, lead: str, cancel: str) -> dict:
    texts = {"heading": words, "button": words, "lead": lead, "cancel": reverse(cancel)}
    return texts | {"form": form, "width": "narrow"}


@needs(can_manage_people)
def person(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(listed_people(), pk=pk)
    if row.is_erased:
        return redirect("people")
    form = PersonForm(request.POST or None, instance=copy(row), by=request.user)
    if sent(request, form):
        with refusals(form):
            saved = save_person(person=row, values=form.cleaned_data, by=request.user)
            return onward(request, _("“%(name)s” is saved.") % {"name": saved}, "people")
    lead = _("Logs in as %(name)s.") % {"name": row.username}
    if row == request.user:
        lead += " " + _("This is you: another administrator has to change your role.")
    texts = {"lead": lead, "button": _("Save"), "back": _("People"), "remove": _fold(row, request.user)}
    return render(request, "materiality/form.html", SECTION | _page(form, str(row), lead, "people") | texts)


def _fold(row: User, by: User) -> tuple[str, ...]:
    """What else can be done to an account: a link for a new password, or with one that is shut the name erased."""
    if row == by:
        return ()
    if row.is_active:
        why = _(
            "For somebody who has lost theirs. The old one no longer works, and the person is logged out everywhere."
        )
        link = _("Create a link for a new password")
        return _("New password"), why, reverse("reset_password", args=[row.pk]), link
    why = _(
        "Name, user name and e-mail are erased, here and in the audit trail, where the person then stands as erased. "
        "What they did stays, and the chain still verifies. This cannot be undone."
    )
    return _("Erase the name"), why, reverse("erase_person", args=[row.pk])


@never_cache
@button(can_manage_people, back="person")
def reset_password(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a person who has lost their password a link to set another."""
    return _link_sent(request, get_object_or_404(User, pk=pk))


@button(can_manage_people, back="people")
def person_erase(request: HttpRequest, pk: int) -> str:
    """Erase the name of a person who has left, or say why not."""
    row = get_object_or_404(User, pk=pk)
    erase_person(person=row, by=request.user)
    return _("The name is erased.")


def _link_sent(request: HttpRequest, row: User) -> HttpResponse:
    """By mail where there is any, so that nobody else sees it; else shown this once."""
    token = offer_login(person=row, by=request.user)
    link = f"{settings.PUBLIC_URL}{reverse('set_password', args=[row.pk, token])}"
    heading, once = _("Access for %(name)s") % {"name": row}, []
    if settings.MAIL.host and row.email:
        text = _("%(name)s, set your password here within an hour:") % {"name": row}
        send_mail(_("Your access to Yiti"), f"{text}\n\n{link}\n", None, [row.email])
        lead = _("A link to set a password went to %(address)s. It works once, and for an hour.")
        lead %= {"address": row.email}
    else:
        lead = _("Give this link to the person. It is shown only now, works once and ends after an hour.")
        once = [(_("User name"), row.username), (_("Link"), link)]
    texts = {"button": _("Back to the people"), "once": once}
    return render(request, "materiality/form.html", SECTION | _page(None, heading, lead, "people") | texts)


@never_cache
@sensitive_post_parameters()
def set_password(request: HttpRequest, pk: int, token: str) -> HttpResponse:
    """Set a password by a link; what the link is of, or that it is used up or too old."""
    row = User.objects.filter(pk=pk, is_active=True).first()
    if row is None or not login_links.check_token(row, token):
        lead = _("It was used, or is older than an hour. Ask an administrator for another one.")
        context = _page(None, _("This link no longer works"), lead, "login") | {"button": _("Log in")}
        return render(request, "materiality/form.html", context, status=404)
    form = SetPasswordForm(row, request.POST or None)
    if sent(request, form):
        change_password(person=row, password=form.cleaned_data["new_password1"])
        messages.success(request, _("Your password is set. Log in with it."))
        return redirect("login")
    lead = _("For %(name)s. At least 12 characters.") % {"name": row.username}
    return render(request, "materiality/form.html", _page(form, _("Set your password"), lead, "login"))


@needs(can_view)
def roles(request: HttpRequest) -> HttpResponse:
    """Every permission in words × every role."""
    rows = [(each.words, [(role.label, each.of_role(role)) for role in Role]) for each in PERMISSIONS]
    context = {
        "section": "people",
        "roles": list(Role),
        "rows": rows,
    }
    return render(request, "materiality/roles.html", context)
