"""App registration."""

from django.apps import AppConfig


class MaterialityConfig(AppConfig):
    name = "materiality"

    def ready(self) -> None:
        """Register this app's words, kinds of jobs and steps of the cycle."""
        from materiality import audit_words, edition_words, jobs, steps  # noqa: F401
