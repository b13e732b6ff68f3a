"""The categories of a draft edition in the `categories` format (formats.md)."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_lazy as _
from import_export.fields import Field

from materiality.drafts.rows import locked_edition_draft
from materiality.models import Category, Issue
from materiality.platform.bilingual import DEFAULT_LANGUAGES
from materiality.tables.headers import Choices, SheetColumn, choice_words, text_columns_of
from materiality.tables.imports import StrictResource
from materiality.tables.problems import Problem
from materiality.tables.widgets import ChoiceWidget, NumberWidget, SheetRow, TextWidget

_STATUS = _("active or retired; empty means active.")


class CategoryResource(StrictResource):
    """Categories of the draft of the scope; a file adds and changes categories, it removes none."""

    sheet = "categories"
    written = ("name", "order", "status")

    category = Field("code", "category", widget=TextWidget(40, required=True))
    order = Field("order", "order", widget=NumberWidget(whole=True, empty=0))
    status = Field("status", "status", widget=ChoiceWidget("statuses", "unknown_status", empty=Category.Status.ACTIVE))

    class Meta:
        model = Category
        fields = ("category", "order", "status")
        import_id_fields = ("category",)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        languages = self.scope.edition.languages if self.scope.edition else DEFAULT_LANGUAGES
        names = text_columns_of(Category._meta.get_field("name"), languages)
        columns = (
            SheetColumn("category", _("Category"), _("The code of the category."), required=True),
            *names,
            SheetColumn("order", _("Order"), _("Its place; marks and colours follow it."), number=True, width=8),
            SheetColumn("status", _("Status"), _STATUS, choices="statuses", width=10),
        )
        self.take(columns, {each.name: Field(each.attribute, each.name, widget=TextWidget(200)) for each in names})

    def refuse(self, store: bool) -> None:
        if store:
            locked_edition_draft(self.scope.edition)

    def stored(self) -> Sequence[Category]:
        return list(self.scope.edition.categories.all())

    def make_lookups(self) -> dict[str, dict]:
        return {"statuses": {str(value): value for value in Category.Status.values}}

    def choices(self) -> Choices:
        return {"statuses": choice_words(Category.Status)}

    def blank(self, row: dict[str, str]) -> Category:
        return Category(edition=self.scope.edition)

    def objections(self, row: SheetRow, instance: Category, changes: dict[str, list[str]]) -> Iterable[Problem]:
        if changes.get("status", ["", ""])[1] == Category.Status.RETIRED and instance.pk:
            codes = instance.issues.filter(status=Issue.Status.ACTIVE).values_list("code", flat=True)
            if codes:
                params = {"code": instance.code, "codes": ", ".join(sorted(codes)[:5])}
                yield row.problem("retired_category", "status", params=params)

    def before_store(self, instance: Category, changes: dict[str, list[str]]) -> None:
        if not instance.order:
            self.put_last(instance)
