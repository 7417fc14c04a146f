import logging
from uuid import UUID

from media.probe import duration_of
from media.queue import job
from media.store import set_duration

log = logging.getLogger(__name__)


@job
def after_upload(video_id: UUID) -> None:
    set_duration(video_id, duration_of(video_id))
