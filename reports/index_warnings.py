"""Warnings about the content index in the active language."""

from collections.abc import Iterable

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from reports.gri.catalogue import Catalogue
from reports.gri.checks import check_index
from reports.gri.index import OutlineRow, build_index
from reports.gri.problems import INDEX_WARNINGS


def warning_sentences(rows: Iterable[OutlineRow], catalogue: Catalogue) -> list[str]:
    """One sentence per warning; none of them stops an output."""
    index = build_index(rows, catalogue, get_language() or "zh-hans")
    return (
        [_(INDEX_WARNINGS[warning.code]) % warning.params for warning in check_index(index, catalogue)] if index else []
    )
