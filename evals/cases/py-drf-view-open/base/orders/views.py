from rest_framework.generics import RetrieveAPIView
from rest_framework.permissions import IsAdminUser

from orders.models import OrderLine
from orders.serializers import OrderLineSerializer


class OrderDetail(RetrieveAPIView):
    permission_classes = [IsAdminUser]
    queryset = OrderLine.objects.all()
    serializer_class = OrderLineSerializer
