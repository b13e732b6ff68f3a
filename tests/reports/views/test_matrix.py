"""The page of the matrix."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from materiality.models.people import Role
from tests.factories.people import log_in
from tests.factories.reports import make_cycle, make_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client, cycle):
    log_in(client)

    def get(**query) -> str:
        response = client.get(reverse("matrix", args=[cycle.code]), query)
        assert response.status_code == 200
        return response.content.decode()

    return get


def rows(html: str) -> list[str]:
    return re.findall(r'<tr data-code="([^"]+)"', html)


def test_matrix_page_shows_picture_and_table_of_the_same_issues(page, cycle):
    html = page()
    codes = set(cycle.runs.get().scores.filter(issue__parent__isnull=False).values_list("issue__code", flat=True))
    wide, narrow = re.findall(r'<svg[^>]*class="matrix".*?</svg>', html, re.DOTALL)
    for drawing in (wide, narrow):
        assert set(re.findall(r'<g class="point" data-code="([^"]+)"', drawing)) == codes
    assert set(rows(html)) == codes and len(rows(html)) == 93
    assert "Based on 120 valid responses, 6 groups." in html


def test_matrix_page_follows_the_choices_of_the_url(page):
    assert len(rows(page(level="primary"))) == 23
    assert len(rows(page(category="technology"))) == 19
    assert "Scores of one group alone: Media" in page(group="media")
    assert "ellipses: 95% intervals, sampling error only" in page(bars="1")
    assert "Show the balanced result" in page(weighting="pooled")
    assert len(rows(page(level="<x>", group="nobody", weighting="?", category=""))) == 93
    assert "No issue passes the filters" in page(category="none")


def test_matrix_page_marks_what_pooled_weighting_would_change(page, cycle):
    scores = cycle.runs.get().scores.filter(issue__parent__isnull=False)
    differing = sum(score.tier != score.pooled_tier for score in scores)
    html = page()
    assert differing and re.search(
        rf">{differing} issues? (is|are) in another tier when every response counts alike\.", html
    )
    assert html.count('class="other-tier"') == differing


def test_matrix_page_of_another_run(page, cycle):
    make_run(cycle, seed=2)
    assert page() != page(run="1") and 'name="run" value="1"' in page(run="1")


def test_matrix_page_of_no_run_or_no_cycle(client, cycle):
    log_in(client)
    empty = make_cycle("empty")
    assert b"There is nothing to draw yet" in client.get(reverse("matrix", args=[empty.code])).content
    assert client.get(reverse("matrix", args=["demo"]), {"run": "7"}).status_code == 404
    assert client.get(reverse("matrix", args=["none"])).status_code == 404


def test_matrix_page_has_nothing_inline(page):
    html = page()
    assert not re.search(r"<style|\sstyle=|<script(?! src)|\son\w+=", html)


def test_matrix_page_takes_few_queries(client, cycle):
    log_in(client)
    for query in ({}, {"group": "media"}):
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("matrix", args=["demo"]), query)
        assert len(queries) <= 16


def test_matrix_page_offers_files_to_those_who_may_make_them(client, cycle):
    log_in(client, Role.VIEWER)
    assert b"Create a PDF" not in client.get(reverse("matrix", args=["demo"])).content
    log_in(client, Role.ANALYST)
    assert b"Create a PDF" in client.get(reverse("matrix", args=["demo"])).content


def test_matrix_page_in_chinese(client, cycle):
    log_in(client, language="zh-hans")
    html = client.get(reverse("matrix", args=["demo"])).content.decode()
    assert "对公司经营的影响" in html and "高度重要" in html and "Impact on" not in html


def test_matrix_page_sets_two_groups_beside_each_other(page):
    html = page(group="users", beside="media")
    assert html.count('class="matrix-figure"') == 2
    assert len(re.findall(r'<svg[^>]*class="matrix"', html)) == 4
    # The same place is the same score in both.
    assert len(set(re.findall(r'data-x="([^"]*)" data-y="([^"]*)"', html))) == 1
    assert page(beside="nobody").count('class="matrix-figure"') == 1


def test_matrix_page_says_that_moved_cuts_are_its_own(page, cycle):
    cut = cycle.runs.get().cuts["high"] + 2
    html = page(high=f"{cut:.1f}")
    assert "The cuts are moved on this page alone" in html
    assert re.search(r"\d+ issues? (is|are) in another tier than in the run", html)
    assert f'value="{cut:.1f}"' in html
