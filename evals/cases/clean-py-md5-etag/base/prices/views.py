from flask import Blueprint, Response

from prices.export import price_list

pages = Blueprint("prices", __name__)


@pages.get("/v1/prices.csv")
def prices() -> Response:
    """Public: the prices are on the web site, too."""
    return Response(price_list(), mimetype="text/csv")
