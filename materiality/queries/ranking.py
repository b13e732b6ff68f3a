"""What the ranking step says beside the scores of a run; it never enters them."""

from collections.abc import Iterable
from dataclasses import replace

from materiality.models import Run
from materiality.queries.scores import SMALL_CELL
from materiality.scoring.method import Method
from materiality.scoring.ranking import GroupNamed, IssueNamed, named_in


def took_ranking(run: Run) -> bool:
    """Whether anybody took the ranking step in the surveys of the run."""
    return bool(run.responses.get("named"))


def named_of(run: Run, codes: Iterable[str], *, all_cells: bool = False) -> dict[str, IssueNamed]:
    """Per issue the groups' shares and the share together; issues that nobody was asked about are left out.

    Groups in which fewer than 5 were asked are left out too unless `all_cells`: so few could be told apart. Then there
    is no share together either, if the method lets such a group into it.
    """
    counted, valid = run.responses.get("named", {}), run.responses["groups"]
    method = Method.from_dict(run.method)
    answered = {code: numbers["valid"] for code, numbers in valid.items()}
    found = {}
    for code in codes:
        pairs = [(group, *counted[group][code]) for group in valid if code in counted.get(group, {})]
        groups = [GroupNamed(*each) for each in pairs if all_cells or each[2] >= SMALL_CELL]
        told = named_in(groups, method, answered)
        if len(groups) < sum(asked >= method.min_n for _group, _named, asked in pairs):
            told = replace(told, share=None)
        if groups:
            found[code] = told
    return found
