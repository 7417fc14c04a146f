from prices.cache import cached_for


@cached_for(seconds=60)
def price_list() -> bytes:
    from prices.database import all_prices

    lines = [f"{sku};{cents}" for sku, cents in all_prices()]
    return ("\n".join(["sku;cents", *lines]) + "\n").encode("utf-8")
