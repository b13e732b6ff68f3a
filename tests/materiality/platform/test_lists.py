"""The one pattern of lists."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.test import RequestFactory
from django.utils import translation
from django.utils.translation import ngettext_lazy

from materiality.platform.lists import Chip, Entry, Head, Listing, orders_of

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


@pytest.mark.parametrize(("number", "names"), [("1", "ba"), ("2", "c"), ("9", "c"), ("x", "ba")])
def test_the_page_is_the_one_asked_for_or_the_nearest(number, names):
    assert "".join(row.name for row in listed(f"page={number}", per_page=2).page) == names


def test_a_named_list_offers_all_its_rows_as_a_file_in_the_order_chosen():
    shown = listed("sort=-name&page=2&state=open", name="things", per_page=1)
    assert [address for _words, address in shown.files] == [
        "?sort=-name&state=open&file=xlsx",
        "?sort=-name&state=open&file=csv",
    ]
    assert (shown.asked_file, listed("file=exe", name="things").asked_file, listed("file=csv").asked_file) == (
        "",
        "",
        "",
    )
    asked = listed("file=csv&sort=-name", name="things")
    assert (asked.asked_file, asked.columns) == ("csv", ["Name", "Size"])
    assert list(asked.cells()) == [["c", 1], ["b", 2], ["a", ""]]
    below = listed("below-file=csv", name="things", place="below")
    assert below.asked_file == "csv"


def test_a_file_says_choices_in_words_and_moments_in_the_zone_of_staff():
    group = SimpleNamespace(name="Users", get_side_display=lambda: "Inside", side="in")
    row = SimpleNamespace(group=group, at=datetime(2026, 1, 2, 23, tzinfo=UTC), day=date(2026, 1, 3), sure=True, x=1.26)
    heads = [Head("Group", "group", "group__order", said="group.name"), Head("Side", said="group.side")]
    heads += [Head("At", said="at"), Head("Day", said="day"), Head("Sure", said="sure"), Head("x", said="x")]
    heads += [Head("Both", said=lambda row: f"{row.group.name} {row.x}"), Head("Gone", said="group.nothing.more")]
    found = Listing(RequestFactory().get("/"), [row], heads=heads, name="row")
    with translation.override("en"):
        assert list(found.cells()) == [
            ["Users", "Inside", "2026-01-03 07:00", "2026-01-03", "yes", 1.3, "Users 1.26", ""]
        ]


def test_what_is_chosen_elsewhere_on_the_page_is_no_chip_but_leaves_rows_out():
    found = Listing(RequestFactory().get("/?category=x"), ROWS, chips=[Chip("category", "", (), ""), ONLY])
    assert (len(found.chips), found.narrowed, found.all_address) == (1, True, "?")


def test_entries_stand_in_the_form_alone_and_leave_rows_out():
    found = listed(
        "from=2026-01-01&state=open", entries=[Entry("from", "From", "2026-01-01"), Entry("high", "", "", "70")]
    )
    assert (found.kept, found.narrowed, found.all_address) == ([("state", "open")], True, "?")


def test_orders_are_a_chip_where_a_page_has_no_heads_and_leave_nothing_out():
    heads = (Head("as arranged", "arranged"), Head("by name", "name", "name"))
    shown = Listing(RequestFactory().get("/?sort=name"), ROWS, heads=heads, chips=[orders_of(heads)])
    assert ("".join(row.name for row in shown.page), shown.narrowed) == ("abc", False)
    assert [(link.address, link.state) for link in shown.chips[0].links] == [
        ("?sort=arranged", ""),
        ("?sort=name", "true"),
    ]
