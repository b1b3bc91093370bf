"""What Zalo's API answers to a message, by its shape alone: the error codes of its table, and limits."""

import unicodedata
from collections.abc import Mapping
from typing import Any

# code → what the real one says; the table of the OA API, and what older tables still list
ERRORS: Mapping[int, str] = {
    0: "Success",
    -32: "Your OA reached limit call api",
    -100: "Attachment id is invalid or expired",
    -200: "Send message failed",
    -201: "Params is invalid",
    -202: "Mac is invalid",
    -204: "Official Account is disabled",
    -205: "Official Account does not exist",
    -209: "Application is not activated",
    -210: "Parameter exceeds limit",
    -211: "Out of quota",
    -212: "Application has not registered this API",
    -213: "User has not followed OA",
    -214: "Article is being processed",
    -216: "Access token is invalid",
    -217: "User has blocked invitations from OA",
    -218: "User's receive quota is used up",
    -219: "Application is removed",
    -220: "Access token has expired",
    -221: "Official Account has not been verified",
    -223: "Official Account has not authorised the application",
    -224: "Official Account must upgrade its package",
    -227: "User is banned or has been inactive for more than 45 days",
    -230: "User has not interacted with OA in the past 7 days",
    -232: "User has not interacted with OA",
    -233: "Message type is not supported",
    -234: "Message is not allowed at night",
    -235: "API does not support this type of OA",
    -237: "Group is disabled",
    -238: "Asset is used",
    -240: "MessageV2 API has been shut down",
    -241: "Asset is invalid",
    -242: "appsecret_proof is invalid",
    -244: "User has restricted this kind of message from OA",
    -248: "Content violates the platform's policy",
    -249: "Template has no UID channel",
    -305: "User has not interacted in the past 48 hours",
    -311: "Reply quota is used up",
    -320: "Zalo Cloud Account is not linked",
    -321: "Zalo Cloud Account is out of money",
    -403: "OA is not in the group",
}

TEXT = 2000  # characters, in NFC
BUTTONS = 5
TITLE = 100
PAYLOAD = 1000


class Fault(Exception):
    """An answer other than 0: HTTP 200 all the same."""

    def __init__(self, code: int, message: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.message = message or ERRORS.get(code, "Unknown error")


def check_message(message: Any) -> None:
    """Fault for a `message` that the real one would refuse."""
    if not isinstance(message, dict) or not {"text", "attachment"} & set(message):
        raise Fault(-201, "message is invalid")
    if "text" in message:
        check_text(message["text"])
    if "attachment" in message:
        check_attachment(message["attachment"])


def check_text(text: Any) -> None:
    if not isinstance(text, str) or not text.strip():
        raise Fault(-201, "text is invalid")
    if len(unicodedata.normalize("NFC", text)) > TEXT:
        raise Fault(-210, "text is too long")


def check_attachment(attachment: Any) -> None:
    kind = attachment.get("type") if isinstance(attachment, dict) else None
    payload = attachment.get("payload") if isinstance(attachment, dict) else None
    if kind not in ("template", "file") or not isinstance(payload, dict):
        raise Fault(-201, "attachment is invalid")
    if kind == "file" and not isinstance(payload.get("token"), str):
        raise Fault(-201, "token is invalid")
    if "buttons" in payload:
        check_buttons(payload["buttons"])
    elif kind == "template":
        check_elements(payload)


def check_elements(payload: Mapping[str, Any]) -> None:
    elements = payload.get("elements")
    if payload.get("template_type") != "media" or not isinstance(elements, list):
        raise Fault(-233)
    for element in elements:
        if element.get("media_type") not in ("image", "gif", "sticker"):
            raise Fault(-201, "media_type is invalid")
        if ("url" in element) == ("attachment_id" in element):
            raise Fault(-201, "attachment_id is invalid")


def check_buttons(buttons: Any) -> None:
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= BUTTONS:
        raise Fault(-210, "buttons exceed limit")
    for button in buttons:
        title = button.get("title")
        if not isinstance(title, str) or not 1 <= len(title) <= TITLE:
            raise Fault(-201, "title is invalid")
        check_press(button)


def check_press(button: Mapping[str, Any]) -> None:
    match button.get("type"), button.get("payload"):
        case "oa.query.show" | "oa.query.hide", str(payload):
            good = 1 <= len(payload) <= PAYLOAD
        case "oa.open.url", {"url": str(url), **rest}:
            good = url.startswith(("https://", "http://")) and not rest
        case "oa.open.phone", {"phone_code": str(phone), **rest}:
            good = phone.isdecimal() and not rest
        case "oa.open.sms", {"content": str(content), "phone_code": str()}:
            good = len(content) <= 160
        case _:
            good = False
    if not good:
        raise Fault(-201, "button is invalid")
