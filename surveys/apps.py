"""App registration."""

from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "surveys"

    def ready(self) -> None:
        """Register this app's kinds of job_kinds, its steps of the cycle and what it says on changes of the library."""
        from surveys import due, job_kinds, library_vetoes, steps  # noqa: F401
