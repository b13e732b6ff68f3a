"""URLs of invitations: links, batches, recipients, mailings."""

from django.urls import path

from surveys.views import batches, invitations, mailings, recipient_lists, recipients

_HERE = "cycles/<slug:code>/surveys/<slug:survey>/invitations"
_BATCH = f"{_HERE}/batches/<int:pk>"
_RECIPIENTS = f"{_HERE}/recipients"

urlpatterns = [
    path(f"{_HERE}/", invitations.invitations, name="invitations"),
    path(f"{_HERE}/qr.<slug:kind>", invitations.qr_code, name="survey_qr"),
    path(f"{_HERE}/sheet.pdf", invitations.poster, name="survey_poster"),
    path(f"{_HERE}/batches/new/", batches.new_batch, name="new_batch"),
    path(f"{_BATCH}/", batches.batch, name="batch"),
    path(f"{_BATCH}/links.<slug:kind>", batches.batch_links, name="batch_links"),
    path(f"{_BATCH}/codes-<slug:kind>.zip", batches.batch_codes, name="batch_codes"),
    path(f"{_BATCH}/void/", batches.void, name="void_batch"),
    path(f"{_RECIPIENTS}/", recipients.recipients, name="recipients"),
    path(f"{_RECIPIENTS}/new/", recipient_lists.add_list, name="new_recipients"),
    path(f"{_RECIPIENTS}/template.<slug:kind>", recipient_lists.list_template, name="recipient_template"),
    path(f"{_RECIPIENTS}/bounces/", recipients.bounces, name="bounces"),
    path(f"{_RECIPIENTS}/purge/", recipients.purge, name="purge_recipients"),
    path(f"{_RECIPIENTS}/<int:pk>/", recipients.recipient, name="recipient"),
    path(f"{_RECIPIENTS}/<int:pk>/stored.json", recipients.recipient_file, name="recipient_file"),
    path(f"{_RECIPIENTS}/<int:pk>/erase/", recipients.erase, name="erase_recipient"),
    path(f"{_HERE}/mailings/new/", mailings.new_mailing, name="new_mailing"),
    path(f"{_HERE}/mailings/<int:pk>/", mailings.mailing, name="mailing"),
    path(f"{_HERE}/mailings/<int:pk>/<slug:step>/", mailings.steer, name="steer_mailing"),
]
