"""A cycle with a run and an outline, made once for the tests of this app."""

import pytest
from django.core.management import call_command

from materiality.models import Cycle, Edition, User
from materiality.models.people import Role


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
def library(library_rows):
    return Edition.objects.get()


@pytest.fixture
def cycle(demo_rows, media):
    """A cycle of GRI 2016 with the demo outline and a run of 120 responses."""
    return Cycle.objects.get(code="demo")


@pytest.fixture
def analyst(db):
    return User.objects.create_user("analyst", role=Role.ANALYST)


@pytest.fixture
def viewer(db):
    return User.objects.create_user("viewer", role=Role.VIEWER)
