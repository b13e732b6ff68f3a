"""What the pages of staff share."""

import io

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.base import BaseStorage
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse

from materiality.models import User
from materiality.platform.pages import button, download, refusals, sent, stored, uploaded
from materiality.platform.people import can_edit_cycle
from materiality.platform.refusals import NotAllowed

LOOKER, ANALYST = User(role="viewer"), User(role="analyst")


# A download bears the day's anchor, which is an event.
pytestmark = pytest.mark.django_db


class Kept(BaseStorage):
    """Messages of one request."""

    def _get(self, *_args, **_kwargs):
        return [], True

    def _store(self, *_args, **_kwargs):
        return []


class UploadForm(forms.Form):
    file = forms.FileField()


class NameForm(forms.Form):
    name = forms.CharField()


@pytest.fixture
def asked(rf):
    def make(method="post", user=ANALYST, **data):
        request = getattr(rf, method)("/", data)
        request.user, request._messages = user, Kept(None)
        return request

    return make


def said(request) -> list[tuple[str, str]]:
    return [(message.level_tag, str(message)) for message in get_messages(request)]


def refuse(*_args, **_kwargs):
    raise NotAllowed("No.")


def test_refusal_becomes_a_message(asked):
    request = asked()
    with refusals(request):
        refuse()
    assert said(request) == [("error", "No.")]


@pytest.mark.parametrize(("field", "place"), [(None, "__all__"), ("name", "name")])
def test_refusal_becomes_an_error_of_the_form(field, place):
    form = NameForm({"name": "a"})
    assert form.is_valid()
    with refusals(form, field):
        refuse()
    assert form.errors == {place: ["No."]}


def test_other_errors_are_no_refusals(asked):
    with pytest.raises(ValueError), refusals(asked()):
        raise ValueError


def test_form_is_sent_by_a_valid_post_of_somebody_allowed(asked):
    assert sent(asked(), NameForm({"name": "a"}), can_edit_cycle) is True
    assert sent(asked(), NameForm({"name": ""}), can_edit_cycle) is False
    assert sent(asked("get", LOOKER), NameForm({"name": "a"}), can_edit_cycle) is False
    with pytest.raises(PermissionDenied):
        sent(asked(user=LOOKER), NameForm({"name": "a"}), can_edit_cycle)


def test_button_says_what_it_did_and_goes_as_far_as_the_page_takes_the_address(asked):
    press = button(can_edit_cycle, back="group", done="groups")(lambda request, code, group: "Done.")
    request = asked()
    assert press(request, code="A26", group="staff").url == "/cycles/A26/groups/"
    assert said(request) == [("success", "Done.")]


def test_button_that_is_refused_goes_back(asked):
    request = asked()
    press = button(can_edit_cycle, back="group", done="groups")(refuse)
    assert press(request, code="A26", group="staff").url == "/cycles/A26/groups/edit/staff/"
    assert said(request) == [("error", "No.")]


def test_button_without_words_says_nothing(asked):
    request = asked()
    assert button(can_edit_cycle, back="people")(lambda request, pk: None)(request, pk=1).url == "/people/"
    assert said(request) == []


def test_button_may_answer_itself(asked):
    own = HttpResponse("shown once")
    assert button(can_edit_cycle, back="people")(lambda request: own)(asked()) is own


def test_button_is_pressed_by_post_of_somebody_allowed(asked):
    press = button(can_edit_cycle, back="people")(lambda request: "Done.")
    assert press(asked("get")).status_code == 405
    with pytest.raises(PermissionDenied):
        press(asked(user=LOOKER))


@pytest.mark.parametrize(
    ("contents", "streams"), [(b"a", False), ("a", False), (io.BytesIO(b"a"), True), (iter([b"a"]), True)]
)
def test_download_is_saved_under_its_name_and_type(contents, streams):
    response = download(contents, "a.csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="a.csv"'
    assert (response.streaming, "Cache-Control" in response) == (streams, False)
    assert b"".join(response) == b"a"
    assert not streams or response["Content-Length"] == "1"


def test_download_that_cannot_be_made_whole_is_an_error_before_it_begins():
    def pieces():
        yield b"a"
        raise ValueError

    with pytest.raises(ValueError):
        download(pieces(), "a.csv")


def test_file_keeps_its_length_where_a_browser_takes_packed_pages(admin_client):
    response = admin_client.get("/audit/export.csv", headers={"accept-encoding": "gzip"})
    assert int(response["Content-Length"]) == len(b"".join(response))
    assert admin_client.get("/audit/", headers={"accept-encoding": "gzip"})["Content-Encoding"] == "gzip"


def test_private_download_stays_in_no_cache_and_keeps_a_chinese_name():
    response = download(b"a", "名.bin", "application/octet-stream", private=True)
    assert response["Cache-Control"] == "no-store, private"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%E5%90%8D.bin"


@pytest.mark.parametrize("path", ["", "no/such/file"])
def test_stored_file_that_is_not_there_is_not_found(path):
    with pytest.raises(Http404):
        stored(path)


def test_refusal_is_put_on_a_list_of_reasons():
    reasons = []
    with refusals(reasons):
        refuse()
    assert reasons == ["No."]


def test_upload_that_was_too_large_is_an_error_of_its_field_alone(asked):
    request = asked()
    assert sent(request, uploaded(request, UploadForm, "Too large.")) is False
    assert list(uploaded(request, UploadForm, "Too large.").errors) == ["file"]
    for refused, said in (("", "Too large."), ("A virus.", "A virus.")):
        request.upload_refused = refused
        form = uploaded(request, UploadForm, "Too large.")
        assert (sent(request, form), form.errors) == (False, {"file": [said]})


def test_upload_form_that_is_only_shown_has_no_errors(asked):
    assert uploaded(asked("get"), UploadForm, "Too large.").errors == {}
