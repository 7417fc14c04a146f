class TemporarilyUnavailable(Exception):
    """Raised by handlers when the ticket service or the database cannot be reached."""
