"""The HTTP server: routes, keys, limits, and the faults that strike a request."""

import json
import logging
import socket
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from werkzeug import Request, Response
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from infra.local.provider import meter
from infra.local.provider.bedrock import service as aws
from infra.local.provider.bedrock.operations import OPERATIONS
from infra.local.provider.context import AppState, RequestContext
from infra.local.provider.faults import ReplyLost
from infra.local.provider.routes import completions, files, jobs, models
from infra.local.provider.store import Call, Job
from infra.local.provider.wire import ApiError, Reply

FILE_LIMIT = 600_000_000
BODY_LIMIT = 10_000_000
_SOCKET_SECONDS = 120

Route = Callable[..., Reply]


def _meter(context: RequestContext) -> Reply:
    """GET /_meter: the bill, and the jobs that still run."""
    states = ((job, context.state(job)) for job in context.store.all(Job))
    return Reply(meter.bill(states, context.store.all(Call), context.app.catalogue))


def _add_faults(context: RequestContext) -> Reply:
    context.app.faults.add(context.body())
    return _faults(context)


def _clear_faults(context: RequestContext) -> Reply:
    context.app.faults.clear()
    return _faults(context)


def _replace_key(context: RequestContext) -> Reply:
    """PUT /_key: from now on only this one opens."""
    context.app.api_key = str(context.body()["key"])
    return Reply({})


def _faults(context: RequestContext) -> Reply:
    return Reply(context.app.faults.left())


_ROUTES: list[tuple[str, str, Route]] = [
    ("POST", "/v1/files", files.create_file),
    ("GET", "/v1/files", files.list_files),
    ("GET", "/v1/files/<file_id>", files.retrieve_file),
    ("GET", "/v1/files/<file_id>/content", files.file_content),
    ("DELETE", "/v1/files/<file_id>", files.delete_file),
    ("POST", "/v1/fine_tuning/jobs", jobs.create_job),
    ("GET", "/v1/fine_tuning/jobs", jobs.list_jobs),
    ("GET", "/v1/fine_tuning/jobs/<job_id>", jobs.retrieve_job),
    ("POST", "/v1/fine_tuning/jobs/<job_id>/cancel", jobs.cancel_job),
    ("GET", "/v1/fine_tuning/jobs/<job_id>/events", jobs.list_events),
    ("GET", "/v1/fine_tuning/jobs/<job_id>/checkpoints", jobs.list_checkpoints),
    ("GET", "/v1/models", models.list_models),
    ("GET", "/v1/models/<path:name>", models.retrieve_model),
    ("DELETE", "/v1/models/<path:name>", models.delete_model),
    ("POST", "/v0/models", models.create_deployment),
    ("GET", "/v0/models/<path:name>", models.retrieve_deployment),
    ("DELETE", "/v0/models/<path:name>", models.delete_deployment),
    ("POST", "/v1/chat/completions", completions.create_chat_completion),
    ("POST", "/v1/completions", completions.create_completion),
    ("GET", "/_meter", _meter),
    ("POST", "/_deployments", models.deploy_by_hand),
    ("PUT", "/_key", _replace_key),
    ("GET", "/_faults", _faults),
    ("POST", "/_faults", _add_faults),
    ("DELETE", "/_faults", _clear_faults),
    *((operation.method, operation.path, operation) for operation in OPERATIONS),
]
_MAP = Map([Rule(path, methods=[method], endpoint=route) for method, path, route in _ROUTES])


class Application:
    """The provider as a WSGI application."""

    def __init__(self, app: AppState) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        request.max_content_length = FILE_LIMIT if request.path == "/v1/files" else BODY_LIMIT
        try:
            reply = self._reply(request)
        except ReplyLost:
            connection = environ.get("werkzeug.socket")  # none where no server is in between
            if connection is not None:
                connection.shutdown(socket.SHUT_RDWR)
            raise ConnectionAbortedError("the reply was lost on order") from None
        return _response(reply)(environ, start_response)

    def _reply(self, request: Request) -> Reply:
        try:
            route, arguments = _MAP.bind_to_environ(request.environ).match()
        except HTTPException as error:
            return ApiError(error.code or 500, error.description or error.name).reply
        if not isinstance(route, aws.Operation):
            return self._answered(request, route, arguments)
        return aws.refused(self._answered(request, route, arguments))

    def _answered(self, request: Request, route: Route, arguments: Mapping[str, Any]) -> Reply:
        try:
            at = self._app.now()
            if request.path.startswith("/_"):
                return _act(route, RequestContext(self._app, request, at), arguments)
            self._authorise(request, route)
            rules = self._app.faults.match(request.method, request.path)
            rules.refuse()
            context = RequestContext(self._app, request, at, rules.traits())
            return rules.apply(_act(route, context, arguments), at)
        except ApiError as error:
            return error.reply
        except HTTPException as error:
            return ApiError(error.code or 500, error.description or error.name).reply

    def _authorise(self, request: Request, route: Route) -> None:
        if isinstance(route, aws.Operation):
            if not aws.authorised(request.headers.get("Authorization", "")):
                raise ApiError(403, "The request is not signed.")
            return
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        wanted = self._app.api_key
        if scheme != "Bearer" or not key or wanted not in (None, key):
            raise ApiError(401, "Incorrect API key provided.", code="invalid_api_key")


def _act(route: Route, context: RequestContext, arguments: Mapping[str, Any]) -> Reply:
    """What the route answers, refusals included: a fault may still strike either."""
    try:
        return route(context, **arguments)
    except ApiError as error:
        return error.reply


def _response(reply: Reply) -> Response:
    if isinstance(reply.body, bytes):
        return Response(reply.body, reply.status, mimetype="application/octet-stream")
    return Response(json.dumps(reply.body), reply.status, mimetype="application/json")


class _Handler(WSGIRequestHandler):
    """Gives up on a client that stays silent."""

    timeout = _SOCKET_SECONDS


def make_provider_server(app: AppState, port: int) -> BaseWSGIServer:
    """Return a server on 127.0.0.1, not yet serving; port 0 takes a free one.

    A port that is in use ends the program with a sentence on stderr.
    """
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    application = Application(app)
    return make_server("127.0.0.1", port, application, threaded=True, request_handler=_Handler)
