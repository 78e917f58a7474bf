"""Every address of a meeting, with ids that are there, for whoever should not get past them."""

from uuid import uuid4

from django.urls import NoReverseMatch, get_resolver, reverse

from meetings.models import Attendance, Hand, MinutesComment, Proposal

POST = {
    "room_call", "room_here", "room_attendance", "room_left", "room_hand", "room_hand_of",
    "room_propose", "room_ballot", "room_decide", "room_action", "order", "standing", "deadline",
    "remove_file", "file_again", "piece", "settle_comment", "files",
}  # fmt: skip
OWN = {"list", "new", "find", "calendar", "revoke_feed", "silences", "new_silence", "reports",
       "reports_csv"}  # fmt: skip


def addresses(meeting, item):
    """Every address of one meeting, with ids that are there, by name."""
    ids = {
        "ref": meeting.ref, "item_id": item.uuid, "paper_id": uuid4(), "draft_id": uuid4(),
        "file_id": uuid4(), "stay": getattr(Attendance.objects.first(), "pk", 1),
        "hand": getattr(Hand.objects.first(), "pk", 1),
        "proposal_id": getattr(Proposal.objects.filter(item=item).first(), "uuid", uuid4()),
        "comment_id": getattr(MinutesComment.objects.filter(item=item).first(), "uuid", uuid4()),
    }  # fmt: skip
    names = [name for name in get_resolver("meetings.urls").reverse_dict if isinstance(name, str)]
    for name in sorted(set(names) - OWN):
        wanted = get_resolver("meetings.urls").reverse_dict.getlist(name)[0][0][0][1]
        try:
            yield name, reverse(f"meetings:{name}", kwargs={one: ids[one] for one in wanted
                                                           if one in ids})  # fmt: skip
        except NoReverseMatch:  # `what` of opening and closing is no part of the address
            raise AssertionError(name) from None


def asked(client, name, address):
    """What comes back to a form without words and to a look, where the address takes them."""
    answers = [client.post(address, {})]
    if name not in POST:
        answers.append(client.get(address))
    return [answer for answer in answers if answer.status_code != 405]
