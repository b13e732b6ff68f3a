"""What a model's own checks say, as problems of cells in both languages."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import override
from import_export.fields import Field

from materiality.library_file.problems import Problem
from materiality.resources.plan import SheetRow


def problems_of(error: ValidationError, row: SheetRow, columns: Mapping[str, Field]) -> list[Problem]:
    """One problem per field of the model; a field that is no column is told of the row as a whole."""
    names = {field.attribute: name for name, field in columns.items()}
    return [
        row.problem("empty", names.get(attribute, ""))
        if any(each.code in ("blank", "null") for each in errors)
        else row.problem("invalid", names.get(attribute, ""), params=_in_both(errors))
        for attribute, errors in error.error_dict.items()
    ]


def _in_both(errors: list[ValidationError]) -> dict[str, str]:
    texts = {}
    for suffix, language in (("zh", "zh-hans"), ("en", "en")):
        with override(language):
            texts[f"title_{suffix}"] = " ".join(message for each in errors for message in each.messages)
    return texts
