"""App registration."""

from django.apps import AppConfig


class MaterialityConfig(AppConfig):
    name = "materiality"

    def ready(self) -> None:
        from materiality.hooks import HOOKS

        self.hooks = HOOKS
