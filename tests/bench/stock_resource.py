"""The baseline of the import: a stock django-import-export resource on a model with a field per item."""

import os
import sys
from pathlib import Path

import django
import tablib  # noqa: E402
from django.db import (
    connection,  # noqa: E402
    models,  # noqa: E402
)
from import_export import resources  # noqa: E402

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "materiality.settings")
django.setup()


def wide_model(header: list[str]) -> type[models.Model]:
    """A model with a text column for every column of the file."""
    columns = {_name(name): models.CharField(max_length=200, blank=True, null=True) for name in header}
    meta = type("Meta", (), {"app_label": "surveys", "db_table": "bench_wide"})
    return type("WideResponse", (models.Model,), {"__module__": __name__, "Meta": meta, **columns})


def _name(column: str) -> str:
    return "c_" + column.lower().replace("-", "_").replace(":", "_")


def main(path: Path) -> None:
    """Import the file."""
    data = tablib.Dataset().load(path.read_text("utf-8-sig"), format="csv")
    header = data.headers
    model = wide_model(header)
    with connection.schema_editor() as editor:
        editor.create_model(model)
    data.headers = list(map(_name, header))
    data.append_col([""] * len(data), header="id")
    resource = resources.modelresource_factory(model=model)()
    result = resource.import_data(data, raise_errors=True, use_transactions=True)
    assert model.objects.count() == len(data) and not result.has_errors()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
