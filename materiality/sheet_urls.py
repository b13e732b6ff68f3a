"""URLs of spreadsheets: of the library below sheets/, of a cycle below it."""

from django.urls import path

from materiality import sheet_words  # noqa: F401
from materiality.views import sheet_exports, sheet_imports

_CYCLE = "cycles/<slug:code>/sheets"

urlpatterns = [
    path("sheets/", sheet_imports.sheet_imports, name="sheet_imports"),
    path("sheets/new/<slug:kind>/", sheet_imports.new_sheet, name="sheet_new"),
    path("sheets/export/<slug:kind>.<slug:suffix>", sheet_exports.sheet_export, name="sheet_export"),
    path("sheets/template/<slug:kind>.<slug:suffix>", sheet_exports.sheet_template, name="sheet_template"),
    path("sheets/<int:pk>/", sheet_imports.sheet_import, name="sheet_import"),
    path("sheets/<int:pk>/columns/", sheet_imports.sheet_columns, name="sheet_columns"),
    path("sheets/<int:pk>/confirm/", sheet_imports.sheet_confirm, name="sheet_confirm"),
    path("sheets/<int:pk>/discard/", sheet_imports.sheet_discard, name="sheet_discard"),
    path("sheets/<int:pk>/undo/", sheet_imports.sheet_undo, name="sheet_undo"),
    path(f"{_CYCLE}/", sheet_imports.sheet_imports, name="cycle_sheets"),
    path(f"{_CYCLE}/new/<slug:kind>/", sheet_imports.new_sheet, name="cycle_sheet_new"),
    path(f"{_CYCLE}/export/<slug:kind>.<slug:suffix>", sheet_exports.sheet_export, name="cycle_sheet_export"),
    path(f"{_CYCLE}/template/<slug:kind>.<slug:suffix>", sheet_exports.sheet_template, name="cycle_sheet_template"),
]
