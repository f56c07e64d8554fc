"""The interface of the emulated X. Each refusal names the section of the contract (`x.md`) it comes from."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request
from werkzeug.http import http_date

from channels.speaking import length_of
from tests.emulators import oauth1
from tests.emulators.x_world import KEYS, OWN_ID, PICTURE

if TYPE_CHECKING:
    from tests.emulators.x import XEmulator

Answer = tuple[dict[str, Any], int]
NOT_SUMMONED = (
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author "
    "of the post you are replying to."
)


def add(x: XEmulator) -> None:
    """Give the emulator its routes."""
    x.app.before_request(lambda: _refused(x))
    x.app.after_request(lambda answer: _with_limits(x, answer))
    for method, path, view in (
        ("GET", "/2/users/me", me),
        ("GET", "/2/users/<id_>", user),
        ("GET", "/2/users/by/username/<name>", user_by_name),
        ("GET", "/2/users/<id_>/mentions", mentions),
        ("GET", "/2/users/<id_>/tweets", timeline),
        ("GET", "/2/tweets/<id_>", lookup),
        ("GET", "/2/tweets/search/recent", search),
        ("POST", "/2/tweets", create),
        ("PUT", "/2/tweets/<id_>/hidden", hide),
        ("POST", "/2/dm_conversations/with/<id_>/messages", write),
        ("GET", "/2/dm_events", messages),
        ("GET", "/2/dm_conversations/with/<id_>/dm_events", messages),
        ("POST", "/2/media/upload", upload),
        ("GET", "/2/media/upload", progress),
        ("GET", "/2/webhooks", hooks),
        ("PUT", "/2/webhooks/<id_>", try_hook),
    ):
        x.app.add_url_rule(path, f"{method} {path}", _answering(x, view), methods=[method])
    x.app.add_url_rule(
        "/pictures/<name>", "picture", lambda name: Response(PICTURE, mimetype="image/png") if name else ""
    )


def _answering(x: XEmulator, view: Callable[..., Answer]) -> Callable[..., Any]:
    def answer(**where: str) -> Any:
        with x.lock:
            body, status = view(x, **where)
        how = _broken(x, ("after", "cut"))
        if how == "cut":
            request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return (jsonify(body), status) if how is None else _problem(503, "Service Unavailable")

    return answer


def _broken(x: XEmulator, kinds: tuple[str, ...]) -> str | None:
    with x.lock:
        for each in x.breaks:
            if request.path.endswith(each[0]) and each[1] in kinds:
                x.breaks.remove(each)
                return each[1]
    return None


def _refused(x: XEmulator) -> Any:
    """Refuse what X refuses before it looks at what is asked (sections 1 and 5)."""
    if request.path.startswith("/pictures/"):
        return None
    if _broken(x, ("before",)):
        return _problem(503, "Service Unavailable")
    is_user = oauth1.is_signed(
        request,
        key=KEYS["consumer_key"],
        secret=KEYS["consumer_secret"],
        token=KEYS["access_token"],
        token_secret=KEYS["access_token_secret"],
    )
    is_app = request.headers.get("Authorization") == f"Bearer {KEYS['bearer_token']}"
    if x.is_revoked or not (is_user or is_app):
        return jsonify({"errors": [{"code": 89, "message": "Invalid or expired token."}]}), 401
    how = _wrong_way(is_user=is_user)
    if how:
        return _problem(403, f"Authenticating with {how} is forbidden for this endpoint.")
    if _left(x) < 0:
        return _problem(429, "Too Many Requests", slug="rate-limit-exceeded")
    return None


def _wrong_way(*, is_user: bool) -> str:
    """Hooks belong to the application, messages and everything that writes to a user (section 1)."""
    if "/webhooks" in request.path:
        return "OAuth 1.0a User Context" if is_user else ""
    needs_user = request.method != "GET" or "dm_" in request.path or request.path.endswith(("/me", "/media/upload"))
    return "OAuth 2.0 Application-Only" if needs_user and not is_user else ""


def _kind() -> str:
    parts = request.path.split("/")
    return "search" if "search" in parts else parts[-1]


def _left(x: XEmulator) -> int:
    """Count this call; return how many are left in the window, below 0 if it is one too many."""
    with x.lock:
        now, kind = time.time(), f"{request.method} {_kind()}"
        times = x.spent.setdefault(kind, [])
        times[:] = [each for each in times if each > now - x.reset_after]
        left = x.limits.get(_kind(), 900) - len(times) - 1
        if left >= 0:
            times.append(now)
        return left


def _with_limits(x: XEmulator, answer: Response) -> Response:
    """Every answer says how many calls are left (section 5)."""
    now, kind = time.time(), f"{request.method} {_kind()}"
    times, limit = x.spent.get(kind, []), x.limits.get(_kind(), 900)
    answer.headers["x-rate-limit-limit"] = str(limit)
    answer.headers["x-rate-limit-remaining"] = str(max(0, limit - len(times)))
    at = x.world.clock()
    answer.headers["x-rate-limit-reset"] = str(int(at.timestamp() + x.reset_after - now + (times or [now])[0]) + 1)
    answer.headers["Date"] = http_date(at)
    return answer


def _problem(status: int, detail: str, *, slug: str = "") -> Any:
    title = {403: "Forbidden", 404: "Not Found Error", 400: "Invalid Request"}.get(status, detail)
    kind = f"https://api.x.com/2/problems/{slug}" if slug else "about:blank"
    return jsonify({"title": title, "detail": detail, "type": kind, "status": status}), status


def _no(status: int, detail: str) -> Answer:
    slugs = {400: "invalid-request", 403: "client-forbidden", 404: "resource-not-found"}
    kind = f"https://api.x.com/2/problems/{slugs[status]}"
    return {
        "title": "Forbidden" if status == 403 else "Invalid",
        "detail": detail,
        "type": kind,
        "status": status,
    }, status


def _missing(id_: str) -> Answer:
    """What is not there is a partial error with status 200 and no `data` (section 2)."""
    error = {"resource_id": id_, "title": "Not Found Error", "type": "https://api.x.com/2/problems/resource-not-found"}
    return {"errors": [{**error, "detail": f"Could not find resource with id: [{id_}]."}]}, 200


def me(x: XEmulator) -> Answer:
    return {"data": x.world.people[OWN_ID].shown()}, 200


def user(x: XEmulator, id_: str) -> Answer:
    found = x.world.people.get(id_)
    x.cost += 0.010 if found else 0.0
    return ({"data": found.shown()}, 200) if found else _missing(id_)


def user_by_name(x: XEmulator, name: str) -> Answer:
    found = next((each for each in x.world.people.values() if each.username == name), None)
    return user(x, found.id) if found else _missing(name)


def mentions(x: XEmulator, id_: str) -> Answer:
    found = [
        post
        for post in x.world.posts.values()
        if post["author_id"] != id_ and any(each["id"] == id_ for each in post["entities"]["mentions"])
    ]
    return _page(x, found, price=0.001)


def timeline(x: XEmulator, id_: str) -> Answer:
    return _page(x, [post for post in x.world.posts.values() if post["author_id"] == id_], price=0.001)


def search(x: XEmulator) -> Answer:
    query = request.args.get("query", "")
    since = int(request.args.get("since_id", 0))
    if not query or len(query) > 512:
        return _no(400, "query: size must be between 1 and 512")
    if 0 < since < ((int((x.world.clock().timestamp() - 7 * 86_400) * 1000) - 1_288_834_974_657) << 22):
        return _no(400, "'since_id' must be a post id created after 7 days ago.")
    phrase = re.match(r'"([^"]+)"|(#\w+)', query)
    names = re.findall(r"-from:(\w+)", query)
    others = [each.id for each in x.world.people.values() if each.id in names or each.username in names]
    wanted = (phrase[1] or phrase[2]).casefold() if phrase else query.casefold()
    found = [
        post for post in x.world.posts.values() if wanted in post["text"].casefold() and post["author_id"] not in others
    ]
    return _page(x, found, price=0.005)


def _page(x: XEmulator, found: list[dict[str, Any]], *, price: float) -> Answer:
    """Return the newest first, a page at a time, with the fields that were asked for and no others (section 2)."""
    query = {name.replace("post", "tweet"): text for name, text in request.args.items()}
    token = query.get("next_token" if "query" in query else "pagination_token", "0")
    since, skip = int(query.get("since_id", 0)), int(token.lstrip("t"))
    most = min(max(int(query.get("max_results", 10)), 5), 100)
    until = int(query.get("until_id", 1 << 63))
    newer = sorted((post for post in found if since < int(post["id"]) < until), key=lambda post: -int(post["id"]))
    page = newer[skip : skip + most]
    x.cost += price * len(page)
    if not page:
        return {"meta": {"result_count": 0}}, 200
    meta: dict[str, Any] = {"newest_id": page[0]["id"], "oldest_id": page[-1]["id"], "result_count": len(page)}
    if len(newer) > skip + most:
        meta["next_token"] = f"t{skip + most}"
    fields = {"id", "text", "edit_history_tweet_ids", *query.get("tweet.fields", "").split(",")}
    shown = [{name: each for name, each in post.items() if name in fields} for post in page]
    includes = x.world.included(page, query["expansions"]) if "expansions" in query else {}
    return {"data": x.world.spelt(shown), **({"includes": includes} if includes else {}), "meta": meta}, 200


def lookup(x: XEmulator, id_: str) -> Answer:
    post = x.world.posts.get(id_)
    if post is None:
        return _missing(id_)
    x.cost += 0.005
    return {"data": x.world.spelt(post), "includes": x.world.included([post])}, 200


def create(x: XEmulator) -> Answer:
    """Post; only whoever was called may answer (section 0, point 1), and never the same text twice."""
    body = request.get_json()
    text, answered = str(body.get("text", "")), str(body.get("reply", {}).get("in_reply_to_tweet_id", ""))
    if length_of(text, "weighted") > 280:
        return _no(400, "Your post text is too long.")
    if any(each not in x.world.media for each in body.get("media", {}).get("media_ids", [])):
        return _no(400, "Your media IDs are invalid.")
    parent = x.world.posts.get(answered)
    if answered and parent is None:
        return _no(403, "You attempted to reply to a post that is deleted or not visible to you.")
    if parent and not _is_called(x, parent):
        return _no(403, NOT_SUMMONED)
    mine = [post for post in x.world.posts.values() if post["author_id"] == OWN_ID]
    if any(post["text"] == text for post in mine):
        return _no(403, "You are not allowed to create a post with duplicate content.")
    post = x.world.new_post(OWN_ID, text, replies_to=answered)
    x.cost += 0.20 if "http" in text else 0.010 if answered else 0.015
    x.echo("post.create", x.world.spelt(post), x.world.included([post]))
    return {"data": x.world.spelt({name: post[name] for name in ("id", "text", "edit_history_tweet_ids")})}, 201


def _is_called(x: XEmulator, parent: dict[str, Any]) -> bool:
    quoted = [each["id"] for each in parent.get("referenced_tweets", []) if each["type"] == "quoted"]
    is_quoted = any(x.world.posts.get(each, {}).get("author_id") == OWN_ID for each in quoted)
    return is_quoted or any(each["id"] == OWN_ID for each in parent["entities"]["mentions"])


def hide(x: XEmulator, id_: str) -> Answer:
    post = x.world.posts.get(id_)
    root = x.world.posts.get(post["conversation_id"], {}) if post else {}
    if post is None or root.get("author_id") != OWN_ID:
        return _no(403, "You are only able to hide replies to a conversation started by you.")
    post["is_hidden"] = request.get_json()["hidden"]
    return {"data": {"hidden": post["is_hidden"]}}, 200


def write(x: XEmulator, id_: str) -> Answer:
    body = request.get_json()
    person = x.world.people.get(id_)
    if person is None or not person.takes_messages:
        return _no(403, "You do not have permission to send a direct message to one or more participants.")
    if not body.get("text") and not body.get("attachments"):
        return _no(400, "text or attachment is required")
    message = x.world.new_message(OWN_ID, id_, str(body.get("text", "")))
    x.cost += 0.015
    x.echo("dm.sent", x.world.old_shape(message))
    return {"data": {"dm_conversation_id": message["dm_conversation_id"], "dm_event_id": message["id"]}}, 201


def messages(x: XEmulator, id_: str = "") -> Answer:
    found = [each for each in x.world.messages.values() if not id_ or id_ in each["dm_conversation_id"].split("-")]
    newest = sorted(found, key=lambda each: -int(each["id"]))
    if not x.has_messages:
        return _no(403, "Your client app is not configured with the appropriate oauth1 app permissions.")
    token, most = request.args.get("pagination_token", "0"), int(request.args.get("max_results", 100))
    if not token.isdecimal():
        return _no(400, "'pagination_token' is not valid.")
    skip = int(token)
    page = newest[skip : skip + most]
    x.cost += 0.010 * len(page)
    meta: dict[str, Any] = {"result_count": len(page)}
    if not page:
        return {"meta": meta}, 200
    if len(newest) > skip + most:
        meta["next_token"] = str(skip + most)
    users = [x.world.people[id_].shown() for id_ in dict.fromkeys(each["sender_id"] for each in page)]
    shown = [{name: text for name, text in each.items() if name != "recipient"} for each in page]
    return {"data": shown, "includes": {"users": users}, "meta": meta}, 200


def upload(x: XEmulator) -> Answer:
    """Take a picture; X looks at it for a moment before it may be used (section 4)."""
    file, id_ = request.files["media"], str(9_000_000 + len(x.world.media))
    if len(file.read()) > 5_000_000:
        return _no(400, "file size exceeds 5 MB")
    x.world.media[id_] = {"name": file.filename, "category": request.form["media_category"], "looks": x.looks}
    return {"data": {"id": id_, "processing_info": {"state": "pending", "check_after_secs": 0.01}}}, 200


def progress(x: XEmulator) -> Answer:
    found = x.world.media[request.args["media_id"]]
    found["looks"] -= 1
    state = {"state": "in_progress", "check_after_secs": 0.01} if found["looks"] >= 0 else {"state": "succeeded"}
    return {"data": {"id": request.args["media_id"], "processing_info": state}}, 200


def hooks(x: XEmulator) -> Answer:
    """The hooks of the application; an invalid one is told nothing until it proves itself again (section 3)."""
    found = {"id": "1", "url": x.hook_url, "valid": x.is_hook_valid, "created_at": "2026-11-01T08:00:00.000Z"}
    return ({"data": [found], "meta": {"result_count": 1}}, 200) if x.hook_url else ({"meta": {"result_count": 0}}, 200)


def try_hook(x: XEmulator, id_: str) -> Answer:
    del id_
    return {"data": {"valid": x.calls_hook(x.hook_url)}}, 200
