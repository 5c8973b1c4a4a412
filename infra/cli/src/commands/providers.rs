//! `vestibule providers`: what the providers know the deployment by that people sign in with, by the operator's hand.

use std::io::{IsTerminal, Read};

use vestibule::federation::ProviderId;
use vestibule::secret::Secret;

use super::{Fault, Outcome};
use crate::output;
use crate::target::Target;

/// What to do with providers.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Keep the client secret of a provider, or Apple's key: asked for at a terminal, else read from standard input to its end.
    SetSecret {
        /// Its name in `IdentityProviders`.
        provider: ProviderId,
        /// The secret that holds them all (stack output `ProviderSecretsSecret`); on this machine it is known.
        #[arg(long, env = "VESTIBULE_PROVIDERS_SECRET")]
        providers_secret: Option<String>,
    },
}

pub(crate) async fn run(target: &Target, command: Command) -> Outcome {
    let deployment = target.connect_to_change().await?;
    match command {
        Command::SetSecret { provider, providers_secret } => {
            let missing = "name the secret with --providers-secret, or start `vestibule dev` with --parameter IdentityProviders=…";
            let name = providers_secret.or_else(|| deployment.providers_secret.clone()).ok_or(missing)?;
            let secrets = deployment.secrets()?.clone().with_providers(name);
            secrets.set_provider_secret(&provider, &read()?).await?;
            output::line(format_args!(
                "the secret of {provider} is kept; functions that run know it within five minutes"
            ));
        }
    }
    Ok(())
}

fn read() -> Result<Secret<String>, Fault> {
    let typed = if std::io::stdin().is_terminal() {
        rpassword::prompt_password("Secret: ")?
    } else {
        let mut text = String::new();
        std::io::stdin().lock().read_to_string(&mut text)?;
        text
    };
    let typed = Secret::new(typed);
    let secret = Secret::new(typed.expose().trim().to_owned());
    if secret.expose().is_empty() { Err("there is no secret in it".into()) } else { Ok(secret) }
}
