// What docs/services.md tells services to do, done: each snippet meets a good token, several bad ones, and an issuer that has
// stopped. Only the issuer's name is changed.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as passes } from "node:timers/promises";
import { test } from "node:test";
import { SignJWT, generateKeyPair } from "jose";
import { audience, claims, issuer, person, place, post, register, repository } from "./deployment.mjs";

const page = readFileSync(join(repository, "docs/services.md"), "utf8");

/// The one block of the page in this language that has `mark`, for services of this issuer.
function snippet(language, mark, of = issuer) {
  const blocks = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].filter(([, of, text]) => of === language && text.includes(mark));
  assert.equal(blocks.length, 1, `${language} with ${mark}`);
  assert.ok(mark.startsWith("Resource") || blocks[0][2].includes("https://auth.example.com"));
  return blocks[0][2].replaceAll("https://auth.example.com", of);
}

async function clientCredentials(id, secret, parameters = {}) {
  const answer = await fetch(`${issuer}/oauth/token`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
    body: new URLSearchParams({ grant_type: "client_credentials", ...parameters }),
  });
  assert.equal(answer.status, 200, `${id} ${JSON.stringify(parameters)}`);
  return (await answer.json()).access_token;
}

/// Good tokens and bad ones, each with its name.
async function tokens() {
  const service = ["--grant", "client_credentials", "--scope", "orders:read orders:write", "--resource", "https://other.example.com"];
  const secret = register("page-service", ...service);
  const brief = register("page-brief", "--grant", "client_credentials", "--scope", "orders:read", "--access-token-seconds", "1");
  const ofPerson = (await post("/login", person)).access_token;
  const ofService = await clientCredentials("page-service", secret, { scope: "orders:read" });
  const expired = await clientCredentials("page-brief", brief);
  await passes(1100);

  const stranger = await generateKeyPair("ES256");
  const header = JSON.parse(Buffer.from(ofPerson.split(".")[0], "base64url"));
  const [, payload, signature] = ofPerson.split(".");
  const none = Buffer.from(JSON.stringify({ ...header, alg: "none" })).toString("base64url");
  return {
    good: { "of a person": ofPerson, "of a service": ofService },
    bad: {
      "for another audience": await clientCredentials("page-service", secret, { resource: "https://other.example.com" }),
      "expired": expired,
      "without the scope": await clientCredentials("page-service", secret, { scope: "orders:write" }),
      "of a stranger's key": await new SignJWT(claims(ofPerson)).setProtectedHeader(header).sign(stranger.privateKey),
      "of a key that names itself": await new SignJWT(claims(ofPerson)).setProtectedHeader({ ...header, kid: "x" }).sign(stranger.privateKey),
      "unsigned": `${none}.${payload}.`,
      "with another's signature": `${ofService.split(".").slice(0, 2).join(".")}.${signature}`,
      "empty": "",
    },
  };
}

const given = tokens();

/// That the service answers with this status and this error of RFC 6750 §3.1. A fault that it does not foresee has no status.
const says = (status, error) => (refusal) => {
  assert.equal(refusal.status, status, `${refusal}`);
  assert.equal(/error="(\w+)"/.exec(refusal.challenge)?.[1], error, refusal.challenge);
  assert.equal(refusal.challenge?.startsWith("Bearer") ?? false, status !== 503, "RFC 6750 §3");
  return true;
};

/// Every good token is let in as whom it speaks for, and no bad one is.
async function judge(caller) {
  const { good, bad } = await given;
  for (const [which, token] of Object.entries(good)) {
    const { sub } = claims(token);
    assert.ok((await caller(`Bearer ${token}`)).includes(sub), which);
  }
  const { "without the scope": narrow, "empty": empty, ...worthless } = bad;
  for (const [which, token] of Object.entries(worthless)) await assert.rejects(caller(`Bearer ${token}`), says(401, "invalid_token"), which);
  await assert.rejects(caller(`Bearer ${narrow}`), says(403, "insufficient_scope"));
  // The scheme's case says nothing (RFC 9110 §11.1), and a token without it is none.
  const token = good["of a person"];
  assert.ok((await caller(`bearer ${token}`)).includes(claims(token).sub));
  for (const nothing of [undefined, "", "Bearer", `Bearer ${empty}`, token, `Basic ${token}`, `Bearer ${token} ${token}`]) {
    await assert.rejects(caller(nothing), ({ status }) => status === 401, `${nothing}`.slice(0, 12));
  }
}

/// An issuer that has stopped: nobody listens where it was.
async function stopped() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return `https://localhost:${port}`;
}

/// A service whose issuer has stopped before it had a key: no token is good, and nobody is told that theirs is bad.
async function judgeWithoutKeys(caller) {
  const { good } = await given;
  await assert.rejects(caller(`Bearer ${good["of a person"]}`), says(503, undefined));
  await assert.rejects(caller(undefined), says(401, undefined));
}

test("tokens are of one issuer and one audience", async () => {
  const { good } = await given;
  for (const token of Object.values(good)) assert.deepEqual([claims(token).iss, claims(token).aud], [issuer, audience]);
});

async function node(name, of) {
  const file = join(import.meta.dirname, `${name}-snippet.mjs`);
  writeFileSync(file, snippet("js", "aws-jwt-verify", of));
  const { caller } = await import(file);
  return async (authorization) => (await caller(authorization)).sub;
}

test("a Node service by aws-jwt-verify", async () => {
  await judge(await node("page"));
  await judgeWithoutKeys(await node("stopped", await stopped()));
});

function python(name, of) {
  const file = join(place, `${name}_snippet.py`);
  const asked = 'import sys\ntry:\n    print(caller(sys.argv[1] if sys.argv[1:] else None)["sub"])\nexcept Refused as refused:\n    sys.exit(" ".join(map(str, refused.args)))\n';
  writeFileSync(file, `${snippet("python", "import jwt", of)}\n\n${asked}`);
  const program = join(import.meta.dirname, "venv/bin/python");
  return (authorization) => new Promise((resolve, reject) => {
    execFile(program, [file, authorization].filter((argument) => argument !== undefined), (error, said, complained) => {
      if (!error) return resolve(said);
      const [, status, challenge] = /^(\d{3}) ?(.+)?\n$/.exec(complained) ?? [];
      reject(Object.assign(error, { status: status && Number(status), challenge }));
    });
  });
}

test("a Python service by PyJWT", async () => {
  await judge(python("page"));
  await judgeWithoutKeys(python("stopped", await stopped()));
});

/// `GET /orders` of a Rust service.
async function rust(t, of) {
  const service = spawn(join(repository, "target/debug/examples/orders"), [of, audience], { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => service.kill());
  const [url] = await once(createInterface(service.stdout), "line");
  return (authorization) => fetch(`${url}/orders`, { headers: authorization ? { authorization } : {} });
}

/// What is judged of it.
const told = (ask) => async (authorization) => {
  const answer = await ask(authorization);
  const challenge = answer.headers.get("www-authenticate") ?? undefined;
  if (!answer.ok) throw Object.assign(new Error(`${answer.status}`), { status: answer.status, challenge });
  return answer.text();
};

test("a Rust service by vestibule::resource", async (t) => {
  const lines = snippet("rust", "ResourceServer").replaceAll(issuer, "https://auth.example.com").trim().split("\n");
  const example = readFileSync(join(repository, "tests/examples/orders.rs"), "utf8")
    .replace("&issuer, &audience", '"https://auth.example.com", "https://api.example.com"');
  for (const line of lines) assert.ok(example.includes(line.trim()), line);

  const ask = await rust(t, issuer);
  await judge(told(ask));
  await judgeWithoutKeys(told(await rust(t, await stopped())));

  const { bad } = await given;
  const challenge = 'Bearer realm="https://api.example.com", scope="orders:read"';
  for (const [authorization, status, error] of [
    [undefined, 401, ""],
    [`Bearer ${bad.expired}`, 401, ', error="invalid_token"'],
    [`Bearer ${bad["without the scope"]}`, 403, ', error="insufficient_scope"'],
  ]) {
    const answer = await ask(authorization);
    assert.equal(answer.status, status);
    assert.ok(answer.headers.get("www-authenticate").startsWith(challenge + error), answer.headers.get("www-authenticate"));
  }
});
