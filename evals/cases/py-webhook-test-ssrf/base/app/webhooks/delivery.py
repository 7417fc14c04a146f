import hashlib
import hmac
import json

import httpx

from app.webhooks.egress import egress_client


def sign(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


async def deliver(url: str, secret: str, event: dict) -> int:
    body = json.dumps(event, separators=(",", ":")).encode()
    headers = {"content-type": "application/json", "x-signature": sign(secret, body)}
    async with egress_client() as client:
        response = await client.post(url, content=body, headers=headers)
    return response.status_code
