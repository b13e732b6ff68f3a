"""Changing one's own password."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from materiality.actions.change_password import change_password


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
