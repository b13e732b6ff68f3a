"""Actions on members of staff: events without names, never without an administrator, names that can be erased."""

from io import StringIO

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.management import call_command
from django.utils import timezone, translation

from materiality.actions.people import (
    add_person,
    change_password,
    erase_person,
    login_links,
    offer_login,
    renew_hash,
    save_person,
)
from materiality.models import AuditEvent, AuditPerson, User
from materiality.platform import audit
from materiality.platform.refusals import NotAllowed
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def administrator():
    return make_person("administrator")


def added(by: User) -> User:
    values = {"username": "li", "first_name": "李明", "email": "li@example.org", "role": "analyst"}
    return add_person(values=values, password="x", by=by)


def saved(person: User, by: User, **changes) -> User:
    values = {"first_name": str(person), "email": person.email, "role": person.role, "is_active": person.is_active}
    return save_person(person=person, values={**values, **changes}, by=by)


def verify() -> None:
    call_command("verify_audit", stdout=StringIO(), stderr=StringIO())


def test_person_is_added_with_an_event_that_names_nobody(administrator):
    person = added(administrator)
    event = AuditEvent.objects.get()
    assert (event.object_id, event.object_text, event.after) == (str(person.pk), "", {"role": "analyst"})
    assert AuditPerson.objects.get(user=person).name == "李明"


def test_person_is_saved_with_role_and_activity_before_and_after(administrator):
    saved(added(administrator), administrator, role="lead", is_active=False, first_name="李明明")
    event = AuditEvent.objects.first()
    assert (event.before, event.after) == (
        {"role": "analyst", "is_active": True},
        {"role": "lead", "is_active": False},
    )
    assert AuditPerson.objects.get(user__username="li").name == "李明明"
    verify()


def test_person_saved_unchanged_leaves_no_event(administrator):
    person = added(administrator)
    saved(person, administrator)
    assert AuditEvent.objects.count() == 1


@pytest.mark.parametrize("change", [{"role": "viewer"}, {"is_active": False}])
def test_last_administrator_stays(administrator, change):
    above = make_person("lead", is_superuser=True)
    with pytest.raises(NotAllowed, match="No active administrator"):
        saved(administrator, above, **change)
    with pytest.raises(NotAllowed, match="your own role"):
        saved(administrator, administrator, **change)
    saved(administrator, make_person("administrator"), **change)


def test_first_administrator_who_gets_another_role_is_above_it_no_more(administrator):
    first = make_person("administrator", is_superuser=True)
    assert saved(first, administrator, role="viewer").is_superuser is False


def test_role_changed_around_the_application_is_found(administrator):
    person = added(administrator)
    User.objects.filter(pk=person.pk).update(last_login="2026-01-01T00:00Z", toured=True)
    verify()
    User.objects.filter(pk=person.pk).update(role="administrator")
    with pytest.raises(Exception, match="2 "):
        verify()


def test_erased_person_is_gone_by_name_and_the_chain_still_verifies(administrator):
    person = saved(added(administrator), administrator, is_active=False)
    person.uploads.create(at=timezone.now(), size=8)
    was = User.objects.get(pk=person.pk)
    change_count = AuditEvent.objects.count()
    hashes = list(AuditEvent.objects.order_by("number").values_list("hash", flat=True))
    erase_person(person=person, by=administrator)
    assert AuditPerson.objects.get(user=person).name == ""
    person.refresh_from_db()
    assert (person.username, person.first_name, person.email) == (f"erased-{person.pk}", "", "")
    assert not person.has_usable_password() and not person.uploads.exists()
    stored = AuditEvent.objects.order_by("number").values_list("hash", flat=True)
    assert (len(stored), list(stored)[:-1]) == (change_count + 1, hashes)
    verify()
    # Whoever guesses who it was cannot try it at the digests: what they were salted with is gone.
    assert len(was.digest_salt) == 32 and person.digest_salt not in ("", was.digest_salt)


def test_erasing_twice_or_somebody_active_is_refused(administrator):
    person = added(administrator)
    with pytest.raises(NotAllowed, match="Deactivate"):
        erase_person(person=person, by=administrator)
    erase_person(person=saved(person, administrator, is_active=False), by=administrator)
    with pytest.raises(NotAllowed, match="already"):
        erase_person(person=person, by=administrator)


def test_password_of_a_deactivated_account_is_not_changed(administrator):
    person = saved(added(administrator), administrator, is_active=False)
    with pytest.raises(NotAllowed, match="deactivated"):
        change_password(person=person, password="x")
    with pytest.raises(NotAllowed, match="deactivated"):
        offer_login(person=person, by=administrator)


def test_password_kept_by_older_rules_is_renewed_at_a_login_with_an_event(administrator, client, settings):
    person = added(administrator)
    weaker = Argon2PasswordHasher()
    weaker.time_cost = 1
    settings.PASSWORD_HASHERS = [f"{Argon2PasswordHasher.__module__}.Argon2PasswordHasher"]
    User.objects.filter(pk=person.pk).update(password=weaker.encode("x", weaker.salt()))
    audit.record("save_person", person, by=administrator)
    for _login in range(2):
        assert client.post("/login/", {"username": "li", "password": "x"}).status_code == 302
        client.post("/logout/")
    actions = list(AuditEvent.objects.order_by("number").values_list("action", flat=True))
    assert actions == ["add_person", "save_person", "renew_hash"]
    assert "t=2" in User.objects.get(pk=person.pk).password
    verify()


def test_password_changed_while_somebody_logs_in_is_not_written_over(administrator, settings):
    person = added(administrator)
    settings.PASSWORD_HASHERS = [f"{Argon2PasswordHasher.__module__}.Argon2PasswordHasher"]
    weaker = Argon2PasswordHasher()
    weaker.time_cost = 1
    User.objects.filter(pk=person.pk).update(password=weaker.encode("old", weaker.salt()))
    logging_in = User.objects.get(pk=person.pk)
    change_password(person=person, password="new")
    renew_hash(person=logging_in, password="old")
    assert User.objects.get(pk=person.pk).check_password("new")
    assert not AuditEvent.objects.filter(action="renew_hash").exists()


def test_link_for_a_password_works_once_and_leaves_an_event(administrator):
    person = added(administrator)
    token = offer_login(person=person, by=administrator)
    person.refresh_from_db()
    assert login_links.check_token(person, token) and not person.has_usable_password()
    person = change_password(person=person, password="quite another one")
    assert not login_links.check_token(person, token)
    told = AuditEvent.objects.order_by("number").values_list("action", "person__user__username")
    assert list(told)[-2:] == [("offer_login", administrator.username), ("change_password", "li")]
    verify()


def test_nobody_makes_a_link_for_themselves(administrator):
    with pytest.raises(NotAllowed, match="own"):
        offer_login(person=administrator, by=administrator)
