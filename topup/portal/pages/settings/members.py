"""Members: inviting people, their roles, switching them off and on. For owners.

Owns the pages. Who may be what, and that one owner always stays, is `topup.sellers.members`'.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from topup import clock
from topup.portal.access import MemberRequest, page
from topup.portal.pages.settings import sections
from topup.sellers import invitations, members
from topup.sellers.models import User
from topup.sellers.roles import MEMBERS, Deed, Role

UNREADABLE = 422
HOURS = invitations.VALID_S // 3600
ALLOWED = {
    Role.OWNER: _("Everything, also members, keys, webhooks and asking for credit."),
    Role.CASHIER: _("Sells, one by one and in bulk, and disputes recharges; reads everything."),
    Role.VIEWER: _("Reads everything and changes nothing: for the accounts."),
}
OBJECTIONS = {
    members.LastOwner: _("Somebody must stay an owner. Make another member an owner first."),
    members.Oneself: _("You cannot change your own role or switch yourself off; another owner can."),
}


class InviteForm(forms.Form):
    username = forms.CharField(
        label=_("Username"),
        max_length=150,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "autocapitalize": "none"}),
        help_text=_("They log in with it. Letters, digits and @ . + - _ are allowed."),
    )
    name = forms.CharField(label=_("Name"), max_length=150, required=False)
    role = forms.ChoiceField(
        label=_("Role"), choices=[(role, User.Roles(role).label) for role in MEMBERS], initial=Role.CASHIER
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=[(role, User.Roles(role).label) for role in MEMBERS])


@page(Deed.MANAGE_MEMBERS)
def list_members(request: MemberRequest) -> HttpResponse:
    return _listed(request, InviteForm())


@page(Deed.MANAGE_MEMBERS)
def invite(request: MemberRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("portal:members")
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _listed(request, form, status=UNREADABLE)
    given = form.cleaned_data
    try:
        added = members.invite(
            seller_id=request.member.seller_id,
            username=given["username"],
            name=given["name"],
            role=Role(given["role"]),
        )
    except members.UsernameTaken:
        form.add_error("username", gettext("This username is taken. Choose another."))
    except members.TooManyMembers:
        form.add_error(
            None, gettext("There are %(most)d members, which are the most.") % {"most": members.MAX_MEMBERS}
        )
    except ValidationError:
        form.add_error("username", gettext("Letters, digits and @ . + - _ are allowed."))
    else:
        messages.success(request, gettext("The member is added. Send them the link below."))
        return redirect("portal:member", added.pk)
    return _listed(request, form, status=UNREADABLE)


@page(Deed.MANAGE_MEMBERS)
def show(request: MemberRequest, user_id: int) -> HttpResponse:
    """Who has not joined yet has a link here; it is made anew each time that somebody looks."""
    found = _find(request, user_id)
    joined = found.has_usable_password()
    return _shown(request, found, link="" if joined else _link(request, found))


@require_POST
@page(Deed.MANAGE_MEMBERS)
def renew(request: MemberRequest, user_id: int) -> HttpResponse:
    """A link for who has forgotten the password; the present one stays until another is chosen."""
    found = _find(request, user_id)
    return _shown(request, found, link=_link(request, found))


@require_POST
@page(Deed.MANAGE_MEMBERS)
def change_role(request: MemberRequest, user_id: int) -> HttpResponse:
    form = RoleForm(request.POST)
    if not form.is_valid():
        return _shown(request, _find(request, user_id), form=form, status=UNREADABLE)
    role = Role(form.cleaned_data["role"])
    _change(request, user_id, gettext("The role is changed."), members.change_role, role=role)
    return redirect("portal:member", user_id)


@require_POST
@page(Deed.MANAGE_MEMBERS)
def switch(request: MemberRequest, user_id: int) -> HttpResponse:
    active = request.POST.get("active") == "true"
    said = gettext("The member may log in again.") if active else gettext("The member is switched off.")
    _change(request, user_id, said, members.switch, active=active)
    return redirect("portal:member", user_id)


def _change(
    request: MemberRequest, user_id: int, said: str, change: Any, **wanted: Any
) -> None:  # of `members`
    _find(request, user_id)
    member = request.member
    try:
        if change(seller_id=member.seller_id, user_id=user_id, by=member.user_id, **wanted):
            messages.success(request, said)
    except tuple(OBJECTIONS) as error:
        messages.error(request, OBJECTIONS[type(error)])


def _find(request: MemberRequest, user_id: int) -> User:
    found = User.objects.filter(pk=user_id, seller_id=request.member.seller_id).first()
    if found is None:
        raise Http404
    return found


def _link(request: MemberRequest, member: User) -> str:
    path_of = reverse("portal:invitation", args=[invitations.made(member)])
    return request.build_absolute_uri(path_of) if member.is_active else ""


def _listed(request: MemberRequest, form: InviteForm, *, status: int = 200) -> HttpResponse:
    found = User.objects.filter(seller_id=request.member.seller_id).order_by("-is_active", "username")
    rows = [(each, _seen_us(each)) for each in found[: members.MAX_MEMBERS]]
    context = {"form": form, "rows": rows, "allowed": _allowed()}
    return sections.show(request, "members", "members.html", context, status=status)


def _shown(
    request: MemberRequest, found: User, *, link: str = "", form: RoleForm | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "found": found,
        "seen_us": _seen_us(found),
        "joined": found.has_usable_password(),
        "oneself": found.pk == request.member.user_id,
        "form": form or RoleForm(initial={"role": found.standing}),
        "allowed": _allowed(),
        "link": link,
        "hours": HOURS,
    }
    return sections.show(request, "members", "member.html", context, status=status)


def _seen_us(member: User) -> int | None:
    return clock.to_us(member.last_login) if member.last_login else None


def _allowed() -> list[tuple[str, str]]:
    return [(str(User.Roles(role).label), str(said)) for role, said in ALLOWED.items()]


URLS = [
    path("settings/members/", list_members, name="members"),
    path("settings/members/invite/", invite, name="member_invite"),
    path("settings/members/<int:user_id>/", show, name="member"),
    path("settings/members/<int:user_id>/link/", renew, name="member_link"),
    path("settings/members/<int:user_id>/role/", change_role, name="member_role"),
    path("settings/members/<int:user_id>/switch/", switch, name="member_switch"),
]
