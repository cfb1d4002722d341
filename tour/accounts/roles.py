"""Who may do what, in one table. Pure."""

from enum import StrEnum

from tour.i18n import Text
from tour.i18n import lazy as _


class Role(StrEnum):
    HOST = "host"
    """Tends the sites it is a member of, and nothing else."""
    EDITOR = "editor"
    """Writes texts and lays out events; sees nobody's reservation."""
    STAFF = "staff"
    ADMINISTRATOR = "administrator"


ROLES: dict[Role, Text] = {
    Role.HOST: _("Host"),
    Role.EDITOR: _("Editor"),
    Role.STAFF: _("Staff"),
    Role.ADMINISTRATOR: _("Administrator"),
}
"""What people call them."""


class Permission(StrEnum):
    TEND_ANY_SITE = "tend_any_site"
    """Texts, hours, photos and times; not who comes, nor who else tends it."""
    SEE_PARTIES = "see_parties"
    """Of any site: names, notes, door codes."""
    SEE_STAFF_CONSOLE = "see_staff_console"
    EDIT_EVENTS = "edit_events"
    PUBLISH = "publish"
    APPROVE = "approve"
    CHANGE_RESERVATIONS = "change_reservations"
    INVITE = "invite"
    IMPORT = "import"
    READ_AUDIT = "read_audit"
    MANAGE_PEOPLE = "manage_people"
    """Roles, and who belongs to which site."""


EDITOR = {Permission.TEND_ANY_SITE, Permission.SEE_STAFF_CONSOLE, Permission.EDIT_EVENTS}
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.HOST: frozenset(),
    Role.EDITOR: frozenset(EDITOR),
    Role.STAFF: frozenset(set(Permission) - {Permission.MANAGE_PEOPLE}),
    Role.ADMINISTRATOR: frozenset(Permission),
}


def may(role: Role, permission: Permission) -> bool:
    return permission in PERMISSIONS[role]
