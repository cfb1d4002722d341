from starlette.middleware import Middleware
from starlette.routing import Route as Url

from tour.staff import (
    course_handlers,
    delivery_handlers,
    handlers,
    help_handlers,
    import_handlers,
)
from tour.staff.events import (
    asked_handlers,
    cover_handlers,
    map_handlers,
    part_handlers,
    rules_handlers,
)
from tour.staff.events import handlers as event_handlers
from tour.staff.people import handlers as people_handlers
from tour.staff.people import inviting_handlers, letter_handlers, person_handlers
from tour.staff.reservations import burst_handlers, call_handlers, message_handlers, sent_handlers
from tour.staff.reservations import handlers as reservation_handlers
from tour.web.gate.bounds import BodyLimit

GET = ["GET"]
POST = ["POST"]
EVENT = "/staff/events/{event_id:int}"
COURSE = f"{EVENT}/courses/{{course_id:int}}"
SITE = "/staff/sites/{site_id:int}"
PARTY = "/staff/reservations/{reservation_id:int}"
IMPORT_BODY = Middleware(BodyLimit, most=import_handlers.LARGEST_FORM * 2)
PICTURE_BODY = Middleware(BodyLimit, most=cover_handlers.LARGEST_FORM)
INVITATION = "/staff/people/invitations/{invitation_id:int}"
ACCOUNT = "/staff/people/{account_id:int}"

urls = [
    Url("/staff", handlers.today_page, methods=GET, name="staff:today"),
    Url("/staff/events", event_handlers.events_page, methods=GET, name="staff:events"),
    Url("/staff/events/new", event_handlers.new_event, methods=GET, name="staff:new_event"),
    Url("/staff/events/new", event_handlers.create_event, methods=POST, name="staff:create_event"),
    Url(EVENT, event_handlers.event_page, methods=GET, name="staff:event"),
    Url(EVENT, event_handlers.change_event, methods=POST, name="staff:change_event"),
    Url(
        f"{EVENT}/visibility",
        event_handlers.set_visibility,
        methods=POST,
        name="staff:event_visibility",
    ),
    Url(f"{EVENT}/cover", cover_handlers.cover_page, methods=GET, name="staff:event_cover"),
    Url(
        f"{EVENT}/cover",
        cover_handlers.change_cover,
        methods=POST,
        name="staff:change_cover",
        middleware=[PICTURE_BODY],
    ),
    Url(f"{EVENT}/sites", part_handlers.sites_page, methods=GET, name="staff:event_sites"),
    Url(
        f"{EVENT}/sites",
        part_handlers.change_sites,
        methods=POST,
        name="staff:change_event_sites",
    ),
    Url(f"{EVENT}/asked", asked_handlers.asked_page, methods=GET, name="staff:asked"),
    Url(f"{EVENT}/asked", asked_handlers.ask_again, methods=POST, name="staff:ask_again"),
    Url(
        f"{EVENT}/asked/{{site_id:int}}",
        asked_handlers.note_answer,
        methods=POST,
        name="staff:note_answer",
    ),
    Url(f"{EVENT}/days", event_handlers.set_day, methods=POST, name="staff:event_day"),
    Url(f"{EVENT}/undo", event_handlers.undo, methods=POST, name="staff:undo_event"),
    Url(f"{EVENT}/rules", rules_handlers.rules_page, methods=GET, name="staff:event_rules"),
    Url(f"{EVENT}/rules", rules_handlers.change, methods=POST, name="staff:change_event_rules"),
    Url(f"{EVENT}/map", map_handlers.map_page, methods=GET, name="staff:event_map"),
    Url(f"{EVENT}/map", map_handlers.publish_map, methods=POST, name="staff:publish_map"),
    Url(f"{EVENT}/places.geojson", map_handlers.places, methods=GET, name="staff:event_places"),
    Url(f"{EVENT}/courses", course_handlers.courses_page, methods=GET, name="staff:courses"),
    Url(f"{EVENT}/courses/new", course_handlers.new_course, methods=GET, name="staff:new_course"),
    Url(
        f"{EVENT}/courses/new",
        course_handlers.create_course,
        methods=POST,
        name="staff:create_course",
    ),
    Url(COURSE, course_handlers.course_page, methods=GET, name="staff:course"),
    Url(COURSE, course_handlers.change_course, methods=POST, name="staff:change_course"),
    Url("/staff/walk", course_handlers.walk, methods=GET, name="staff:walk"),
    Url("/staff/sites", handlers.sites_page, methods=GET, name="staff:sites"),
    Url(
        f"{SITE}/visibility",
        handlers.set_site_visibility,
        methods=POST,
        name="staff:site_visibility",
    ),
    Url(f"{SITE}/undo", handlers.undo_site, methods=POST, name="staff:undo_site"),
    Url("/staff/approvals", handlers.approvals_page, methods=GET, name="staff:approvals"),
    Url(f"{SITE}/review", handlers.review, methods=POST, name="staff:review"),
    Url(
        "/staff/reservations",
        reservation_handlers.reservations_page,
        methods=GET,
        name="staff:reservations",
    ),
    Url(
        "/staff/reservations/doors",
        reservation_handlers.door_list,
        methods=GET,
        name="staff:door_list",
    ),
    Url(
        "/staff/reservations/export",
        reservation_handlers.export,
        methods=POST,
        name="staff:export",
    ),
    Url("/staff/reservations/bursts", burst_handlers.page, methods=GET, name="staff:bursts"),
    Url(
        "/staff/reservations/bursts",
        burst_handlers.clear,
        methods=POST,
        name="staff:clear_burst",
    ),
    Url(
        "/staff/reservations/bursts/{entry_id:int}/restore",
        burst_handlers.restore,
        methods=POST,
        name="staff:restore_burst",
    ),
    Url(PARTY, reservation_handlers.party_page, methods=GET, name="staff:party"),
    Url(f"{PARTY}/size", reservation_handlers.change_size, methods=POST, name="staff:party_size"),
    Url(
        f"{PARTY}/slots/{{slot_id:int}}/cancel",
        reservation_handlers.cancel_place,
        methods=POST,
        name="staff:cancel_place",
    ),
    Url("/staff/calls", call_handlers.page, methods=GET, name="staff:calls"),
    Url("/staff/calls/{call_id:int}", call_handlers.note, methods=POST, name="staff:note_call"),
    Url("/staff/messages", message_handlers.messages_page, methods=GET, name="staff:messages"),
    Url(
        "/staff/messages/preview",
        message_handlers.preview,
        methods=POST,
        name="staff:preview_message",
    ),
    Url("/staff/messages", message_handlers.send, methods=POST, name="staff:send_message"),
    Url("/staff/messages/undo", message_handlers.undo, methods=POST, name="staff:undo_message"),
    Url("/staff/messages/sent", sent_handlers.page, methods=GET, name="staff:sent"),
    Url("/staff/imports", import_handlers.imports_page, methods=GET, name="staff:imports"),
    Url(
        "/staff/imports",
        import_handlers.look,
        methods=POST,
        name="staff:look_at_import",
        middleware=[IMPORT_BODY],
    ),
    Url(
        "/staff/imports/confirm",
        import_handlers.confirm,
        methods=POST,
        name="staff:confirm_import",
        middleware=[IMPORT_BODY],
    ),
    Url("/staff/people", people_handlers.people_page, methods=GET, name="staff:people"),
    Url("/staff/people", inviting_handlers.invite, methods=POST, name="staff:invite"),
    Url(
        "/staff/people/several",
        inviting_handlers.invite_several,
        methods=POST,
        name="staff:invite_several",
    ),
    Url(
        f"{INVITATION}/revoke",
        inviting_handlers.revoke,
        methods=POST,
        name="staff:revoke",
    ),
    Url(
        f"{INVITATION}/again",
        inviting_handlers.invite_again,
        methods=POST,
        name="staff:invite_again",
    ),
    Url(
        f"{ACCOUNT}/letters",
        letter_handlers.sign_in_letter,
        methods=POST,
        name="staff:sign_in_letter",
    ),
    Url(
        "/staff/people/letters/{token}",
        letter_handlers.printed_letter,
        methods=GET,
        name="staff:printed_letter",
    ),
    Url(ACCOUNT, person_handlers.person_page, methods=GET, name="staff:person"),
    Url(
        f"{ACCOUNT}/address",
        person_handlers.change_address,
        methods=POST,
        name="staff:change_address",
    ),
    Url(f"{ACCOUNT}/merge", person_handlers.merge, methods=POST, name="staff:merge"),
    Url(f"{ACCOUNT}/end", person_handlers.end, methods=POST, name="staff:end"),
    Url(f"{ACCOUNT}/reopen", person_handlers.reopen, methods=POST, name="staff:reopen"),
    Url(f"{ACCOUNT}/role", people_handlers.change_role, methods=POST, name="staff:role"),
    Url(
        f"{ACCOUNT}/sessions",
        people_handlers.end_sessions,
        methods=POST,
        name="staff:end_sessions",
    ),
    Url(
        f"{ACCOUNT}/sites/{{site_id:int}}/remove",
        people_handlers.remove_from_site,
        methods=POST,
        name="staff:remove_from_site",
    ),
    Url("/staff/deliveries", delivery_handlers.page, methods=GET, name="staff:deliveries"),
    Url("/staff/log", handlers.log_page, methods=GET, name="staff:log"),
    Url(
        "/staff/log/{entry_id:int}/undo",
        handlers.undo_change,
        methods=POST,
        name="staff:undo_change",
    ),
    Url(
        "/help/pictures/{name}",
        help_handlers.picture,
        methods=GET,
        name="staff:guide_picture",
    ),
    Url("/help/{name}", help_handlers.guide, methods=GET, name="staff:guide"),
]
