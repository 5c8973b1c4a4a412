//! Configuration: environment variables, all checked before the first request, every fault said at once.

mod environment;
mod reader;

use std::time::Duration;

pub use environment::{Variables, process_environment};
pub use reader::ConfigFaults;
pub(crate) use reader::Reader;

use crate::api_keys::Environment;
use crate::authentication::Origins;
use crate::brand::{Color, Logo};
use crate::federation::Providers;
use crate::keys::Algorithm;
use crate::limits::Limits;
use crate::mail::{Sender, TokenPages};
use crate::passwords::Cost;
use crate::scope::Scopes;
use crate::sessions::Client;
use crate::sessions::rotation::{DEFAULT_RETRY_WINDOW, MAX_RETRY_WINDOW, RetryPolicy};
use crate::tokens::MAX_ACCESS_TOKEN_SECONDS;

/// What a function is allowed to touch. Its configuration must name each, and its role must allow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// The DynamoDB table: `VESTIBULE_TABLE`.
    Table,
    /// The secret with the private signing keys: `VESTIBULE_SIGNING_SECRET`.
    SigningKeys,
    /// The secret with the MAC keys and peppers: `VESTIBULE_SYMMETRIC_SECRET`.
    SymmetricKeys,
    /// The mail service, for letters from one address: `VESTIBULE_MAIL_FROM`.
    Mail,
    /// The secret with what providers know us by: `VESTIBULE_PROVIDERS_SECRET`.
    ProviderSecrets,
}

/// How a deployment is configured. The template sets what deployments usually differ in; the rest has defaults that are argued
/// here, and is set by adding the variable to the functions of the template.
#[derive(Clone, Debug)]
pub struct Config {
    /// `AWS_LAMBDA_FUNCTION_NAME`, which Lambda sets: what the function's metrics are kept under.
    pub function: String,
    /// `VESTIBULE_ISSUER`: the `iss` of every token (RFC 8414 §2): an https URL without query, fragment or final slash.
    /// Plain http is taken on loopback only.
    pub issuer: String,
    /// `VESTIBULE_AUDIENCE`: the `aud` of access tokens; the issuer unless set.
    pub audience: String,
    /// `VESTIBULE_TABLE`.
    pub table: Option<String>,
    /// `VESTIBULE_SIGNING_SECRET`: name or ARN.
    pub signing_secret: Option<String>,
    /// `VESTIBULE_SYMMETRIC_SECRET`: name or ARN.
    pub symmetric_secret: Option<String>,
    /// `VESTIBULE_MAIL_FROM`: whom letters are from, as `no-reply@example.com` or `Example <no-reply@example.com>`.
    pub mail_from: Option<String>,
    /// `VESTIBULE_ACCOUNT_PAGE`: the web page that takes one-time tokens behind its `#`, which letters link to; without it they link to
    /// our own pages.
    pub account_page: Option<String>,
    /// `VESTIBULE_ACCOUNT_SCOPE`: what accounts may do that people make themselves; nothing unless set.
    pub account_scope: Scopes,
    /// `VESTIBULE_BRAND_NAME`: what people know the service by on its pages; the host's name unless set.
    pub brand_name: Option<String>,
    /// `VESTIBULE_BRAND_LOGO`: a path of the API, or a picture as a `data:` URL in base64.
    pub brand_logo: Option<Logo>,
    /// `VESTIBULE_BRAND_COLOR`: the one colour of the pages, `#rrggbb`.
    pub brand_color: Option<Color>,
    /// `VESTIBULE_SIGNING_ALGORITHM`: ES256 (default), or RS256 where API Gateway's own JWT authorizer must verify.
    pub signing_algorithm: Algorithm,
    /// `VESTIBULE_ACCESS_TOKEN_SECONDS`: life of an access token, and so the longest that a revoked one works on routes
    /// that are not strict.
    pub access_token_lifetime: Duration,
    /// `VESTIBULE_CLIENT_ID`, `VESTIBULE_SESSION_IDLE_SECONDS`, `VESTIBULE_SESSION_ABSOLUTE_SECONDS`,
    /// `VESTIBULE_REFRESH_GRACE_SECONDS`: the team's own client, which signs people in with `POST /login`.
    pub client: Client,
    /// `VESTIBULE_API_KEY_ENVIRONMENT`: the word behind `vk_` in the API keys that this deployment makes and takes; `live` unless set.
    pub api_key_environment: Environment,
    /// `VESTIBULE_ALLOWED_ORIGINS`: the pages that may act by a session cookie, beside the API's own. The template gives it the
    /// origins that CORS allows.
    pub allowed_origins: Origins,
    /// `VESTIBULE_API_KEY_MAX_SECONDS`: the longest life of an API key, which is then also that of one for which none is asked; 0, the
    /// default, lets a key live until it is revoked.
    pub api_key_max_lifetime: Option<Duration>,
    /// `VESTIBULE_ARGON2`: what a hash of a password costs, as hashes say it: `m=19456,t=2,p=1` unless set. Cheaper hashes are made
    /// anew when their owners sign in.
    pub password_cost: Cost,
    /// `VESTIBULE_HASHING_BUDGET_KIB`: memory that concurrent hashes may take together.
    pub hashing_budget_kib: u32,
    /// `VESTIBULE_MIGRATION_HOOK`: the address that knows the passwords of accounts which were imported without a hash.
    pub migration_hook: Option<String>,
    /// `VESTIBULE_ANSWER_STEP_MILLISECONDS`: what could tell whether there is an account, a refused sign-in or a letter, is answered a
    /// whole number of such steps after it was asked for; 0 answers at once.
    pub answer_step: Duration,
    /// `VESTIBULE_LIMIT_…`: how often what is limited may be asked for, as requests/seconds; [`crate::limits::Class`] has the names and
    /// the defaults.
    pub limits: Limits,
    /// `VESTIBULE_PROVIDERS`: whom people may sign in with, as [`Providers`] reads it; nobody unless set.
    pub providers: Providers,
    /// `VESTIBULE_PROVIDERS_SECRET`: name or ARN.
    pub providers_secret: Option<String>,
}

/// Five minutes: what most teams accept as the time until a revoked token stops working (DESIGN §4).
const ACCESS_TOKEN_SECONDS: u64 = 300;
const DAY: u64 = 24 * 60 * 60;
/// Thirty days without a refresh: a phone left in a drawer over a holiday stays signed in.
const SESSION_IDLE_SECONDS: u64 = 30 * DAY;
/// Ninety days whatever happens, and a year at most.
const SESSION_ABSOLUTE_SECONDS: u64 = 90 * DAY;
const MAX_SESSION_SECONDS: u64 = 365 * DAY;
/// Ten years: what is meant to live longer has no end.
pub const MAX_API_KEY_SECONDS: u64 = 10 * 365 * DAY;
/// Half of the smallest function's 128 MiB: three hashes at the default cost.
const HASHING_BUDGET_KIB: u64 = 64 * 1024;
/// Beyond five seconds people try again; and an instance waits with them.
const MAX_ANSWER_STEP: u64 = 5_000;

impl Config {
    /// Reads the configuration of a function that needs `needs`.
    ///
    /// # Errors
    /// [`ConfigFaults`]: every variable that is missing or contradictory, at once.
    pub fn read(variables: &impl Variables, needs: &[Need]) -> Result<Self, ConfigFaults> {
        let mut read = Reader::new(variables);
        let issuer = read.issuer("VESTIBULE_ISSUER");
        let audience = read.text("VESTIBULE_AUDIENCE").unwrap_or_else(|| issuer.clone());
        let mut needed = |need, name: &str| match needs.contains(&need) {
            true => read.required(name),
            false => read.text(name),
        };
        let table = needed(Need::Table, "VESTIBULE_TABLE");
        let signing_secret = needed(Need::SigningKeys, "VESTIBULE_SIGNING_SECRET");
        let symmetric_secret = needed(Need::SymmetricKeys, "VESTIBULE_SYMMETRIC_SECRET");
        let mail_from = needed(Need::Mail, "VESTIBULE_MAIL_FROM");
        let providers_secret = needed(Need::ProviderSecrets, "VESTIBULE_PROVIDERS_SECRET");
        let access = read.seconds("VESTIBULE_ACCESS_TOKEN_SECONDS", ACCESS_TOKEN_SECONDS, 1..=MAX_ACCESS_TOKEN_SECONDS);
        let idle = read.seconds("VESTIBULE_SESSION_IDLE_SECONDS", SESSION_IDLE_SECONDS, 60..=MAX_SESSION_SECONDS);
        let absolute =
            read.seconds("VESTIBULE_SESSION_ABSOLUTE_SECONDS", SESSION_ABSOLUTE_SECONDS, 60..=MAX_SESSION_SECONDS);
        if absolute < idle {
            read.fault("VESTIBULE_SESSION_ABSOLUTE_SECONDS", "is less than VESTIBULE_SESSION_IDLE_SECONDS");
        }
        let grace = read.seconds(
            "VESTIBULE_REFRESH_GRACE_SECONDS",
            DEFAULT_RETRY_WINDOW.as_secs(),
            0..=MAX_RETRY_WINDOW.as_secs(),
        );
        let allowed_origins = read.origins("VESTIBULE_ALLOWED_ORIGINS").and_that_of(&issuer);
        let config = Self {
            function: read.text("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_else(|| "local".to_owned()),
            issuer,
            audience,
            table,
            signing_secret,
            symmetric_secret,
            mail_from,
            account_page: read.page("VESTIBULE_ACCOUNT_PAGE"),
            account_scope: read.parsed("VESTIBULE_ACCOUNT_SCOPE", "scopes, separated by blanks").unwrap_or_default(),
            brand_name: read.text("VESTIBULE_BRAND_NAME"),
            brand_logo: read.parsed("VESTIBULE_BRAND_LOGO", "a path of the API, or a picture as a data: URL in base64"),
            brand_color: read.parsed("VESTIBULE_BRAND_COLOR", "a colour such as #1f5f8b"),
            signing_algorithm: read.parsed("VESTIBULE_SIGNING_ALGORITHM", "ES256 or RS256").unwrap_or(Algorithm::Es256),
            access_token_lifetime: access,
            client: Client {
                id: read.text("VESTIBULE_CLIENT_ID").unwrap_or_else(|| "vestibule".to_owned()),
                retry: RetryPolicy::Window(grace),
                idle_lifetime: idle,
                absolute_lifetime: absolute,
            },
            api_key_environment: read
                .parsed("VESTIBULE_API_KEY_ENVIRONMENT", "1 to 12 lower-case letters and digits")
                .unwrap_or_default(),
            allowed_origins,
            api_key_max_lifetime: Some(read.seconds("VESTIBULE_API_KEY_MAX_SECONDS", 0, 0..=MAX_API_KEY_SECONDS))
                .filter(|longest| !longest.is_zero()),
            password_cost: read.cost("VESTIBULE_ARGON2"),
            hashing_budget_kib: read.kib("VESTIBULE_HASHING_BUDGET_KIB", HASHING_BUDGET_KIB),
            migration_hook: read.page("VESTIBULE_MIGRATION_HOOK"),
            answer_step: read.milliseconds("VESTIBULE_ANSWER_STEP_MILLISECONDS", 0, 0..=MAX_ANSWER_STEP),
            limits: Limits::new(|class| read.parsed(class.configured()?.0, "requests/seconds, such as 20/3600")),
            providers: read.providers("VESTIBULE_PROVIDERS"),
            providers_secret,
        };
        read.finish(config)
    }

    /// Whose letters people get: known by the host of the page that they lead to, or else of the issuer.
    pub fn sender(&self) -> Sender {
        let address = self.account_page.as_ref().unwrap_or(&self.issuer);
        let host = address.split_once("://").map_or(address.as_str(), |(_, rest)| rest).split('/').next();
        let pages = match &self.account_page {
            Some(page) => TokenPages::Theirs(page.clone()),
            None => TokenPages::Ours(self.issuer.clone()),
        };
        Sender { service: host.unwrap_or_default().to_owned(), pages, base: self.issuer.clone() }
    }
}
