"""The pages that people see: axe looks at each, and `make screenshots` takes their pictures.

A page that is added to the product is added here. `path` may name things of the scene in braces, such as
`/recharges/{recharge}/`; `who` is whose eyes it is seen with.
"""

from typing import Literal, NamedTuple

Eyes = Literal["nobody", "member", "newcomer", "staff"]


class Shown(NamedTuple):
    """A page by name, where it is, and who sees it: a newcomer's seller has sold nothing yet."""

    name: str
    path: str
    who: Eyes


PAGES = (
    Shown("login", "/account/login/", "nobody"),
    Shown("register", "/account/register/", "nobody"),
    Shown("home", "/", "member"),
    Shown("home-month", "/?by=day", "member"),
    Shown("home-empty", "/", "newcomer"),
    Shown("credit", "/credit/", "member"),
    Shown("credit-empty", "/credit/", "newcomer"),
    Shown("credit-ask", "/credit/ask/", "member"),
    Shown("credit-request", "/credit/{asked}/", "member"),
    Shown("credit-rejected", "/credit/{rejected}/", "member"),
    Shown("statement", "/statement/", "member"),
    Shown("statement-empty", "/statement/", "newcomer"),
    Shown("sell", "/sell/", "member"),
    Shown("sold", "/sell/{recharge}/", "member"),
    Shown("bulk", "/bulk/", "member"),
    Shown("bulk-empty", "/bulk/", "newcomer"),
    Shown("bulk-checked", "/bulk/{bulk_checked}/", "member"),
    Shown("bulk-paused", "/bulk/{bulk_paused}/", "member"),
    Shown("bulk-running", "/bulk/{bulk_running}/", "member"),
    Shown("two-factor", "/account/two-factor/", "member"),
    Shown("password", "/account/password/", "member"),
    Shown("not-found", "/no/such/page/", "member"),
    Shown("recharges", "/recharges/", "member"),
    Shown("recharges-none", "/recharges/?state=reversed&since=2026-01-01", "member"),
    Shown("numbers", "/numbers/?number=09121234567", "member"),
    Shown("numbers-empty", "/numbers/", "newcomer"),
    Shown("number-forget", "/numbers/forget/?number=09121234567", "member"),
    Shown("recharge", "/recharges/{recharge}/", "member"),
    Shown("receipt", "/recharges/{recharge}/receipt/", "member"),
    Shown("dispute", "/recharges/{recharge}/dispute/", "member"),
    Shown("recharges-empty", "/recharges/", "newcomer"),
    Shown("settings", "/settings/", "member"),
    Shown("settings-keys", "/settings/keys/", "member"),
    Shown("settings-keys-revoked", "/settings/keys/?show=revoked", "member"),
    Shown("settings-key-revoke", "/settings/keys/{key}/revoke/", "member"),
    Shown("settings-members", "/settings/members/", "member"),
    Shown("settings-member", "/settings/members/{invited}/", "member"),
    Shown("settings-webhooks", "/settings/webhooks/", "member"),
    Shown("settings-webhooks-empty", "/settings/webhooks/", "newcomer"),
    Shown("settings-webhook", "/settings/webhooks/{endpoint}/", "member"),
    Shown("settings-low-balance", "/settings/low-balance/", "member"),
    Shown("settings-addresses", "/settings/addresses/", "member"),
    Shown("invitation", "/invitation/{invitation}/", "nobody"),
    Shown("developers", "/developers/", "member"),
    Shown("sandbox", "/developers/sandbox/", "member"),
    Shown("requests", "/developers/requests/", "member"),
    Shown("requests-empty", "/developers/requests/", "newcomer"),
    Shown("console", "/console/", "staff"),
    Shown("console-credit-requests", "/console/credit/creditrequest/", "staff"),
    Shown("console-credit-request", "/console/credit/creditrequest/{asked}/change/", "staff"),
    Shown("console-sellers", "/console/sellers/seller/", "staff"),
    Shown("console-seller", "/console/sellers/seller/{shop}/change/", "staff"),
    Shown("console-adjust", "/console/sellers/seller/{shop}/adjust/", "staff"),
    Shown("console-look", "/console/sellers/seller/{shop}/look/", "staff"),
    Shown("console-books", "/console/ledger/book/", "staff"),
    Shown("console-movements", "/console/ledger/movement/", "staff"),
    Shown("console-explorer", "/console/ledger/explorer/?seller={shop}", "staff"),
    Shown("console-recharges", "/console/recharges/recharge/", "staff"),
    Shown("console-recharge", "/console/recharges/recharge/{disputed}/change/", "staff"),
    Shown("console-unknown", "/console/recharges/recharge/{unknown}/change/", "staff"),
    Shown("console-mark", "/console/recharges/recharge/{unknown}/mark/failed/", "staff"),
    Shown("console-reviews", "/console/recharges/review/", "staff"),
    Shown("console-disputes", "/console/recharges/dispute/", "staff"),
    Shown("console-dispute", "/console/recharges/dispute/{dispute}/change/", "staff"),
    Shown("console-cases", "/console/recharges/case/", "staff"),
    Shown("console-case", "/console/recharges/case/{case}/change/", "staff"),
    Shown("console-operators", "/console/gateways/operator/", "staff"),
    Shown("console-operator", "/console/gateways/operator/mci/change/", "staff"),
    Shown("console-gateways", "/console/gateways/connection/", "staff"),
    Shown("console-gateway", "/console/gateways/connection/{connection}/change/", "staff"),
    Shown("console-settlements", "/console/settlement/settlementfile/", "staff"),
    Shown("console-settlement-import", "/console/settlement/settlementfile/add/", "staff"),
    Shown("console-mapping", "/console/settlement/keptmapping/add/", "staff"),
    Shown("console-users", "/console/sellers/user/", "staff"),
    Shown("console-user-add", "/console/sellers/user/add/", "staff"),
    Shown("console-keys", "/console/sellers/apikey/", "staff"),
    Shown("console-audit", "/console/audit/entry/", "staff"),
    Shown("console-seals", "/console/seals/", "staff"),
)
