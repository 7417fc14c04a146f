from flask import Blueprint, abort, jsonify, request, session

from shop.basket import Basket
from shop.basket_store import load_basket, save_basket
from shop.catalogue import is_sold

pages = Blueprint("basket", __name__)


@pages.post("/basket/lines")
def add_line():
    body = request.get_json()
    sku, quantity = body.get("sku"), body.get("quantity")
    if not isinstance(quantity, int) or not 1 <= quantity <= 99 or not isinstance(sku, str) or not is_sold(sku):
        abort(422)
    if "customer_id" not in session:
        abort(401)
    basket = load_basket(session["customer_id"])
    basket.add(sku, quantity)
    save_basket(session["customer_id"], basket)
    return jsonify(basket.lines)
