"""The Celery application; tasks live in the apps' tasks.py."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "materiality.settings")
# Django's checks load all addresses and views, which no job needs; `prepare` has run them.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

app = Celery("yiti")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
