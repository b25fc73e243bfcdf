"""What a request of the baseline may say, and what an answer says: Django REST framework's serializers."""

from rest_framework import serializers

from bench.baseline.models import Transaction


class RechargeSerializer(serializers.ModelSerializer):
    """A recharge: its number and amount are validated by the model's own validators."""

    phone_number = serializers.RegexField(r"^(\+98|0)9\d{9}$")

    class Meta:
        model = Transaction
        fields = ("id", "phone_number", "amount", "balance_after", "created_at")
        read_only_fields = ("id", "balance_after", "created_at")
