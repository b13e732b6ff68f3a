"""The page of roles."""

import re

import pytest

from materiality.models.person import Role
from materiality.permissions import PERMISSIONS
from tests.factories.people import log_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", Role.values)
def test_roles_show_every_permission_for_every_role(client, role):
    log_in(client, role)
    text = client.get("/roles/").content.decode()
    rows = re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', text, re.S)
    shown = [(words, re.findall(r"[✓–]", cells)) for words, cells in rows]
    assert shown == [(str(each.words), ["✓" if each.of_role(one) else "–" for one in Role]) for each in PERMISSIONS]


def test_roles_name_the_role_of_the_reader(client):
    log_in(client, "committee")
    assert "Yours is Committee member." in client.get("/roles/").content.decode()


def test_roles_send_strangers_to_the_login_page(client):
    assert client.get("/roles/").headers["Location"] == "/login/?next=/roles/"
