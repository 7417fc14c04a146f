from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from sqlalchemy.ext.asyncio import AsyncConnection

from app.auth import Worker, current_worker
from app.database import connection
from app.shipments.queries import ShipmentFilter, search_shipments

router = APIRouter(prefix="/v1/shipments", tags=["shipments"])


@router.get("")
async def list_shipments(
    worker: Annotated[Worker, Depends(current_worker)],
    database: Annotated[AsyncConnection, Depends(connection)],
    carrier: Annotated[str | None, Query(max_length=40)] = None,
    eta_before: date | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[dict]:
    wanted = ShipmentFilter(worker.warehouse_id, carrier, eta_before)
    return await search_shipments(database, wanted, limit)
