"""Settings of installations that tests have one after the other: the product's, which give up lost jobs sooner."""

from materiality.settings import *  # noqa: F403

JOB_HEARTBEAT_SECONDS, JOB_LOST_SECONDS = 1, 10
CELERY_BEAT_SCHEDULE["sweep-jobs"] |= {"schedule": 2.0}  # noqa: F405
