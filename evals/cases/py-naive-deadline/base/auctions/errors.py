class BidRefused(Exception):
    pass
