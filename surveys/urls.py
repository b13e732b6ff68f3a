"""URLs of surveys and responses."""

from django.urls import path

from surveys.views import (
    comments,
    exports,
    fieldwork,
    imports,
    planning,
    plans,
    preview,
    profile,
    response_list,
    responses,
    score_request,
    screening,
    split,
    survey_form,
    surveys,
)

_SURVEY = "cycles/<slug:code>/surveys/<slug:survey>"
_IMPORT = "cycles/<slug:code>/imports/<int:pk>"

urlpatterns: list = [
    path("library/comments/", comments.comments, name="comments"),
    path("library/comments/<slug:survey>/<str:reference>/promote/", comments.promote, name="promote_comment"),
    path("cycles/<slug:code>/surveys/", surveys.surveys, name="surveys"),
    path("cycles/<slug:code>/surveys/new/", survey_form.new_survey, name="new_survey"),
    path(f"{_SURVEY}/", surveys.survey, name="survey"),
    path(f"{_SURVEY}/edit/", survey_form.edit, name="edit_survey"),
    path(f"{_SURVEY}/groups/", plans.survey_groups, name="survey_groups"),
    path(f"{_SURVEY}/groups/<slug:group>/", plans.group_issues, name="group_issues"),
    path(f"{_SURVEY}/split/", split.split, name="split_survey"),
    path(f"{_SURVEY}/plan/", planning.survey_plan, name="survey_plan"),
    path(f"{_SURVEY}/profile/", profile.profile_questions, name="profile_questions"),
    path(f"{_SURVEY}/profile/new/", profile.new_profile_question, name="new_profile_question"),
    path(f"{_SURVEY}/profile/<int:pk>/", profile.profile_question, name="profile_question"),
    path(f"{_SURVEY}/profile/<int:pk>/move/", profile.move, name="move_profile_question"),
    path(f"{_SURVEY}/profile/<int:pk>/remove/", profile.remove, name="remove_profile_question"),
    path(f"{_SURVEY}/window/", survey_form.window, name="change_window"),
    path(f"{_SURVEY}/open/", surveys.open_now, name="open_survey"),
    path(f"{_SURVEY}/close/", surveys.close_now, name="close_survey"),
    path(f"{_SURVEY}/remove/", surveys.remove, name="remove_survey"),
    path(f"{_SURVEY}/preview/", preview.preview, name="preview"),
    path(f"{_SURVEY}/import/", imports.new_import, name="new_import"),
    path(f"{_SURVEY}/template.<slug:kind>", imports.import_template, name="import_template"),
    path(f"{_SURVEY}/exports/", exports.exports, name="exports"),
    path(f"{_SURVEY}/export.<slug:kind>", exports.export, name="export_responses"),
    path(f"{_SURVEY}/responses/", response_list.response_list, name="response_list"),
    path(f"{_SURVEY}/responses/<uuid:pk>/", response_list.response, name="response"),
    path(f"{_SURVEY}/screening/", screening.screening, name="screening"),
    path(f"{_SURVEY}/screening/trial/", screening.try_out, name="try_rules"),
    path(f"{_SURVEY}/screening/trial/<uuid:pk>/", screening.trial, name="rules_trial"),
    path(f"{_SURVEY}/screening/change/", screening.change, name="change_rules"),
    path(f"{_SURVEY}/fieldwork/", fieldwork.fieldwork, name="fieldwork"),
    path("cycles/<slug:code>/responses/", responses.responses, name="responses"),
    path(f"{_IMPORT}/", imports.response_import, name="response_import"),
    path(f"{_IMPORT}/confirm/", imports.confirm, name="confirm_import"),
    path(f"{_IMPORT}/discard/", imports.discard, name="discard_import"),
    path(f"{_IMPORT}/errors.xlsx", imports.import_errors, name="import_errors"),
    path("cycles/<slug:code>/scores/request/", score_request.request_score, name="request_score"),
]
