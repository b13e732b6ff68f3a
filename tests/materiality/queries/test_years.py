"""An issue in earlier cycles, joined by lineage."""

from datetime import date

import pytest

from materiality.models import Cycle, Edition, Lineage
from materiality.queries.years import codes_before, line_of, years_of
from tests.factories.cycles import make_cycle
from tests.factories.library import make_category, make_edition, make_issue
from tests.factories.people import make_person
from tests.factories.scores import make_run

pytestmark = pytest.mark.django_db


def next_edition(old: Edition) -> Edition:
    """ENV-01-01 is called ENV-01-09 now, ENV-01-02 and -03 were merged into ENV-01-02, the rest was kept."""
    new = make_edition("second", state="draft", based_on=old)
    category = make_category(new, "environment")
    primary = make_issue(category, "ENV-01")
    codes = {"ENV-01-01": "ENV-01-09", "ENV-01-02": "ENV-01-02", "ENV-01-03": "ENV-01-02", "ENV-01-04": "ENV-01-04"}
    rows = {code: make_issue(category, code, parent=primary) for code in sorted(set(codes.values()))}
    for before, after in codes.items():
        kind = {"ENV-01-09": "renamed", "ENV-01-02": "merged"}.get(after, "kept")
        source = old.issues.get(code=before)
        Lineage.objects.create(edition=new, kind=kind, source=source, target=rows[after], reason="")
    return new


@pytest.fixture
def years():
    """Two cycles, the second a year later on an edition that comes from the first's."""
    first = make_cycle(code="first")
    Cycle.objects.filter(pk=first.pk).update(period_start=date(2025, 1, 1), period_end=date(2025, 12, 31))
    make_run(first), make_run(first, seed=2)
    second = make_cycle(code="second")
    Cycle.objects.filter(pk=second.pk).update(
        edition=next_edition(first.edition), period_start=date(2026, 1, 1), period_end=date(2026, 12, 31)
    )
    second = Cycle.objects.get(pk=second.pk)
    return first, second, make_run(second)


def test_years_show_the_newest_run_of_an_earlier_cycle_under_the_code_of_then(years):
    first, _second, run = years
    (year,) = years_of(run, "ENV-01-09", make_person())
    assert (year.cycle.code, year.run.number, year.score.issue.code) == ("first", 2, "ENV-01-01")
    assert [each.score.issue.code for each in years_of(run, "ENV-01-04", make_person())] == ["ENV-01-04"]


def test_years_of_a_merged_issue_and_of_the_first_cycle_are_none(years):
    first, _second, run = years
    assert years_of(run, "ENV-01-02", make_person()) == []
    assert years_of(first.runs.first(), "ENV-01-01", make_person()) == []


def test_codes_before_end_where_the_issue_is_another(years):
    _first, second, _run = years
    line = line_of(second.edition)
    assert list(codes_before(line, "ENV-01-02")) == [second.edition_id]
    assert list(codes_before(line, "ENV-01-09").values()) == ["ENV-01-09", "ENV-01-01"]
