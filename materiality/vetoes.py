"""What apps above say against, or about, a change of the library: they hold surveys on its issues."""

from collections import defaultdict
from collections.abc import Callable

from django.db.models import Model

Veto = Callable[[Model], list[str]]

# What can be asked about: correcting a published edition (given the edition), retiring an issue (given the issue of
# the edition in force that it descends from).
CORRECT_ERRATUM, RETIRE_ISSUE = "correct_erratum", "retire_issue"

_vetoes: dict[str, list[Veto]] = defaultdict(list)


def add_veto(about: str, veto: Veto) -> None:
    """Register a function that gives sentences on what stands against it, none where nothing does."""
    if veto not in _vetoes[about]:
        _vetoes[about].append(veto)


def vetoes(about: str, row: Model) -> list[str]:
    """Everything that the apps have to say."""
    return [str(sentence) for veto in _vetoes[about] for sentence in veto(row)]
