"""The words that people read for the closed sets of the database: states, kinds, accounts, acts.

Owns these tables. A word that is missing is shown as it is stored, so that a newer row is never hidden.
"""

from django.utils.translation import gettext_lazy as _

from topup.audit.log import Act
from topup.console.wording import Title

REQUEST_STATES: dict[str, Title] = {
    "pending": _("pending"),
    "approved": _("approved"),
    "rejected": _("rejected"),
    "cancelled": _("cancelled"),
}
RECHARGE_STATES: dict[str, Title] = {
    "accepted": _("accepted"),
    "processing": _("processing"),
    "unknown": _("unknown"),
    "succeeded": _("succeeded"),
    "failed": _("failed"),
    "reversed": _("reversed"),
}
KINDS: dict[str, Title] = {
    "credit": _("credit"),
    "recharge": _("recharge"),
    "hold": _("hold"),
    "capture": _("capture"),
    "release": _("release"),
    "reversal": _("reversal"),
    "adjustment": _("adjustment"),
    "deduction": _("deduction"),
}
ACCOUNTS: dict[str, Title] = {
    "available": _("available"),
    "held": _("held"),
    "funded": _("funded"),
    "sold": _("sold"),
    "adjusted": _("adjusted"),
}
SOURCES: dict[str, Title] = {
    "credit_request": _("credit request"),
    "recharge": _("recharge"),
    "adjustment": _("adjustment"),
    "seller": _("seller"),
    "user": _("user"),
    "api_key": _("API key"),
    "operator": _("operator"),
    "book": _("book"),
    "list": _("list"),
    "case": _("case"),
    "dispute": _("dispute"),
    "connection": _("gateway"),
    "mapping": _("settlement mapping"),
    "settlement_file": _("settlement import"),
    "webhook_delivery": _("webhook"),
    "webhook_endpoint": _("webhook endpoint"),
    "bulk_job": _("bulk job"),
    "portal": _("seller's portal"),
}
ACTORS: dict[str, Title] = {"user": _("user"), "system": _("system")}
ACTS: dict[str, Title] = {
    Act.LOGGED_IN: _("logged in"),
    Act.LOGGED_OUT: _("logged out"),
    Act.CREDIT_PROPOSED: _("proposed an approval"),
    Act.CREDIT_APPROVED: _("approved credit"),
    Act.CREDIT_REJECTED: _("rejected a credit request"),
    Act.BALANCE_ADJUSTED: _("adjusted a balance"),
    Act.RECHARGE_REVERSED: _("reversed a recharge"),
    Act.SELLER_REGISTERED: _("registered a seller"),
    Act.SELLER_RENAMED: _("renamed a seller"),
    Act.STANDING_CHANGED: _("changed a seller's standing"),
    Act.ADDRESSES_CHANGED: _("changed allowed addresses"),
    Act.OPERATOR_CHANGED: _("changed an operator"),
    Act.USER_ADDED: _("added a user"),
    Act.USER_CHANGED: _("changed a user"),
    Act.PASSWORD_CHANGED: _("changed a password"),
    Act.KEY_ISSUED: _("issued a key"),
    Act.KEY_REVOKED: _("revoked a key"),
    Act.BALANCE_PROVED: _("proved a balance"),
    Act.EXPORTED: _("exported a list"),
    Act.PORTAL_LOOKED_AT: _("looked at a seller's portal"),
    Act.OPERATOR_ASKED: _("had an operator asked again"),
    Act.FAILURE_PROPOSED: _("proposed a failure"),
    Act.PROPOSAL_WITHDRAWN: _("withdrew a proposal"),
    Act.RECHARGE_DECIDED: _("decided a recharge"),
    Act.DISPUTE_REFUSED: _("refused a dispute"),
    Act.CASE_CLOSED: _("closed a case"),
    Act.CONNECTION_CHANGED: _("changed a gateway"),
    Act.MAPPING_CHANGED: _("changed a settlement mapping"),
    Act.SETTLEMENT_IMPORTED: _("imported a settlement file"),
    Act.WEBHOOK_RESENT: _("sent a webhook again"),
    Act.BULK_STARTED: _("started a bulk job"),
    Act.BULK_STOPPED: _("stopped a bulk job"),
    Act.BULK_RESUMED: _("let a bulk job go on"),
    Act.BOOK_REBUILT: _("rebuilt a book from its journal"),
    Act.ENDPOINT_ADDED: _("added a webhook endpoint"),
    Act.ENDPOINT_CHANGED: _("changed a webhook endpoint"),
    Act.ENDPOINT_REMOVED: _("deleted a webhook endpoint"),
    Act.ENDPOINT_SECRET_MADE: _("made a new webhook secret"),
    Act.TWO_FACTOR_ON: _("switched two-factor login on"),
    Act.TWO_FACTOR_OFF: _("switched two-factor login off"),
    Act.RECOVERY_CODES_MADE: _("made new recovery codes"),
}
CASE_STATES: dict[str, Title] = {"open": _("open"), "closed": _("closed")}
CASE_KINDS: dict[str, Title] = {
    "contradicting_answer": _("contradicting answer"),
    "late_success": _("late success"),
    "late_failure": _("late failure"),
    "reversal_refused": _("reversal refused"),
    "reversal_unanswered": _("reversal unanswered"),
    "settlement_ours_only": _("settlement: ours only"),
    "settlement_theirs_only": _("settlement: theirs only"),
    "settlement_amount_differs": _("settlement: amount differs"),
    "settlement_state_differs": _("settlement: state differs"),
}
DISPUTE_STATES: dict[str, Title] = {"open": _("open"), "reversed": _("reversed"), "refused": _("refused")}
DELIVERY_STATES: dict[str, Title] = {
    "pending": _("on its way"),
    "delivered": _("delivered"),
    "failed": _("failed"),
}
VERBS: dict[str, Title] = {
    "submit": _("asked to deliver"),
    "query": _("asked what became of it"),
    "reverse": _("told to reverse"),
    "callback": _("called back"),
}
RESULTS: dict[str, Title] = {
    "delivered": _("delivered"),
    "refused": _("refused"),
    "unknown": _("unknown"),
    "retry_later": _("not taken, may be sent again"),
    "not_found": _("does not know it"),
}
CAUSES: dict[str, Title] = {
    "sold": _("sold"),
    "submitted": _("sent to the operator"),
    "worker_lost": _("the worker that sent it was lost"),
    "submit_delivered": _("the operator delivered it"),
    "submit_refused": _("the operator refused it"),
    "submit_unknown": _("the operator's answer was lost or unclear"),
    "submit_retry_later": _("the operator did not take it, several times"),
    "query_delivered": _("asked again: it was delivered"),
    "query_refused": _("asked again: it was refused"),
    "query_not_found": _("asked again: the operator never had it"),
    "callback_delivered": _("the operator called back: delivered"),
    "callback_refused": _("the operator called back: refused"),
    "settlement_file": _("the operator's settlement file says so"),
    "decided_delivered": _("staff decided: delivered"),
    "decided_failed": _("staff decided: failed"),
    "reversed": _("staff gave the price back"),
}
DETAILS: dict[str, Title] = {
    "active": _("active"),
    "allowed_hosts": _("allowed hosts"),
    "allowed_ips": _("allowed addresses"),
    "amount": _("amount"),
    "available": _("available"),
    "configuration": _("configuration"),
    "description": _("description"),
    "daily_limit": _("daily limit"),
    "duplicate_window_s": _("duplicate window (seconds)"),
    "email": _("email"),
    "enabled": _("enabled"),
    "file": _("file"),
    "filter": _("filter"),
    "first_name": _("first name"),
    "gateway": _("gateway"),
    "cases": _("cases"),
    "evidence": _("evidence"),
    "is_active": _("active"),
    "is_staff": _("staff"),
    "is_superuser": _("superuser"),
    "last_name": _("last name"),
    "lines": _("lines"),
    "list": _("list"),
    "look": _("look"),
    "max_in_flight": _("requests at once"),
    "max_minor": _("largest recharge"),
    "min_minor": _("smallest recharge"),
    "name": _("name"),
    "name_en": _("name (English)"),
    "name_fa": _("name (Persian)"),
    "operator": _("operator"),
    "page": _("page"),
    "per_recharge_max": _("most per recharge"),
    "prefixes": _("prefixes"),
    "recharge": _("recharge"),
    "role": _("role"),
    "rows": _("rows"),
    "secrets": _("secrets"),
    "secrets_set": _("secrets that were set"),
    "seller_id": _("seller"),
    "state": _("state"),
    "status": _("state"),
    "types": _("events"),
    "url": _("address"),
    "user": _("user"),
    "username": _("username"),
    "verdict": _("decision"),
    "version": _("version"),
}
"""What the audit log names in a difference."""
STANDINGS: dict[str, Title] = {"active": _("active"), "inactive": _("not sold")}
SETTLED: dict[str, Title] = {
    "matched": _("matched"),
    "settled": _("settled by it"),
    "ours_only": _("ours only"),
    "theirs_only": _("theirs only"),
    "amount_differs": _("amount differs"),
    "state_differs": _("state differs"),
    "still_open": _("still open"),
    "waiting": _("waiting for the file of the day beside"),
}
VERDICTS: dict[str, Title] = {"delivered": _("delivered"), "failed": _("failed")}
PROOFS: dict[str, Title] = {
    "VERIFIED": _("verified"),
    "MINOR_DISCREPANCY": _("differs; it can be mended from the journal"),
    "CRITICAL": _("differs; nothing mends it by itself"),
}
"""What a proof of a book came to."""
