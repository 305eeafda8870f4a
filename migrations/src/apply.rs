//! Sending the steps of a plan.

use crate::plan::{Authority, Step};
use solana_keypair::Keypair;
use solana_signature::Signature;
use tenor_sdk::SdkError;
use tenor_sdk::client::{Budget, Client};

/// The dearest step creates three accounts; none needs a fifth of this.
const BUDGET: Budget = Budget {
    units: 400_000,
    micro_lamports_per_unit: 0,
};

/// The keys that steps are signed with.
#[derive(Clone, Copy)]
pub struct Signers<'a> {
    /// Upgrade authority of the program.
    pub upgrade: &'a Keypair,
    /// Admin of the house.
    pub admin: &'a Keypair,
}

/// A step failed. Those before it are done: plan again to go on.
#[derive(Debug, thiserror::Error)]
#[error("could not {step}: {source}")]
pub struct ApplyError {
    /// What was tried.
    pub step: String,
    /// Why it failed.
    pub source: SdkError,
}

/// Sends steps one after the other, each confirmed before the next, and reports each.
///
/// # Errors
/// [`ApplyError`] with the step that failed.
pub async fn apply(
    client: &Client,
    steps: &[Step],
    signers: Signers<'_>,
    mut report: impl FnMut(&Step, &Signature),
) -> Result<(), ApplyError> {
    for step in steps {
        let signer = match step.signer {
            Authority::Upgrade => signers.upgrade,
            Authority::Admin => signers.admin,
        };
        let signature = client
            .send(&step.instructions, BUDGET, signer, &[])
            .await
            .map_err(|source| ApplyError {
                step: step.action.to_string(),
                source,
            })?;
        report(step, &signature);
    }
    Ok(())
}
