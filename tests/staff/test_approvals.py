"""New sessions and photos among what staff look over."""

from datetime import timedelta

import httpx
from starlette.applications import Starlette

from tests.accounts.signing import OPERATOR, browser, make_account, sign_in_as
from tests.conftest import NOON
from tests.hosts.setting import OUTLINE
from tests.hosts.test_photos import picture
from tests.publishing.days import make_workshop
from tests.staff.test_people import change_as
from tour.accounts.roles import Role
from tour.audit.service import Actor
from tour.programmes import editing as programmes
from tour.programmes.editing import Times
from tour.programmes.states import Allocation
from tour.sites.models import Photo
from tour.staff.log import approvals

TIMES = Times(
    starts=(NOON + timedelta(days=1),),
    capacity=8,
    allocation=Allocation.FIRST_COME,
    booking_opens_at=None,
    event_id=None,
)


async def test_a_new_session_and_a_new_photo_are_looked_over(
    app: Starlette, staff: httpx.AsyncClient
) -> None:
    """A draft is its host's own; once public all of it waits, whatever was approved before."""
    site = await make_workshop(1)
    host = await make_account("host@example.org", Role.HOST, site)
    actor = Actor(host.id, host.name)
    draft = await programmes.create(site.id, OUTLINE, TIMES, actor=actor, now=NOON)
    assert await approvals.waiting() == []
    entry = await change_as(host, site, "古い", "新しい")
    await approvals.approve(site.id, entry.id, actor=OPERATOR, now=NOON)
    await programmes.publish(draft, actor=actor, now=NOON)
    async with browser(app) as phone:
        await sign_in_as(phone, host)
        added = await phone.post(
            f"/host/{site.slug}/photos",
            data={"alt": "版木", "alt_en": ""},
            files={"photo": ("p.png", picture("PNG"), "image/png")},
        )
        assert added.status_code == 303
    [waiting] = await approvals.waiting()
    changes = {(change.of, change.name): change for change in waiting.changes}
    assert changes["木版を摺る", "title"].after == "木版を摺る"
    photo = await Photo.get()
    assert changes["Photo", "alt"].picture == photo.name
    page = (await staff.get("/staff/approvals")).text
    assert f"/photos/{photo.name}-480.webp" in page
    await approvals.approve(site.id, waiting.upto, actor=OPERATOR, now=NOON)
    assert await approvals.waiting() == []
