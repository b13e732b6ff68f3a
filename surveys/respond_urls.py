"""URLs of the respondent's pages, below /s/."""

from django.urls import path

from surveys.views import respond, respond_questions

urlpatterns = [
    path("<str:code>/<int:number>/", respond_questions.questions, name="respond_page"),
    path("<str:code>/", respond.introduction, name="respond"),
    path("<str:code>/end/", respond_questions.end, name="respond_end"),
    path("<str:code>/thanks/", respond.thanks, name="respond_thanks"),
]
