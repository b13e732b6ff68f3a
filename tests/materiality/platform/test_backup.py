"""What backups put aside while they are made and opened; tests/services/test_backup.py has them restored."""

import tempfile

import pytest

from materiality.platform.backup import opened_backup, write_backup
from materiality.platform.keys import ensure_installation_key
from materiality.platform.refusals import NotAllowed

PASSPHRASE = "long enough to be one"


@pytest.mark.django_db(transaction=True)  # SQLite copies nothing while something is written
def test_what_lies_open_meanwhile_lies_in_the_folder_of_the_process_which_is_swept(settings, tmp_path):
    settings.MEDIA_ROOT, settings.KEYS = tmp_path / "files", tmp_path / "keys"
    ensure_installation_key()
    write_backup(tmp_path / "backup", PASSPHRASE)
    with opened_backup(tmp_path / "backup", PASSPHRASE) as (folder, _manifest):
        assert (folder / "secret_key").exists() and folder.is_relative_to(tempfile.gettempdir())
    assert not folder.exists()


@pytest.mark.django_db
def test_nothing_is_put_aside_where_nobody_would_sweep_it(settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = None
    with pytest.raises(NotAllowed, match="data folder|数据文件夹|数据目录"):
        write_backup(tmp_path / "backup", PASSPHRASE)
    with (
        pytest.raises(NotAllowed, match="data folder|数据文件夹|数据目录"),
        opened_backup(tmp_path / "none", PASSPHRASE),
    ):
        pass
