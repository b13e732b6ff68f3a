"""Backups: database, files, secrets and keys in one file under a passphrase, and back again.

The file is a tar of two members in the age format: `key.age`, an age identity under the passphrase, and `backup.age`, a
tar for that identity, so that any size is written and read as a stream. Without Yiti:
`tar xf FILE; age -d -o key key.age; age -d -i key backup.age | tar x`.
Keys of anonymous surveys are left out, or lie in it once more sealed, under a passphrase of their own.
"""

import io
import json
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import pyrage
from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality import __version__
from materiality.models import AuditEvent, KeyCheck, User
from materiality.platform.files import digest_of_file
from materiality.platform.hooks import declared
from materiality.platform.refusals import NotAllowed

LEAST_PASSPHRASE = 12
KEY, CONTENTS, SURVEY_KEYS = "key.age", "backup.age", "survey-keys.age"
_DATABASE, _TABLES, _FILES, _KEYS = "database.sqlite3", "tables", "files", "keys"
_MANIFEST, _SECRET = "manifest.json", "secret_key"
_CHUNK = 1 << 20


def write_backup(path: Path, passphrase: str, survey_passphrase: str = "") -> dict:
    """Write the backup beside its place and put it there when it is whole; gives what its manifest says.

    With `survey_passphrase` the keys of anonymous surveys go along under it. NotAllowed where a passphrase is too short
    or the file is there already.
    """
    for each in filter(None, (passphrase, survey_passphrase)):
        if len(each) < LEAST_PASSPHRASE:
            raise NotAllowed(_("A passphrase has at least %(least)s characters.") % {"least": LEAST_PASSPHRASE})
    if path.exists():
        raise NotAllowed(_("There is a file %(name)s already.") % {"name": path})
    identity = pyrage.x25519.Identity.generate()
    with _aside() as name:
        folder = Path(name)
        manifest = _gather(folder / "inside", survey_passphrase)
        with _packed(folder / "inside", folder / "inside.tar") as packed, (folder / CONTENTS).open("wb") as sealed:
            pyrage.encrypt_io(packed, sealed, [identity.to_public()])
        (folder / KEY).write_bytes(pyrage.passphrase.encrypt(str(identity).encode(), passphrase))
        unfinished = path.with_name(f"{path.name}.unfinished")
        with unfinished.open("xb") as stream, tarfile.open(fileobj=stream, mode="w") as tar:
            for member in (KEY, CONTENTS):
                tar.add(folder / member, member)
        unfinished.chmod(0o600)
        unfinished.rename(path)
    return manifest


def _aside() -> tempfile.TemporaryDirectory:
    """In the folder of this process: secrets lie there in the clear, and the next start sweeps what a kill left.

    NotAllowed where the process has none: nothing sweeps the system's.
    """
    if settings.FILE_UPLOAD_TEMP_DIR is None:
        raise NotAllowed(
            _("The data folder takes no files: it is full, or not to be written to. Make room in it first.")
        )
    return tempfile.TemporaryDirectory(prefix="yiti-backup-", dir=settings.FILE_UPLOAD_TEMP_DIR)


def _gather(folder: Path, survey_passphrase: str) -> dict:
    folder.mkdir()
    # The database first: files are only added, so each that it names is there; what comes later is too much at most.
    _keep_database(folder)
    if Path(settings.MEDIA_ROOT).is_dir():
        shutil.copytree(settings.MEDIA_ROOT, folder / _FILES)
    (folder / _SECRET).write_text(settings.SECRET_KEY)
    (folder / _KEYS).mkdir()
    for purpose, fingerprint in KeyCheck.objects.values_list("purpose", "fingerprint"):
        shutil.copy2(settings.KEYS / f"{purpose}-{fingerprint}", folder / _KEYS)
    if survey_passphrase:
        (folder / SURVEY_KEYS).write_bytes(pyrage.passphrase.encrypt(_survey_keys(), survey_passphrase))
    manifest = {
        "yiti": __version__,
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "database": connection.vendor,
        "migrations": _migrations(),
        "sealed": sum(hooks.sealed() for hooks in declared() if hooks.sealed is not None),
        "head": AuditEvent.objects.order_by("-number").values_list("hash", flat=True).first() or "",
        "files": {
            str(each.relative_to(folder)): digest_of_file(each) for each in sorted(folder.rglob("*")) if each.is_file()
        },
    }
    (folder / _MANIFEST).write_text(json.dumps(manifest, indent=1))
    return manifest


def _survey_keys() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for purpose, fingerprint in _keys_of_surveys():
            path = settings.KEYS / f"{purpose}-{fingerprint}"
            if path.exists():
                tar.add(path, path.name)
    return buffer.getvalue()


def _keys_of_surveys() -> Iterator[tuple[str, str]]:
    for hooks in declared():
        if hooks.keys is not None:
            yield from hooks.keys()


def _migrations() -> list[str]:
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def _keep_database(folder: Path) -> None:
    """As it is at one moment, while others go on writing."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        kept = sqlite3.connect(folder / _DATABASE)
        try:
            connection.connection.backup(kept)
        finally:
            kept.close()
        return
    (folder / _TABLES).mkdir()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        for table in connection.introspection.table_names(cursor):
            with (folder / _TABLES / table).open("wb") as stream:
                stream.write(json.dumps(_columns(cursor, table)).encode() + b"\n")
                with cursor.copy(f"COPY {_quoted(table)} ({_quoted_all(_columns(cursor, table))}) TO STDOUT") as copy:
                    for part in copy:
                        stream.write(part)


def _columns(cursor, table: str) -> list[str]:
    return [column.name for column in connection.introspection.get_table_description(cursor, table)]


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _quoted_all(names: Iterable[str]) -> str:
    return ", ".join(map(_quoted, names))


@contextmanager
def _packed(folder: Path, path: Path) -> Iterator[io.BufferedReader]:
    with tarfile.open(path, "w") as tar:
        for each in sorted(folder.iterdir()):
            tar.add(each, each.name)
    with path.open("rb") as stream:
        yield stream


@contextmanager
def opened_backup(path: Path, passphrase: str) -> Iterator[tuple[Path, dict]]:
    """The unpacked contents of a backup and its manifest, each file checked; gone when the block ends.

    NotAllowed where it is no backup, the passphrase is another's, or something in it was changed.
    """
    with _aside() as name:
        folder = Path(name)
        try:
            _unpack(path, folder, [KEY, CONTENTS])
            identity = pyrage.x25519.Identity.from_str(
                pyrage.passphrase.decrypt((folder / KEY).read_bytes(), passphrase).decode()
            )
            with (folder / CONTENTS).open("rb") as sealed, (folder / "inside.tar").open("wb") as plain:
                pyrage.decrypt_io(sealed, plain, [identity])
            _unpack(folder / "inside.tar", folder / "inside")
            manifest = json.loads((folder / "inside" / _MANIFEST).read_text())
        except (tarfile.TarError, pyrage.DecryptError, pyrage.IdentityError, OSError, ValueError) as problem:
            raise NotAllowed(_("This is not a backup of Yiti, or the passphrase is wrong.")) from problem
        wrong = [name for name, digest in manifest["files"].items() if not _is(folder / "inside" / name, digest)]
        if wrong:
            raise NotAllowed(_("The backup is damaged: %(names)s.") % {"names": ", ".join(wrong[:5])})
        yield folder / "inside", manifest


def _is(path: Path, digest: str) -> bool:
    return path.is_file() and digest_of_file(path) == digest


def _unpack(path: Path, folder: Path, names: list[str] | None = None) -> None:
    with tarfile.open(path) as tar:
        for member in tar:
            if names is None or member.name in names:
                tar.extract(member, folder, filter="data")


def restore_backup(folder: Path, manifest: dict, survey_passphrase: str = "") -> None:
    """Put the contents of a backup into this installation, which holds nothing yet.

    NotAllowed where it holds something, its version has other tables than the backup's, or its database is another.
    """
    if _holds_something():
        raise NotAllowed(_("There is something in this installation already. Restore into a new one."))
    if manifest["database"] != connection.vendor:
        raise NotAllowed(_("The backup is of %(database)s. Set DATABASE_URL to such a database.") % manifest)
    keys = _opened_survey_keys(folder, survey_passphrase)
    _put_database(folder, manifest)
    if (folder / _FILES).is_dir():
        shutil.copytree(folder / _FILES, settings.MEDIA_ROOT, dirs_exist_ok=True)
    if not settings.ENVIRONMENT.production:
        (settings.DATA / _SECRET).write_text((folder / _SECRET).read_text())
    settings.KEYS.mkdir(mode=0o700, parents=True, exist_ok=True)
    for source in (folder / _KEYS).iterdir():
        _put_key(source.name, source.read_bytes())
    for name, contents in keys.items():
        _put_key(name, contents)


def secret_in(folder: Path) -> str:
    """The secret key of the installation that made the backup; in production it is set from outside."""
    return (folder / _SECRET).read_text()


def _holds_something() -> bool:
    tables = connection.introspection.table_names()
    models = (AuditEvent, User, KeyCheck)
    return any(model._meta.db_table in tables and model.objects.exists() for model in models)


def _opened_survey_keys(folder: Path, passphrase: str) -> dict[str, bytes]:
    sealed = folder / SURVEY_KEYS
    if not passphrase:
        return {}
    if not sealed.exists():
        raise NotAllowed(_("The backup holds no keys of anonymous surveys."))
    try:
        opened = pyrage.passphrase.decrypt(sealed.read_bytes(), passphrase)
    except pyrage.DecryptError as problem:
        raise NotAllowed(_("The passphrase of the keys of anonymous surveys is wrong.")) from problem
    with tarfile.open(fileobj=io.BytesIO(opened)) as tar:
        return {PurePosixPath(member.name).name: tar.extractfile(member).read() for member in tar if member.isfile()}


def _put_key(name: str, contents: bytes) -> None:
    path = settings.KEYS / name
    path.touch(mode=0o600)
    path.write_bytes(contents)


def _put_database(folder: Path, manifest: dict) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        kept = sqlite3.connect(folder / _DATABASE)
        try:
            kept.backup(connection.connection)
        finally:
            kept.close()
        return
    if _migrations() != manifest["migrations"]:
        raise NotAllowed(
            _("This version has other tables. Restore with Yiti %(yiti)s after `migrate`, then upgrade.") % manifest
        )
    _put_tables(folder / _TABLES)


@transaction.atomic
def _put_tables(folder: Path) -> None:
    """Foreign keys are checked at the commit; triggers that keep editions and events from changes rest till then."""
    names = sorted(path.name for path in folder.iterdir())
    with connection.cursor() as cursor:
        for table in names:
            cursor.execute(f"ALTER TABLE {_quoted(table)} DISABLE TRIGGER USER")
        for table in names:
            cursor.execute(f"DELETE FROM {_quoted(table)}")
        for table in names:
            with (folder / table).open("rb") as stream:
                columns = json.loads(stream.readline())
                with cursor.copy(f"COPY {_quoted(table)} ({_quoted_all(columns)}) FROM STDIN") as copy:
                    while part := stream.read(_CHUNK):
                        copy.write(part)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in names:
            cursor.execute(f"ALTER TABLE {_quoted(table)} ENABLE TRIGGER USER")
        for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models(include_auto_created=True)):
            cursor.execute(statement)
