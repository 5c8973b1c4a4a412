//! Which program stands behind which function of the template, and how it is run here.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use accounts::Accounts;
use api_keys::ApiKeys;
use authorizer::Authorizer;
use lambda_http::{Body, Request, Response};
use sign_in_with::SignInWith;
use vestibule::app::{App, Clients};
use vestibule::clock::Clock;
use vestibule::config::{Config, ConfigFaults, Need};
use vestibule::letters::Ses;
use vestibule::policy::{InvalidRules, Rules};
use vestibule::randomness::Randomness;

use crate::function::Function;
use crate::in_process::InProcess;
use crate::process_function::{ProcessFunction, ProcessSettings};
use crate::storage::StartError;
use crate::template::FunctionResource;

/// How functions are run.
#[derive(Debug, Clone)]
pub enum Runtime {
    /// Their handlers are called in this process.
    InProcess,
    /// Each is a process of its own behind a Runtime API: `<folder>/<binary>` or, as cargo-lambda lays them out,
    /// `<folder>/<binary>/bootstrap`.
    Processes(PathBuf),
}

/// Why a function cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum FunctionFault {
    /// The template gives it a configuration that it would refuse on Lambda.
    #[error("the function {binary} does not start: {faults}")]
    Config {
        /// Its binary.
        binary: String,
        /// All that is wrong.
        faults: ConfigFaults,
    },
    /// There is no handler of this name in this program.
    #[error("the function {0} is not part of this program: run it with `--runtime process`")]
    Unknown(String),
    /// Its program cannot be started.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The authorizer's rules cannot be used.
    #[error(transparent)]
    Rules(InvalidRules),
}

/// What the function of this name touches, and so what its role may let it touch; `None` where it is not part of this program.
pub fn needs(binary: &str) -> Option<&'static [Need]> {
    match binary {
        "admin" => Some(admin::NEEDS),
        "login" => Some(login::NEEDS),
        "refresh" => Some(refresh::NEEDS),
        "revoke" => Some(revoke::NEEDS),
        "oauth_authorize" => Some(oauth_authorize::NEEDS),
        "oauth_token" => Some(oauth_token::NEEDS),
        "pages" => Some(pages::NEEDS),
        "sessions" => Some(sessions::NEEDS),
        "sign_in_with" => Some(sign_in_with::NEEDS),
        "userinfo" => Some(userinfo::NEEDS),
        "discovery" => Some(discovery::NEEDS),
        "whoami" => Some(whoami::NEEDS),
        "api_keys" => Some(api_keys::NEEDS),
        "authorizer" => Some(authorizer::NEEDS),
        "rotate_keys" => Some(rotate_keys::NEEDS),
        "accounts" => Some(accounts::NEEDS),
        _ => None,
    }
}

/// What functions are made of.
pub(crate) struct Functions {
    pub(crate) clients: Clients,
    pub(crate) clock: Clock,
    pub(crate) randomness: Randomness,
    pub(crate) rules: Arc<Rules>,
    pub(crate) runtime: Runtime,
    pub(crate) dynamodb: String,
    pub(crate) secrets_manager: String,
    pub(crate) ses: aws_sdk_sesv2::Client,
    pub(crate) ses_endpoint: String,
}

impl Functions {
    /// The function that `resource` describes.
    pub(crate) fn function(&self, resource: &FunctionResource) -> Result<Arc<dyn Function>, FunctionFault> {
        match &self.runtime {
            Runtime::InProcess => self.in_process(resource),
            Runtime::Processes(folder) => Ok(Arc::new(ProcessFunction::spawn(self.settings(resource, folder))?)),
        }
    }

    fn in_process(&self, resource: &FunctionResource) -> Result<Arc<dyn Function>, FunctionFault> {
        match resource.binary.as_str() {
            "admin" => self.http(resource, admin::NEEDS, admin::handle),
            "login" => self.http(resource, login::NEEDS, login::handle),
            "refresh" => self.http(resource, refresh::NEEDS, refresh::handle),
            "revoke" => self.http(resource, revoke::NEEDS, revoke::handle),
            "oauth_authorize" => self.http(resource, oauth_authorize::NEEDS, oauth_authorize::handle),
            "oauth_token" => self.http(resource, oauth_token::NEEDS, oauth_token::handle),
            "pages" => self.http(resource, pages::NEEDS, pages::handle),
            "sessions" => self.http(resource, sessions::NEEDS, sessions::handle),
            "userinfo" => self.http(resource, userinfo::NEEDS, userinfo::handle),
            "discovery" => self.http(resource, discovery::NEEDS, discovery::handle),
            "whoami" => self.http(resource, whoami::NEEDS, whoami::handle),
            "authorizer" => {
                let (app, rules) = (self.app(resource, authorizer::NEEDS)?, Arc::clone(&self.rules));
                let handle = move |event| {
                    let (app, rules) = (Arc::clone(&app), Arc::clone(&rules));
                    async move {
                        let world = Authorizer::of(&app, &rules);
                        app.sandbox.measure(None, Box::pin(authorizer::handle(&world, event))).await.map_err(Into::into)
                    }
                };
                Ok(Arc::new(InProcess::json(handle, resource.timeout)))
            }
            "rotate_keys" => {
                let app = self.app(resource, rotate_keys::NEEDS)?;
                let handle = move |event| {
                    let app = Arc::clone(&app);
                    async move {
                        app.sandbox.measure(None, Box::pin(rotate_keys::handle(&app, event))).await.map_err(Into::into)
                    }
                };
                Ok(Arc::new(InProcess::json(handle, resource.timeout)))
            }
            "sign_in_with" => {
                let app = self.app(resource, sign_in_with::NEEDS)?;
                let world = Arc::new(SignInWith::new(Arc::clone(&app), self.mailer(&app)));
                let service = vestibule::lambda::service(world, sign_in_with::handle);
                Ok(Arc::new(InProcess::http(service, resource.timeout)))
            }
            "api_keys" => {
                let app = self.app(resource, api_keys::NEEDS)?;
                let world = Arc::new(ApiKeys::new(Arc::clone(&app), self.mailer(&app)));
                Ok(Arc::new(InProcess::http(vestibule::lambda::service(world, api_keys::handle), resource.timeout)))
            }
            "accounts" => {
                let app = self.app(resource, accounts::NEEDS)?;
                let ses = Ses::new(self.ses.clone(), app.config.mail_from.clone().unwrap_or_default());
                let service = vestibule::lambda::service(Arc::new(Accounts::new(app, ses)), accounts::handle);
                Ok(Arc::new(InProcess::http(service, resource.timeout)))
            }
            other => Err(FunctionFault::Unknown(other.to_owned())),
        }
    }

    fn http<H, F>(
        &self,
        resource: &FunctionResource,
        needs: &[Need],
        handle: H,
    ) -> Result<Arc<dyn Function>, FunctionFault>
    where
        H: Fn(Arc<App>, Request) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Response<Body>> + Send + 'static,
    {
        let service = vestibule::lambda::service(self.app(resource, needs)?, handle);
        Ok(Arc::new(InProcess::http(service, resource.timeout)))
    }

    /// Each function has an app of its own, and so caches of its own, as on Lambda.
    fn app(&self, resource: &FunctionResource, needs: &[Need]) -> Result<Arc<App>, FunctionFault> {
        let mut config = Config::read(&resource.environment, needs)
            .map_err(|faults| FunctionFault::Config { binary: resource.binary.clone(), faults })?;
        config.function.clone_from(&resource.binary);
        Ok(Arc::new(App::new(config, self.clients.clone(), self.clock.clone(), self.randomness.clone())))
    }

    /// Who delivers the letters of a function whose deployment has an address that they are from.
    fn mailer(&self, app: &App) -> Option<Ses> {
        app.config.mail_from.clone().map(|from| Ses::new(self.ses.clone(), from))
    }

    fn settings(&self, resource: &FunctionResource, folder: &Path) -> ProcessSettings {
        // The SDK's own variables for endpoints of one service (AWS SDKs and Tools Reference Guide, "Service-specific endpoints").
        let local = [
            ("AWS_ENDPOINT_URL_DYNAMODB".to_owned(), self.dynamodb.clone()),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER".to_owned(), self.secrets_manager.clone()),
            ("AWS_ENDPOINT_URL_SESV2".to_owned(), self.ses_endpoint.clone()),
        ];
        ProcessSettings {
            env: resource.environment.clone().into_iter().chain(local).collect(),
            memory_mb: resource.memory_mib,
            timeout: resource.timeout,
            ..ProcessSettings::new(&resource.binary, program(folder, &resource.binary))
        }
    }
}

fn program(folder: &Path, binary: &str) -> PathBuf {
    let bootstrap = folder.join(binary).join("bootstrap");
    if bootstrap.is_file() { bootstrap } else { folder.join(binary) }
}
