"""Where links begin that leave a page: in files, codes and mails."""

from django.conf import settings
from django.http import HttpRequest


def public_address(request: HttpRequest) -> str:
    """YITI_URL where it is set, else the address by which this page was reached, without a slash at the end."""
    return settings.PUBLIC_URL if settings.PUBLIC_URL_IS_SET else request.build_absolute_uri("/").rstrip("/")
