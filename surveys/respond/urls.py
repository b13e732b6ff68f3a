"""URLs of the respondent's pages, below /s/."""

from django.urls import path

from surveys.respond import entrance, views

urlpatterns = [
    path("<str:code>/<int:number>/", views.questions, name="respond_page"),
    path("<str:code>/", entrance.introduction, name="respond"),
    path("<str:code>/i/<str:token>/", entrance.personal_link, name="personal_link"),
    path("<str:code>/i/<str:token>/unsubscribe/", entrance.unsubscribe, name="unsubscribe"),
    path("<str:code>/one/<int:number>/", views.questions, {"single": True}, name="respond_single"),
    # For those who type: the end is the same page however many issues stand on the others.
    path("<str:code>/one/end/", views.end),
    path("<str:code>/top/", views.ranking, name="respond_ranking"),
    path("<str:code>/about/", views.about, name="respond_about"),
    path("<str:code>/end/", views.end, name="respond_end"),
    path("<str:code>/thanks/", views.thanks, name="respond_thanks"),
]
