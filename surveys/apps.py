"""App registration."""

from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "surveys"

    def ready(self) -> None:
        """Register this app's kinds of jobs, its steps of the cycle and what it says on changes of the library."""
        from surveys import due, jobs, library_vetoes, steps  # noqa: F401
