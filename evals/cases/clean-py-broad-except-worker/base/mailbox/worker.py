import logging
from collections.abc import Callable

from mailbox_client import Mailbox

log = logging.getLogger(__name__)


def drain(mailbox: Mailbox, handle: Callable[[bytes], None]) -> int:
    """Handles what is in the inbox; returns how many mails there were."""
    count = 0
    for uid in mailbox.uids("INBOX"):
        handle(mailbox.fetch(uid))
        mailbox.move(uid, "Done")
        count += 1
    return count
