//! This crate is API Gateway, Lambda, DynamoDB, Secrets Manager and SES on a laptop.

pub mod clients;
pub mod cloud;
pub mod demo;
pub mod dynamodb;
pub mod function;
pub mod functions;
pub mod gateway;
pub mod in_process;
mod loopback;
pub mod openapi;
pub mod outbox;
pub mod process_function;
pub mod provision;
pub mod running;
mod runtime_api;
pub mod secrets_manager;
pub mod ses;
pub mod storage;
pub mod template;
mod world;
