"""Secrets of links: they follow from salt and key, and what was handed out before there was a key stays good."""

from importlib import import_module

import pytest
from django.apps import apps

from materiality.platform.keys import KeyMissing
from surveys.invitations.links import secret_of
from surveys.models import Batch
from surveys.questionnaire.tokens import token_of
from surveys.respond.rows import link_now
from tests.factories.invitations import make_batch, token


@pytest.mark.django_db
def test_salt_alone_makes_no_link(settings, tmp_path, survey):
    batch = make_batch(survey)
    made = token(batch)
    assert link_now(made, survey.code) and not link_now(token_of(bytes(batch.salt), batch.pk, 0), survey.code)
    settings.KEYS = tmp_path
    with pytest.raises(KeyMissing):
        link_now(made, survey.code)


@pytest.mark.django_db
def test_links_made_before_the_key_stay_good_and_their_secret_leaves_the_database(survey):
    secret = b"s" * 32
    batch = make_batch(survey, salt=secret)
    import_module("surveys.migrations.0012_secrets_in_keys").seal_secrets(apps, None)
    batch.refresh_from_db()
    assert secret_of(batch.salt) == secret and secret not in bytes(batch.salt)
    assert link_now(token_of(secret, batch.pk, 3), survey.code).serial == 3
    assert Batch.objects.count() == 1
