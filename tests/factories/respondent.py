"""A respondent for tests: the test client with what it needs to fill in pages as a browser would."""

import json
import re
from urllib.parse import urlencode

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.test import Client
from django.test.client import ClientHandler

from surveys.models import Survey
from surveys.respond.short_way import ShortWay

OWN_PAGE = {"sec-fetch-site": "same-origin"}
FORM = "application/x-www-form-urlencoded"
SCRIPT = f"{FORM};charset=UTF-8"


class _Handler(ClientHandler):
    """Respondents are answered before Django, as where the product runs."""

    def __init__(self) -> None:
        super().__init__(enforce_csrf_checks=True)
        self._first = ShortWay(self._django)

    def __call__(self, environ: dict) -> HttpResponse:
        self._by_django, heads = None, []
        body = b"".join(self._first(environ, lambda *head: heads.append(head)))
        if self._by_django:
            return self._by_django
        ((status, headers),) = heads
        response = HttpResponse(body, status=int(status[:3]), headers=dict(headers))
        response.headers.pop("Set-Cookie", None)
        for _name, value in (each for each in headers if each[0] == "Set-Cookie"):
            response.cookies.load(value)
        response.wsgi_request = WSGIRequest(environ)
        return response

    def _django(self, environ: dict, _start: object) -> list[bytes]:
        self._by_django = super().__call__(environ)
        return []


class RespondentClient(Client):
    """Opens pages and posts their forms, with the CSRF check on."""

    def __init__(self, survey: Survey, **headers: str) -> None:
        super().__init__(enforce_csrf_checks=True, headers={"host": "testserver", "accept-language": "en", **headers})
        self.handler = _Handler()
        self.base = f"/s/{survey.code}/"

    def page(self, path: str = "") -> str:
        """The HTML of a page that is there."""
        response = self.get(self.base + path)
        assert response.status_code == 200, (path, response.status_code)
        return response.content.decode()

    def send(self, path: str = "", /, **values: object) -> HttpResponse:
        """Post values with what the form of the page carries, as the page is shown now."""
        sent = urlencode({**self.carried(path), **values}, doseq=True)
        return self.post(self.base + path, sent, content_type=FORM, headers=OWN_PAGE)

    def save(self, path: str, *queue: list, number: int = 1, page: int = 7, **values: object) -> HttpResponse:
        """As a script does: [name, value, version, milliseconds since] of each answer that was touched."""
        sent = {"queue": json.dumps(queue), "page": page, "number": number, "go": "keep", **values}
        return self.post_as_script(path, {**self.carried(path), **sent})

    def post_as_script(self, path: str, values: dict, **headers: str) -> HttpResponse:
        """As `fetch` does, in browsers that say who sends it."""
        return self.post(self.base + path, urlencode(values), content_type=SCRIPT, headers={**OWN_PAGE, **headers})

    def carried(self, path: str = "") -> dict[str, str]:
        """What the form of a page carries unseen: its token, and what it shows."""
        html = self.get(self.base + path).content.decode()
        return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', html))

    def begin(self, group: str = "users") -> HttpResponse:
        return self.send(group=group, consent="yes", go="start")

    def items(self, path: str) -> list[int]:
        """Positions asked on a page, in shown order."""
        return [int(position) for position in re.findall(r'name="r(\d+)" value="1"', self.page(path))]

    def chosen(self, path: str) -> dict[int, str]:
        """What a page shows as answered."""
        found = re.findall(r'name="r(\d+)" value="(\w+)" checked', self.page(path))
        return {int(position): value for position, value in found}
