"""Every permission: who has it, and beside them who is refused."""

import pytest
from django.contrib.auth.models import AnonymousUser

from materiality.models import User
from materiality.models.people import Role
from materiality.platform import people

WRITERS = {"analyst", "lead"}
ALLOWED = {
    "can_view": {"viewer", "analyst", "lead", "committee", "administrator"},
    "can_edit_cycle": WRITERS,
    "can_see_responses": WRITERS,
    "can_edit_library": WRITERS,
    "can_propose": {"analyst", "lead", "committee"},
    "can_decide_proposal": {"lead", "committee"},
    "can_publish_edition": {"lead"},
    "can_review": {"lead", "committee"},
    "can_discard_answers": {"lead"},
    "can_see_audit": {"lead", "committee", "administrator"},
    "can_manage_people": {"administrator"},
}


@pytest.mark.parametrize("name", ALLOWED)
def test_permission_is_had_by_its_roles_and_refused_to_all_others(name):
    predicate = getattr(people, name)
    assert {role.value for role in Role if predicate(User(role=role))} == ALLOWED[name]


@pytest.mark.parametrize("name", ALLOWED)
def test_permission_is_refused_to_strangers_and_the_inactive(name):
    predicate = getattr(people, name)
    inactive = User(role=Role.ADMINISTRATOR, is_active=False, is_superuser=True)
    assert (predicate(AnonymousUser()), predicate(inactive)) == (False, False)


@pytest.mark.parametrize("name", ALLOWED)
def test_permission_is_had_by_the_first_account_of_a_trial_and_not_in_production(name, settings):
    assert getattr(people, name)(User(role=Role.VIEWER, is_superuser=True))
    settings.PRODUCTION = True
    assert getattr(people, name)(User(role=Role.VIEWER, is_superuser=True)) == ("viewer" in ALLOWED[name])


def test_permissions_on_the_page_are_all_there_are():
    predicates = {name for name in vars(people) if name.startswith("can_")}
    assert predicates == {each.predicate.__name__ for each in people.PERMISSIONS} == set(ALLOWED)
