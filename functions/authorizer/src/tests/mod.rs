//! The authorizer in all four dialects, asked with the golden events of `tests/events` and read as API Gateway reads it.

mod answers;
mod cached;
mod cookies;
mod credentials;
mod events;
mod gateway;
mod golden;
mod limited_keys;
mod log_lines;
mod malformed;
mod pairs;
mod paths;
mod says;
mod strict_routes;
mod world;
