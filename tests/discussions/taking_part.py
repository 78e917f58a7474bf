"""Somebody who writes in a thread with files, as the scripts of its page do it."""

from __future__ import annotations

import uuid

from django.urls import reverse

from discussions.models import Message, Thread
from tests.bulletins.attaching import Officer


class Writer(Officer):
    """A person with a browser at the page of one thread; `draft_id` is the message's."""

    def __init__(self, user, thread: Thread, **details) -> None:
        super().__init__(user, **details)
        self.thread = thread

    @property
    def files_url(self) -> str:
        return reverse("discussions:files", args=[self.thread.ref, self.draft_id])

    def says(self, text: str = "See the file."):
        """Sends what is on the page; the page begins another message then."""
        answer = self.client.post(
            reverse("discussions:post", args=[self.thread.ref]),
            {"message": str(self.draft_id), "text": text},
            headers={"Accept": "application/json"},
        )
        if answer.status_code == 200:
            self.draft_id = uuid.uuid4()
        return answer

    def sends(self, name: str, body: bytes, text: str = "See the file.") -> Message:
        said = self.send(name, body)
        assert said.status == 200, said
        assert said.done, said
        answer = self.says(text)
        assert answer.status_code == 200, answer.content
        return Message.objects.get(thread=self.thread, number=answer.json()["number"])

    def file_url(self, message: Message, number: int = 0) -> str:
        from vault.files import stored

        file_id = stored("message", message.uuid)[number].id
        return reverse("discussions:download", args=[self.thread.ref, message.number, file_id])

    def fetches(self, message: Message, number: int = 0):
        return self.client.get(self.file_url(message, number))

    def reads(self) -> str:
        answer = self.client.get(reverse("discussions:thread", args=[self.thread.ref]))
        assert answer.status_code == 200, answer.content
        return answer.content.decode()
