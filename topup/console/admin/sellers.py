"""Sellers: who they are, what they may sell, and corrections of their balance.

Owns these pages. Money moves through `topup.console.moving` alone; a seller is never deleted.
"""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from topup.console import moving
from topup.console.admin import columns
from topup.console.admin.asking import ask
from topup.console.admin.base import PageAdmin, StaffRequest
from topup.console.admin.seller_forms import AdjustForm, RegisterForm, TermsForm
from topup.console.outcomes import OUTCOMES
from topup.credit.adjust import Adjustment, Adjustments
from topup.ledger.models import Book
from topup.ledger.outcomes import DONE, Outcome
from topup.ledger.references import Reference
from topup.money import with_separators
from topup.sellers import onboard, standing
from topup.sellers.models import Seller

OPERATION = "adjustment:console"
LIMITS = ("daily_limit", "per_recharge_max", "duplicate_window_s")
OF_THE_BOOK = ("available", "held", "sold", "currency", "seq", "active", *LIMITS)


@admin.display(description="Version")
def version(row: Any) -> int:  # a seller with its book's fields
    return int(row.seq or 0)


@admin.display(description="Active", boolean=True)
def active(row: Any) -> bool | None:  # a seller with its book's fields
    value: bool | None = row.active
    return value


@admin.register(Seller)
class SellerAdmin(PageAdmin[Seller]):
    form = TermsForm
    change_form_template = "console/seller.html"
    list_display: Any = (
        "id",
        "name",
        columns.amount("available", "Available"),
        columns.amount("held", "Held"),
        version,
        active,
        columns.moment("created_at", "Created"),
    )
    list_display_links = ("id", "name")
    readonly_fields: ClassVar[Any] = (
        "id",
        columns.amount("available", "Available"),
        columns.amount("held", "Held"),
        columns.amount("sold", "Sold"),
        version,
        active,
        columns.moment("created_at", "Created"),
    )
    fields = (*readonly_fields, "name", "allowed_ips", *LIMITS)
    search_fields = ("name", "=id")
    search_help_text = "A part of the name, or the number"
    ordering = ("id",)
    list_per_page = 50
    actions = ("suspend", "activate")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # any seller
        return False

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Seller]":
        book = Book.objects.filter(pk=OuterRef("pk"))
        fields = {name: Subquery(book.values(name)[:1]) for name in OF_THE_BOOK}
        return super().get_queryset(request).annotate(**fields)

    def get_urls(self) -> list[URLPattern]:
        adjust = self.admin_site.admin_view(self.adjust_view)
        return [path("<int:seller_id>/adjust/", adjust, name="sellers_seller_adjust"), *super().get_urls()]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:  # Django's own
        return {}

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002  # Django's own
        """The form, filled with the limits, which are on the book and not on the seller."""
        made = super().get_form(request, obj, change=change, **kwargs)
        for name in LIMITS:
            if name in made.base_fields:
                made.base_fields[name].initial = getattr(obj, name, None)
        return made

    # Registering.

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = RegisterForm(request.POST if request.method == "POST" else None)
        if form.is_valid() and (seller := self._registered(form)) is not None:
            self.log_addition(request, seller, "Registered.")
            self.message_user(request, f"{seller.name} is seller {seller.pk}.", messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:sellers_seller_change", args=[seller.pk]))
        return ask(self, request, form, title="Register a seller", button="Register", about=[])

    def _registered(self, form: RegisterForm) -> Seller | None:
        try:
            seller, _ = onboard.register(**form.cleaned_data, currency=settings.CONFIG.default_currency)
        except onboard.UsernameTaken:
            form.add_error("username", "Somebody has this username.")
        except ValidationError as error:
            for field, texts in error.message_dict.items():
                form.add_error(field if field in form.fields else None, texts)
        else:
            return seller
        return None

    # Changing.

    def save_model(self, request: HttpRequest, obj: Seller, form: Any, change: bool) -> None:  # noqa: FBT001  # Django's own
        changed = set(form.changed_data)
        if "name" in changed:
            obj.save(update_fields=["name"])
        if "allowed_ips" in changed:
            onboard.change_addresses(seller_id=obj.pk, allowed_ips=form.cleaned_data["allowed_ips"])
        limits = {name: form.cleaned_data[name] for name in LIMITS if name in changed}
        if limits:
            standing.change(obj.pk, **limits)

    @admin.action(description="Suspend selected sellers", permissions=["change"])
    def suspend(self, request: HttpRequest, queryset: "QuerySet[Seller]") -> None:
        self._set_active(request, queryset, active=False)

    @admin.action(description="Activate selected sellers", permissions=["change"])
    def activate(self, request: HttpRequest, queryset: "QuerySet[Seller]") -> None:
        self._set_active(request, queryset, active=True)

    def _set_active(self, request: HttpRequest, sellers: "QuerySet[Seller]", *, active: bool) -> None:
        done = "activated" if active else "suspended"
        for seller in sellers:
            if standing.change(seller.pk, active=active):
                self.log_change(request, seller, f"{done.capitalize()}.")
                self.message_user(request, f"{seller.name} is {done}, from the next sale on.")
            else:
                self.message_user(request, f"{seller.name} was {done} before.", messages.INFO)

    # Adjusting.

    def adjust_view(self, request: StaffRequest, seller_id: int) -> HttpResponse:
        seller: Any = self.get_object(request, str(seller_id))  # with its book's fields
        if seller is None:
            raise Http404
        if not self.has_change_permission(request, seller):
            raise PermissionDenied
        form = AdjustForm(request.POST if request.method == "POST" else None, seller_id=seller_id)
        if form.is_valid() and self._adjusted(request, seller, form):
            return HttpResponseRedirect(reverse("admin:sellers_seller_change", args=[seller_id]))
        return ask(
            self,
            request,
            form,
            title=f"Adjust the balance of {seller.name}",
            button="Adjust",
            about=[f"Available: {columns.amount('available', '')(seller)}"],
        )

    def _adjusted(self, request: StaffRequest, seller: Seller, form: AdjustForm) -> bool:
        """Whether the adjustment stands now, by this sending of the form or by one before it."""
        amount, reason = form.cleaned_data["amount"], form.cleaned_data["reason"]
        once = form.cleaned_data["once"]
        asked = {"amount": amount, "reason": reason}
        wish = Adjustment(
            seller_id=seller.pk,
            id=once,
            amount=amount,
            reason=reason,
            by=request.user.pk,
            reference=Reference(operation=OPERATION, key=once, request=asked),
        )
        outcome = moving.move(wish=wish, family=Adjustments()).outcome
        said = OUTCOMES[outcome]
        written = f"Adjustment of {with_separators(amount)} IRR"
        self.message_user(request, f"{written}: {said.text}", said.level)
        if outcome is Outcome.POSTED:
            self.log_change(request, seller, f"{written}: {reason}")
        return outcome in DONE
