"""Declarations of an app, changed for one test."""

from dataclasses import replace

from django.apps import apps


def declare(monkeypatch, app: str = "reports", **changes) -> None:
    """Have an app declare something else until the test is over."""
    config = apps.get_app_config(app)
    monkeypatch.setattr(config, "hooks", replace(config.hooks, **changes))
