// An authorizer that lets everybody in: what Node.js and the loop take of each answer.
import { serve } from "./loop.mjs";

await serve(async () => ({ isAuthorized: true }));
