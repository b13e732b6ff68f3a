"""Codes of one edition lead to those of the other, both ways."""

import pytest

from reports.gri.crosswalk import CrosswalkRow, Proposal, propose


def test_crosswalk_forward_lists_every_successor(crosswalk):
    assert propose("102-8", crosswalk) == [
        Proposal("2-7", "split", "employees"),
        Proposal("2-8", "split", "workers who are not employees"),
    ]


def test_crosswalk_forward_without_successor_says_where_it_went(crosswalk):
    assert [(found.to_code, found.relation) for found in propose("102-55", crosswalk)] == [("", "moved")]


def test_crosswalk_backward_lists_every_predecessor(crosswalk):
    found = propose("2-27", crosswalk, to_edition="2016")
    assert [(proposal.to_code, proposal.relation) for proposal in found] == [("307-1", "merged"), ("419-1", "merged")]


def test_crosswalk_keeps_editions_apart(crosswalk):
    """102-5 is the legal form in 2016 and scope 1 emissions in the standard of 2025."""
    assert [found.to_code for found in propose("102-5", crosswalk, "2021")] == ["2-1"]
    assert [found.to_code for found in propose("102-5", crosswalk, "2016")] == ["305-1"]


def test_crosswalk_of_unknown_code_is_empty(crosswalk):
    assert propose("999-1", crosswalk) == []
    assert propose("999-1", crosswalk, "2016") == []


def test_crosswalk_to_unknown_edition_is_refused(crosswalk):
    with pytest.raises(ValueError, match="2013"):
        propose("102-1", crosswalk, "2013")


def test_crosswalk_forward_and_backward_agree(crosswalk, gri_2016, gri_2021):
    forward = {(code, p.to_code) for code in gri_2016.disclosures for p in propose(code, crosswalk) if p.to_code}
    backward = {(p.to_code, code) for code in gri_2021.disclosures for p in propose(code, crosswalk, "2016")}
    assert forward == backward == {(row.from_code, row.to_code) for row in crosswalk if row.to_code}


def test_crosswalk_row_order_is_kept():
    rows = [CrosswalkRow("1-1", "2-2", "split", "b"), CrosswalkRow("1-1", "2-1", "split", "a")]
    assert [found.to_code for found in propose("1-1", rows)] == ["2-2", "2-1"]
