from django.db import models


class OrderLine(models.Model):
    order_id = models.UUIDField(db_index=True)
    sku = models.CharField(max_length=40)
    paid_cents = models.PositiveIntegerField()


class Refund(models.Model):
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="refunds")
    cents = models.PositiveIntegerField()
    reason = models.CharField(max_length=200)
    agent_id = models.CharField(max_length=40)
    created_at = models.DateTimeField(auto_now_add=True)
