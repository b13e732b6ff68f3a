"""The default library in the `issues` format: a row per issue, codes instead of titles."""

from materiality.lineage.records import Library, Mapping

COLUMNS = [
    *("code", "category", "parent_code", "name_zh", "name_en", "definition_zh", "definition_en"),
    *("gri_2016", "gri_2021", "sdgs", "esrs", "cn_exchange", "hkex", "groups", "status"),
]
_FRAMEWORKS = [("GRI", "2016"), ("GRI", "2021"), ("SDG", "2015"), ("ESRS", "2023"), ("CNSE", "2024"), ("HKEX", "2025")]


def issues_rows(library: Library) -> list[list[str]]:
    """Headings, then the rows as they would be exported."""
    lines = [COLUMNS]
    for issue in library.issues:
        texts = [held.get(language, "") for held in (issue.name, issue.definition) for language in ("zh", "en")]
        cells = [_codes(issue.mappings, framework) for framework in _FRAMEWORKS]
        head = [issue.code, issue.category, issue.parent_code]
        lines.append([*head, *texts, *cells, ";".join(issue.groups), issue.status])
    return lines


def _codes(mappings: tuple[Mapping, ...], framework: tuple[str, str]) -> str:
    return ";".join(_written(code, framework) for *held, code, _type in mappings if tuple(held) == framework)


def _written(code: str, framework: tuple[str, str]) -> str:
    """102 and 103 had another meaning before 2025."""
    return f"{code} (2025)" if framework == ("GRI", "2021") and code.startswith(("102-", "103-")) else code
