//! List prices in US dollars for us-east-1, without free tiers and discounts, each with its page and the date of the copy of that
//! page, or of the quotation of it, in which the number was read. Other regions have other prices.

/// A price and where it is from.
#[derive(Clone, Copy)]
pub(super) struct Price {
    /// What one of them costs.
    pub(super) dollars: f64,
    /// How many of what the page prices.
    pub(super) of: (f64, &'static str),
    /// The page.
    pub(super) page: &'static str,
    /// When it said so.
    pub(super) as_of: &'static str,
}

const fn price(dollars: f64, of: (f64, &'static str), page: &'static str, as_of: &'static str) -> Price {
    Price { dollars: dollars / of.0, of, page, as_of }
}

const LAMBDA: &str = "https://aws.amazon.com/lambda/pricing/";
const API_GATEWAY: &str = "https://aws.amazon.com/api-gateway/pricing/";
const DYNAMODB: &str = "https://aws.amazon.com/dynamodb/pricing/on-demand/";
const SECRETS_MANAGER: &str = "https://aws.amazon.com/secrets-manager/pricing/";
const CLOUDWATCH: &str = "https://aws.amazon.com/cloudwatch/pricing/";
const COGNITO: &str = "https://aws.amazon.com/cognito/pricing/";
const MILLION: f64 = 1e6;

pub(super) const LAMBDA_GB_SECOND: Price =
    price(13.3334, (MILLION, "million GB-seconds of Lambda, arm64"), LAMBDA, "2024");
pub(super) const LAMBDA_REQUEST: Price = price(0.20, (MILLION, "million invocations"), LAMBDA, "2026-09-20");
pub(super) const HTTP_API_REQUEST: Price =
    price(1.00, (MILLION, "million requests to an HTTP API, each of up to 512 KB"), API_GATEWAY, "2026-09-20");
pub(super) const WRITE_UNIT: Price = price(0.625, (MILLION, "million write units, on demand"), DYNAMODB, "2026-11-23");
pub(super) const READ_UNIT: Price = price(0.125, (MILLION, "million read units, on demand"), DYNAMODB, "2026-11-23");
pub(super) const STORED_GB: Price =
    price(0.45, (1.0, "GB and month in the table, 0.25, and in its point-in-time recovery, 0.20"), DYNAMODB, "no date");
pub(super) const SECRET_CALL: Price =
    price(0.05, (1e4, "ten thousand calls of Secrets Manager"), SECRETS_MANAGER, "2026-09-20");
pub(super) const SECRET_MONTH: Price = price(0.40, (1.0, "secret and month"), SECRETS_MANAGER, "2026-09-20");
pub(super) const LOGGED_GB: Price = price(0.50, (1.0, "GB of logs taken in"), CLOUDWATCH, "2026-06-13");
pub(super) const ALARM_MONTH: Price = price(0.10, (1.0, "alarm and month"), CLOUDWATCH, "no date");
pub(super) const DASHBOARD_MONTH: Price =
    price(3.00, (1.0, "dashboard and month beyond an account's first three"), CLOUDWATCH, "2026-06-13");
pub(super) const METRIC_MONTH: Price =
    price(0.30, (1.0, "metric of one's own, written in every hour of a month"), CLOUDWATCH, "2026-02-15");
pub(super) const COGNITO_USER: Price =
    price(0.015, (1.0, "monthly active user of Cognito Essentials beyond the first 10,000"), COGNITO, "2026-09-20");
pub(super) const COGNITO_MACHINE_TOKEN: Price =
    price(2.25, (1_000.0, "thousand tokens for machines, first tier"), COGNITO, "2025-04-27");

/// Monthly active users that Cognito Essentials takes nothing for.
pub(super) const COGNITO_FREE_USERS: u64 = 10_000;

/// Dashboards of an account that CloudWatch takes nothing for.
pub(super) const DASHBOARDS_FREE: u64 = 3;

/// All of them, in the order of the page.
pub(super) const ALL: [Price; 14] = [
    LAMBDA_GB_SECOND,
    LAMBDA_REQUEST,
    HTTP_API_REQUEST,
    WRITE_UNIT,
    READ_UNIT,
    STORED_GB,
    SECRET_CALL,
    SECRET_MONTH,
    LOGGED_GB,
    ALARM_MONTH,
    DASHBOARD_MONTH,
    METRIC_MONTH,
    COGNITO_USER,
    COGNITO_MACHINE_TOKEN,
];
