from starlette.middleware import Middleware
from starlette.routing import Route as Url

from tour.hosts import event_handlers, people_handlers
from tour.hosts.programmes import handlers, slot_handlers
from tour.hosts.site import handlers as site_handlers
from tour.hosts.site import hours_handlers, photo_files, photo_handlers
from tour.hosts.today import call_handlers, check_in_handlers, door_handlers, list_handlers
from tour.hosts.today import handlers as today_handlers
from tour.web.gate.bounds import BodyLimit
from tour.web.uploads import AROUND

GET = ["GET"]
POST = ["POST"]
SITE = "/host/{slug}"
PROGRAMME = f"{SITE}/programmes/{{programme_id:int}}"
SLOT = f"{SITE}/slots/{{slot_id:int}}"
EVENT = f"{SITE}/events/{{event_id:int}}"
PHOTO_BODY = Middleware(BodyLimit, most=photo_handlers.LARGEST_UPLOAD + AROUND)

urls = [
    Url(SITE, today_handlers.today_page, name="hosts:today"),
    Url(f"{SITE}/door", today_handlers.tell_door, methods=POST, name="hosts:door"),
    Url(f"{SLOT}/seats", today_handlers.change_seats, methods=POST, name="hosts:seats"),
    Url(
        f"{SITE}/places/{{place_id:int}}/arrive",
        today_handlers.arrive,
        methods=POST,
        name="hosts:arrive",
    ),
    Url(
        f"{SITE}/places/{{place_id:int}}/leave",
        door_handlers.take_back,
        methods=POST,
        name="hosts:take_back",
    ),
    Url(
        f"{SITE}/places/{{place_id:int}}/people",
        door_handlers.count_people,
        methods=POST,
        name="hosts:count_people",
    ),
    Url(
        f"{SITE}/places/{{place_id:int}}/let-in",
        door_handlers.let_in,
        methods=POST,
        name="hosts:let_in",
    ),
    Url(
        f"{SITE}/calls/{{call_id:int}}",
        call_handlers.note,
        methods=POST,
        name="hosts:note_call",
    ),
    Url(f"{SLOT}/absent", door_handlers.answer_absent, methods=POST, name="hosts:absent"),
    Url(f"{SLOT}/rule", door_handlers.change_rule, methods=POST, name="hosts:absent_rule"),
    Url(f"{SITE}/undo/{{entry_id:int}}", today_handlers.undo_tap, methods=POST, name="hosts:undo"),
    Url(f"{SITE}/list", list_handlers.list_page, methods=GET, name="hosts:list"),
    Url(f"{SITE}/list", list_handlers.list_file, methods=POST, name="hosts:list_file"),
    Url(f"{SLOT}/list", list_handlers.list_page, methods=GET, name="hosts:slot_list"),
    Url(f"{SLOT}/list", list_handlers.list_file, methods=POST, name="hosts:slot_list_file"),
    Url(f"{SITE}/check-in", check_in_handlers.check_in_page, methods=GET, name="hosts:check_in"),
    Url(f"{SITE}/check-in", check_in_handlers.check_in, methods=POST, name="hosts:check_in_code"),
    Url(f"{SITE}/check-in/seen", check_in_handlers.seen, methods=POST, name="hosts:check_in_seen"),
    Url(f"{SITE}/programmes", handlers.programmes_page, name="hosts:programmes"),
    Url(
        f"{SITE}/programmes/new",
        handlers.new_programme,
        methods=GET,
        name="hosts:new_programme",
    ),
    Url(
        f"{SITE}/programmes/new",
        handlers.create_programme,
        methods=POST,
        name="hosts:create_programme",
    ),
    Url(PROGRAMME, handlers.programme_page, methods=GET, name="hosts:programme"),
    Url(PROGRAMME, handlers.change_programme, methods=POST, name="hosts:change_programme"),
    Url(f"{PROGRAMME}/times", handlers.add_times, methods=POST, name="hosts:add_times"),
    Url(f"{PROGRAMME}/stage", handlers.set_stage, methods=POST, name="hosts:stage"),
    Url(f"{PROGRAMME}/restore", handlers.restore, methods=POST, name="hosts:restore"),
    Url(EVENT, event_handlers.event_page, methods=GET, name="hosts:event"),
    Url(EVENT, event_handlers.answer_event, methods=POST, name="hosts:answer_event"),
    Url(SLOT, slot_handlers.slot_page, methods=GET, name="hosts:slot"),
    Url(SLOT, slot_handlers.change_slot, methods=POST, name="hosts:change_slot"),
    Url(f"{SLOT}/cancel", slot_handlers.cancel_slot, methods=POST, name="hosts:cancel_slot"),
    Url(f"{SITE}/messages", slot_handlers.messages_page, methods=GET, name="hosts:messages"),
    Url(f"{SITE}/messages", slot_handlers.send_message, methods=POST, name="hosts:send_message"),
    Url(f"{SITE}/profile", site_handlers.profile_page, methods=GET, name="hosts:profile"),
    Url(f"{SITE}/profile", site_handlers.change_profile, methods=POST, name="hosts:change_profile"),
    Url(f"{SITE}/hours", hours_handlers.hours_page, methods=GET, name="hosts:hours"),
    Url(f"{SITE}/hours", hours_handlers.change_hours, methods=POST, name="hosts:change_hours"),
    Url(
        f"{SITE}/hours/exceptions",
        hours_handlers.set_exception,
        methods=POST,
        name="hosts:set_exception",
    ),
    Url(
        f"{SITE}/hours/exceptions/clear",
        hours_handlers.clear_exception,
        methods=POST,
        name="hosts:clear_exception",
    ),
    Url(f"{SITE}/photos", photo_handlers.photos_page, methods=GET, name="hosts:photos"),
    Url(
        f"{SITE}/photos",
        photo_handlers.add_photos,
        methods=POST,
        name="hosts:add_photo",
        middleware=[PHOTO_BODY],
    ),
    Url(
        f"{SITE}/photos/waiting",
        photo_handlers.change_waiting,
        methods=POST,
        name="hosts:change_waiting",
    ),
    Url(
        f"{SITE}/photos/{{photo_id:int}}",
        photo_handlers.change_photo,
        methods=POST,
        name="hosts:change_photo",
    ),
    Url("/photos/{name}", photo_files.photo_file, name="hosts:photo_file"),
    Url(f"{SITE}/people", people_handlers.people_page, methods=GET, name="hosts:people"),
    Url(f"{SITE}/people", people_handlers.invite, methods=POST, name="hosts:invite"),
    Url(f"{SITE}/people/letters/{{token}}", people_handlers.letter, name="hosts:letter"),
    Url(
        f"{SITE}/people/invitations/{{invitation_id:int}}/revoke",
        people_handlers.revoke,
        methods=POST,
        name="hosts:revoke",
    ),
    Url(
        f"{SITE}/people/invitations/{{invitation_id:int}}/again",
        people_handlers.invite_again,
        methods=POST,
        name="hosts:invite_again",
    ),
    Url(f"{SITE}/people/leave", people_handlers.leave, methods=POST, name="hosts:leave"),
]
