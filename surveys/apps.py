"""App registration."""

from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "surveys"

    def ready(self) -> None:
        from surveys.hooks import HOOKS

        self.hooks = HOOKS
