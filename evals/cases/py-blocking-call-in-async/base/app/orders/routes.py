from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException

from app.auth import Agent, current_agent
from app.orders.store import OrderStore, order_store

router = APIRouter(prefix="/v1/orders")


@router.get("/{order_id}")
async def get_order(
    order_id: UUID,
    agent: Annotated[Agent, Depends(current_agent)],
    orders: Annotated[OrderStore, Depends(order_store)],
) -> dict:
    order = await orders.get(order_id)
    if order is None or order.shop_id != agent.shop_id:
        raise HTTPException(404, "no such order")
    return {"id": str(order.id), "customer": order.customer_id, "total": order.total_cents}
