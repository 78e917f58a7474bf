"""The addresses of people's pages, and the few of allauth's that exist here.

allauth finds its pages by names of its own, outside any namespace. Whatever of it has no line
here (sign-up, e-mail addresses, setting, changing and resetting a password) does not exist.
"""

from django.urls import include, path

from accounts.views import choices, entrance

own = [
    path("account/stay/", choices.stay, name="stay"),
]

urlpatterns = [
    path("sign-in/", entrance.sign_in, name="account_login"),
    path("sign-in/passkey/", entrance.passkey_sign_in, name="mfa_login_webauthn"),
    path("sign-in/second-factor/", entrance.second_factor, name="mfa_authenticate"),
    path("sign-out/", entrance.sign_out, name="account_logout"),
    path("language/", choices.language, name="set_language"),
    path("", include((own, "accounts"))),
]
