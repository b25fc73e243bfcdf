"""The one request that is measured: a recharge, sold under the lock of its seller's row."""

from django.db import transaction
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bench.baseline.models import Seller, Transaction
from bench.baseline.shapes import RechargeSerializer


class RechargeView(APIView):
    """`POST /api/v1/recharges` with a phone number and an amount."""

    def post(self, request: Request) -> Response:
        asked = RechargeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        amount = asked.validated_data["amount"]
        with transaction.atomic():
            seller = Seller.objects.select_for_update().get(user_id=request.user.pk)
            if seller.balance < amount:
                return Response({"detail": "insufficient balance"}, status=status.HTTP_402_PAYMENT_REQUIRED)
            seller.balance -= amount
            seller.save(update_fields=["balance"])
            sold = Transaction.objects.create(
                seller=seller,
                kind=Transaction.Kind.RECHARGE,
                balance_after=seller.balance,
                **asked.validated_data,
            )
        return Response(RechargeSerializer(sold).data, status=status.HTTP_201_CREATED)
