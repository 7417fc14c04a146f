from auctions.errors import BidRefused
from auctions.store import AuctionStore

MIN_STEP_CENTS = 50


def place_bid(store: AuctionStore, auction_id: int, bidder_id: int, cents: int) -> None:
    auction = store.locked(auction_id)
    if bidder_id == auction.seller_id:
        raise BidRefused("own auction")
    if cents < auction.highest_cents + MIN_STEP_CENTS:
        raise BidRefused("too low")
    auction.highest_cents = cents
    auction.highest_bidder_id = bidder_id
    store.save(auction)
