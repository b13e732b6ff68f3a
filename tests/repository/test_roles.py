"""Every address for every role: the table of docs/security.md is that of the code, and that is what pages do."""

import re

import pytest
from django.test import Client

from materiality.models.people import Role
from tests.factories.people import make_person
from tests.repository.roles import addresses, table, written

# By the kind of what is asked for, inside the view: the kind decides who may.
BY_KIND = (
    *("/sheets/new/", "/sheets/<int:pk>/", "/cycles/<slug:code>/sheets/new/"),
    *("/library/translations/import/", "/library/proposals/import/"),
)
VALUES = {"int": "7", "uuid": "00000000-0000-0000-0000-000000000007"}


def path_of(route: str) -> str:
    """The route with something in each hole that is not there."""
    return re.sub(r"<(?:(\w+):)?\w+>", lambda hole: VALUES.get(hole[1], "none"), route)


def test_table_of_the_document_is_that_of_the_code():
    assert written() == table(), "renew it by: python -m tests.repository.roles"


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["", *Role.values])
def test_every_address_admits_whom_the_table_says(role):
    client = Client(raise_request_exception=False)
    if role:
        client.force_login(make_person(role))
    wrong = []
    for each in addresses():
        path = path_of(each.route)
        answers = [client.get(path)]
        if answers[0].status_code == 405 and "logout" not in path:
            answers.append(client.post(path))
        for answer in answers[-1:]:
            if not role:
                right = each.open or answer.headers.get("Location", "").startswith("/login/")
            elif each.admits(role):
                right = answer.status_code != 403 or each.route.startswith(BY_KIND)
            else:
                right = answer.status_code == 403
            if not right:
                wrong.append((path, answer.status_code))
    assert wrong == []
