from datetime import datetime
from typing import Protocol

from auctions.models import Auction


def to_auction(row: dict) -> Auction:
    """`ends_at` is stored in UTC without a zone (`timestamp`)."""
    return Auction(
        id=row["id"],
        seller_id=row["seller_id"],
        ends_at=row["ends_at"],
        highest_cents=row["highest_cents"],
        highest_bidder_id=row["highest_bidder_id"],
    )


class AuctionStore(Protocol):
    def locked(self, auction_id: int) -> Auction:
        """Reads with FOR UPDATE in the transaction of the request."""

    def save(self, auction: Auction) -> None: ...
