"""Sellers: who they are, what they may sell, and corrections of their balance.

Owns these pages. Money moves through `topup.ledger.on_django` alone; a seller is never deleted.
"""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from topup.console import columns, looks, proving, seller_page
from topup.console.admin.asking import ask
from topup.console.admin.base import PageAdmin, StaffRequest
from topup.console.admin.exported import Exported
from topup.console.admin.seller_forms import AdjustForm, RegisterForm, StandingForm, TermsForm
from topup.console.outcomes import OUTCOMES
from topup.console.permission import may
from topup.credit.adjust import Adjustment, Adjustments
from topup.ledger import on_django
from topup.ledger.models import Book
from topup.ledger.outcomes import DONE
from topup.ledger.references import Reference
from topup.sellers import onboard, standing
from topup.sellers.models import Seller
from topup.sellers.roles import Deed

OPERATION = "adjustment:console"
LIMITS = ("daily_limit", "per_recharge_max", "duplicate_window_s")
OF_THE_BOOK = ("available", "held", "sold", "currency", "seq", "active", *LIMITS)


@admin.display(description=_("Number"), ordering="id")
def number(row: Seller) -> str:
    return columns.seller_number(row.pk)


@admin.display(description=_("Version"))
def version(row: Any) -> str:  # a seller with its book's fields
    return columns.number(row.seq or 0)


@admin.display(description=_("Active"), boolean=True)
def active(row: Any) -> bool | None:  # a seller with its book's fields
    value: bool | None = row.active
    return value


name = columns.plain("name", _("Name"), ordering="name")


@admin.register(Seller)
class SellerAdmin(Exported, PageAdmin[Seller]):
    changing = Deed.CONFIGURE_SELLERS
    exported = ("id", "name", "allowed_ips", "created_at", *OF_THE_BOOK)
    form = TermsForm
    change_form_template = "console/seller.html"
    list_display: Any = (
        number,
        name,
        columns.amount("available", _("Available")),
        columns.amount("held", _("Held")),
        version,
        active,
        columns.moment("created_at", _("Created")),
    )
    list_display_links = (number, name)
    fields = ("name", "allowed_ips", *LIMITS)
    search_fields = ("name", "=id")
    search_help_text = _("A part of the name, or the number")
    ordering = ("id",)
    list_per_page = 50
    actions = ("suspend", "activate")

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Seller]":
        book = Book.objects.filter(pk=OuterRef("pk"))
        fields = {name: Subquery(book.values(name)[:1]) for name in OF_THE_BOOK}
        rows: QuerySet[Seller] = super().get_queryset(request).annotate(**fields)
        return rows

    def get_urls(self) -> list[URLPattern]:
        own = (
            ("adjust", self.adjust_view),
            ("standing", self.standing_view),
            ("prove", self.prove_view),
            ("look", self.look_view),
        )
        pages = [
            path(f"<int:seller_id>/{name}/", self.admin_site.admin_view(view), name=f"sellers_seller_{name}")
            for name, view in own
        ]
        return [*pages, *super().get_urls()]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:  # Django's own
        return {}

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002  # Django's own
        """The form, filled with the limits, which are on the book and not on the seller."""
        made = super().get_form(request, obj, change=change, **kwargs)
        for name in LIMITS:
            if name in made.base_fields:
                made.base_fields[name].initial = getattr(obj, name, None)
        return made

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        seller: Any = self.get_object(request, object_id)  # with its book's fields
        about = seller_page.about(seller) if seller is not None and self.has_view_permission(request) else {}
        may_adjust = {"may_adjust": may(request, Deed.ADJUST)}
        return super().change_view(
            request, object_id, form_url, {**about, **may_adjust, **(extra_context or {})}
        )

    # Registering.

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = RegisterForm(request.POST if request.method == "POST" else None)
        if form.is_valid() and (seller := self._registered(form)) is not None:
            text = gettext("%(name)s is seller %(number)s.") % {
                "name": columns.called(seller.name),
                "number": columns.seller_number(seller.pk),
            }
            self.message_user(request, text, messages.SUCCESS)
            return HttpResponseRedirect(self._page(seller.pk))
        return ask(
            self, request, form, title=gettext("Register a seller"), button=gettext("Register"), about=[]
        )

    def _registered(self, form: RegisterForm) -> Seller | None:
        try:
            seller, _member = onboard.register(**form.cleaned_data, currency=settings.CONFIG.default_currency)
        except onboard.UsernameTaken:
            form.add_error("username", gettext("Somebody has this username."))
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
            onboard.rename(seller_id=obj.pk, name=form.cleaned_data["name"])
        if "allowed_ips" in changed:
            onboard.change_addresses(seller_id=obj.pk, allowed_ips=form.cleaned_data["allowed_ips"])
        limits = {name: form.cleaned_data[name] for name in LIMITS if name in changed}
        if limits:
            standing.change(obj.pk, **limits)

    @admin.action(description=_("Suspend selected sellers"), permissions=["change"])
    def suspend(self, request: HttpRequest, queryset: "QuerySet[Seller]") -> None:
        for seller in queryset:
            self._set_active(request, seller, active=False)

    @admin.action(description=_("Activate selected sellers"), permissions=["change"])
    def activate(self, request: HttpRequest, queryset: "QuerySet[Seller]") -> None:
        for seller in queryset:
            self._set_active(request, seller, active=True)

    def _set_active(self, request: HttpRequest, seller: Seller, *, active: bool, reason: str = "") -> None:
        texts = {
            (True, True): gettext("%(name)s is activated, from the next sale on."),
            (True, False): gettext("%(name)s was activated before."),
            (False, True): gettext("%(name)s is suspended, from the next sale on."),
            (False, False): gettext("%(name)s was suspended before."),
        }
        changed = standing.change(seller.pk, reason=reason, active=active)
        level = messages.SUCCESS if changed else messages.INFO
        self.message_user(request, texts[active, changed] % {"name": columns.called(seller.name)}, level)

    def standing_view(self, request: StaffRequest, seller_id: int) -> HttpResponse:
        seller = self._found(request, seller_id, Deed.CONFIGURE_SELLERS)
        form = StandingForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            wanted = request.POST.get("active") == "yes"
            self._set_active(request, seller, active=wanted, reason=form.cleaned_data["reason"])
            return HttpResponseRedirect(self._page(seller_id))
        name = {"name": columns.called(seller.name)}
        title = gettext("Suspend %(name)s") if seller.active else gettext("Activate %(name)s")
        button = gettext("Suspend") if seller.active else gettext("Activate")
        about = [gettext("It holds from the next sale on. Movements and balance stay as they are.")]
        hidden = [("active", "no" if seller.active else "yes")]
        return ask(self, request, form, title=title % name, button=button, about=about, hidden=hidden)

    # Adjusting.

    def adjust_view(self, request: StaffRequest, seller_id: int) -> HttpResponse:
        seller = self._found(request, seller_id, Deed.ADJUST)
        form = AdjustForm(request.POST if request.method == "POST" else None, seller_id=seller_id)
        if form.is_valid() and self._adjusted(request, seller, form):
            return HttpResponseRedirect(self._page(seller_id))
        available = {"amount": columns.money(seller.available, seller.currency)}
        return ask(
            self,
            request,
            form,
            title=gettext("Adjust the balance of %(name)s") % {"name": columns.called(seller.name)},
            button=gettext("Adjust"),
            about=[gettext("Available: %(amount)s") % available],
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
        outcome = on_django.move(wish=wish, family=Adjustments()).outcome
        said = OUTCOMES[outcome]
        written = gettext("Adjustment of %(amount)s") % {"amount": columns.money(amount)}
        self.message_user(request, f"{written}: {said.text}", said.level)
        return outcome in DONE

    # Proving.

    def prove_view(self, request: StaffRequest, seller_id: int) -> HttpResponse:
        seller = self._found(request, seller_id, Deed.READ)
        if request.method != "POST":
            return HttpResponseRedirect(self._page(seller_id))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": seller,
            "title": gettext("Proof of the balance of %(name)s") % {"name": columns.called(seller.name)},
            "proof": proving.proved(seller_id),
        }
        return TemplateResponse(request, "console/proof.html", context)

    # Looking.

    def look_view(self, request: StaffRequest, seller_id: int) -> HttpResponse:
        seller = self._found(request, seller_id, Deed.READ)
        form = looks.LookForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            return looks.begin(request, seller_id=seller_id, reason=form.cleaned_data["reason"])
        title = gettext("Look at the portal of %(name)s") % {"name": columns.called(seller.name)}
        about = [gettext("You see what its viewers see, for half an hour. Nothing can be sent.")]
        return ask(self, request, form, title=title, button=gettext("Look"), about=about)

    def _found(
        self, request: HttpRequest, seller_id: int, deed: Deed
    ) -> Any:  # a seller with its book's fields
        """Raises Http404, or PermissionDenied where the role of who asks does not allow the deed."""
        seller = self.get_object(request, str(seller_id))
        if seller is None:
            raise Http404
        if not may(request, deed):
            raise PermissionDenied
        return seller

    def _page(self, seller_id: int) -> str:
        return reverse("admin:sellers_seller_change", args=[seller_id])
