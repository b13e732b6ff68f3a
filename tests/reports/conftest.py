"""A cycle with a run and an outline, made once for the tests of this app."""

import pytest
from django.core.management import call_command

from materiality.models import User
from materiality.models.people import Role
from tests.factories.library import default_library
from tests.factories.reports import load_demo_outline, make_cycle, make_run


@pytest.fixture(scope="session", autouse=True)
def compiled_messages():
    """The Chinese texts as they stand in the catalogues."""
    call_command("compile_messages", verbosity=0)


@pytest.fixture
def media(settings, tmp_path):
    """Files of this test in a folder of their own."""
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


@pytest.fixture
def library(db):
    return default_library()


@pytest.fixture
def cycle(library, media):
    """A cycle of GRI 2016 with the demo outline and a run of 120 responses."""
    row = make_cycle("demo")
    load_demo_outline(row)
    make_run(row)
    return row


@pytest.fixture
def analyst(db):
    return User.objects.create_user("analyst", role=Role.ANALYST)


@pytest.fixture
def viewer(db):
    return User.objects.create_user("viewer", role=Role.VIEWER)
