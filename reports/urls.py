"""URLs of matrix, outline and outputs."""

from django.urls import path

from reports.views import index, matrix, outline, outputs

urlpatterns = [
    path("cycles/<slug:code>/matrix/", matrix.matrix, name="matrix"),
    path("cycles/<slug:code>/scores/<str:issue>/sheet.pdf", outputs.issue_sheet, name="issue_sheet"),
    path("cycles/<slug:code>/outline/", outline.outline, name="outline"),
    path("cycles/<slug:code>/outline/outline.<slug:kind>", outline.outline_export, name="outline_export"),
    path("cycles/<slug:code>/outline/template.<slug:kind>", outline.outline_template, name="outline_template"),
    path("cycles/<slug:code>/outline/imports/<int:pk>/", outline.outline_import, name="outline_import"),
    path("cycles/<slug:code>/outline/imports/<int:pk>/confirm/", outline.outline_confirm, name="outline_confirm"),
    path("cycles/<slug:code>/outline/imports/<int:pk>/discard/", outline.outline_discard, name="outline_discard"),
    path("cycles/<slug:code>/outline/imports/<int:pk>/undo/", outline.outline_undo, name="outline_undo"),
    path("cycles/<slug:code>/outline/propose/", index.outline_propose, name="outline_propose"),
    path("cycles/<slug:code>/outline/crosswalk/", index.outline_crosswalk, name="outline_crosswalk"),
    path("cycles/<slug:code>/index/", index.content_index_page, name="content_index"),
    path("cycles/<slug:code>/index/checks.json", index.index_checks, name="index_checks"),
    path("cycles/<slug:code>/index/accept/", index.index_accept, name="index_accept"),
    path("cycles/<slug:code>/index/place/", index.index_place, name="index_place"),
    path("cycles/<slug:code>/outline/new/", outline.new_section, name="new_section"),
    path("cycles/<slug:code>/outline/<int:order>/", outline.section, name="section"),
    path("cycles/<slug:code>/outline/<int:order>/remove/", outline.section_remove, name="remove_section"),
    path("cycles/<slug:code>/outputs/", outputs.outputs, name="outputs"),
    path("cycles/<slug:code>/outputs/template-<slug:language>.docx", outputs.text_template, name="text_template"),
    path("cycles/<slug:code>/outputs/texts/<slug:table>/", outputs.table_texts, name="table_texts"),
    path("cycles/<slug:code>/outputs/remake/", outputs.outputs_remake, name="remake_outputs"),
    path("cycles/<slug:code>/outputs/<int:pk>/retry/", outputs.output_retry, name="retry_output"),
    path("cycles/<slug:code>/outputs/<int:pk>/cancel/", outputs.output_cancel, name="cancel_output"),
    path("cycles/<slug:code>/outputs/<int:pk>/remove/", outputs.output_remove, name="remove_output"),
    path("cycles/<slug:code>/outputs/<int:pk>/", outputs.output_row, name="output_row"),
    path("cycles/<slug:code>/outputs/<int:pk>/file/", outputs.output_file, name="output_file"),
]
