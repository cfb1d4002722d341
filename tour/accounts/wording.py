"""What letters to people with an account say as they leave, by their keys."""

from types import MappingProxyType

from tour.accounts.people import invitations, mailing, published
from tour.accounts.signing_in import links
from tour.notifications.sending.wording import Wording

WORDING: Wording = MappingProxyType(
    {
        mailing.LINK_KEY: links.words,
        mailing.INVITATION_KEY: invitations.words,
        published.KEY: published.words,
    }
)
