"""The addresses of pages about keys."""

from django.urls import path

from vault.views import administration, arriving, beginnings, colleagues, own, starting

app_name = "vault"

urlpatterns = [
    path("unlock/", own.unlock, name="unlock"),
    path("lock/", own.lock, name="lock"),
    path("account/passphrase/", own.change_phrase, name="passphrase"),
    path("account/recovery-code/", own.recovery_code, name="recovery_code"),
    path("account/recover/", arriving.recover, name="recover"),
    path("account/start-anew/", starting.ask, name="ask_new_start"),
    path("account/start-anew/<str:token>/", starting.new_start, name="new_start"),
    path("account/keys/renew/", administration.renew, name="renew_key"),
    path("account/keys/envelope/", administration.envelope, name="envelope"),
    path("account/keys/envelope/open/", administration.open_safe, name="open_envelope"),
    path("account/keys/new-beginning/", beginnings.beginning, name="new_beginning"),
    path("account/keys/new-beginning/withdraw/", beginnings.withdraw, name="withdraw_beginning"),
    path("account/keys/new-beginning/<uuid:pk>/", beginnings.witness, name="witness"),
    path("account/keys/", own.keys, name="keys"),
    path("account/keys/<str:code>/confirm/", own.confirm, name="confirm"),
    path("invitation/<str:token>/", arriving.invitation, name="invitation"),
    path("people/<int:pk>/grant/", colleagues.grant, name="grant"),
    path("people/<int:pk>/suspend/", colleagues.suspend_person, name="suspend"),
]
