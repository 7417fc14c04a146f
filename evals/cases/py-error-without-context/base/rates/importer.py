import logging
from pathlib import Path

from rates.store import RateStore
from rates.xml_feed import load_rates

log = logging.getLogger(__name__)


def import_all(folder: Path, store: RateStore) -> int:
    """Returns the number of files. A file that cannot be read is logged and left for the operator."""
    done = 0
    for path in sorted(folder.glob("*.xml")):
        try:
            store.save(load_rates(path))
            path.unlink()
            done += 1
        except RateFileError as error:
            log.error("rates not imported: %s", error)
    return done


class RateFileError(Exception):
    pass
