"""Pages of members of staff: login, passwords, roles, accounts."""

from copy import copy

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from materiality.actions.people import add_person, change_password, erase_person, save_person
from materiality.forms.people import NewPersonForm, PersonForm
from materiality.models import AuditPerson, User
from materiality.models.people import Role
from materiality.platform.logins import Attempt
from materiality.platform.pages import button, onward, paged, refusals, sent
from materiality.platform.people import PERMISSIONS, can_manage_people, can_view, needs, new_password


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
        response = super().form_valid(form)
        self.attempt.succeeded(response)
        return response


class OwnPassword(PasswordChangeView):
    """The old password and the new one twice; the change leaves an event."""

    template_name = "materiality/account.html"
    success_url = reverse_lazy("start")
    extra_context = {
        "heading": gettext_lazy("Change your password"),
        "lead": gettext_lazy("At least 12 characters. You stay logged in here, and are logged out everywhere else."),
        "cancel": reverse_lazy("start"),
    }

    def form_valid(self, form) -> HttpResponse:
        changed = change_password(
            person=self.request.user, password=form.cleaned_data["new_password1"], by=self.request.user
        )
        # This session goes on; all others of the person end.
        update_session_auth_hash(self.request, changed)
        messages.success(self.request, _("Your password is changed."))
        return redirect(self.success_url)


SECTION = {"section": "people"}


def listed_people() -> QuerySet[User]:
    """All accounts, the active first, by name; `is_erased` where the name was erased."""
    erased = AuditPerson.objects.filter(user=OuterRef("pk"), name="")
    return User.objects.annotate(is_erased=Exists(erased)).order_by("-is_active", "first_name", "username")


@needs(can_manage_people)
def people(request: HttpRequest) -> HttpResponse:
    """All accounts with role and state."""
    page = paged(request, listed_people())
    return render(request, "materiality/people.html", SECTION | {"page": page})


@never_cache
@needs(can_manage_people)
def new_person(request: HttpRequest) -> HttpResponse:
    """Add a person; the answer shows their password this once."""
    form = NewPersonForm(request.POST or None)
    if sent(request, form):
        password = new_password()
        with refusals(form, "username"):
            added = add_person(values=form.cleaned_data, password=password, by=request.user)
            return _shown_once(request, added, password)
    lead = _("The password is made for them and shown once, on the next page.")
    context = {"form": form, "heading": _("Add a person"), "lead": lead, "cancel": reverse("people")}
    return render(request, "materiality/account.html", SECTION | context)


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
    return render(request, "materiality/person.html", SECTION | {"form": form, "person": row})


@never_cache
@button(can_manage_people, back="person")
def reset_password(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a person a new password; the answer shows it this once."""
    row, password = get_object_or_404(User, pk=pk), new_password()
    if row == request.user:
        return redirect("password")
    change_password(person=row, password=password, by=request.user)
    return _shown_once(request, row, password)


@button(can_manage_people, back="people")
def person_erase(request: HttpRequest, pk: int) -> str:
    """Erase the name of a person who has left, or say why not."""
    row = get_object_or_404(User, pk=pk)
    erase_person(person=row, by=request.user)
    return _("The name is erased.")


def _shown_once(request: HttpRequest, row: User, password: str) -> HttpResponse:
    return render(request, "materiality/person.html", SECTION | {"person": row, "password": password})


@needs(can_view)
def roles(request: HttpRequest) -> HttpResponse:
    """Every permission in words × every role."""
    rows = [(each.words, [(role.label, each.of_role(role)) for role in Role]) for each in PERMISSIONS]
    context = {
        "section": "people",
        "roles": list(Role),
        "rows": rows,
        "may_manage": can_manage_people(request.user),
        "may_do": [each.words for each in PERMISSIONS if each.predicate(request.user)],
    }
    return render(request, "materiality/roles.html", context)
