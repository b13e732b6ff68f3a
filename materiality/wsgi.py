"""WSGI entry points: `application` for everybody, and `staff` for what it hands on to processes for staff."""

import gc
import os
import sys

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.utils.module_loading import import_string

from materiality.platform.relay import relayed
from materiality.platform.seats import take_seat

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "materiality.settings")
application = get_wsgi_application()
# All addresses with their views and what sends jobs, which the first request would else load.
import_string(settings.ROOT_URLCONF + ".urlpatterns")
import_string("materiality.celery.app")
# What is loaded by now stays: looking through it each time for what could go took 50 ms of some pages.
gc.collect()
gc.freeze()
staff = relayed(application)
if settings.STAFF_SOCKET:
    # What computes is elsewhere: this process answers respondents only, and never needs two processors.
    if settings.WEB_PINNED:
        take_seat()
else:
    # Of staff, or of all: a page of 3 ms must not wait 5 ms each time for one that computes. Nor is such a process kept
    # to one processor: numpy, compression and passwords compute beside Python, and others would wait for them.
    sys.setswitchinterval(0.0002)
for layer in settings.BEFORE_DJANGO:
    application = import_string(layer)(application)
