"""App registration."""

from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "surveys"

    def ready(self) -> None:
        """Register this app's kinds of jobs and its steps of the cycle."""
        from surveys import jobs, steps  # noqa: F401
