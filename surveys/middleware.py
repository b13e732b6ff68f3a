"""The short way of respondents' pages: thousands are asked for at once, and need little of what staff's pages need."""

from collections.abc import Callable

from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.security import SecurityMiddleware
from django.urls import Resolver404, get_resolver
from django.utils import translation
from django.utils.cache import patch_vary_headers

from materiality.middleware import RESPONDENT_PATH


class RespondentMiddleware:
    """Answers what is asked for below /s/ itself; the middleware that stands after it never sees that.

    Of the others' work it does what such a page needs, in a fifth of their time: the host's name, the language, the
    check of forms (CSRF), and the headers that protect. Pages are packed where they are made (respond_pages). Addresses
    that lead nowhere go the long way, where a missing slash is added.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._csrf = CsrfViewMiddleware(get_response)
        self._security = SecurityMiddleware(get_response)
        self._urls = get_resolver("surveys.respond_urls")
        self._view = convert_exception_to_response(self._checked_view)
        self._headers = {
            HEADER: build_policy(config=settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]),
            "X-Frame-Options": settings.X_FRAME_OPTIONS,
        }

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if not path.startswith(RESPONDENT_PATH):
            return self.get_response(request)
        try:
            request.resolver_match = self._urls.resolve(path[len(RESPONDENT_PATH) - 1 :])
        except Resolver404:
            return self.get_response(request)
        request.LANGUAGE_CODE = translation.get_language_from_request(request)
        translation.activate(request.LANGUAGE_CODE)
        return self._with_headers(request, self._security.process_request(request) or self._view(request))

    def _checked_view(self, request: HttpRequest) -> HttpResponse:
        request.get_host()  # DisallowedHost where it is not ours
        view, args, kwargs = request.resolver_match
        self._csrf.process_request(request)
        refused = self._csrf.process_view(request, view, args, kwargs)
        return refused or self._csrf.process_response(request, view(request, *args, **kwargs))

    def _with_headers(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        headers = response.headers
        for name, value in self._headers.items():
            headers[name] = value
        headers["Content-Language"] = request.LANGUAGE_CODE
        headers["Content-Length"] = str(len(response.content))
        patch_vary_headers(response, ("Accept-Language",))
        return self._security.process_response(request, response)
