import httpx

from app.settings import settings


def egress_client() -> httpx.AsyncClient:
    """Requests to addresses that customers choose leave through the proxy that knows no internal network."""
    return httpx.AsyncClient(proxy=settings.egress_proxy, timeout=10, follow_redirects=False)
