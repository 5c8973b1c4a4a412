// What docs/services.md tells services to do, done: each snippet meets a good token and several bad ones. Only the issuer's name is changed.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as passes } from "node:timers/promises";
import { test } from "node:test";
import { SignJWT, generateKeyPair } from "jose";
import { audience, claims, issuer, person, place, post, register, repository } from "./deployment.mjs";

const page = readFileSync(join(repository, "docs/services.md"), "utf8");

/// The one block of the page in this language that has `mark`.
function snippet(language, mark) {
  const blocks = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].filter(([, of, text]) => of === language && text.includes(mark));
  assert.equal(blocks.length, 1, `${language} with ${mark}`);
  assert.ok(mark.startsWith("Resource") || blocks[0][2].includes("https://auth.example.com"));
  return blocks[0][2].replaceAll("https://auth.example.com", issuer);
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

/// A refusal that a service foresees: one that is none of it ends the Python one with a traceback, and would be a 500.
const foreseen = { message: /^(?!.*Traceback)/s };

/// Every good token is let in as whom it speaks for, and no bad one is.
async function judge(caller) {
  const { good, bad } = await given;
  for (const [which, token] of Object.entries(good)) {
    const { sub } = claims(token);
    assert.ok((await caller(`Bearer ${token}`)).includes(sub), which);
  }
  for (const [which, token] of Object.entries(bad)) {
    await assert.rejects(caller(`Bearer ${token}`), which === "without the scope" ? undefined : foreseen, which);
  }
  // The scheme's case says nothing (RFC 9110 §11.1), and a token without it is none.
  const token = good["of a person"];
  assert.ok((await caller(`bearer ${token}`)).includes(claims(token).sub));
  for (const nothing of [undefined, "", "Bearer", token, `Basic ${token}`, `Bearer ${token} ${token}`]) {
    await assert.rejects(caller(nothing), foreseen, `${nothing}`.slice(0, 12));
  }
}

test("tokens are of one issuer and one audience", async () => {
  const { good } = await given;
  for (const token of Object.values(good)) assert.deepEqual([claims(token).iss, claims(token).aud], [issuer, audience]);
});

test("a Node service by aws-jwt-verify", async () => {
  const file = join(import.meta.dirname, "page-snippet.mjs");
  writeFileSync(file, snippet("js", "aws-jwt-verify"));
  const { caller } = await import(file);
  await judge(async (authorization) => (await caller(authorization)).sub);
});

test("a Python service by PyJWT", async () => {
  const file = join(place, "page_snippet.py");
  const asked = 'import sys\ntry:\n    print(caller(sys.argv[1] if sys.argv[1:] else None)["sub"])\nexcept jwt.PyJWTError as fault:\n    sys.exit(f"401 {fault}")\n';
  writeFileSync(file, `${snippet("python", "import jwt")}\n\n${asked}`);
  const python = join(import.meta.dirname, "venv/bin/python");
  await judge((authorization) => new Promise((resolve, reject) => {
    execFile(python, [file, authorization].filter((argument) => argument !== undefined), (error, said) => (error ? reject(error) : resolve(said)));
  }));
});

test("a Rust service by vestibule::resource", async (t) => {
  const lines = snippet("rust", "ResourceServer").replaceAll(issuer, "https://auth.example.com").trim().split("\n");
  const example = readFileSync(join(repository, "tests/examples/orders.rs"), "utf8")
    .replace("&issuer, &audience", '"https://auth.example.com", "https://api.example.com"');
  for (const line of lines) assert.ok(example.includes(line.trim()), line);

  const service = spawn(join(repository, "target/debug/examples/orders"), [issuer, audience], { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => service.kill());
  const [url] = await once(createInterface(service.stdout), "line");
  const ask = (authorization) => fetch(`${url}/orders`, { headers: authorization ? { authorization } : {} });
  await judge(async (authorization) => {
    const answer = await ask(authorization);
    if (!answer.ok) throw new Error(`${answer.status} ${answer.headers.get("www-authenticate")}`);
    return answer.text();
  });

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
