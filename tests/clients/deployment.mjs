// The deployment that is judged: where it is, who is in it, and its operator's commands.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { exportJWK, generateKeyPair } from "jose";

const { JUDGED_ISSUER, JUDGED_PLACE, JUDGED_PROGRAM, REPOSITORY, VESTIBULE_DEMO_PASSWORD } = process.env;

export const issuer = JUDGED_ISSUER;
/// The API that its access tokens are for.
export const audience = "https://api.example.com";
export const place = JUDGED_PLACE;
export const repository = REPOSITORY;
export const person = { username: "demo@example.com", password: VESTIBULE_DEMO_PASSWORD };

/// What a command says; it fails the test if it fails.
export function operate(...command) {
  return execFileSync(JUDGED_PROGRAM, command, { cwd: place, encoding: "utf8" });
}

/// Registers a client and gives its secret, if it has one.
export function register(id, ...how) {
  const said = operate("clients", "add", id, ...how);
  return said.match(/vcs_\S+/)?.[0];
}

/// Registers a client that signs assertions (RFC 7523) and gives its private key.
export async function registerWithKey(id, ...how) {
  const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
  const file = join(place, `${id}.jwks`);
  writeFileSync(file, JSON.stringify({ keys: [await exportJWK(publicKey)] }));
  register(id, "--jwks", file, ...how);
  return privateKey;
}

/// `POST path` with JSON, which must be granted.
export async function post(path, body) {
  const answer = await fetch(issuer + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.equal(answer.status, 200, path);
  return answer.json();
}

/// The claims of a token, unverified.
export function claims(token) {
  return JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
}
