"""The lists of codes that templates offer, with what the codes mean in both languages."""

from django.db.models import Choices as WordedChoices
from django.utils.translation import override

from materiality.library_file.mapping_codes import MappingCodes
from materiality.models import Edition, Framework, Group, Issue
from materiality.queries.default_groups import default_groups
from materiality.queries.stored_catalogues import stored_catalogues

Choices = dict[str, list[tuple[str, str, str]]]  # name → (code, Chinese, English)


def words_of(choices: type[WordedChoices]) -> list[tuple[str, str, str]]:
    """The values of a model's choices with their labels."""
    words = {}
    for language in ("zh-hans", "en"):
        with override(language):
            words[language] = [str(label) for label in choices.labels]
    return list(zip(map(str, choices.values), words["zh-hans"], words["en"], strict=True))


def issue_choices(edition: Edition) -> Choices:
    """Categories, primary issues, statuses, groups and the codes of every framework that has a column."""
    primaries = edition.issues.filter(parent=None).order_by("code")
    return {
        "categories": [(row.code, row.name_zh, row.name_en) for row in edition.categories.all()],
        "primaries": [(row.code, row.name_zh, row.name_en) for row in primaries],
        "statuses": words_of(Issue.Status),
        "groups": _groups(),
        **_frameworks(),
    }


def mapping_choices(edition: Edition) -> Choices:
    """Issues, frameworks and their editions."""
    frameworks = list(Framework.objects.all())
    editions = dict.fromkeys(row.edition for row in frameworks)
    return {
        "issues": [(row.code, row.name_zh, row.name_en) for row in edition.issues.order_by("code")],
        "frameworks": [
            (row.code, row.title_zh, row.title_en) for row in {row.code: row for row in frameworks}.values()
        ],
        "editions": [(name, "", "") for name in editions],
    }


def _groups() -> list[tuple[str, str, str]]:
    default = {row["code"]: (row["code"], row["name_zh"], row["name_en"]) for row in default_groups()}
    stored = {row.code: (row.code, row.name_zh, row.name_en) for row in Group.objects.order_by("code")}
    return list({**default, **stored}.values())


def _frameworks() -> Choices:
    """Codes that can be mapped, as a cell holds them; headings of topics cannot."""
    catalogues = stored_catalogues()
    codes = MappingCodes(catalogues)
    return {
        column: [
            (codes.written(column, record.code), record.title_zh, record.title_en)
            for record in catalogues.of.get(framework, {}).values()
            if record.parent_code or framework[0] not in ("CNSE", "HKEX")
        ]
        for column, framework in codes.editions.items()
    }
