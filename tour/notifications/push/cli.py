"""`tour vapid new`."""

import click

from tour.notifications.push.keys import new_private_key


@click.group(help="The key that push services know this app by.")
def vapid() -> None:
    pass


@vapid.command(help="Make a new key. Browsers that subscribed with another must ask again.")
def new() -> None:
    click.echo(f"TOUR_VAPID_PRIVATE_KEY={new_private_key()}")
