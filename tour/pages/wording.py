"""All that letters say as they leave, whichever feature promised them."""

from types import MappingProxyType

from tour.accounts import wording as accounts
from tour.notifications.sending.wording import Wording
from tour.participation import letters as participation
from tour.reservations import wording as reservations

WORDING: Wording = MappingProxyType(
    {**accounts.WORDING, **participation.WORDING, **reservations.WORDING}
)
