"""The whole path by command leaves an audit trail that verifies."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from materiality.models import AuditEvent, Cycle
from reports.actions.outline import remove_section
from reports.actions.outputs import request_output
from surveys.actions.responses import overrule_response
from surveys.actions.surveys import change_window, close_survey
from surveys.models import Response, Survey
from tests.factories.people import make_person
from tests.factories.reports import OUTLINE
from tests.factories.texts import reword

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    said = StringIO()
    call_command(*arguments, stdout=said, stderr=StringIO())
    return said.getvalue()


def test_audit_trail_of_the_whole_path_is_sound(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    exported = tmp_path / "responses.csv"
    run("load_library")
    run("load_demo", "--responses", "50")
    run("score", "demo")
    run("import_outline", "demo", str(OUTLINE))
    run("export_responses", "demo", str(exported))
    run("import_responses", "demo", str(exported), "--dry-run")
    run("import_responses", "demo", str(exported))
    run("make_demo")
    cycle, survey = Cycle.objects.get(), Survey.objects.get()
    remove_section(cycle=cycle, order=cycle.sections.first().order, by=None)
    response = Response.objects.filter(unfinished=False).first()
    overrule_response(response=response, overruled=Response.Overruled.EXCLUDE, reason="test", by=make_person())
    change_window(survey=survey, closes_at=None, by=None)
    request_output(cycle=cycle, kind="matrix", format="svg", language="en", by=None, send=False)
    close_survey(survey=survey, by=None)
    head = AuditEvent.objects.first().hash
    assert head in run("verify_audit", "--anchor", head)
    # The same trail no longer verifies once an audited row is changed around the application.
    reword(Survey.objects.all(), title_en="changed in secret")
    with pytest.raises(CommandError):
        run("verify_audit")
