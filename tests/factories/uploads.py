"""Uploads of spreadsheets on pages, with a worker that does what they ask for."""

from django.core.files.uploadedfile import SimpleUploadedFile

from materiality.platform import jobs


def upload_to(client, address: str, file: SimpleUploadedFile):
    """The page that the upload leads to once its job is done; the upload's own page where it is refused."""
    answer = client.post(address, {"file": file})
    if answer.status_code != 302:
        return answer
    assert jobs.execute(answer.url.split("/")[2])
    return client.get(answer.url, follow=True)
