"""Root URLs."""

from django.contrib.auth.views import LogoutView
from django.urls import include, path

from materiality.views import health, language, login, start

urlpatterns = [
    path("", start.start, name="start"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("login/", login.StaffLogin.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("language/", language.set_language, name="language"),
    path("", include("surveys.urls")),
    path("", include("reports.urls")),
]
