"""The forms of logging in, in our own words. What they check is allauth's."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from allauth.account.forms import ReauthenticateForm as PasswordAgain
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.utils.translation import gettext_lazy as _

CODE = {"inputmode": "text", "autocomplete": "one-time-code", "dir": "ltr", "autofocus": True}


def _say(form: Any, **labels: Any) -> None:  # any form, and lazy texts
    """Name these fields; a placeholder that repeats the label only disappears while one types."""
    for name, label in labels.items():
        form.fields[name].label = label
        form.fields[name].widget.attrs.pop("placeholder", None)
        form.fields[name].widget.attrs["dir"] = "ltr"


class LogInForm(LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:  # allauth's own
        super().__init__(*args, **kwargs)
        _say(self, login=_("Username"), password=_("Password"))
        self.fields["password"].help_text = ""
        self.fields["login"].widget.attrs |= {"autofocus": True, "autocapitalize": "none"}


class PasswordAgainForm(PasswordAgain):
    def __init__(self, *args: Any, **kwargs: Any) -> None:  # allauth's own
        super().__init__(*args, **kwargs)
        _say(self, password=_("Password"))


class NewPasswordForm(ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:  # allauth's own
        super().__init__(*args, **kwargs)
        _say(
            self,
            oldpassword=_("Present password"),
            password1=_("New password"),
            password2=_("New password again"),
        )


class CodeForm(AuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:  # allauth's own
        super().__init__(*args, **kwargs)
        _say(self, code=_("Code"))
        self.fields["code"].widget.attrs |= CODE


class CodeAgainForm(ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:  # allauth's own
        super().__init__(*args, **kwargs)
        _say(self, code=_("Code"))
        self.fields["code"].widget.attrs |= CODE


class ActivateForm(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:  # allauth's own
        super().__init__(*args, **kwargs)
        _say(self, code=_("Code that the app shows"))
        self.fields["code"].widget.attrs |= CODE
