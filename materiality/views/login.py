"""Logging in."""

from django.contrib.auth.views import LoginView


class StaffLogin(LoginView):
    """The login page; django-axes throttles guesses."""

    template_name = "materiality/login.html"
    redirect_authenticated_user = True
