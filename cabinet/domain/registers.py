"""Registers: the files exchanged with a supplier, and what may be wrong with them.

Text, `;`-separated, a header first. A fault of the file refuses it whole (`CabinetError`); a fault of
a line puts that line into quarantine (`LineRefused`) and leaves the others alone. A dash or nothing
means «unknown», and what is unknown never erases what is known.
"""

from enum import StrEnum
from typing import Final

from cabinet.domain.errors import Conflict, InputError, NotFound

WHOLE_LINE: Final = "-"  # the column of a fault that no single column has


class RegisterKind(StrEnum):
    """What a register tells of."""

    ACCOUNTS = "accounts"
    CHARGES = "charges"
    PAYMENTS = "payments"


class ExportKind(StrEnum):
    """What a file for the supplier tells of."""

    READINGS = "readings"
    PAYMENTS = "payments"


class Encoding(StrEnum):
    """How a register's text is written down."""

    UTF_8 = "utf-8"
    UTF_8_BOM = "utf-8-sig"
    WINDOWS_1251 = "windows-1251"


class RegisterUnreadable(InputError):
    """The file cannot be opened; fact `why`: missing, folder, special, forbidden."""

    code = "register.unreadable"


class RegisterEmpty(InputError):
    """There is not even a header."""

    code = "register.empty"


class RegisterNotText(InputError):
    """Its name does not promise text, or its first line is none: an archive, a picture, a table of Excel, UTF-16."""

    code = "register.not_text"


class RegisterColumnsUnknown(InputError):
    """The header names columns that the format does not have; facts `columns`, `known`."""

    code = "register.columns_unknown"


class RegisterColumnsMissing(InputError):
    """The header lacks columns that the format needs; fact `columns`."""

    code = "register.columns_missing"


class RegisterColumnsRepeated(InputError):
    """The header names a column twice; fact `columns`."""

    code = "register.columns_repeated"


class RegisterChanging(InputError):
    """The file was written to while it was read."""

    code = "register.changing"


class RejectsUnwritable(InputError):
    """The file for rejected lines cannot be written, or is the register itself; fact `file`."""

    code = "register.rejects_unwritable"


class ExportFileExists(Conflict):
    """A file of that name is there already; fact `file`."""

    code = "register.export_exists"


class ExportUnwritable(InputError):
    """A file for the supplier cannot be written; fact `file`."""

    code = "register.export_unwritable"


class UndoUnknown(NotFound):
    """There is no import of that kind to undo; what came before the last one cannot be undone."""

    code = "register.undo_unknown"


class UndoRefused(Conflict):
    """Something has been made since on what the import brought; fact `why`, see `texts.registers.DEPENDS`."""

    code = "register.undo_refused"


class SupplierUnknown(NotFound):
    """There is no supplier of that code; fact `supplier`."""

    code = "supplier.unknown"


class Fault(StrEnum):
    """What may be wrong with a line; the words are in `texts.registers`."""

    FIELDS = "fields"
    QUOTE = "quote"
    LONG_LINE = "long_line"
    UNREADABLE = "unreadable"
    REQUIRED = "required"
    ACCOUNT = "account"
    UNKNOWN_ACCOUNT = "unknown_account"
    REPEATED = "repeated"
    ELS = "els"
    IZHKU = "izhku"
    IZHKU_OTHER = "izhku_other"
    LONG = "long"
    NUMBER = "number"
    WHOLE = "whole"
    FLAG = "flag"
    DATE = "date"
    FUTURE = "future"
    MONTH = "month"
    MONEY = "money"
    VOLUME = "volume"
    READING = "reading"
    SERIAL = "serial"
    BCRYPT = "bcrypt"
    USAGE = "usage"
    SERVICE = "service"
    METHOD = "method"
    UNBALANCED = "unbalanced"
    PERIOD_CLOSED = "period_closed"
    PAYMENT_DIFFERS = "payment_differs"


class LineRefused(InputError):
    """A line goes into quarantine.

    Attributes:
        column: whose value is at fault, or `WHOLE_LINE`.
        fault: what is wrong with it.
    """

    code = "register.line_refused"

    def __init__(self, column: str, fault: Fault) -> None:
        super().__init__()
        self.column = column
        self.fault = fault
