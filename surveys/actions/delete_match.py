"""Delete a saved column match."""

from django.db import transaction

from materiality import audit
from materiality.models import User
from surveys.models import ColumnMatch, ResponseImport


@transaction.atomic
def delete_match(*, match: ColumnMatch, by: User | None) -> None:
    """Delete it. Imports that were read by it keep their copy of its columns, and lose its name only.

    A file that was uploaded with it and is not read yet has its columns recognised instead.
    """
    stored = ColumnMatch.objects.select_for_update().get(pk=match.pk)
    imports = list(ResponseImport.objects.select_for_update().filter(match_name=stored.name))
    for imported in imports:
        imported.match_name = ""
    ResponseImport.objects.bulk_update(imports, ["match_name"], batch_size=200)
    pk = stored.pk
    stored.delete()
    # The event names the row, which is gone by then.
    stored.pk = pk
    before = {"name": stored.name, "tool": stored.tool, "imports": len(imports)}
    audit.record("delete_match", stored, by=by, before=before, touched=imports)
