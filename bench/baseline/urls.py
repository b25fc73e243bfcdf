"""The addresses of the baseline: the product's own, so that one load serves for both."""

from django.urls import path

from bench.baseline.views import RechargeView

urlpatterns = [path("api/v1/recharges", RechargeView.as_view())]
