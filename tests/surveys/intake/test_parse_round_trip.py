"""What is written as cells comes back as the same values; a slow reading of each cell agrees."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from materiality.scoring.codes import DONT_KNOW, NOT_ASKED, SKIPPED
from surveys.intake.formula import neutralise
from surveys.questionnaire.ratings import cell_texts
from tests.surveys.intake.files import GROUPS, ITEMS, NAMES, csv_bytes, found, parse, xlsx_bytes

codes = st.sampled_from([SKIPPED, 1, 2, 3, 4, 5, DONT_KNOW, NOT_ASKED])
vectors = st.lists(st.lists(codes, min_size=4, max_size=4), min_size=1, max_size=8)
comments = st.one_of(st.text(alphabet="'=+-@\t\r\n;,\"x议 ", max_size=8), st.just(""))


@settings(max_examples=60, deadline=None)
@given(vectors, st.permutations(range(4)), st.sampled_from([",", ";", "\t"]), st.data())
def test_exported_csv_comes_back_the_same(rows, order, delimiter, data):
    texts = [data.draw(comments) for _ in rows]
    header = ["group", "comment", *(NAMES[place] for place in order)]
    cells = [cell_texts(bytes(row)) for row in rows]
    body = [
        ["users", neutralise(text), *(row[place] for place in order)] for text, row in zip(texts, cells, strict=True)
    ]
    parsed = parse(csv_bytes([header, *body], delimiter=delimiter))
    assert (parsed.errors, parsed.ratings.tolist(), parsed.comment) == ([], rows, texts)


@settings(max_examples=20, deadline=None)
@given(vectors)
def test_exported_xlsx_comes_back_the_same(rows):
    cells = [[int(text) if text.isdigit() else text or None for text in cell_texts(bytes(row))] for row in rows]
    parsed = parse(xlsx_bytes([["group", *NAMES], *(["users", *row] for row in cells)]))
    assert (parsed.errors, parsed.ratings.tolist()) == ([], rows)


PLAIN = {"": SKIPPED, "DK": DONT_KNOW, "NA": NOT_ASKED, "1": 1, "2": 2, "3": 3, "4": 4, "5": 5}
cells = st.sampled_from([*PLAIN, "0", "6", "2.5", "x", "-1"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([*GROUPS, "nobody"]), st.lists(cells, min_size=4, max_size=4)), min_size=1))
def test_parse_agrees_with_a_reading_cell_by_cell(rows):
    parsed = parse(csv_bytes([["group", *NAMES], *([group, *row] for group, row in rows)]))
    bad = []
    for number, (group, row) in enumerate(rows, start=2):
        if group not in GROUPS:
            bad.append(f"A{number}")
        bad += [f"{'BCDE'[place]}{number}" for place, cell in enumerate(row) if cell not in PLAIN]
    expected = np.array([[PLAIN.get(cell, SKIPPED) for cell in row] for _, row in rows]).reshape(-1, len(ITEMS))
    assert ([cell for cell, _ in found(parsed)], parsed.ratings.tolist()) == (bad, expected.tolist())
    assert parsed.bad.tolist() == [any(cell[1:] == str(number) for cell in bad) for number in range(2, len(rows) + 2)]
