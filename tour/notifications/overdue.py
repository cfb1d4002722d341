"""What `/readyz` and `/metrics` say of mail."""

from tour.health.checks import Asked, Check
from tour.notifications.queries import mail_stands_since


async def _mail(asked: Asked) -> str:
    since = await mail_stands_since(asked.now)
    return f"no mail has left since {since:%Y-%m-%d %H:%M} UTC" if since else ""


CHECKS = (Check("mail", _mail),)
