import pytest
from django.middleware.csrf import CSRF_ALLOWED_CHARS, CSRF_SECRET_LENGTH, CsrfViewMiddleware
from django.test import RequestFactory
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.respond.pages import form_token

pytestmark = pytest.mark.django_db  # the page that refuses a form names the organisation
SECRETS = st.text(CSRF_ALLOWED_CHARS, min_size=CSRF_SECRET_LENGTH, max_size=CSRF_SECRET_LENGTH)


def refused(secret: str, token: str) -> bool:
    """Whether Django's own check refuses the token from a browser with this secret."""
    request = RequestFactory(enforce_csrf_checks=True).post("/", {"csrfmiddlewaretoken": token})
    request.COOKIES["csrftoken"] = secret
    check = CsrfViewMiddleware(lambda _request: None)
    check.process_request(request)
    return check.process_view(request, lambda _request: None, (), {}) is not None


@settings(deadline=None, max_examples=50)
@given(secret=SECRETS, other=SECRETS)
def test_token_is_that_of_the_browsers_secret_and_of_no_other(secret, other):
    request = RequestFactory().get("/")
    request.META["CSRF_COOKIE"] = secret
    token = form_token(request).decode()
    assert not refused(secret, token)
    assert refused(other, token) == (other != secret)


def test_token_is_masked_anew_each_time():
    request = RequestFactory().get("/")
    request.META["CSRF_COOKIE"] = "a" * CSRF_SECRET_LENGTH
    tokens = {form_token(request).decode() for _ in range(100)}
    assert len(tokens) == 100 and all(len(token) == 2 * CSRF_SECRET_LENGTH for token in tokens)


def test_token_without_a_secret_makes_one_for_the_cookie():
    request = RequestFactory().get("/")
    token = form_token(request).decode()
    assert request.META["CSRF_COOKIE_NEEDS_UPDATE"] and not refused(request.META["CSRF_COOKIE"], token)
