"""Staff pages of a survey, opened by name."""

from django.test import Client
from django.urls import reverse

from surveys.models import Survey


def url(name: str, survey: Survey, *more: object) -> str:
    """The address of one of the survey's pages."""
    return reverse(name, args=[survey.cycle.code, survey.code, *more])


def page(client: Client, name: str, survey: Survey, *more: object) -> str:
    """The HTML of a page that is there."""
    response = client.get(url(name, survey, *more))
    assert response.status_code == 200
    return response.content.decode()
