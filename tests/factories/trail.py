"""Events about what factories make, which in the product every row of some tables has."""

from django.db.models import Model
from django.db.transaction import atomic

from materiality.platform import audit


@atomic
def told_of(row: Model, *more: Model) -> None:
    """As if an action had made these rows."""
    audit.record("made", row, by=None, touched=more)
