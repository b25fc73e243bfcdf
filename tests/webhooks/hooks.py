"""A seller's endpoint, and what the API says about it."""

from typing import Any, NamedTuple

import httpx

from tests.api.calls import V1

ENDPOINTS = f"{V1}/webhook-endpoints"
DELIVERIES = f"{V1}/webhook-deliveries"


class Hooks(NamedTuple):
    """`client` has the seller's key; `secret` is as it was shown when the endpoint was made."""

    client: httpx.Client
    id: str
    secret: str

    @classmethod
    def add(cls, client: httpx.Client, url: str, types: list[str]) -> "Hooks":
        answer = client.post(ENDPOINTS, json={"url": url, "event_types": types})
        assert answer.status_code == 201, answer.text
        made = answer.json()
        return cls(client, made["id"], made["secret"])

    @property
    def path(self) -> str:
        return f"{ENDPOINTS}/{self.id}"

    def read(self) -> dict[str, Any]:  # a JSON object
        return _json(self.client.get(self.path))

    def change(self, **changes: Any) -> dict[str, Any]:  # JSON values
        return _json(self.client.patch(self.path, json=changes))

    def rotate(self) -> str:
        return str(_json(self.client.post(f"{self.path}/rotate-secret"))["secret"])

    def test(self) -> dict[str, Any]:  # a JSON object
        return _json(self.client.post(f"{self.path}/test"))

    def replay(self, delivery_id: str) -> dict[str, Any]:  # a JSON object
        return _json(self.client.post(f"{DELIVERIES}/{delivery_id}/replay"))

    def deliveries(self) -> list[dict[str, Any]]:  # JSON objects
        listed: list[dict[str, Any]] = _json(self.client.get(f"{self.path}/deliveries"))["data"]
        return listed

    def states(self) -> list[str]:
        return [delivery["status"] for delivery in self.deliveries()]


def _json(answer: httpx.Response) -> dict[str, Any]:  # a JSON object
    assert answer.is_success, answer.text
    read: dict[str, Any] = answer.json()
    return read
