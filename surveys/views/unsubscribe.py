"""The page by which recipients say that they want no mail."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from surveys.actions.unsubscribe import unsubscribe as end_mail_to
from surveys.queries.links import link_now
from surveys.views import respond_cookies as cookies
from surveys.views.respond_pages import page
from surveys.views.respond_visit import SeeOther, for_respondents, unknown


@csrf_exempt
@for_respondents
def unsubscribe(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """GET shows a button, so that robots which follow links unsubscribe nobody; POST does it, a mail program's
    one-click POST (RFC 8058) too: that brings no cookie, and the token alone says whose wish it is.
    """
    if cookies.is_about_display(request.POST):
        response = SeeOther(request.path)
        cookies.remember_shown(response, request.POST)
        return response
    link = link_now(token, code)
    if link is None:
        return unknown(request)
    done = request.method == "POST"
    if done:
        end_mail_to(link=link)
    if done:
        heading = _("You get no more mails about our surveys")
        lead = _("Neither about this survey nor about later ones. Your link still works if you want to answer.")
    else:
        heading = _("No more mails about our surveys?")
        lead = _("You will get no mails about this survey or later ones. Your link still works if you want to answer.")
    button = "" if done else _("Unsubscribe")
    return page(request, "notice", about=_("Mails about our surveys"), heading=heading, lead=lead, button=button)
