"""URLs of surveys, responses and the respondent's pages."""

urlpatterns: list = []
