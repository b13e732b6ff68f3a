"""URLs of people, roles and the audit trail."""

from django.urls import path

from materiality.views import audit, password, people, roles

urlpatterns = [
    path("roles/", roles.roles, name="roles"),
    path("audit/", audit.audit, name="audit"),
    path("audit/export.csv", audit.audit_export, name="audit_export"),
    path("people/", people.people, name="people"),
    path("people/new/", people.new_person, name="new_person"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/password/", people.reset_password, name="reset_password"),
    path("people/<int:pk>/erase/", people.erase, name="erase_person"),
    path("password/", password.OwnPassword.as_view(), name="password"),
]
