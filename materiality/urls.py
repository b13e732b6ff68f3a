"""Root URLs."""

from django.contrib.auth.views import LogoutView
from django.urls import include, path

from materiality.views import (
    attachments,
    cycles,
    engagements,
    groups,
    health,
    jobs,
    language,
    library,
    login,
    method,
    points,
    scores,
    start,
)

_ENGAGEMENT = "cycles/<slug:code>/engagements/<int:pk>"

urlpatterns = [
    # First, as these are asked most.
    path("s/", include("surveys.respond_urls")),
    path("", start.start, name="start"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("login/", login.StaffLogin.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("language/", language.set_language, name="language"),
    path("", include("materiality.staff_urls")),
    path("jobs/<uuid:pk>/", jobs.job, name="job"),
    path("library/", library.library, name="library"),
    path("library/<slug:edition>/<str:code>/", library.issue, name="issue"),
    path("cycles/", cycles.cycles, name="cycles"),
    path("cycles/new/", cycles.new_cycle, name="new_cycle"),
    path("cycles/<slug:code>/", cycles.cycle, name="cycle"),
    path("cycles/<slug:code>/close/", cycles.close, name="close_cycle"),
    path("cycles/<slug:code>/groups/", groups.groups, name="groups"),
    path("cycles/<slug:code>/groups/new/", groups.new_group, name="new_group"),
    path("cycles/<slug:code>/groups/edit/<slug:group>/", groups.group, name="group"),
    path("cycles/<slug:code>/groups/remove/<slug:group>/", groups.remove, name="remove_group"),
    path("cycles/<slug:code>/groups/export.<slug:kind>", groups.group_export, name="group_export"),
    path("cycles/<slug:code>/groups/<slug:group>/points/", points.points, name="group_points"),
    path("cycles/<slug:code>/groups/<slug:group>/points/<slug:kind>/add/", points.save, name="add_point"),
    path("cycles/<slug:code>/groups/<slug:group>/points/<slug:kind>/<int:pk>/", points.save, name="save_point"),
    path("cycles/<slug:code>/groups/<slug:group>/points/<int:pk>/move/", points.move, name="move_point"),
    path("cycles/<slug:code>/groups/<slug:group>/points/<int:pk>/remove/", points.remove, name="remove_point"),
    path("cycles/<slug:code>/stakeholders/", points.stakeholder_table, name="stakeholder_table"),
    path("cycles/<slug:code>/engagements/", engagements.engagements, name="engagements"),
    path("cycles/<slug:code>/engagements/new/", engagements.new_engagement, name="new_engagement"),
    path(f"{_ENGAGEMENT}/", engagements.engagement, name="engagement"),
    path(f"{_ENGAGEMENT}/edit/", engagements.edit_engagement, name="edit_engagement"),
    path(f"{_ENGAGEMENT}/remove/", engagements.remove, name="remove_engagement"),
    path(f"{_ENGAGEMENT}/files/add/", attachments.add, name="add_attachment"),
    path(f"{_ENGAGEMENT}/files/<int:attachment>/", attachments.download, name="attachment"),
    path(f"{_ENGAGEMENT}/files/<int:attachment>/remove/", attachments.remove, name="remove_attachment"),
    path("cycles/<slug:code>/method/", method.method, name="method"),
    path("cycles/<slug:code>/scores/", scores.scores, name="scores"),
    path("", include("surveys.urls")),
    path("", include("reports.urls")),
    # After the apps', whose addresses below scores/ would else be taken for codes of issues.
    path("cycles/<slug:code>/scores/<str:issue>/", scores.issue_score, name="issue_score"),
]
