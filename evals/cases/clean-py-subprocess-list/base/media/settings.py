import os
from pathlib import Path

MEDIA_ROOT = Path(os.environ["MEDIA_ROOT"])
