"""App registration."""

from django.apps import AppConfig


class MaterialityConfig(AppConfig):
    name = "materiality"

    def ready(self) -> None:
        """Bind tasks to the Celery application; register this app's kinds of jobs and its steps of the cycle."""
        from materiality import celery, jobs, steps  # noqa: F401
