"""The login service: discovery, the consent page an admin answers, and the token endpoint."""

import html
import json
import re
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from sandbox.microsoft.aad_errors import ERRORS, NO_STORE, LoginError, refusal_answer, sentence
from sandbox.microsoft.consent_page import consent_page, form_post_page, trouble_page
from sandbox.microsoft.faults import after_acting, before_acting
from sandbox.microsoft.tokens import (
    Grant,
    answer_token_request,
    client_info,
    consent_given,
    id_token,
    new_code,
)
from sandbox.microsoft.world import World
from sandbox.wsgi import ConnectionDroppedError, Request, Response, Router, html_answer, json_answer

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Login:
    """Answers what login.microsoftonline.com would."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._router = Router(
            [
                ("GET", "/common/discovery/instance", self._instances),
                ("GET", "/{tenant}/.well-known/openid-configuration", self._configuration_v1),
                ("GET", "/{tenant}/v2.0/.well-known/openid-configuration", self._configuration),
                ("GET", "/{tenant}/discovery/v2.0/keys", self._keys),
                ("GET", "/{tenant}/oauth2/v2.0/authorize", self._ask),
                ("GET", "/{tenant}/oauth2/authorize", self._ask),
                ("POST", "/{tenant}/oauth2/v2.0/authorize", self._decide),
                ("POST", "/{tenant}/oauth2/authorize", self._decide),
                ("POST", "/{tenant}/oauth2/v2.0/token", self._token),
                ("POST", "/{tenant}/oauth2/token", self._token_v1),
            ]
        )

    def __call__(self, request: Request) -> Response:
        request.fault = self.world.faults.meet(request)
        answer = None
        try:
            answer = self._answer(request)
        except ConnectionDroppedError:
            self.world.note(request, status=None, replayed=False, body=None)
            raise
        self.world.note(request, status=answer.status, replayed=False, body=None)
        return answer

    def _answer(self, request: Request) -> Response:
        if request.fault:
            early = before_acting(request.fault, bom=False)
            if early:
                return early
        answer = self._act(request)
        return after_acting(request.fault, answer, bom=False) if request.fault else answer

    def _act(self, request: Request) -> Response:
        found = self._router.find(request.method, request.path.removeprefix("/login"))
        if found is None:
            return html_answer(404, trouble_page("This page does not exist."))
        handler, values = found
        try:
            with self.world.store.transaction():
                answer: Response = handler(request, **values)
                return answer
        except LoginError as refusal:
            correlation = request.headers.get("client-request-id") or str(uuid4())
            return refusal_answer(refusal, correlation_id=correlation, now=self.world.now())

    # discovery

    def _instances(self, _request: Request) -> Response:
        host = urlsplit(self.world.advertised_login).netloc
        endpoint = f"{self.world.advertised_login}/common/v2.0/.well-known/openid-configuration"
        known = {"preferred_network": host, "preferred_cache": host, "aliases": [host]}
        return json_answer(200, {"tenant_discovery_endpoint": endpoint, "api-version": "1.1", "metadata": [known]})

    def _configuration(self, _request: Request, tenant: str) -> Response:
        tenant_id = self.world.tenant_id(tenant)
        if tenant_id is None:
            raise LoginError(90002, tenant=tenant)
        base = f"{self.world.advertised_login}/{tenant}"
        shown = "{tenantid}" if tenant.lower() in ("common", "organizations") else tenant_id
        document = {
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
            "jwks_uri": f"{base}/discovery/v2.0/keys",
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "issuer": f"{self.world.advertised_login}/{shown}/v2.0",
            "request_uri_parameter_supported": False,
            "userinfo_endpoint": "https://graph.microsoft.com/oidc/userinfo",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "end_session_endpoint": f"{base}/oauth2/v2.0/logout",
            "tenant_region_scope": "NA",
            "cloud_instance_name": "microsoftonline.com",
        }
        return json_answer(200, document)

    def _configuration_v1(self, request: Request, tenant: str) -> Response:
        document = json.loads(self._configuration(request, tenant).body)
        for name in ("token_endpoint", "authorization_endpoint"):
            document[name] = document[name].replace("/oauth2/v2.0/", "/oauth2/")
        return json_answer(200, document)

    def _keys(self, _request: Request, tenant: str) -> Response:
        if self.world.tenant_id(tenant) is None:
            raise LoginError(90002, tenant=tenant)
        return json_answer(200, {"keys": []})

    # consent

    def _ask(self, request: Request, tenant: str) -> Response:
        return self._with_question(request, tenant, dict(request.query), self._show)

    def _decide(self, request: Request, tenant: str) -> Response:
        question = {name.lower(): value for name, value in {**request.query, **request.form()}.items()}
        decision = question.pop("decision", "")
        if decision not in ("accept", "cancel"):
            return self._with_question(request, tenant, question, self._show)
        settle = self._accept if decision == "accept" else self._decline
        return self._with_question(request, tenant, question, settle)

    def _with_question(
        self,
        request: Request,
        tenant: str,
        question: dict[str, str],
        then: Callable[[Request, str, dict[str, str]], Response],
    ) -> Response:
        """Check what must never be answered by a redirect, then go on."""
        if self.world.tenant_id(tenant) is None:
            return html_answer(400, trouble_page(sentence(90002, {"tenant": tenant})))
        app = self.world.app(question.get("client_id", ""))
        if app is None:
            details = {"client_id": question.get("client_id", ""), "tenant": tenant}
            return html_answer(400, trouble_page(sentence(700016, details)))
        redirect_uri = question.get("redirect_uri", "")
        if urlsplit(redirect_uri).hostname not in LOOPBACK and redirect_uri not in app["redirect_uris"]:
            return html_answer(400, trouble_page(sentence(50011, {"redirect_uri": redirect_uri})))
        return then(request, self.world.tenant_id(tenant) or "", question)

    def _show(self, request: Request, tenant: str, question: dict[str, str]) -> Response:
        if question.get("prompt") == "none":
            consent = self.world.store.get("consent", question["client_id"].lower()) or {}
            if consent.get("granted") and not consent.get("withdrawn"):
                return self._accept(request, tenant, question)
            return self._send_back(
                question, {"error": "interaction_required", "error_description": sentence(65001, {})}
            )
        app = self.world.app(question["client_id"]) or {}
        return html_answer(200, consent_page(app, question, action=request.mounted_at + request.path))

    def _decline(self, _request: Request, _tenant: str, question: dict[str, str]) -> Response:
        described = f"{sentence(65004, {})}\r\nTrace ID: {uuid4()}"
        return self._send_back(question, {"error": ERRORS[65004].error, "error_description": described})

    def _accept(self, _request: Request, tenant: str, question: dict[str, str]) -> Response:
        proves = self.world.switch("admin_uses_mfa") or question.get("amr_values") == "mfa"
        amr = ["pwd", "mfa"] if proves else ["pwd"]
        consent_given(self.world, question["client_id"])
        fields = {"code": new_code(self.world, question, tenant=tenant, amr=amr)}
        if "id_token" in question.get("response_type", "").split():
            scope, nonce = question.get("scope", ""), question.get("nonce", "")
            fields["id_token"] = id_token(self.world, Grant(question["client_id"], tenant, amr, "", scope, nonce))
        if question.get("client_info") == "1":
            fields["client_info"] = client_info()
        return self._send_back(question, fields)

    def _send_back(self, question: dict[str, str], fields: dict[str, str]) -> Response:
        """Return the browser to the app, by GET or, where asked, by a form that posts itself."""
        if "state" in question:
            fields["state"] = question["state"]
        fields["session_state"] = str(uuid4())
        target = question["redirect_uri"]
        if question.get("response_mode") == "form_post":
            return html_answer(200, form_post_page(target, fields))
        mark = "#" if question.get("response_mode") == "fragment" else "&" if "?" in target else "?"
        location = f"{target}{mark}{urlencode(fields)}"
        note = f'<a href="{html.escape(location)}">Continue</a>'.encode()
        return Response(302, note, [("Location", re.sub(r"[\r\n]", "", location)), *NO_STORE])

    # tokens

    def _token(self, request: Request, tenant: str) -> Response:
        return answer_token_request(self.world, request, tenant=tenant, version=2)

    def _token_v1(self, request: Request, tenant: str) -> Response:
        return answer_token_request(self.world, request, tenant=tenant, version=1)
