"""Large text: every main page at 100 to 200 %, in the two ways in which people make it large.

The font size of the browser's settings makes rems and the ems of media queries larger; zoom makes
the page's window smaller. `large_text.js` looks at the page as it then stands and says what is
wrong with it: what runs over, is cut, is a letter wide, is too small for a finger or higher than
a bar may be, what hides the focus, what pushes the page's subject off the first screen."""

from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.async_api import CDPSession, FloatRect, Locator, Page

from tests.browser.conftest import Phone
from tests.browser.serving import App
from tests.browser.signing_in import sign_in

pytestmark = pytest.mark.browser

WEEKS_BEFORE = "2026-12-01T12:00:00+09:00"
LOOK = Path(__file__).with_name("large_text.js").read_text()
USUAL_PX = 16
STANDS_PERCENT = 130
"""Above it nothing stays at the edges while the page is scrolled."""
HIGHEST_BAR_PX = 64
ONE_LINE_PX = 50
"""A button whose words break is higher."""
HEIGHTS = {320: 568, 360: 740, 390: 844}


class Size(NamedTuple):
    """A phone `width` pixels wide whose text is `percent` of the usual size."""

    width: int
    percent: int
    zoomed: bool = False

    @property
    def zoom(self) -> float:
        return self.percent / 100 if self.zoomed else 1

    @property
    def font(self) -> int:
        return USUAL_PX if self.zoomed else USUAL_PX * self.percent // 100


SIZES = (
    *(Size(360, percent) for percent in (100, 115, 150, 200)),
    *(Size(320, percent) for percent in (100, 200)),
    *(Size(390, percent) for percent in (115, 175)),
    Size(320, 200, zoomed=True),
    Size(390, 130, zoomed=True),
)

SITE = "sample-woodblock-oji"
VISITORS = (
    "/",
    "/sites",
    "/map",
    f"/sites/{SITE}",
    "/programmes/1",
    "/events/oji-open-factory",
    "/events/oji-open-factory/map",
    "/courses/wood-paper-ink",
    "/plan",
    f"/walk?from=oji&to={SITE}",
    "/reservations",
    "/notifications",
    "/about",
    "/nothing-here",
)
HOSTS = (
    "",
    "?day=2026-12-12",
    "/list?day=2026-12-12",
    "/programmes",
    "/programmes/new",
    "/profile",
    "/hours",
    "/photos",
    "/messages",
    "/people",
    "/check-in",
)
STAFF = (
    "",
    "/events",
    "/events/1",
    "/events/1/sites",
    "/events/1/map",
    "/events/1/courses/new",
    "/sites",
    "/approvals",
    "/reservations",
    "/messages",
    "/imports",
    "/people",
    "/log",
    "/deliveries",
)


async def show(cdp: CDPSession, size: Size) -> None:
    """The page as it is at this size, without loading it again."""
    window = {
        "width": int(size.width / size.zoom),
        "height": int(HEIGHTS[size.width] / size.zoom),
        "deviceScaleFactor": size.zoom,
        "mobile": False,
    }
    fonts = {"standard": size.font, "fixed": size.font}
    await cdp.send("Emulation.setDeviceMetricsOverride", window)
    await cdp.send("Page.setFontSizes", {"fontSizes": fonts})


async def faults(page: Page, addresses: list[str]) -> list[str]:
    """What is wrong anywhere: page, fault, and at which sizes."""
    cdp = await page.context.new_cdp_session(page)
    found: dict[str, list[str]] = defaultdict(list)
    for address in addresses:
        await show(cdp, SIZES[0])
        await page.goto(address)
        for size in SIZES:
            await show(cdp, size)
            asked = {"zoom": size.zoom, "large": size.percent > STANDS_PERCENT}
            for fault in await page.evaluate(LOOK, asked):
                way = "zoom" if size.zoomed else "text"
                found[f"{address} {fault}"].append(f"{way} {size.width} px {size.percent} %")
    await cdp.detach()
    return [f"{fault}: {', '.join(sizes)}" for fault, sizes in found.items()]


async def made(page: Page, base: str) -> list[str]:
    """A reservation and a plan with their forms."""
    await page.goto(f"{base}/sites/{SITE}")
    await page.get_by_role("link", name="予約").and_(page.locator(".button")).first.click()
    form = page.url
    await page.get_by_role("spinbutton", name="大人").fill("2")
    await page.locator("input[name='name']").fill("北 花子")
    await page.locator("input[name='email']").fill("hanako@example.org")
    await page.locator("input[name='consent']").check()
    await page.get_by_role("button", name="予約する").click()
    await page.wait_for_url("**/reservations/*")
    reservation = page.url
    await page.goto(f"{base}/plan?date=2026-12-12")
    await page.get_by_role("button", name="プランを見る").click()
    await page.wait_for_url("**/itineraries/*")
    plan = page.url
    return [form, reservation, f"{reservation}/change", plan, f"{plan}/reserve"]


async def test_every_page_can_be_used_with_large_text(
    phone: Phone, tmp_path: Path, database_url: str
) -> None:
    app = App(tmp_path, database_url)
    with app.serving(WEEKS_BEFORE):
        async with phone(reduced_motion="reduce") as context:
            page = context.pages[0]
            visited = [app.base + path for path in VISITORS]
            wrong = await faults(page, visited + await made(page, app.base))
            for who, under, paths in (
                ("host", f"{app.base}/host/{SITE}", HOSTS),
                ("staff", f"{app.base}/staff", STAFF),
            ):
                await sign_in(page, app.base, who)
                wrong += await faults(page, [under + path for path in paths])
    assert not wrong, "\n".join(wrong)


async def box(element: Locator) -> FloatRect:
    """Where it stands on the screen."""
    found = await element.bounding_box()
    assert found, f"{element} is not seen"
    return found


ON_ITS_SIDE = ((844, 390), (740, 360))


async def test_a_phone_on_its_side_shows_the_code_of_a_ticket(
    phone: Phone, tmp_path: Path, database_url: str
) -> None:
    app = App(tmp_path, database_url)
    with app.serving(WEEKS_BEFORE):
        async with phone(reduced_motion="reduce") as context:
            page = context.pages[0]
            _form, reservation, *_more = await made(page, app.base)
            for width, height in ON_ITS_SIDE:
                await page.set_viewport_size({"width": width, "height": height})
                await page.goto(reservation)
                code = await box(page.locator(".ticket [role=img]").last)
                assert code["y"] + code["height"] <= height, (width, code)
                for bar in await page.locator(".site-header__row, .tabs").all():
                    assert (await box(bar))["height"] <= HIGHEST_BAR_PX, width
                calendar = page.get_by_role("link", name="カレンダーに追加")
                assert (await box(calendar))["height"] <= ONE_LINE_PX, width
