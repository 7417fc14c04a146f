from pathlib import Path
from uuid import UUID

from media.settings import MEDIA_ROOT


def video_path(video_id: UUID) -> Path:
    return MEDIA_ROOT / "videos" / f"{video_id}.bin"


def thumbnail_path(video_id: UUID) -> Path:
    return MEDIA_ROOT / "thumbnails" / f"{video_id}.jpg"
