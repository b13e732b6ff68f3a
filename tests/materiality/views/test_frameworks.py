"""The page of a framework of one's own: its days in force and its successor."""

from datetime import date

import pytest

from materiality.models import AuditEvent, Framework
from tests.factories.people import log_in

pytestmark = pytest.mark.django_db


def made(edition: str, code: str = "RATER") -> Framework:
    return Framework.objects.create(code=code, edition=edition, title={"en": f"{code} {edition}"})


def test_own_framework_says_until_when_it_is_in_force_and_what_follows(client):
    log_in(client, "lead")
    old, new, shipped = made("2024"), made("2026"), made("2021", "GRI")
    listed = client.get("/library/frameworks/").content.decode()
    linked = [f'href="/library/frameworks/{row.pk}/"' in listed for row in (old, new, shipped)]
    assert linked == [True, True, False]
    days = {"in_force_from": "2024-01-01", "in_force_until": "2026-01-01"}
    address = f"/library/frameworks/{old.pk}/"
    assert client.post(address, {**days, "successor": new.pk}).headers["Location"] == "/library/frameworks/"
    old.refresh_from_db()
    assert (old.in_force_until, old.successor) == (date(2026, 1, 1), new)
    event = AuditEvent.objects.get()
    assert (event.action, event.object_id, event.after["successor"]) == ("date_framework", str(old.pk), "RATER 2026")
    refused = client.post(address, {**days, "in_force_until": "2023-01-01"}).content.decode()
    assert "It cannot be out of force before it is in force." in refused
    circle = client.post(f"/library/frameworks/{new.pk}/", {"successor": old.pk}).content.decode()
    assert "An edition cannot follow itself." in circle
    assert client.get(f"/library/frameworks/{shipped.pk}/").status_code == 404


def test_framework_is_changed_by_those_who_edit_the_library(client):
    log_in(client, "viewer")
    row = made("2024")
    assert client.get(f"/library/frameworks/{row.pk}/").status_code == 403
    assert f"/library/frameworks/{row.pk}/" not in client.get("/library/frameworks/").content.decode()
