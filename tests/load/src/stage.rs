//! What the functions' processes stand on: a table with published keys, the secrets, programs, and tokens that are good.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use vestibule::clock::Clock;
use vestibule::identity::{SessionId, UserId};
use vestibule::keys::{Algorithm, ReadSigningKeys as _, SigningKeyRing};
use vestibule::randomness::Randomness;
use vestibule_local::cloud::Cloud;
use vestibule_local::running::Running;
use vestibule_tests::programs::{self, Profile};

use crate::Fault;
use crate::authorizers::{Contender, EMPTY, EMPTY_NODE, EMPTY_PYTHON, NODE, OURS, PYTHON};
use crate::peers::{Peers, workshop};
use crate::population::{ISSUER, access_token};
use crate::serve;

/// Functions whose programs are measured.
pub(crate) const FUNCTIONS: [&str; 4] = ["authorizer", "refresh", "login", "whoami"];
/// One file of root certificates, which is all that Lambda's image has. Debian has a folder of hundreds beside it, and reading
/// that would be half of each start.
const ROOTS: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

/// The stage of a run.
pub(crate) struct Stage {
    cloud: Cloud,
    running: Running,
    ring: SigningKeyRing,
    repeated: String,
    programs: HashMap<String, PathBuf>,
    pub(crate) peers: Peers,
}

impl Stage {
    /// Builds and installs what is not there yet.
    pub(crate) async fn set() -> Result<Self, Fault> {
        let profile = if cfg!(debug_assertions) { Profile::Dev } else { Profile::Release };
        let programs = programs::build(&FUNCTIONS, profile)?;
        let peers = Peers::install()?;
        let cloud = serve::start(None).await?;
        let ring = cloud.secrets().read_signing_keys().await?;
        let repeated = token(&ring, Algorithm::Es256)?;
        let running = cloud.running(ISSUER.to_owned());
        Ok(Self { cloud, running, ring, repeated, programs, peers })
    }

    pub(crate) async fn strike(self) {
        self.cloud.stop().await;
    }

    /// A token for one of the cases of authorizers.
    pub(crate) fn token(&self, case: usize) -> Result<String, Fault> {
        match case {
            0 => token(&self.ring, Algorithm::Es256),
            1 => token(&self.ring, Algorithm::Rs256),
            _ => Ok(self.repeated.clone()),
        }
    }

    /// The name of the table.
    pub(crate) fn table(&self) -> &str {
        &self.running.table
    }

    /// The program called `name`.
    pub(crate) fn program(&self, name: &str) -> Result<&Path, Fault> {
        Ok(self.programs.get(name).ok_or_else(|| format!("there is no program {name}"))?)
    }

    /// A folder in which every function that a deployment needs is found: those that are measured, and the empty one for the rest.
    pub(crate) fn folder(&self) -> Result<PathBuf, Fault> {
        let folder = workshop().join("functions");
        std::fs::create_dir_all(&folder)?;
        let others =
            self.running.template.lines().filter_map(|line| line.trim().strip_prefix("CodeUri: ../functions/"));
        for name in FUNCTIONS.iter().copied().chain(others) {
            let program = self.program(name).or_else(|_| self.program("empty"))?;
            let link = folder.join(name);
            if std::fs::read_link(&link).ok().as_deref() != Some(program) {
                let _ = std::fs::remove_file(&link);
                std::os::unix::fs::symlink(program, &link)?;
            }
        }
        Ok(folder)
    }

    /// What the template and the SDK's own variables tell a function of ours.
    pub(crate) fn variables(&self) -> Vec<(String, String)> {
        let running = &self.running;
        let roots = ROOTS.into_iter().find(|file| Path::new(file).is_file()).unwrap_or_default();
        [
            ("VESTIBULE_ISSUER", ISSUER),
            ("VESTIBULE_TABLE", &running.table),
            ("VESTIBULE_SIGNING_SECRET", &running.signing_secret),
            ("VESTIBULE_SYMMETRIC_SECRET", &running.symmetric_secret),
            ("AWS_ENDPOINT_URL_DYNAMODB", &running.dynamodb),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", &running.secrets_manager),
            ("SSL_CERT_FILE", roots),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    /// The authorizers, ours first.
    pub(crate) fn contenders(&self) -> Result<Vec<Contender>, Fault> {
        let jwks = self.ring.public_set()?.jwks_json();
        let handler = |name: &'static str| ("HANDLER", name);
        let theirs = [("ISSUER", ISSUER), ("AUDIENCE", ISSUER), ("JWKS", &jwks), handler("authorizer")];
        let contender = |name, program: &Path, variables: &[(&str, &str)]| Contender {
            name,
            program: program.to_owned(),
            variables: variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        };
        let (node, python) = (self.peers.node.join("bootstrap"), self.peers.python.join("bootstrap"));
        let empty = [handler("empty")];
        Ok(vec![
            Contender { name: OURS, program: self.program("authorizer")?.to_owned(), variables: self.variables() },
            contender(NODE, &node, &theirs),
            contender(PYTHON, &python, &theirs),
            contender(EMPTY, self.program("empty_authorizer")?, &[]),
            contender(EMPTY_NODE, &node, &empty),
            contender(EMPTY_PYTHON, &python, &empty),
        ])
    }
}

fn token(ring: &SigningKeyRing, algorithm: Algorithm) -> Result<String, Fault> {
    let (user, session) = (UserId::random(&Randomness::System)?, SessionId::random(&Randomness::System)?);
    Ok(access_token(ring, algorithm, user, session, Clock::System.now())?.expose().to_owned())
}
