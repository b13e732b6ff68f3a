"""Who is answering, and where they are sent."""

import pytest
from django.core.exceptions import DisallowedRedirect

from surveys.respond.visit import SeeOther


def test_see_other_names_the_address_as_a_redirect_does():
    response = SeeOther("/s/调查/1/")
    assert (response.status_code, response["Location"]) == (303, "/s/%E8%B0%83%E6%9F%A5/1/")
    assert response.url == response["Location"]


def test_see_other_leads_to_no_script():
    with pytest.raises(DisallowedRedirect):
        SeeOther("javascript:alert(1)")
