// A migration hook in front of an Amazon Cognito user pool: a Lambda function (nodejs22.x) behind a function URL of AuthType NONE,
// for the question is signed. Its role needs cognito-idp:AdminInitiateAuth on the pool, the app client has no secret and the flow
// ALLOW_ADMIN_USER_PASSWORD_AUTH. HOOK_KEY is what `vestibule users hook-key` prints.
import { createHmac, timingSafeEqual } from "node:crypto";
import { AdminInitiateAuthCommand, CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";

const { HOOK_KEY, USER_POOL_ID, CLIENT_ID } = process.env;
const cognito = new CognitoIdentityProviderClient({ maxAttempts: 1 });
const WRONG = ["NotAuthorizedException", "UserNotFoundException", "UserNotConfirmedException", "PasswordResetRequiredException"];

export async function handler(event) {
  const body = event.isBase64Encoded ? Buffer.from(event.body, "base64").toString() : (event.body ?? "");
  if (!signed(event.headers["vestibule-signature"] ?? "", body)) return { statusCode: 403 };
  const { id, email, username, password } = JSON.parse(body);
  return { statusCode: 200, body: JSON.stringify({ id, verified: await verified(email ?? username, password) }) };
}

// By us, within the last minute.
function signed(signature, body) {
  const { t, v1 = "" } = Object.fromEntries(signature.split(",").map((member) => member.split("=")));
  const mac = createHmac("sha256", Buffer.from(HOOK_KEY, "hex")).update(`${t}.${body}`).digest();
  const given = Buffer.from(v1, "hex");
  return given.length === mac.length && timingSafeEqual(given, mac) && Math.abs(Date.now() / 1000 - Number(t)) < 60;
}

// Whoever has a second factor is not let in without it: they choose a new password by mail.
async function verified(USERNAME, PASSWORD) {
  const AuthParameters = { USERNAME, PASSWORD };
  const question = { UserPoolId: USER_POOL_ID, ClientId: CLIENT_ID, AuthFlow: "ADMIN_USER_PASSWORD_AUTH", AuthParameters };
  try {
    const answer = await cognito.send(new AdminInitiateAuthCommand(question));
    return answer.AuthenticationResult !== undefined;
  } catch (fault) {
    // Too many attempts say nothing of this password; whatever else fails is no answer: the sign-in is 503.
    if (WRONG.includes(fault.name) && !/attempts exceeded/i.test(fault.message)) return false;
    throw fault;
  }
}
