"""Celery tasks of this app."""

from materiality.celery import app
from surveys.upkeep import tend_all_surveys


@app.task(name="surveys.tasks.tend_surveys")
def tend_surveys() -> None:
    """Close surveys that are due, mix the finished answers of anonymous ones and seal them when they are over."""
    tend_all_surveys()
