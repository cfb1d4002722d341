"""Letting other sites show the map in a frame: its policy, and the lines they paste."""

from urllib.parse import urlsplit

from markupsafe import escape

FRAME_HEIGHT = 640
"""Pixels: map and the first places on a phone, map beside the list where there is room."""


def embed_policy(nonce: str, *, base_url: str, tile_url: str) -> str:
    """The embed's Content-Security-Policy: any page over https may frame it, and no form is sent.

    An app that runs without https, at home or in a test, may be framed by pages without it too.
    """
    parents = "https:" if base_url.startswith("https:") else "https: http:"
    tiles = urlsplit(tile_url)
    tile_host = f" {tiles.scheme}://{tiles.netloc.replace('{s}', '*')}" if tile_url else ""
    return (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; "
        # Leaflet moves tiles and markers by style attributes.
        f"style-src-attr 'unsafe-inline'; img-src 'self' data:{tile_host}; connect-src 'self'; "
        f"base-uri 'none'; form-action 'none'; frame-ancestors 'self' {parents}"
    )


def snippet(address: str, title: str) -> str:
    """The HTML that a site pastes to show the map."""
    return (
        f'<iframe src="{escape(address)}" title="{escape(title)}" loading="lazy" '
        f'allow="geolocation" style="width:100%;height:{FRAME_HEIGHT}px;border:0"></iframe>'
    )
