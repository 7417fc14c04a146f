import pytest
from flask import Flask
from flask.testing import FlaskClient

from prices import views


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setattr(views, "price_list", lambda: b"sku;cents\nA1;1200\n")
    app = Flask(__name__)
    app.register_blueprint(views.pages)
    return app.test_client()


def test_lists_prices(client: FlaskClient) -> None:
    assert client.get("/v1/prices.csv").data == b"sku;cents\nA1;1200\n"
