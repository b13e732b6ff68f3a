"""App registration."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from reports.hooks import HOOKS

        self.hooks = HOOKS
