"""Whatever is in doubt of a file can be answered on its page."""

import pytest

from surveys.forms.matches import MatchForm
from surveys.matching.kinds import COLUMN_KINDS
from surveys.models import ResponseImport
from surveys.queries.matches import WRITTEN, match_page
from surveys.responses.reading import guess_json
from tests.surveys.matching.reading import guessed
from tests.surveys.matching.test_shapes_of_tools import ASKED
from tests.surveys.matching.test_traps_of_files import DOUBTED


def filled(page) -> dict[str, str]:
    """The form as a person fills it who takes the first choice everywhere."""
    lines = [line for of in (*page.decisions, *page.sections) for line in (of.lines if hasattr(of, "lines") else of[1])]
    data = {f"t{line.place}": line.target for line in lines}
    for each in page.decisions:
        data |= {each.name: each.choices[0][0]} if each.choices else {}
        if data.get(each.name) == WRITTEN:
            data[f"w-{each.name[2:]}"] = each.written
        for word in each.map.words if each.map else ():
            data[word.name] = word.value if word.value != "?" else each.map.choices[1][0]
    return data


@pytest.mark.parametrize(("contents", "doubts"), [each for each in DOUBTED if each[1] <= COLUMN_KINDS.keys()])
def test_every_doubt_is_answered_by_a_choice_on_the_page(contents, doubts):
    found = guessed(contents, ASKED)
    imported = ResponseImport(match=found.match.to_json(), summary={"guess": guess_json(found)}, answers={})
    empty = MatchForm({}, imported=imported, asked=ASKED)
    page = match_page(found, ASKED, posted={}, errors={}, said={})
    form = MatchForm(filled(page), imported=imported, asked=ASKED)
    assert (empty.is_valid(), form.is_valid(), form.left) == (False, True, set()), form.errors
