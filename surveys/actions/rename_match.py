"""Give a saved column match another name."""

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import User
from materiality.refusals import NotAllowed
from surveys.models import ColumnMatch, ResponseImport


@transaction.atomic
def rename_match(*, match: ColumnMatch, name: str, by: User | None) -> ColumnMatch:
    """Rename it, in the imports that were read by it too: their columns are copies and stay as they are.

    NotAllowed where another match has the name.
    """
    stored = ColumnMatch.objects.select_for_update().get(pk=match.pk)
    if stored.name == name:
        return stored
    if ColumnMatch.objects.filter(name=name).exists():
        raise NotAllowed(_("There is a column match %(name)s already.") % {"name": name})
    imports = list(ResponseImport.objects.select_for_update().filter(match_name=stored.name))
    before, stored.name = stored.name, name
    stored.save(update_fields=["name"])
    for imported in imports:
        imported.match_name = name
    ResponseImport.objects.bulk_update(imports, ["match_name"], batch_size=200)
    audit.record("rename_match", stored, by=by, before={"name": before}, after={"name": name}, touched=imports)
    return stored
