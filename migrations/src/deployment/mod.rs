//! The file that describes a deployment.

mod house;
mod key;
mod underlying;
mod validate;

pub use house::{
    Authorities, CollateralFile, FeesFile, House, InterestFile, Quote, RiskFile, TimelockFile, WithdrawalsFile,
};
pub use key::Key;
pub use underlying::{Feed, Listing, MarketBounds, Risk, UnderlyingFile};
pub use validate::Violation;

use figment::Figment;
use figment::providers::{Format, Toml};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// How a chain shall look.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deployment {
    /// Who governs.
    pub authorities: Authorities,
    /// Parameters that all accounts share.
    pub house: House,
    /// The quote currency: always the first collateral.
    pub quote: Quote,
    /// Assets with a price feed, in the order of their listing.
    #[serde(default)]
    pub underlyings: Vec<UnderlyingFile>,
    /// Collaterals besides the quote, in the order of their listing.
    #[serde(default)]
    pub collaterals: Vec<CollateralFile>,
}

/// Why a deployment file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DeploymentError {
    /// The file is missing.
    #[error("there is no deployment file {}", .0.display())]
    Missing(PathBuf),
    /// The file is no TOML, or a field is missing, unknown or of the wrong kind. The message names it.
    #[error("deployment file: {0}")]
    Malformed(#[from] Box<figment::Error>),
    /// A value contradicts another or a bound.
    #[error("deployment file: {0}")]
    Invalid(#[from] Violation),
}

impl Deployment {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// [`DeploymentError`], with the field that is wrong.
    pub fn load(path: &Path) -> Result<Self, DeploymentError> {
        if !path.is_file() {
            return Err(DeploymentError::Missing(path.to_owned()));
        }
        Self::extract(&Figment::from(Toml::file_exact(path)))
    }

    /// Reads and checks the text of a file.
    ///
    /// # Errors
    /// As [`Deployment::load`].
    pub fn parse(text: &str) -> Result<Self, DeploymentError> {
        Self::extract(&Figment::from(Toml::string(text)))
    }

    fn extract(figment: &Figment) -> Result<Self, DeploymentError> {
        let deployment: Self = figment.extract().map_err(Box::new)?;
        deployment.validate()?;
        Ok(deployment)
    }
}
