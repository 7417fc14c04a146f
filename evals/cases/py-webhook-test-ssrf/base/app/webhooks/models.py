from pydantic import AnyHttpUrl, BaseModel, Field


class WebhookIn(BaseModel):
    url: AnyHttpUrl
    events: list[str] = Field(min_length=1, max_length=20)
