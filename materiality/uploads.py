"""Uploads are cut off when they grow past the limit, before the whole of them is on disk."""

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload


class LimitedUploadHandler(FileUploadHandler):
    """Stop reading a request's files past MAX_UPLOAD_BYTES and mark the request, so that the form can say so."""

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):
        self.seen = 0
        self.request.upload_too_large = content_length > settings.MAX_UPLOAD_BYTES + 1_000_000

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.seen += len(raw_data)
        if self.request.upload_too_large or self.seen > settings.MAX_UPLOAD_BYTES:
            self.request.upload_too_large = True
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
