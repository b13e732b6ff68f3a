"""Personal links as files."""

import csv
import io
import zipfile
from collections.abc import Iterable

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.invitations.links import csv_pieces, link_start, streamed_zip, zip_pieces
from surveys.respond.rows import link_now
from tests.factories.invitations import make_batch, token
from tests.factories.surveys import make_survey

ADDRESS = "https://survey.example.com"


def rows(pieces: Iterable[bytes]) -> list[list[str]]:
    """The cells of a CSV file."""
    return list(csv.reader(io.StringIO(b"".join(pieces).decode("ascii"))))


@pytest.mark.django_db
def test_csv_has_a_row_per_link() -> None:
    survey = make_survey()
    batch = make_batch(survey, size=9_000)
    found = rows(csv_pieces(batch, ADDRESS))
    assert found[0] == ["serial", "group", "url"]
    assert [row[0] for row in found[1:]] == [str(serial) for serial in range(9_000)]
    assert {row[1] for row in found[1:]} == {batch.group.code}
    assert found[8_999] == ["8998", batch.group.code, f"{ADDRESS}/s/{survey.code}/i/{token(batch, 8_998)}/"]
    assert link_now(found[-1][2].split("/")[-2], survey.code).serial == 8_999


@pytest.mark.django_db
def test_zip_splits_the_same_rows_into_parts() -> None:
    batch = make_batch(make_survey(), size=25)
    archive = zipfile.ZipFile(io.BytesIO(b"".join(zip_pieces(batch, ADDRESS, per_part=10))))
    stem = f"{batch.survey.code}-{batch.group.code}-{batch.pk}"
    assert archive.namelist() == [f"{stem}-part-00{number}.csv" for number in (1, 2, 3)]
    parts = [rows([archive.read(name)]) for name in archive.namelist()]
    assert [len(part) for part in parts] == [11, 11, 6]
    assert [row for part in parts for row in part[1:]] == rows(csv_pieces(batch, ADDRESS))[1:]


@pytest.mark.django_db
def test_progress_is_told_to_the_last_link() -> None:
    told: list[int] = []
    batch = make_batch(make_survey(), size=10_000)
    assert len(list(csv_pieces(batch, ADDRESS, progress=told.append))) == 3
    assert told == [8_192, 10_000]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.binary(max_size=300), max_size=4), max_size=4))
def test_streamed_zip_gives_back_what_was_put_in(members: list[list[bytes]]) -> None:
    named = [(f"member-{number}", iter(pieces)) for number, pieces in enumerate(members)]
    archive = zipfile.ZipFile(io.BytesIO(b"".join(streamed_zip(iter(named)))))
    assert archive.testzip() is None
    assert [archive.read(name) for name in archive.namelist()] == [b"".join(pieces) for pieces in members]


def test_links_begin_as_the_address_of_personal_links_does() -> None:
    assert f"{link_start('demo', ADDRESS)}token/" == f"{ADDRESS}{reverse('personal_link', args=['demo', 'token'])}"
