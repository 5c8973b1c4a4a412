// A Lambda authorizer as many have it: a few lines around aws-jwt-verify. It answers in the same form as ours (HTTP API, payload 2.0,
// simple response) and checks signature, issuer, audience and time, no route and no scope.
//
// AWS's own runtime client for Node (aws-lambda-ric) compiles a copy of libcurl when it is installed and asks for Node 22, so the
// loop around the handler is the shortest one that the Runtime API allows. It does less than AWS's.
import http from "node:http";
import { JwtVerifier } from "aws-jwt-verify";

const issuer = process.env.ISSUER;
// The keys are at hand: no request for them is part of the measure.
const verifier = JwtVerifier.create({ issuer, audience: process.env.AUDIENCE, jwksUri: `${issuer}/jwks.json` });
verifier.cacheJwks(JSON.parse(process.env.JWKS));

async function handler(event) {
  try {
    const claims = await verifier.verify(event.identitySource[0].slice("Bearer ".length));
    return { isAuthorized: true, context: { sub: claims.sub, sid: claims.sid, scope: claims.scope } };
  } catch {
    return { isAuthorized: false };
  }
}

const [hostname, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function call(method, path, body) {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    const request = http.request({ hostname, port, agent, method, path, headers }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => resolve({ headers: response.headers, body: Buffer.concat(chunks).toString() }));
      response.on("error", reject);
    });
    request.on("error", reject);
    request.end(body);
  });
}

for (;;) {
  const next = await call("GET", "/2018-06-01/runtime/invocation/next");
  const answer = JSON.stringify(await handler(JSON.parse(next.body)));
  await call("POST", `/2018-06-01/runtime/invocation/${next.headers["lambda-runtime-aws-request-id"]}/response`, answer);
}
