from django.urls import path

from orders.views import OrderDetail

urlpatterns = [
    path("api/orders/<uuid:pk>/", OrderDetail.as_view()),
]
