//! The whole deployment in one process: the template's routes, the functions behind them, DynamoDB and Secrets Manager.
//!
//! What `vestibule dev` starts and what the tests drive are the same thing: they differ in where data is kept, in whose
//! clock is read and in whether functions are processes of their own.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use vestibule::app::Clients;
use vestibule::clock::Clock;
use vestibule::policy::Rules;
use vestibule::randomness::Randomness;
use vestibule::store::{Secrets, Table};

use crate::clients::{Transport, clients, ses};
use crate::dynamodb::LocalDynamoDb;
use crate::function::Function;
use crate::functions::{FunctionFault, Functions, Runtime};
use crate::gateway::{Gateway, GatewayFault};
use crate::outbox::Outbox;
use crate::provision::{self, ProvisionError};
use crate::running::Running;
use crate::secrets_manager::LocalSecretsManager;
use crate::ses::LocalSes;
use crate::storage::{StartError, Storage};
use crate::template::{ApiRoute, Parameters, Stack, TemplateFault, Unfit};

/// The name of the local stack; the names of its resources begin with it.
pub(crate) const STACK: &str = "vestibule";

/// What to start.
#[derive(Debug)]
pub struct Options {
    /// The text of the template.
    pub template: String,
    /// Parameters of the template that do not take their default.
    pub parameters: Parameters,
    /// Where data is kept.
    pub data: Data,
    /// How functions are run.
    pub runtime: Runtime,
    /// The time for everything that runs in this process.
    pub clock: Clock,
    /// The chance for everything that runs in this process.
    pub randomness: Randomness,
    /// What lies between the SDK and the local AWS, if not the SDK's own: tests count and break calls there.
    pub wire: Option<Transport>,
}

/// Where data is kept.
#[derive(Debug, Clone)]
pub enum Data {
    /// Nowhere: it is gone when the cloud stops.
    Memory,
    /// In files of this folder.
    Folder(PathBuf),
}

/// Why the cloud did not start: one sentence.
#[derive(Debug, thiserror::Error)]
pub enum CloudFault {
    /// The template cannot be used.
    #[error("the template is not usable: {0}")]
    Template(#[from] TemplateFault),
    /// A local service did not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The table or the keys could not be made.
    #[error(transparent)]
    Provision(#[from] ProvisionError),
    /// A function cannot be run.
    #[error(transparent)]
    Function(#[from] FunctionFault),
    /// The gateway cannot serve the template's routes.
    #[error(transparent)]
    Gateway(#[from] GatewayFault),
    /// Routes that the authorizer would refuse, one and all: somebody has forgotten their rules.
    #[error("no rule in functions/authorizer/routes.toml for {}", .0.join(", "))]
    Undeclared(Vec<String>),
    /// A route that has a rule and no authorizer, which would ask it of nobody.
    #[error(
        "{0} has a rule in functions/authorizer/routes.toml and no authorizer in the template: anybody could call it"
    )]
    Unguarded(String),
    /// A route whose authorizer keeps what it must not: somebody would be let in who is not any more, or is somebody else.
    #[error("{0}: {1}")]
    Unfit(String, Unfit),
}

/// A running deployment.
pub struct Cloud {
    gateway: Arc<Gateway>,
    functions: Functions,
    stack: Stack,
    template: String,
    parameters: Parameters,
    dynamodb: LocalDynamoDb,
    secrets_manager: LocalSecretsManager,
    ses: LocalSes,
    outbox: Outbox,
    clients: Clients,
}

impl Cloud {
    /// Starts everything but the socket. Tables and keys are made where there are none.
    ///
    /// # Errors
    /// [`CloudFault`].
    pub async fn start(options: Options) -> Result<Self, CloudFault> {
        let stack = Stack::read(&options.template, STACK, &options.parameters)?;
        let rules = authorizer::rules().map_err(FunctionFault::Rules)?;
        check_rules(&stack, &rules)?;
        let storage = |file: &str| match &options.data {
            Data::Memory => Storage::Memory,
            Data::Folder(folder) => Storage::File(folder.join(file)),
        };
        let dynamodb = LocalDynamoDb::start(storage("dynamodb.sqlite")).await?;
        let secrets_manager = LocalSecretsManager::start(storage("secrets.json")).await?;
        let outbox = Outbox::default();
        let mail = LocalSes::start(outbox.clone()).await?;
        // What is made at the start does not pass the tests' wire: it is the template's work, not the functions'.
        let plain = clients(&dynamodb.endpoint_url(), &secrets_manager.endpoint_url(), None).await;
        provision::table(&plain, &stack.table).await?;
        let letters = ses(&mail.endpoint_url(), options.wire.clone()).await;
        let clients = match options.wire {
            None => plain.clone(),
            wire => clients(&dynamodb.endpoint_url(), &secrets_manager.endpoint_url(), wire).await,
        };
        let functions = Functions {
            clients,
            clock: options.clock.clone(),
            randomness: options.randomness.clone(),
            rules: Arc::new(rules),
            runtime: options.runtime,
            dynamodb: dynamodb.endpoint_url(),
            secrets_manager: secrets_manager.endpoint_url(),
            ses: letters,
            ses_endpoint: mail.endpoint_url(),
        };
        let gateway = gateway(&stack, &functions)?;
        let (template, parameters) = (options.template, options.parameters);
        let cloud = Self {
            gateway,
            functions,
            stack,
            template,
            parameters,
            dynamodb,
            secrets_manager,
            ses: mail,
            outbox,
            clients: plain,
        };
        provision::keys(&cloud.secrets(), &cloud.table(), &options.randomness, options.clock.now()).await?;
        Ok(cloud)
    }

    /// The API.
    pub fn gateway(&self) -> &Arc<Gateway> {
        &self.gateway
    }

    /// The same API over the same data with fresh instances of every function, which have read no key yet: what a cold start is,
    /// and what a second sandbox beside the first is.
    ///
    /// # Errors
    /// [`CloudFault`], as at the start.
    pub fn fresh_gateway(&self) -> Result<Arc<Gateway>, CloudFault> {
        gateway(&self.stack, &self.functions)
    }

    /// A fresh instance of the function with this logical id, for whoever invokes it as an AWS service would; `None` if the
    /// template has none.
    ///
    /// # Errors
    /// [`CloudFault`], as at the start.
    pub fn function(&self, logical_id: &str) -> Result<Option<Arc<dyn Function>>, CloudFault> {
        let resource = self.stack.functions.get(logical_id);
        Ok(resource.map(|resource| self.functions.function(resource)).transpose()?)
    }

    /// The letters that it has sent.
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// Clients for its services that pass no wire.
    pub fn clients(&self) -> &Clients {
        &self.clients
    }

    /// Its table, for whoever sets a scene or acts as the operator.
    pub fn table(&self) -> Table {
        Table::new(self.clients.dynamodb.clone(), &self.stack.table)
    }

    /// Its secrets.
    pub fn secrets(&self) -> Secrets {
        Secrets::new(self.clients.secrets_manager.clone(), self.secret(SIGNING), self.secret(SYMMETRIC))
    }

    /// Where the operator's commands find it, when its API answers at `api`.
    pub fn running(&self, api: String) -> Running {
        Running {
            api,
            dynamodb: self.dynamodb.endpoint_url(),
            secrets_manager: self.secrets_manager.endpoint_url(),
            table: self.stack.table.clone(),
            signing_secret: self.secret(SIGNING),
            symmetric_secret: self.secret(SYMMETRIC),
            template: self.template.clone(),
            parameters: self.parameters.clone(),
        }
    }

    /// Ends the functions' processes, answers what is under way in the services and lets go of the files.
    pub async fn stop(self) {
        drop((self.gateway, self.functions));
        self.dynamodb.stop().await;
        self.secrets_manager.stop().await;
        self.ses.stop().await;
    }

    /// A template without the secret gets a name under which nothing is found.
    fn secret(&self, logical_id: &str) -> String {
        self.stack.secrets.get(logical_id).cloned().unwrap_or_else(|| format!("{STACK}-{logical_id}"))
    }
}

/// The logical ids of the secrets in the template.
const SIGNING: &str = "SigningKeys";
const SYMMETRIC: &str = "SymmetricKeys";

fn gateway(stack: &Stack, functions: &Functions) -> Result<Arc<Gateway>, CloudFault> {
    let instances = stack
        .functions
        .iter()
        .map(|(id, resource)| Ok((id.clone(), functions.function(resource)?)))
        .collect::<Result<HashMap<String, Arc<dyn Function>>, FunctionFault>>()?;
    Ok(Arc::new(Gateway::new(stack.api.clone(), instances, functions.clock.clone())?))
}

/// What the template serves must be what the rules say.
fn check_rules(stack: &Stack, rules: &Rules) -> Result<(), CloudFault> {
    let protected =
        || stack.api.routes.iter().filter_map(|route| Some((route.key.as_str(), route.authorizer.as_ref()?)));
    let undeclared: Vec<_> = rules.undeclared(protected().map(|(key, _)| key)).map(str::to_owned).collect();
    if !undeclared.is_empty() {
        return Err(CloudFault::Undeclared(undeclared));
    }
    let unguarded = |route: &&ApiRoute| route.authorizer.is_none() && rules.find(&route.key).is_some();
    if let Some(route) = stack.api.routes.iter().find(unguarded) {
        return Err(CloudFault::Unguarded(route.key.clone()));
    }
    let mut unfit = protected().filter_map(|(key, authorizer)| Some((key, authorizer.unfit_for(rules.find(key)?)?)));
    match unfit.next() {
        Some((key, why)) => Err(CloudFault::Unfit(key.to_owned(), why)),
        None => Ok(()),
    }
}
