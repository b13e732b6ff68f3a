"""The start page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def start(request: HttpRequest) -> HttpResponse:
    """What is due and where each cycle stands."""
    return render(request, "materiality/start.html")
