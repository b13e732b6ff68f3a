"""The mail server from its address."""

from pathlib import Path

import pytest

from materiality.environment import Mail, further_languages, read_mail_url

BACKENDS = "django.core.mail.backends."
SMTP = BACKENDS + "smtp.EmailBackend"
FOLDER = Path("mail")


@pytest.mark.parametrize(
    ("url", "mail"),
    [
        ("", Mail(BACKENDS + "filebased.EmailBackend", folder=FOLDER)),
        ("console:", Mail(BACKENDS + "console.EmailBackend")),
        ("file:///srv/mail%20out", Mail(BACKENDS + "filebased.EmailBackend", folder=Path("/srv/mail out"))),
        ("smtp://localhost", Mail(SMTP, "localhost", 25)),
        ("smtp://u:p@mail.example.com?tls=1", Mail(SMTP, "mail.example.com", 587, "u", "p", tls=True)),
        ("smtp://a%40b.com:p%2Fq@host:2525", Mail(SMTP, "host", 2525, "a@b.com", "p/q")),
        ("smtps://host", Mail(SMTP, "host", 465, ssl=True)),
        ("smtp://host?ssl=yes", Mail(SMTP, "host", 465, ssl=True)),
    ],
)
def test_mail_url_is_read(url, mail):
    assert read_mail_url(url, FOLDER) == mail


@pytest.mark.parametrize(
    "url",
    ["mail.example.com", "http://host", "smtp://", "smtp://host:99999", "smtp://host?tls=maybe", "smtp://host?ttl=1",
     "smtps://host?tls=1", "file://host/folder"],
)  # fmt: skip
def test_mail_url_that_is_wrong_names_the_variable(url):
    with pytest.raises(ValueError, match="EMAIL_URL"):
        read_mail_url(url, FOLDER)


def test_folder_of_a_language_without_a_name_of_its_own_is_left_out(tmp_path):
    for name in ("ko", "zh_TW", "xx"):
        (tmp_path / name / "LC_MESSAGES").mkdir(parents=True)
        (tmp_path / name / "LC_MESSAGES" / "django.po").touch()
    assert further_languages(tmp_path) == [("ko", "한국어")]
