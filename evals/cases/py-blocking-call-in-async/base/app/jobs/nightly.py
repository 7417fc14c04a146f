from app.scoring.client import fetch_score
from app.scoring.table import save_score


def refresh_scores(customer_ids: list[str]) -> None:
    for customer_id in customer_ids:
        save_score(customer_id, fetch_score(customer_id))
