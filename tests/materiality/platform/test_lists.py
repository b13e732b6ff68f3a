"""The one pattern of lists."""

from types import SimpleNamespace

import pytest
from django.test import RequestFactory
from django.utils import translation
from django.utils.translation import ngettext_lazy

from materiality.platform.lists import Chip, Head, Listing

ROWS = [SimpleNamespace(name=name, size=size) for name, size in (("b", 2), ("a", None), ("c", 1))]
HEADS = (Head("Name", "name", "name"), Head("Size", "size", "size", "num", falling=True), Head("Note"))
STATES = Chip("state", "State", [("open", "open"), ("closed", "closed")], "all")
ONLY = Chip("only", "", [("1", "only new")], "all")


def listed(query: str = "", **options) -> Listing:
    return Listing(RequestFactory().get(f"/?{query}"), ROWS, heads=HEADS, chips=[STATES, ONLY], **options)


@pytest.mark.parametrize(
    ("sort", "names"), [("", "bac"), ("name", "abc"), ("-name", "cba"), ("size", "bca"), ("-size", "cba"), ("x", "bac")]
)
def test_rows_sorted_by_a_head_leave_what_is_missing_last(sort, names):
    assert "".join(row.name for row in listed(f"sort={sort}").page) == names


def test_a_head_leads_to_its_order_and_back_and_keeps_the_filters():
    heads = listed("state=open&sort=size&page=2").heads
    assert [(head.address, head.state) for head in heads] == [
        ("?state=open&sort=name", ""),
        ("?state=open&sort=-size", "descending"),
        ("", ""),
    ]


def test_chips_tell_what_is_chosen_and_lead_to_every_choice():
    menu, switch = listed("state=open&page=3").chips
    assert (menu.chosen, [(link.address, link.state) for link in menu.links]) == (
        "open",
        [("?", ""), ("?state=open", "true"), ("?state=closed", "")],
    )
    assert (switch.switch, switch.chosen, switch.links[0].address) == (True, "", "?state=open&only=1")


def test_a_list_is_narrowed_by_what_leaves_rows_out_alone():
    assert (listed("sort=name").narrowed, listed("only=1").narrowed) == (False, True)
    assert listed("only=1&sort=name&q=x").all_address == "?sort=name"


def test_files_are_of_the_same_rows_and_the_count_is_in_words():
    noun = ngettext_lazy("%(shown)s issue", "%(shown)s issues", "number")
    shown = listed("state=open&page=1", noun=noun, files=[("CSV", "/list.csv")])
    with translation.override("en"):
        assert shown.counted == "3 issues"
    assert shown.files == [("CSV", "/list.csv?state=open")]
    assert listed("q=x&state=open").kept == [("state", "open")]


def test_a_list_below_others_keeps_its_own_order_and_page_and_leads_back_to_itself():
    shown = listed("sort=size&page=9&below-sort=-name", place="below", per_page=2, files=[("CSV", "/list.csv")])
    assert ([row.name for row in shown.page], shown.heads[1].address) == (
        ["c", "b"],
        "?sort=size&page=9&below-sort=size#below",
    )
    assert shown.next == "?sort=size&page=9&below-sort=-name&below-page=2#below"
    assert shown.files == [("CSV", "/list.csv?sort=size&page=9")]
