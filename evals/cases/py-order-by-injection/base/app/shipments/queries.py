from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True)
class ShipmentFilter:
    warehouse_id: int
    carrier: str | None = None
    eta_before: date | None = None


async def search_shipments(connection: AsyncConnection, wanted: ShipmentFilter, limit: int) -> list[dict]:
    conditions = ["warehouse_id = :warehouse_id"]
    values: dict[str, object] = {"warehouse_id": wanted.warehouse_id, "limit": limit}
    if wanted.carrier is not None:
        conditions.append("carrier = :carrier")
        values["carrier"] = wanted.carrier
    if wanted.eta_before is not None:
        conditions.append("eta < :eta_before")
        values["eta_before"] = wanted.eta_before
    statement = text(
        "SELECT id, carrier, reference, eta, created_at FROM shipments"
        f" WHERE {' AND '.join(conditions)} ORDER BY created_at DESC, id DESC LIMIT :limit"
    )
    result = await connection.execute(statement, values)
    return [dict(row) for row in result.mappings()]
