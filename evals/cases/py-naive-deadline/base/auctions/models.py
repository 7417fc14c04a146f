from dataclasses import dataclass
from datetime import datetime


@dataclass
class Auction:
    id: int
    seller_id: int
    ends_at: datetime
    highest_cents: int = 0
    highest_bidder_id: int | None = None
