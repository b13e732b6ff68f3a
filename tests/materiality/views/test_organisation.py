"""The organisation's name, which people are asked by, and the tour of a new person."""

import pytest
from django.urls import reverse
from django.utils import translation

from materiality.actions.organisation import name_organisation
from materiality.models import AuditEvent, Organisation
from materiality.models.people import Role
from materiality.platform.organisation import organisation_name
from tests.factories.people import log_in

pytestmark = pytest.mark.django_db
TEXTS = {"name_zh": "蓝海科技", "name_en": "Blue Sea"}


def test_name_is_kept_with_an_event_and_shown_to_respondents(client, plain_survey):
    log_in(client, Role.LEAD)
    assert client.post(reverse("organisation"), TEXTS).status_code == 302
    assert Organisation.objects.get().name_en == "Blue Sea"
    assert AuditEvent.objects.filter(action="name_organisation").count() == 1
    client.logout()
    page = client.get(reverse("respond", args=[plain_survey.code])).content.decode()
    assert "Blue Sea" in page or "蓝海科技" in page
    assert "Example Company" not in page


def test_name_of_the_settings_stands_until_one_is_given():
    with translation.override("en"):
        assert organisation_name() == "Example Company"
        name_organisation(texts={"name_zh": "蓝海科技"}, by=None)
        assert (organisation_name(), organisation_name("zh-hans")) == ("蓝海科技", "蓝海科技")


def test_viewer_may_not_name_the_organisation(client):
    log_in(client, Role.VIEWER)
    assert client.post(reverse("organisation"), TEXTS).status_code == 403
    assert not Organisation.objects.exists()


def test_new_installation_makes_three_choices_on_one_page(client):
    log_in(client, Role.LEAD)
    page = client.get(reverse("start")).content.decode()
    assert f'href="{reverse("first_library")}"' in page
    values = {"begin": "empty", "languages": ["en"], "name_en": "Blue Sea"}
    assert client.post(reverse("first_library"), values).status_code == 302
    assert Organisation.objects.get().name_en == "Blue Sea"


def test_tour_is_shown_until_a_person_has_seen_it(client, demo_rows):
    person = log_in(client)
    assert reverse("end_tour") in client.get(reverse("start")).content.decode()
    client.post(reverse("end_tour"))
    assert reverse("end_tour") not in client.get(reverse("start")).content.decode()
    person.refresh_from_db()
    assert person.toured
