"""Pages of people and passwords."""

import re
from dataclasses import replace

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from materiality.models import AuditEvent, User
from materiality.models.people import Role
from materiality.platform.people import PERMISSIONS
from tests.factories.cycles import make_cycle, move
from tests.factories.people import log_in, make_person
from tests.factories.scores import make_run

pytestmark = pytest.mark.django_db
NEW = {"username": "li.ming", "first_name": "李明", "email": "li@example.org", "role": "analyst"}


@pytest.fixture(autouse=True)
def nobody_has_failed():
    """Pauses after failed logins outlive a test."""
    caches["logins"].clear()


PASSWORDS = {"new_password1": "quite another one", "new_password2": "quite another one"}


def shown_link(response) -> str:
    return re.findall(r'class="code once">http://[^/]*(/.*?)<', response.content.decode())[0]


def may_log_in(username: str, password: str) -> bool:
    return Client().post("/login/", {"username": username, "password": password}).status_code == 302


@pytest.mark.parametrize("role", Role.values)
def test_people_are_for_administrators(client, role):
    log_in(client, role)
    person = make_person()
    allowed = role == "administrator"
    addresses = ["/people/", "/people/new/", f"/people/{person.pk}/"]
    assert [client.get(address).status_code for address in addresses] == [200 if allowed else 403] * 3
    statuses = [client.post(f"/people/{person.pk}/{what}/").status_code for what in ("password", "erase")]
    assert statuses == ([200, 302] if allowed else [403, 403])
    assert ('href="/people/"' in client.get("/").content.decode()) == allowed


def test_new_person_sets_a_password_by_a_link_that_works_once(client):
    log_in(client, "administrator")
    response = client.post("/people/new/", NEW)
    link, stranger = shown_link(response), Client()
    assert "no-store" in response.headers["Cache-Control"]
    assert stranger.get(link).status_code == 200
    assert stranger.post(link, {**PASSWORDS, "new_password2": "x"}).status_code == 200
    assert stranger.post(link, PASSWORDS).headers["Location"] == "/login/"
    assert may_log_in("li.ming", PASSWORDS["new_password1"])
    assert [stranger.get(link).status_code, stranger.post(link, PASSWORDS).status_code] == [404, 404]
    actions = list(AuditEvent.objects.order_by("number").values_list("action", flat=True))
    assert (str(User.objects.get(username="li.ming")), actions) == (
        "李明", ["add_person", "offer_login", "change_password"],
    )  # fmt: skip


def test_link_for_a_password_lasts_an_hour(client, settings):
    log_in(client, "administrator")
    link = shown_link(client.post("/people/new/", NEW))
    assert settings.PASSWORD_RESET_TIMEOUT == 3600
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert Client().get(link).status_code == 404


def test_link_for_a_password_goes_by_mail_where_there_is_mail(client, settings, mailoutbox):
    settings.MAIL = replace(settings.MAIL, host="mail.example.org")
    log_in(client, "administrator")
    page = client.post("/people/new/", NEW).content.decode()
    link = re.search(r"http://[^/]*(/login/set/\S*)", mailoutbox[0].body)[1]
    assert mailoutbox[0].to == ["li@example.org"] and "/login/set/" not in page
    assert Client().get(link).status_code == 200


def test_new_person_with_a_name_that_is_taken_is_refused(client):
    log_in(client, "administrator")
    make_person(username="Li.Ming")
    assert "There is already an account" in client.post("/people/new/", NEW).content.decode()
    assert User.objects.filter(username__iexact="li.ming").count() == 1


def test_person_is_changed(client):
    log_in(client, "administrator")
    person = make_person()
    response = client.post(f"/people/{person.pk}/", {"first_name": "赵", "role": "committee"})
    person.refresh_from_db()
    assert (response.status_code, str(person), person.role, person.is_active) == (302, "赵", "committee", False)


def test_person_cannot_change_their_own_role(client):
    me = log_in(client, "administrator")
    client.post(f"/people/{me.pk}/", {"first_name": "me", "role": "viewer"})
    me.refresh_from_db()
    assert (me.first_name, me.role, me.is_active) == ("me", "administrator", True)


def test_person_who_is_deactivated_is_out_at_once(client):
    me = log_in(client, "lead")
    User.objects.filter(pk=me.pk).update(is_active=False)
    assert client.get("/cycles/").status_code == 302


def test_person_gets_a_new_password_from_an_administrator(client):
    log_in(client, "administrator")
    person = make_person(username="li", last_login=timezone.now())
    person.set_password("the old password")
    person.save()
    link = shown_link(client.post(f"/people/{person.pk}/password/"))
    assert not may_log_in("li", "the old password")
    Client().post(link, PASSWORDS)
    # What was done in their name is told, and only once.
    told, again = Client(headers={"accept-language": "en"}), Client(headers={"accept-language": "en"})
    login = {"username": "li", "password": PASSWORDS["new_password1"]}
    assert "Since you last logged in" in told.post("/login/", login, follow=True).content.decode()
    assert "Since you last logged in" not in again.post("/login/", login, follow=True).content.decode()


def test_person_who_is_active_is_not_erased(client):
    log_in(client, "administrator")
    person = make_person(username="li")
    assert "Deactivate the account first." in client.post(f"/people/{person.pk}/erase/", follow=True).content.decode()
    assert User.objects.filter(username="li").exists()


def test_person_who_was_erased_is_listed_without_name_and_not_changed(client):
    log_in(client, "administrator")
    person = make_person(username="zhao", first_name="Zhao", is_active=False)
    text = client.post(f"/people/{person.pk}/erase/", follow=True).content.decode()
    assert "erased person" in text and "Zhao" not in text and "zhao" not in text
    assert client.get(f"/people/{person.pk}/").status_code == 302


@pytest.mark.parametrize("number", [1, 30])
def test_people_ask_few_queries(client, number, django_assert_max_num_queries):
    log_in(client, "administrator")
    for _person in range(number):
        make_person()
    with django_assert_max_num_queries(15):
        client.get("/people/")


@pytest.mark.parametrize("role", Role.values)
def test_password_is_changed_by_its_owner(client, role):
    me = log_in(client, role)
    me.set_password("the old password")
    me.save()
    client.force_login(me)
    new = {"new_password1": "quite another one", "new_password2": "quite another one"}
    assert client.post("/password/", {"old_password": "wrong", **new}).status_code == 200
    long = dict.fromkeys(new, "quite another one" * 8)
    assert (
        "at most 128 characters"
        in client.post("/password/", {"old_password": "the old password", **long}).content.decode()
    )
    assert client.post("/password/", {"old_password": "the old password", **new}).status_code == 302
    me.refresh_from_db()
    assert me.check_password("quite another one") and client.get("/cycles/").status_code == 200
    event = AuditEvent.objects.get()
    assert (event.action, event.before, event.after) == ("change_password", {}, {})


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


def test_viewer_sees_the_cycles_named_for_them_and_their_scores_only(client):
    mine, other = make_cycle(code="mine"), make_cycle(code="other")
    person = log_in(client, "viewer")

    def statuses(*paths: str) -> list[int]:
        return [client.get(f"/cycles/{path}").status_code for path in paths]

    paths = ("mine/", "mine/scores/", "mine/matrix/", "other/", "other/scores/")
    assert statuses(*paths) == [200, 403, 403, 200, 403]
    person.cycles.add(mine)
    assert statuses(*paths, "unknown/") == [200, 200, 200, 404, 404, 404]
    assert "/cycles/other/" not in client.get("/cycles/").content.decode() + client.get("/").content.decode()
    move(other, "signed_off")
    person.cycles.clear()
    assert statuses(*paths) == [200, 403, 403, 200, 200]


@pytest.mark.parametrize(
    ("role", "status"), [("administrator", 403), ("analyst", 200), ("lead", 200), ("committee", 200)]
)
def test_scores_before_the_sign_off_are_not_for_administrators(client, role, status):
    cycle = make_cycle(code="mine")
    code = make_run(cycle).scores.first().issue.code
    log_in(client, role)
    pages = ("scores/", f"scores/{code}/", "matrix/", "groups-compared/", "robustness/", "years/", "outputs/")
    assert {client.get(f"/cycles/mine/{page}").status_code for page in pages} == {status}
    assert (client.get("/cycles/mine/method/").context["trial"] is None) == (status == 403)
    assert ('href="/cycles/mine/matrix/"' in client.get("/cycles/mine/").content.decode()) == (status == 200)


def test_cycles_of_a_viewer_are_named_in_an_event(client):
    log_in(client, "administrator")
    cycle, person = make_cycle(code="mine"), make_person("viewer")
    client.post(f"/people/{person.pk}/", {"first_name": "Li", "role": "viewer", "is_active": "on", "cycles": cycle.pk})
    assert AuditEvent.objects.first().after == {"cycles": ["mine"]} and list(person.cycles.all()) == [cycle]
