from typing import Annotated

from fastapi import APIRouter, Depends

from app.auth import Account, current_account
from app.webhooks.models import WebhookIn
from app.webhooks.store import WebhookStore, webhook_store

router = APIRouter(prefix="/v1/webhooks")


@router.put("/{name}", status_code=204)
async def put_webhook(
    name: str,
    webhook: WebhookIn,
    account: Annotated[Account, Depends(current_account)],
    store: Annotated[WebhookStore, Depends(webhook_store)],
) -> None:
    await store.put(account.id, name, str(webhook.url), webhook.events)
