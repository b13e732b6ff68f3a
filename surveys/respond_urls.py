"""URLs of the respondent's pages, below /s/."""

from django.urls import path

from surveys.views import respond, respond_end, respond_personal, respond_questions, unsubscribe

urlpatterns = [
    path("<str:code>/<int:number>/", respond_questions.questions, name="respond_page"),
    path("<str:code>/", respond.introduction, name="respond"),
    path("<str:code>/i/<str:token>/", respond_personal.personal_link, name="personal_link"),
    path("<str:code>/i/<str:token>/unsubscribe/", unsubscribe.unsubscribe, name="unsubscribe"),
    path("<str:code>/one/<int:number>/", respond_questions.questions, {"single": True}, name="respond_single"),
    # For those who type: the end is the same page however many issues stand on the others.
    path("<str:code>/one/end/", respond_end.end),
    path("<str:code>/about/", respond_end.about, name="respond_about"),
    path("<str:code>/end/", respond_end.end, name="respond_end"),
    path("<str:code>/thanks/", respond.thanks, name="respond_thanks"),
]
