"""The addresses of pages about keys."""

from django.urls import path

from vault.views import arriving, colleagues, own

app_name = "vault"

urlpatterns = [
    path("unlock/", own.unlock, name="unlock"),
    path("lock/", own.lock, name="lock"),
    path("account/passphrase/", own.change_phrase, name="passphrase"),
    path("account/recovery-code/", own.recovery_code, name="recovery_code"),
    path("account/recover/", arriving.recover, name="recover"),
    path("account/keys/", own.keys, name="keys"),
    path("account/keys/<str:code>/confirm/", own.confirm, name="confirm"),
    path("invitation/<str:token>/", arriving.invitation, name="invitation"),
    path("people/<int:pk>/grant/", colleagues.grant, name="grant"),
    path("people/<int:pk>/suspend/", colleagues.suspend_person, name="suspend"),
]
