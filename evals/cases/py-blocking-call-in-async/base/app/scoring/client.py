import requests

from app.settings import settings

_session = requests.Session()


def fetch_score(customer_id: str) -> int:
    """Used by the nightly batch. 0 (harmless) to 100."""
    response = _session.get(f"{settings.scoring_url}/v1/scores/{customer_id}", timeout=5)
    response.raise_for_status()
    return int(response.json()["score"])
