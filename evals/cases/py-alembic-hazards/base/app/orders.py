from datetime import UTC, datetime

from sqlalchemy.orm import Session

from app.models import Customer, Order


def place_order(session: Session, customer: Customer) -> Order:
    order = Order(customer_id=customer.id, placed_at=datetime.now(UTC))
    session.add(order)
    return order
