"""A Lambda authorizer as many have it: a few lines around PyJWT. It answers in the same form as ours (HTTP API, payload 2.0, simple
response) and checks signature, issuer, audience and time, no route and no scope."""

import json
import os

import jwt

ISSUER, AUDIENCE = os.environ["ISSUER"], os.environ["AUDIENCE"]
# The keys are at hand: no request for them is part of the measure.
KEYS = {key.key_id: key.key for key in jwt.PyJWKSet.from_dict(json.loads(os.environ["JWKS"])).keys}


def handler(event, _context):
    token = event["identitySource"][0].removeprefix("Bearer ")
    try:
        key = KEYS[jwt.get_unverified_header(token)["kid"]]
        claims = jwt.decode(token, key, algorithms=["ES256", "RS256"], audience=AUDIENCE, issuer=ISSUER)
    except (jwt.InvalidTokenError, KeyError):
        return {"isAuthorized": False}
    return {"isAuthorized": True, "context": {"sub": claims["sub"], "sid": claims["sid"], "scope": claims["scope"]}}
