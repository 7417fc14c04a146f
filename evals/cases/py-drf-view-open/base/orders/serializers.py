from rest_framework import serializers

from orders.models import OrderLine


class OrderLineSerializer(serializers.ModelSerializer):
    class Meta:
        model = OrderLine
        fields = ["id", "order_id", "sku", "paid_cents"]
