"""What letters to people with an account say as they leave, by their keys."""

from types import MappingProxyType

from tour.accounts import invitations, mailing, sign_in
from tour.notifications.wording import Wording

WORDING: Wording = MappingProxyType(
    {mailing.LINK_KEY: sign_in.words, mailing.INVITATION_KEY: invitations.words}
)
