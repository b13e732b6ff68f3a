"""The bitmap of used links."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from surveys.invitations.used_links import PER_BLOCK, is_used, mark_used, used_counts, used_serials
from surveys.models import UsedLinks
from tests.factories.invitations import make_batch
from tests.factories.surveys import make_survey

pytestmark = pytest.mark.django_db


def test_mark_used_says_whether_the_link_was_used_before() -> None:
    batch = make_batch(make_survey())
    assert not is_used(batch.pk, 3)
    assert mark_used(batch.pk, 3) is True
    assert mark_used(batch.pk, 3) is False
    assert is_used(batch.pk, 3)


def test_mark_used_keeps_a_row_per_block_without_time() -> None:
    batch = make_batch(make_survey(), size=20_000)
    for serial in (0, 1, PER_BLOCK - 1, PER_BLOCK, 19_999):
        mark_used(batch.pk, serial)
    assert list(UsedLinks.objects.order_by("block").values_list("block", flat=True)) == [0, 1, 4]
    assert {len(bytes(bits)) for bits in UsedLinks.objects.values_list("bits", flat=True)} == {512}
    assert [field.name for field in UsedLinks._meta.fields] == ["id", "batch", "block", "bits"]


def test_links_of_other_batches_stay_unused() -> None:
    survey = make_survey()
    one, other = make_batch(survey), make_batch(survey)
    mark_used(one.pk, 5)
    assert not is_used(other.pk, 5)
    assert used_counts([one.pk, other.pk]) == {one.pk: 1}


def test_is_used_asks_once() -> None:
    batch = make_batch(make_survey())
    with CaptureQueriesContext(
        connection,
    ) as queries:
        is_used(batch.pk, 9)
    assert len(queries) == 1


class TestSerials(TestCase):
    @settings(max_examples=20, deadline=None)
    @given(st.lists(st.integers(0, 3 * PER_BLOCK - 1), max_size=30))
    def test_used_serials_are_those_marked(self, serials: list[int]) -> None:
        batch = make_batch(make_survey(), size=3 * PER_BLOCK)
        answers = [mark_used(batch.pk, serial) for serial in serials]
        assert answers == [serial not in serials[:at] for at, serial in enumerate(serials)]
        assert used_serials(batch.pk).tolist() == sorted(set(serials))
        assert used_counts([batch.pk]).get(batch.pk, 0) == len(set(serials))
