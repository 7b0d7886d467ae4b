"""The only place that chooses an adapter for a port."""

import os
import secrets
from functools import cache
from pathlib import Path

from cabinet.adapters.acquirer_demo import DemoAcquirer
from cabinet.adapters.bell_process import ProcessBell
from cabinet.adapters.captcha_pictures import WarpedPictures
from cabinet.adapters.clock_system import SystemClock
from cabinet.adapters.common_passwords_file import ListedPasswords
from cabinet.adapters.documents_encrypted_disk import EncryptedDisk
from cabinet.adapters.documents_subprocess import SubprocessCleaner
from cabinet.adapters.mail_outbox import OutboxMail
from cabinet.adapters.mail_resend import ResendMail, ResendNotices
from cabinet.adapters.mail_smtp import SmtpMail, SmtpServer
from cabinet.adapters.mailbox_imap import ImapMailbox, ImapServer
from cabinet.adapters.passkeys_webauthn import WebauthnPasskeys
from cabinet.adapters.passwords_bcrypt import BcryptPasswords
from cabinet.adapters.pdf_typst import TypstPdf
from cabinet.adapters.proof_altcha import AltchaProofs
from cabinet.adapters.qr_segno import SegnoQr
from cabinet.adapters.seal_aesgcm import AesGcmSeal
from cabinet.adapters.sms_outbox import OutboxSms
from cabinet.adapters.sms_smsc import SmscSms
from cabinet.adapters.speech_pool import PooledSpeech
from cabinet.domain.codes import digest
from cabinet.domain.human_check import HumanCheckPolicy
from cabinet.persistence.engine import make_engine
from cabinet.persistence.unit_of_work import snapshots, transactions
from cabinet.ports import Bell, Clock, MailNotices, MailSender, SmsSender
from cabinet.practice import PracticeWorlds
from cabinet.services.deps import Deps
from cabinet.settings import Environment, Settings

# Counters that a browser tries at most: about half a second of a phone's work, none of a test's.
_TRIES = 2000
_TEST_TRIES = 20


class SettingUnknown(ValueError):
    """A setting names an adapter that this version does not have."""


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()


def current_database_url() -> str:
    """The database that the settings name."""
    return settings().database


@cache
def current() -> Deps:
    """The dependencies of this process."""
    return build(settings())


def build(chosen: Settings) -> Deps:
    """The dependencies that the settings choose.

    Raises:
        SettingUnknown: no such adapter here.
    """
    clock = SystemClock()
    engine = make_engine(chosen.database)
    key = secret_key(chosen)
    _refuse_unknown(chosen)
    return Deps(
        transaction=transactions(engine, queue_bell().ring, session_bell().ring),
        snapshot=snapshots(engine),
        clock=clock,
        secret_key=key,
        address=chosen.address,
        passwords=BcryptPasswords(digest(key, "pepper", "password").encode(), chosen.bcrypt_cost),
        common_passwords=ListedPasswords(),
        passkeys=WebauthnPasskeys(chosen.address),
        mail=_mail(chosen, clock),
        sms=_sms(chosen, clock),
        acquirer=DemoAcquirer(chosen.data_dir / "demo-bank.db", chosen.address),
        pictures=WarpedPictures(),
        speech=PooledSpeech(),
        proofs=AltchaProofs(key, _TEST_TRIES if chosen.env is Environment.TEST else _TRIES),
        pdf=TypstPdf(),
        seal=seal_of(key),
        qr_codes=SegnoQr(),
        human_check_policy=HumanCheckPolicy.parse(chosen.human_check),
        cleaner=document_cleaner(),
        uploads=chosen.data_dir / "uploads",
        vault=_vault(chosen),
        sms_daily_limit=chosen.sms_daily_limit,
        mailbox=mailbox(chosen),
    )


@cache
def queue_bell() -> Bell:
    """What rings in this process when its portal's requests have moved; a practice world rings nothing."""
    return ProcessBell()


@cache
def session_bell() -> Bell:
    """What rings in this process when its portal's sessions have been ended."""
    return ProcessBell()


@cache
def practice_worlds() -> PracticeWorlds:
    """The practice worlds of this process's portal."""
    return PracticeWorlds(settings().data_dir / "practice", current())


def mail_notices() -> MailNotices | None:
    """The reader of Resend's webhook, when its secret is set."""
    secret = settings().resend_webhook_secret.get_secret_value()
    return ResendNotices(secret) if secret else None


def mailbox(chosen: Settings) -> ImapMailbox | None:
    """The supplier's mailbox, when the settings name one."""
    url = chosen.mailbox_url.get_secret_value()
    return ImapMailbox(ImapServer.parse(url)) if url else None


def _mail(chosen: Settings, clock: Clock) -> MailSender:
    if chosen.mail == "smtp":
        return SmtpMail(SmtpServer.parse(chosen.smtp_url.get_secret_value()), chosen.mail_from, clock)
    if chosen.mail == "resend":
        return ResendMail(chosen.resend_api_key.get_secret_value(), chosen.mail_from, chosen.resend_api_url)
    return OutboxMail(chosen.data_dir / "outbox" / "mail", chosen.mail_from, clock)


def _sms(chosen: Settings, clock: Clock) -> SmsSender:
    if chosen.sms == "smsc":
        return SmscSms(chosen.sms_key.get_secret_value(), chosen.sms_url, chosen.sms_sender)
    return OutboxSms(chosen.data_dir / "outbox" / "sms", clock)


def demo_bank() -> DemoAcquirer | None:
    """The demo bank, when it is the acquirer: its page is served beside the portal."""
    acquirer = current().acquirer
    return acquirer if isinstance(acquirer, DemoAcquirer) else None


def _refuse_unknown(chosen: Settings) -> None:
    if chosen.acquirer != "demo":
        msg = f"CABINET_ACQUIRER={chosen.acquirer}: this version has `demo` only"
        raise SettingUnknown(msg)


def secret_key(chosen: Settings) -> bytes:
    """The key of the settings, or one made in DATA_DIR at the first start (never in production)."""
    given = chosen.secret_key.get_secret_value()
    return given.encode() if given else _kept_key(chosen.data_dir / "secret.key")


def kept_secret_key(chosen: Settings) -> bytes:
    """`secret_key`, but none is made where there is none yet."""
    there = chosen.secret_key.get_secret_value() or (chosen.data_dir / "secret.key").exists()
    return secret_key(chosen) if there else b""


def seal_of(key: bytes) -> AesGcmSeal:
    """What seals small secrets at rest, of second factors and of waiting messages, under the portal's key."""
    return AesGcmSeal(bytes.fromhex(digest(key, "seal", "second factor")))


def document_cleaner() -> SubprocessCleaner:
    """What opens the files that strangers send."""
    return SubprocessCleaner()


def _vault(chosen: Settings) -> EncryptedDisk:
    """Two folders beside each other, and neither in a backup: docs/operations.md."""
    folder = chosen.data_dir
    return EncryptedDisk(folder / "documents", folder / "document-keys", documents_key(chosen))


def documents_key(chosen: Settings) -> bytes:
    """The key that wraps the keys of documents: of the settings, or one made in DATA_DIR (never in production)."""
    given = chosen.documents_key.get_secret_value()
    return given.encode() if given else _kept_key(chosen.data_dir / "documents.key")


def _kept_key(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_hex(32).encode())
    return path.read_bytes()
