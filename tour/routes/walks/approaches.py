"""From which station one walks to each site."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tour.geo import distance_m
from tour.routes.paths import Profile
from tour.routes.walks.walks import DETOUR, Walks, minutes_for
from tour.sites.catalogue import FindApproaches
from tour.sites.entries import Approach, SiteEntry, StationEntry


def approach_finder(walks: Walks) -> FindApproaches:
    """A function that finds every walkable site's nearest station on foot."""

    def find(sites: Sequence[SiteEntry], stations: Sequence[StationEntry]) -> dict[int, Approach]:
        walkable = [site for site in sites if site.point and site.is_walkable]
        if not walkable or not stations:
            return {}
        starts = [station.point for station in stations]
        ends = [site.point for site in walkable if site.point]
        lengths, _sure = walks.lengths(starts, ends, Profile.WALK)
        found = {}
        for column, site in enumerate(walkable):
            found[site.id] = _nearest(site, stations, lengths[:, column])
        return found

    return find


def _nearest(
    site: SiteEntry, stations: Sequence[StationEntry], lengths: NDArray[np.float64]
) -> Approach:
    approximate = not np.isfinite(lengths).any()
    if approximate:
        assert site.point is not None  # noqa: S101 - only walkable sites come here
        lengths = np.array([distance_m(s.point, site.point) * DETOUR for s in stations])
    row = int(np.argmin(lengths))
    metres = float(lengths[row])
    return Approach(stations[row], metres, minutes_for(metres), approximate)
