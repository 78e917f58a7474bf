"""The addresses of people's pages, and the few of allauth's that exist here.

allauth finds its pages by names of its own, outside any namespace. Whatever of it has no line
here (sign-up, e-mail addresses, setting, changing and resetting a password) does not exist.
"""

from django.urls import include, path

from accounts.views import (
    account,
    administrations,
    again,
    choices,
    entrance,
    people,
    second_factor,
)

own = [
    path("account/", account.settings, name="settings"),
    path("account/sessions/", account.sessions, name="sessions"),
    path("account/stay/", choices.stay, name="stay"),
    path("account/confirm/", again.again, name="again"),
    path("account/second-factor/", second_factor.overview, name="second_factor"),
    path("account/second-factor/app/", second_factor.app, name="add_app"),
    path("account/second-factor/passkey/", second_factor.passkey, name="add_passkey"),
    path("account/second-factor/<int:pk>/remove/", second_factor.remove, name="remove_factor"),
    path("account/second-factor/codes/", second_factor.recovery_codes, name="recovery_codes"),
    path(
        "account/second-factor/codes/new/",
        second_factor.new_recovery_codes,
        name="new_recovery_codes",
    ),
    path("administrations/", administrations.administrations, name="administrations"),
    path("administrations/<str:code>/", administrations.administration, name="administration"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite_person, name="invite"),
    path("people/invitations/<uuid:pk>/withdraw/", people.withdraw, name="withdraw_invitation"),
    path("people/<int:pk>/wake/", people.wake_person, name="wake"),
]

urlpatterns = [
    path("sign-in/", entrance.sign_in, name="account_login"),
    path("sign-in/passkey/", entrance.passkey_sign_in, name="mfa_login_webauthn"),
    path("sign-in/second-factor/", entrance.second_factor, name="mfa_authenticate"),
    path("sign-out/", entrance.sign_out, name="account_logout"),
    path("language/", choices.language, name="set_language"),
    path("", include((own, "accounts"))),
]
