from starlette.routing import Route as Url

from tour.accounts import (
    address_handlers,
    handlers,
    invitation_handlers,
    letter_handlers,
    own_handlers,
)

POST = ["POST"]

urls = [
    Url("/sign-in", handlers.sign_in_page, methods=["GET"], name="accounts:sign_in"),
    Url("/sign-in", handlers.ask_for_link, methods=POST, name="accounts:ask_for_link"),
    Url("/sign-in/sent", handlers.link_sent_page, name="accounts:link_sent"),
    Url("/sign-in/sample", handlers.use_sample, methods=POST, name="accounts:sample"),
    Url(
        "/sign-in/passkey/options",
        handlers.passkey_options,
        methods=POST,
        name="accounts:passkey_options",
    ),
    Url("/sign-in/passkey", handlers.use_passkey, methods=POST, name="accounts:passkey"),
    Url("/sign-in/code", handlers.use_code, methods=POST, name="accounts:use_code"),
    Url("/sign-in/{token}", handlers.open_link, methods=["GET"], name="accounts:open_link"),
    Url("/sign-in/{token}", handlers.use_link, methods=POST, name="accounts:use_link"),
    Url("/sign-out", handlers.sign_out, methods=POST, name="accounts:sign_out"),
    Url("/letter", letter_handlers.letter, methods=["GET"], name="accounts:letter"),
    Url("/letter", letter_handlers.type_letter, methods=POST, name="accounts:type_letter"),
    Url(
        "/letter/{token}",
        letter_handlers.open_letter,
        methods=["GET"],
        name="accounts:open_letter",
    ),
    Url(
        "/letter/{token}",
        letter_handlers.use_letter,
        methods=POST,
        name="accounts:use_letter",
    ),
    Url("/invitations/declined", invitation_handlers.declined, name="accounts:declined"),
    Url("/invitations/{token}", invitation_handlers.invitation, name="accounts:invitation"),
    Url("/invitations/{token}", invitation_handlers.accept, methods=POST, name="accounts:accept"),
    Url(
        "/invitations/{token}/decline",
        invitation_handlers.decline,
        methods=POST,
        name="accounts:decline",
    ),
    Url("/host", own_handlers.console, name="accounts:console"),
    Url("/account", own_handlers.account, name="accounts:account"),
    Url("/account/name", own_handlers.rename, methods=POST, name="accounts:rename"),
    Url(
        "/account/address",
        address_handlers.ask_address,
        methods=POST,
        name="accounts:ask_address",
    ),
    Url(
        "/account/address/code",
        address_handlers.confirm_address,
        methods=POST,
        name="accounts:confirm_address",
    ),
    Url("/account/end", address_handlers.end, methods=POST, name="accounts:end"),
    Url("/account/sessions", own_handlers.end_session, methods=POST, name="accounts:end_session"),
    Url(
        "/account/passkeys/options",
        own_handlers.new_passkey_options,
        methods=POST,
        name="accounts:new_passkey_options",
    ),
    Url("/account/passkeys", own_handlers.add_passkey, methods=POST, name="accounts:add_passkey"),
    Url(
        "/account/passkeys/{passkey_id:int}/remove",
        own_handlers.remove_passkey,
        methods=POST,
        name="accounts:remove_passkey",
    ),
]
