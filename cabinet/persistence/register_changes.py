"""What rows were before a register changed them, so that its import can be undone."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON, Connection, RowMapping, Table, insert
from sqlmodel import Field, SQLModel

from cabinet.persistence.types import BigId, key, refers


class RegisterChange(SQLModel, table=True):
    """A row of another table as it was before a register changed it; kept for the last import only."""

    __tablename__ = "register_changes"

    id: int | None = key()
    register_id: int = refers("registers.id")
    table: str = Field(max_length=32)
    row_id: int = Field(sa_type=BigId)
    former: dict[str, Any] = Field(sa_type=JSON)


def keep_former(connection: Connection, register_id: int, table: Table, rows: Sequence[RowMapping]) -> None:
    """Remember rows of a table as they are."""
    kept = [
        {
            "register_id": register_id,
            "table": table.name,
            "row_id": row["id"],
            "former": {c.name: _plain(row[c.name]) for c in table.columns if c.name != "id"},
        }
        for row in rows
    ]
    connection.execute(insert(RegisterChange), kept)


def _plain(value: Any) -> Any:  # noqa: ANN401 - of any column
    return value if value is None or isinstance(value, (str, int)) else str(value)
