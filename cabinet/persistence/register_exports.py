"""Files made for the supplier: which rows each of them holds, for good."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from cabinet.persistence.types import instant, key, refers


class RegisterExport(SQLModel, table=True):
    """A file for the supplier. Its rows bear its number from before it is written: none is in two files."""

    __tablename__ = "register_exports"

    id: int | None = key()
    supplier_id: int = refers("suppliers.id")
    kind: str = Field(max_length=12)
    path: str = Field(max_length=1000)
    lines: int = 0
    started_at: datetime = instant()
    finished_at: datetime | None = instant(default=None)
