// A Lambda authorizer as many have it: a few lines around aws-jwt-verify. It answers in the same form as ours (HTTP API, payload 2.0,
// simple response) and checks signature, issuer, audience and time, no route and no scope.
import { JwtVerifier } from "aws-jwt-verify";
import { serve } from "./loop.mjs";

const issuer = process.env.ISSUER;
// The keys are at hand: no request for them is part of the measure.
const verifier = JwtVerifier.create({ issuer, audience: process.env.AUDIENCE, jwksUri: `${issuer}/jwks.json` });
verifier.cacheJwks(JSON.parse(process.env.JWKS));

await serve(async (event) => {
  try {
    const claims = await verifier.verify(event.identitySource[0].slice("Bearer ".length));
    return { isAuthorized: true, context: { sub: claims.sub, sid: claims.sid, scope: claims.scope } };
  } catch {
    return { isAuthorized: false };
  }
});
