"""URLs of matrix, outline and outputs."""

urlpatterns: list = []
