"""App registration."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        """Register this app's kinds of jobs and its steps of the cycle."""
        from reports import job_kinds, steps  # noqa: F401
