"""Being a host or staff of the demonstration, by the button of its sign-in page."""

from playwright.async_api import Page


async def sign_in(page: Page, base: str, who: str, query: str = "") -> None:
    """`who` is host or staff. A script sends the form: the next address would break that off."""
    await page.context.clear_cookies()
    await page.goto(f"{base}/sign-in{query}")
    await page.locator(f"button[name=as][value={who}]").click()
    await page.wait_for_url(lambda url: "/sign-in" not in url)
